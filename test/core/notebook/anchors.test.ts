import { describe, expect, it } from 'vitest'
import { anchorOf, placeNotes, placeOf, rangeAnchor } from '../../../src/core/notebook/anchors.ts'
import type { Anchor, Note } from '../../../src/core/notebook/note.ts'
import { itemOf } from '../../../src/core/scene/frame.ts'
import { noteOf } from '../../support/notes.ts'
import { laneOf, sessionOf } from '../../support/scene.ts'

const picture = `
  T1       ──────────
  T2       ──────────
  T1@lock  #####
  T2@lock   ~~~~###
`
const noteOn = (anchor: Anchor): Note => noteOf({ anchor })

describe('anchors', () => {
  it('find their place again after another reading', () => {
    const first = sessionOf(picture)
    const lane = laneOf(first, 'resource:lock')
    const item = itemOf(lane, 'wait', 0)
    const anchor = anchorOf(first, { lane: lane.id, item })
    expect(anchor).not.toBeNull()
    const again = sessionOf(picture)
    const { placed, orphans } = placeNotes(again, [noteOn(anchor!)])
    expect(orphans).toEqual([])
    expect(placed[0]).toMatchObject({
      lane: lane.id,
      startNs: lane.items.startNs[item],
      endNs: lane.items.endNs[item],
    })
  })

  it('list orphans: spans and times this trace does not hold', () => {
    const session = sessionOf(picture)
    const range = rangeAnchor(session, 1e6, 2e6)
    const lost = noteOn({ ...range, traceId: 'f'.repeat(32), spanId: 'f'.repeat(16) })
    const early = noteOn({ ...range, fromNs: '1', toNs: '2' })
    const kept = noteOn(range)
    const { placed, orphans } = placeNotes(session, [lost, early, kept])
    expect(orphans).toEqual([lost, early])
    expect(placed.map(({ note }) => note)).toEqual([kept])
  })

  it('keep a note whose lane is gone as long as its time is there', () => {
    const session = sessionOf(picture)
    const { placed } = placeNotes(session, [
      noteOn({ ...rangeAnchor(session, 1e6, 2e6), lane: 'resource:gone' }),
    ])
    expect(placed[0]).toMatchObject({ lane: '', startNs: 1e6, endNs: 2e6 })
  })

  it('are null for an item that is not there', () => {
    const session = sessionOf(picture)
    expect(anchorOf(session, { lane: 'nowhere', item: 0 })).toBeNull()
    expect(anchorOf(session, { lane: 'resource:lock', item: 99 })).toBeNull()
  })

  it('follow a span whose lane has another name, and whose times another format rounded', () => {
    const session = sessionOf(picture)
    const lane = laneOf(session, 'resource:lock')
    const item = itemOf(lane, 'wait', 0)
    const anchor = anchorOf(session, { lane: lane.id, item })!
    const rounded = `${anchor.fromNs.slice(0, -3)}000`
    const place = placeOf(session, { ...anchor, lane: 'resource:old name', fromNs: rounded })
    expect(place?.row).toBe(lane.items.span[item])
    expect(place?.lane).not.toBe('')
    expect(place?.endNs).toBe(lane.items.endNs[item])
  })

  it('stand reversed and absurd times', () => {
    const session = sessionOf(picture)
    const range = rangeAnchor(session, 1e6, 2e6)
    expect(placeOf(session, { ...range, fromNs: range.toNs, toNs: range.fromNs })).toMatchObject({
      startNs: 1e6,
      endNs: 2e6,
    })
    expect(
      placeOf(session, { ...range, fromNs: '-99999999999999999999', toNs: '-99999999999999999998' }),
    ).toBeNull()
  })

  it('place both ends of a link, and tell when the other one is lost', () => {
    const session = sessionOf(picture)
    const [from, to] = [0, 1].map(at => anchorOf(session, { lane: 'resource:lock', item: at })!)
    const link = (end: Anchor): Note => noteOf({ kind: 'link', anchor: { ...from!, to: end } })
    expect(placeNotes(session, [link(to!)]).placed[0]!.to).not.toBeNull()
    expect(placeNotes(session, [link({ ...to!, spanId: 'f'.repeat(16) })]).placed[0]!.to).toBeNull()
  })
})
