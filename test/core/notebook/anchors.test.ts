import { describe, expect, it } from 'vitest'
import { anchorOf, placeNotes, rangeAnchor } from '../../../src/core/notebook/anchors.ts'
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
})
