/** What the draw log says of notes: each kind is drawn, in canvas and SVG alike, and none covers what it points at. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchorOf, boxAnchor, rangeAnchor } from '../../../src/core/notebook/anchors.ts'
import { type Note, noteColors } from '../../../src/core/notebook/note.ts'
import { type Box, overlaps } from '../../../src/core/scene/labels.ts'
import { LogPainter } from '../../../src/core/scene/log-painter.ts'
import { noteTones } from '../../../src/core/scene/note-colors.ts'
import type { Scene, Session } from '../../../src/core/scene/scene.ts'
import { paintSvg } from '../../../src/core/scene/svg-painter.ts'
import { contrast } from '../../../src/core/scene/theme.ts'
import { noteOf } from '../../support/notes.ts'
import { marksOf, sceneOf, sessionOf } from '../../support/scene.ts'

const session = sessionOf(`
  T1       ────────────────────
  T2       ────────────────────
  T3       ────────────────────
  T1@lock  ########
  T2@lock   ~~~~~~~#######
  T3@lock    ~~~~~~~~~~~~~####
`)
const lane = session.lanes.find(({ id }) => id === 'resource:lock')!
const other = session.lanes.find(({ kind }) => kind === 'task')!
const itemAnchor = (from: Session, laneId: string, item: number) => anchorOf(from, { lane: laneId, item })!

const papers = (scene: Scene): (Box & { readonly note: string })[] =>
  scene.hits.flatMap(({ target, ...box }) => (target.kind === 'note' ? [{ ...box, note: target.note }] : []))

/** Frames around what notes point at, as drawn. */
const frames = (scene: Scene, note: Note): Box[] =>
  marksOf(scene, 'rect').filter(
    ({ pattern, stroke }) => pattern === 'none' && stroke === noteTones('light', note.color).edge,
  )

describe('notes in the lanes', () => {
  const label = noteOf({ anchor: itemAnchor(session, lane.id, 1), text: 'waits' })

  it('draw a frame around a label, a dashed one around a box over lanes, an arrow for a link', () => {
    const box = noteOf({
      id: 'b',
      kind: 'box',
      anchor: boxAnchor(session, 2e6, 9e6, lane.id, other.id),
      text: 'boxed',
    })
    const link = noteOf({
      id: 'l',
      kind: 'link',
      anchor: { ...itemAnchor(session, lane.id, 0), to: itemAnchor(session, other.id, 0) },
      text: 'linked',
    })
    const of = (note: Note) => sceneOf(session, { notes: [note] })
    expect(frames(of(label), label)).toHaveLength(1)
    expect(frames(of(box), box)).toMatchObject([{ dashed: true }])
    const scene = of(box)
    const [first, last] = [lane.id, other.id].map(id => scene.laneBoxes.find(one => one.lane === id)!)
    const drawn = frames(scene, box)[0]!
    expect(drawn.y).toBeLessThanOrEqual(Math.min(first!.y, last!.y) + 2)
    expect(drawn.y + drawn.h).toBeGreaterThanOrEqual(Math.max(first!.y + first!.h, last!.y + last!.h) - 2)
    expect(frames(of(link), link)).toHaveLength(2)
    expect(marksOf(of(link), 'line').filter(({ arrow }) => arrow)).toHaveLength(
      marksOf(sceneOf(session), 'line').filter(({ arrow }) => arrow).length + 1,
    )
  })

  it('leave out what is hidden, and what is in a lane that is not shown', () => {
    expect(papers(sceneOf(session, { notes: [{ ...label, hidden: true }] }))).toEqual([])
    const filtered = { ...session, lanes: session.lanes.filter(({ id }) => id !== lane.id) }
    const onTime = noteOf({ id: 't', kind: 'range', anchor: rangeAnchor(session, 1e6, 2e6) })
    expect(papers(sceneOf(filtered, { notes: [onTime] })).map(({ note }) => note)).toEqual(['t'])
  })

  it('say the same in SVG', () => {
    const scene = sceneOf(session, { notes: [label] })
    expect(LogPainter.textsOf(scene)).toContain('waits')
    expect(paintSvg(scene, { title: 't' })).toContain('>waits<')
  })

  it('never cover what they point at, nor each other, wherever they are', () => {
    const spots = session.lanes.flatMap(({ id, items }) =>
      Array.from({ length: items.count }, (_, item) => ({ id, item })),
    )
    const note = fc.record({
      spot: fc.constantFrom(...spots),
      text: fc.string({ maxLength: 120 }),
      color: fc.constantFrom(...noteColors),
    })
    const view = fc.record({
      widthPx: fc.integer({ min: 320, max: 1600 }),
      heightPx: fc.integer({ min: 120, max: 900 }),
    })
    fc.assert(
      fc.property(fc.array(note, { minLength: 1, maxLength: 8 }), view, (made, size) => {
        const notes = made.map(({ spot, text, color }, at) =>
          noteOf({ id: String(at), anchor: itemAnchor(session, spot.id, spot.item), text, color }),
        )
        const scene = sceneOf(session, { notes, ...size })
        const drawn = papers(scene)
        for (const paper of drawn) {
          // A disc stands on the edge when there is no room for paper; paper never overlaps its target.
          if (paper.w <= 15) continue
          const only = sceneOf(session, { notes: [notes[Number(paper.note)]!], ...size })
          for (const frame of frames(only, notes[Number(paper.note)]!)) {
            expect(overlaps(paper, { x: frame.x + 2, y: frame.y + 2, w: frame.w - 4, h: frame.h - 4 })).toBe(
              false,
            )
          }
          for (const one of drawn) {
            if (one !== paper && one.w > 15) expect(overlaps(paper, one)).toBe(false)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('stand a word without end', () => {
    const scene = sceneOf(session, { notes: [{ ...label, text: 'x'.repeat(100_000) }] })
    expect(papers(scene)[0]!.w).toBeLessThan(240)
  })
})

it('the colours of notes can be read in both themes', () => {
  for (const name of ['light', 'dark'] as const) {
    for (const color of noteColors) {
      const { paper, edge, text } = noteTones(name, color)
      expect(contrast(text, paper), `${name} ${color} text`).toBeGreaterThanOrEqual(4.5)
      expect(contrast(paper, edge), `${name} ${color} number`).toBeGreaterThanOrEqual(4.5)
    }
  }
})
