/**
 * A place in a trace as the part of an address behind `#`, for a colleague or a note:
 *
 *     #finding=F1&from=17…&to=17…&at=17…&span=5fb1c0de00000001
 *
 * Times are Unix nanoseconds, so that a link means the same after a re-import. All parts are optional; what this trace does
 * not have is told, never an error.
 */
import type { Session } from '../../src/core/scene/scene.ts'
import { relativeNs, spanIdOf, unixNano } from '../../src/core/store/store.ts'
import type { App } from '../state/app.ts'
import { itemOf, itemOfRow } from '../state/lookup.ts'
import { sessionNow } from '../state/shown.ts'
import { clampWindow } from '../timeline/viewport.ts'
import { announce, toast } from './announce.ts'
import { durationOf, flyTo, rememberPlace, windowNow } from './navigate.ts'
import { putPlayhead } from './playback.ts'
import { goToItem, selectFinding } from './select.ts'

export function linkToView(app: App): string {
  const session = sessionNow(app)
  if (!session) return ''
  const { store } = session
  const { finding, selected } = app.selection.getState()
  const { playheadNs } = app.view.getState()
  const window = windowNow(app)
  const row = itemOf(session, selected)?.row ?? -1
  const parts = new URLSearchParams()
  if (finding) parts.set('finding', finding)
  parts.set('from', unixNano(store, window.startNs))
  parts.set('to', unixNano(store, window.endNs))
  if (playheadNs >= 0) parts.set('at', unixNano(store, playheadNs))
  if (row >= 0) parts.set('span', spanIdOf(store, row))
  return `#${parts}`
}

export async function copyLink(app: App): Promise<void> {
  const { origin, pathname, search } = globalThis.location
  // The desktop's own address leads nowhere outside of it: there the part behind the # is what can be passed on.
  const base = app.host.kind === 'browser' ? `${origin}${pathname}${search}` : ''
  await navigator.clipboard.writeText(`${base}${linkToView(app)}`)
  toast(app, 'Link to this view copied')
}

/** Goes where a link points. Returns whether it pointed anywhere in this trace. */
export function followLink(app: App, hash: string): boolean {
  const session = sessionNow(app)
  const parts = new URLSearchParams(hash.replace(/^#/, ''))
  if (!session || [...parts].length === 0) return false
  rememberPlace(app)
  const finding = parts.get('finding') ?? ''
  const row = rowOf(session, parts.get('span') ?? '')
  const ref = row >= 0 ? itemOfRow(session, row) : null
  if (finding) selectFinding(app, finding)
  if (ref) goToItem(app, ref)
  const [from, to, at] = ['from', 'to', 'at'].map(name => instantOf(session, parts.get(name) ?? ''))
  if (at !== undefined) putPlayhead(app, at)
  const durationNs = durationOf(app)
  const within = from !== undefined && to !== undefined && to > from && to > 0 && from < durationNs
  if (within) flyTo(app, clampWindow({ startNs: from, endNs: to }, durationNs))
  const known = session.analysis.findings.some(one => one.id === finding)
  const found = known || ref !== null || within || at !== undefined
  if (!found) announce(app, 'The link points at nothing in this trace')
  return found
}

function instantOf({ store }: Session, text: string): number | undefined {
  return /^\d{1,20}$/.test(text) ? relativeNs(store, text) : undefined
}

function rowOf({ store }: Session, id: string): number {
  if (!/^[0-9a-f]{16}$/.test(id)) return -1
  for (let row = 0; row < store.spans.count; row++) {
    if (spanIdOf(store, row) === id) return row
  }
  return -1
}
