/** From what is on screen to an anchor that survives a re-import, and back. */
import type { ItemRef, Session } from '../scene/scene.ts'
import { rowOfSpan } from '../store/lookup.ts'
import { relativeNs, spanIdOf, traceIdOf, unixNano } from '../store/store.ts'
import type { Anchor, Note } from './note.ts'

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

/** Where a note stands in this session. */
export interface PlacedNote {
  readonly note: Note
  /** Lane id, `''` for all lanes. */
  readonly lane: string
  /** Span row, -1 for a note on time only. */
  readonly row: number
  readonly startNs: number
  readonly endNs: number
}

export interface PlacedNotes {
  readonly placed: readonly PlacedNote[]
  /** Notes whose span or time this session does not hold: listed, never dropped. */
  readonly orphans: readonly Note[]
}

/**
 * Finds each note's place. A note on a span follows its span (also when clocks were shifted); a note on time keeps its
 * instant. A lane that is gone makes no orphan as long as the span or the time is there.
 */
export function placeNotes(session: Session, notes: readonly Note[]): PlacedNotes {
  const { store, lanes } = session
  const laneIds = new Set(lanes.map(lane => lane.id))
  const placed: PlacedNote[] = []
  const orphans: Note[] = []
  for (const note of notes) {
    const { traceId, spanId, fromNs, toNs } = note.anchor
    const lane = laneIds.has(note.anchor.lane) ? note.anchor.lane : ''
    const row = spanId === '' ? -1 : rowOfSpan(store, traceId, spanId)
    const from = relativeNs(store, fromNs)
    const to = relativeNs(store, toNs)
    if (spanId !== '' && row < 0) orphans.push(note)
    else if (row >= 0) {
      const start = store.spans.startNs[row]!
      const end = store.spans.endNs[row]!
      // A part of a span (one run of a task) keeps its own time while that still lies in the span.
      const inside = from >= start && to <= end
      placed.push({ note, lane, row, startNs: inside ? from : start, endNs: inside ? to : end })
    } else if (to < 0 || from > store.durationNs) orphans.push(note)
    else placed.push({ note, lane, row, startNs: from, endNs: to })
  }
  return { placed, orphans }
}
