/** Moving the view. Jumps are remembered for Alt+←; zooming and panning by hand are not jumps. */

import type { App } from '../state/app.ts'
import { goBack, goForward, leave, type Place } from '../state/navigation.ts'
import {
  centreOn,
  clampWindow,
  fitAll,
  fitStretch,
  panBy,
  type TimeWindow,
  zoomAt,
} from '../timeline/viewport.ts'

const FLIGHT_MS = 260

export const durationOf = (app: App): number => app.trace.getState().trace?.session.store.durationNs ?? 1

/** Where the view is, or is flying to. */
export function windowNow(app: App): TimeWindow {
  const view = app.view.getState()
  return view.flight ? view.flight.to : { startNs: view.startNs, endNs: view.endNs }
}

function placeNow(app: App): Place {
  const view = app.view.getState()
  return {
    ...windowNow(app),
    scrollPx: view.flight?.toScrollPx ?? view.scrollPx,
    playheadNs: view.playheadNs,
    finding: app.selection.getState().finding,
  }
}

/** Remembers where we are before going somewhere else. */
export function rememberPlace(app: App): void {
  app.view.setState(view => ({ history: leave(view.history, placeNow(app)) }))
}

/** Sets the window at once: what a gesture does. Ends a flight. */
export function setWindow(app: App, window: TimeWindow): void {
  app.view.setState({ ...clampWindow(window, durationOf(app)), flight: null })
}

/** Glides to a window; at once where the user asked for less motion. */
export function flyTo(app: App, to: TimeWindow, toScrollPx?: number): void {
  const view = app.view.getState()
  const scrollPx = toScrollPx ?? view.flight?.toScrollPx ?? view.scrollPx
  const calm = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? true
  if (calm) {
    app.view.setState({ ...to, scrollPx, flight: null })
    return
  }
  app.view.setState({
    flight: {
      from: { startNs: view.startNs, endNs: view.endNs },
      to,
      fromScrollPx: view.scrollPx,
      toScrollPx: scrollPx,
      startedMs: -1,
      durationMs: FLIGHT_MS,
    },
  })
}

export const showAll = (app: App): void => {
  rememberPlace(app)
  flyTo(app, fitAll(durationOf(app)))
}

/** Goes to a stretch of time. A stretch already in plain sight is left where it is. */
export function showStretch(app: App, startNs: number, endNs: number): void {
  rememberPlace(app)
  flyTo(app, fitStretch(startNs, endNs, durationOf(app)))
}

/** Brings an instant into view without changing the scale. */
export function revealInstant(app: App, ns: number): void {
  const window = windowNow(app)
  const edge = (window.endNs - window.startNs) * 0.04
  if (ns >= window.startNs + edge && ns <= window.endNs - edge) return
  flyTo(app, centreOn(window, ns, durationOf(app)))
}

export const zoomBy = (app: App, factor: number, atNs?: number): void => {
  const window = windowNow(app)
  const middle = (window.startNs + window.endNs) / 2
  setWindow(app, zoomAt(window, factor, atNs ?? middle, durationOf(app)))
}

/** `part` of the window's own width. */
export const panByPart = (app: App, part: number): void => {
  const window = windowNow(app)
  setWindow(app, panBy(window, (window.endNs - window.startNs) * part, durationOf(app)))
}

export function scrollTo(app: App, scrollPx: number): void {
  app.view.setState({ scrollPx: Math.max(0, scrollPx) })
}

export const navigateBack = (app: App): void => go(app, goBack)
export const navigateForward = (app: App): void => go(app, goForward)

function go(app: App, step: typeof goBack): void {
  const moved = step(app.view.getState().history, placeNow(app))
  if (!moved) return
  app.view.setState({ history: moved.history, playheadNs: moved.to.playheadNs })
  app.selection.setState({ finding: moved.to.finding })
  flyTo(app, { startNs: moved.to.startNs, endNs: moved.to.endNs }, moved.to.scrollPx)
}
