/** From what is on screen to an anchor that survives a re-import, and back. */
import type { Lane } from '../lanes/lane.ts'
import type { ItemRef, Session } from '../scene/scene.ts'
import { firstAtOrAfter } from '../sorted.ts'
import { rowOfSpan } from '../store/lookup.ts'
import { relativeNs, spanIdOf, traceIdOf, unixNano } from '../store/store.ts'
import type { Anchor, Note, Notebook } from './note.ts'

/** Anchor of a stretch of time, over all lanes or one. */
export function rangeAnchor(session: Session, startNs: number, endNs: number, lane = ''): Anchor {
  return {
    traceId: '',
    spanId: '',
    lane,
    fromNs: unixNano(session.store, startNs),
    toNs: unixNano(session.store, endNs),
  }
}

/** Anchor of one drawn item: its span where it has one, its lane and its time. Null when the session has no such item. */
export function anchorOf(session: Session, ref: ItemRef): Anchor | null {
  const lane = session.lanes.find(lane => lane.id === ref.lane)
  if (!lane || ref.item < 0 || ref.item >= lane.items.count) return null
  const { startNs, endNs, span } = lane.items
  const row = span[ref.item]!
  return {
    ...rangeAnchor(session, startNs[ref.item]!, endNs[ref.item]!, lane.id),
    ...(row >= 0 ? { traceId: traceIdOf(session.store, row), spanId: spanIdOf(session.store, row) } : {}),
  }
}

/** The drawn item that an anchor names, null where this session has none. */
export function itemOfAnchor(session: Session, anchor: Anchor): ItemRef | null {
  const place = placeOf(session, anchor)
  const lane = place && session.lanes.find(({ id }) => id === place.lane)
  const item = lane ? itemAt(lane, place) : -1
  return lane && item >= 0 ? { lane: lane.id, item } : null
}

/** Anchor of a stretch of time over a run of lanes: the first one, and the last one as the other end. */
export function boxAnchor(
  session: Session,
  startNs: number,
  endNs: number,
  first: string,
  last: string,
): Anchor {
  return {
    ...rangeAnchor(session, startNs, endNs, first),
    to: rangeAnchor(session, startNs, endNs, last),
  }
}

/** Where an anchor stands in this session. */
export interface Place {
  /** Lane id, `''` for all lanes. */
  readonly lane: string
  /** Span row, -1 for time only. */
  readonly row: number
  readonly startNs: number
  readonly endNs: number
}

export interface PlacedNote extends Place {
  readonly note: Note
  /** The other end of a link or the last lane of a box; null where there is none, or not in these files. */
  readonly to: Place | null
}

export interface PlacedNotes {
  readonly placed: readonly PlacedNote[]
  /** Notes whose span or time this session does not hold: listed, never dropped. */
  readonly orphans: readonly Note[]
}

export function placeNotes(session: Session, notes: readonly Note[]): PlacedNotes {
  const placed: PlacedNote[] = []
  const orphans: Note[] = []
  for (const note of notes) {
    const place = placeOf(session, note.anchor)
    if (!place) orphans.push(note)
    else placed.push({ note, ...place, to: note.anchor.to ? placeOf(session, note.anchor.to) : null })
  }
  return { placed, orphans }
}

/** Formats in microseconds or milliseconds round: what was the whole of a span still is. */
const ROUNDED_NS = 1e6

/**
 * The place of one anchor, null for an orphan. A span is followed wherever it is now (also when clocks were shifted or
 * another format rounded its times); time keeps its instant. A lane that is gone makes no orphan as long as the span or
 * the time is there: the span's own lane takes its place.
 */
export function placeOf(session: Session, anchor: Anchor): Place | null {
  const { store } = session
  const { traceId, spanId } = anchor
  const ends = [relativeNs(store, anchor.fromNs), relativeNs(store, anchor.toNs)]
  const from = Math.min(...ends)
  const to = Math.max(...ends)
  const known = laneIds(session).has(anchor.lane) ? anchor.lane : ''
  if (spanId === '') {
    if (to < 0 || from > store.durationNs) return null
    return { lane: known, row: -1, startNs: from, endNs: to }
  }
  const row = rowOfSpan(store, traceId, spanId)
  if (row < 0) return null
  const start = store.spans.startNs[row]!
  const end = store.spans.endNs[row]!
  const lane = known || laneOfRow(session, row)
  // A part of a span (one run of a task) keeps its own time while that still lies in the span.
  const inside = from >= start - ROUNDED_NS && to <= end + ROUNDED_NS
  const startNs = inside ? Math.max(from, start) : start
  const endNs = inside ? Math.min(to, end) : end
  return startNs <= endNs ? { lane, row, startNs, endNs } : { lane, row, startNs: start, endNs: end }
}

/**
 * The item of a lane that a place is on: the one of its span that begins nearest. −1 when the lane has none.
 * Items stand by start time, so only those near the place are looked at.
 */
export function itemAt({ items }: Lane, { row, startNs, endNs }: Place): number {
  const near = firstAtOrAfter(items.startNs, startNs)
  let best = -1
  let bestNs = Number.POSITIVE_INFINITY
  const look = (at: number): boolean => {
    const awayNs = Math.abs(items.startNs[at]! - startNs)
    if (awayNs > bestNs) return false
    // Of several with one start (a task and its first run), the one that also ends there.
    const score = awayNs + Math.abs(items.endNs[at]! - endNs) * 1e-3
    if (items.span[at] === row && score < bestNs) {
      best = at
      bestNs = score
    }
    return true
  }
  for (let at = near; at < Math.min(items.count, near + NEAR_ITEMS) && look(at); at++);
  for (let at = near - 1; at >= Math.max(0, near - NEAR_ITEMS) && look(at); at--);
  return best
}

const NEAR_ITEMS = 2_000

/** Does what was written for one trace belong on this one? True as soon as one of its spans, or its time, is here. */
export function belongsTo(session: Session, { source, notes, view }: Notebook): boolean {
  if (source.fingerprint === session.store.fingerprint) return true
  const onSpans = notes.filter(({ anchor }) => anchor.spanId !== '')
  if (onSpans.length > 0) return onSpans.some(({ anchor }) => placeOf(session, anchor) !== null)
  const startNs = relativeNs(session.store, view.fromNs)
  const endNs = relativeNs(session.store, view.toNs)
  return endNs > startNs && endNs > 0 && startNs < session.store.durationNs
}

const lanesOf = new WeakMap<
  Session,
  { readonly ids: ReadonlySet<string>; readonly ofRow: Map<number, string> }
>()

function lookups(session: Session) {
  const known = lanesOf.get(session)
  if (known) return known
  const fresh = { ids: new Set(session.lanes.map(lane => lane.id)), ofRow: new Map<number, string>() }
  lanesOf.set(session, fresh)
  return fresh
}

const laneIds = (session: Session): ReadonlySet<string> => lookups(session).ids

/** The first lane that shows a span. Looked for once per span that somebody wrote a note on. */
function laneOfRow(session: Session, row: number): string {
  const { ofRow } = lookups(session)
  let lane = ofRow.get(row)
  if (lane === undefined) {
    lane = session.lanes.find(({ items }) => items.span.subarray(0, items.count).includes(row))?.id ?? ''
    ofRow.set(row, lane)
  }
  return lane
}
