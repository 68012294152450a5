/** The playhead: put, stepped, played. */
import type { InstantState } from '../../src/core/replay/state.ts'
import { stateAt } from '../../src/core/replay/state-at.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { firstAfter, firstAtOrAfter } from '../../src/core/sorted.ts'
import { eventsOf, stateIndexOf } from '../prepared.ts'
import type { App } from '../state/app.ts'
import { sessionNow } from '../state/shown.ts'
import { centreOn } from '../timeline/viewport.ts'
import { durationOf, revealInstant, setWindow, windowNow } from './navigate.ts'

/** Who holds what at an instant; O(log n + k). */
export const stateOf = (session: Session, atNs: number): InstantState => stateAt(stateIndexOf(session), atNs)

export function putPlayhead(app: App, ns: number): void {
  app.view.setState({ playheadNs: Math.min(durationOf(app), Math.max(0, ns)) })
}

/** First instant after `ns`, or last one before it; -1 when there is none. */
export function neighbour(times: Float64Array, ns: number, by: 1 | -1): number {
  return times[by > 0 ? firstAfter(times, ns) : firstAtOrAfter(times, ns) - 1] ?? -1
}

/** `Shift+→` and `Shift+←`: to the next change of state. */
export function stepPlayhead(app: App, by: 1 | -1): void {
  const session = sessionNow(app)
  if (!session) return
  const ns = neighbour(eventsOf(session), app.view.getState().playheadNs, by)
  if (ns < 0) return
  putPlayhead(app, ns)
  revealInstant(app, ns)
}

export function togglePlay(app: App): void {
  const session = sessionNow(app)
  if (!session) return
  const { playing, playheadNs } = app.view.getState()
  const atEnd = playheadNs >= session.store.durationNs
  app.view.setState({ playing: !playing, ...(atEnd && !playing ? { playheadNs: 0 } : {}) })
}

/** Progress of "one second per event" since the last event, in ms. */
let sinceEventMs = 0

/** Carries playback on by one frame. Returns whether it goes on. */
export function advance(app: App, sinceMs: number): boolean {
  const session = sessionNow(app)
  const { playing, playheadNs } = app.view.getState()
  if (!session || !playing) return false
  const { speed } = app.settings.getState()
  const next = speed > 0 ? playheadNs + sinceMs * 1e6 * speed : steppedTo(session, playheadNs, sinceMs)
  const endNs = session.store.durationNs
  putPlayhead(app, next)
  follow(app, next)
  if (next < endNs) return true
  app.view.setState({ playing: false })
  return false
}

function steppedTo(session: Session, ns: number, sinceMs: number): number {
  sinceEventMs += sinceMs
  if (sinceEventMs < 1000) return ns
  sinceEventMs = 0
  const next = neighbour(eventsOf(session), ns, 1)
  return next < 0 ? session.store.durationNs : next
}

/** Turns the page when the playhead runs out of the window. */
function follow(app: App, ns: number): void {
  const window = windowNow(app)
  if (ns >= window.startNs && ns <= window.endNs) return
  const length = window.endNs - window.startNs
  setWindow(app, centreOn(window, ns + length * 0.4, durationOf(app)))
}
