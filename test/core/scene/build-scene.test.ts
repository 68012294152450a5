import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { duration } from '../../../src/core/detect/words.ts'
import { itemOf } from '../../../src/core/scene/frame.ts'
import { RULER_PX } from '../../../src/core/scene/geometry.ts'
import { type Box, LabelPlacer, overlaps } from '../../../src/core/scene/labels.ts'
import { LogPainter } from '../../../src/core/scene/log-painter.ts'
import { estimateWidth } from '../../../src/core/scene/measure.ts'
import { theme } from '../../../src/core/scene/theme.ts'
import { noteOf } from '../../support/notes.ts'
import { GUTTER_PX, laneOf, marksOf, sceneOf, sessionOf, starved } from '../../support/scene.ts'

const light = theme('light')

describe('a scene', () => {
  it('tells states by pattern: waits hatched, contended holds with a thick border, open ends with an arrow', () => {
    const session = starved()
    const scene = sceneOf(session)
    const rects = marksOf(scene, 'rect')
    expect(rects.some(({ pattern, fill }) => pattern === 'hatch' && fill === light.waiting)).toBe(true)
    expect(
      rects.filter(({ fill, strokeWidth }) => fill === light.contended && strokeWidth === 2),
    ).toHaveLength(2)
    expect(rects.some(({ pattern }) => pattern === 'fade')).toBe(true)
    expect(marksOf(scene, 'line').some(({ arrow }) => arrow)).toBe(true)
    expect(LogPainter.textsOf(scene)).toContain('capacity 2')
  })

  it('draws bars where their times are', () => {
    const session = starved()
    const scene = sceneOf(session)
    const lane = laneOf(session, 'resource:db')
    const hold = itemOf(lane, 'hold', 0)
    const hit = scene.hits.find(
      ({ target }) => target.kind === 'item' && target.ref.lane === lane.id && target.ref.item === hold,
    )
    const scale = (1200 - GUTTER_PX) / session.store.durationNs
    expect(hit!.x).toBeCloseTo(GUTTER_PX + lane.items.startNs[hold]! * scale, 0)
    expect(hit!.w).toBeCloseTo((lane.items.endNs[hold]! - lane.items.startNs[hold]!) * scale, 0)
  })

  it('writes no time of the ruler under the instant of the playhead, and keeps all others', () => {
    const session = starved()
    const times = marksOf(sceneOf(session), 'text').filter(({ y, x }) => y === RULER_PX - 8 && x > GUTTER_PX)
    expect(times.length).toBeGreaterThan(3)
    const scale = (1200 - GUTTER_PX) / session.store.durationNs
    const playheadNs = (times[2]!.x - GUTTER_PX) / scale
    const scene = sceneOf(session, { highlights: { playheadNs } })
    const shown = marksOf(scene, 'text').filter(({ y, x }) => y === RULER_PX - 8 && x > GUTTER_PX)
    expect(shown).toEqual(times.toSpliced(2, 1))
    expect(marksOf(scene, 'text').at(-1)).toMatchObject({ align: 'middle', bold: true })
  })

  it('ends the names of items that lie over each other where the next begins', () => {
    const puts = Array.from({ length: 14 }, (_, at) => ({
      op: 'put' as const,
      queue: 'jobs',
      item: `job ${at}`,
      atMs: at,
    }))
    const session = sessionOf('T1  ────────────────────', { queueItems: puts })
    const lane = session.lanes.find(({ kind }) => kind === 'queue')!
    const scene = sceneOf(session)
    const bars = scene.hits.filter(({ target }) => target.kind === 'item' && target.ref.lane === lane.id)
    const names = marksOf(scene, 'text').filter(({ text }) => text.startsWith('job '))
    expect(names).toHaveLength(14)
    for (const { x, y, text, size } of names) {
      const row = bars.filter(bar => bar.y <= y && bar.y + bar.h >= y)
      const next = Math.min(...row.map(bar => bar.x).filter(left => left > x))
      expect(x + estimateWidth(text, size, false), text).toBeLessThanOrEqual(next)
    }
  })

  it('a stall is a cross-hatched band through all lanes', () => {
    const session = sessionOf(
      `
      T1  ────────────────────
      T2  ─···················──
      `,
      { unitMs: 50, stalls: [{ startMs: 100, endMs: 900, task: 'T1', site: 'hash (a.ts:1)' }] },
    )
    const scene = sceneOf(session)
    const band = marksOf(scene, 'rect').find(
      ({ pattern, alpha }) => pattern === 'cross' && alpha !== undefined,
    )
    const last = scene.laneBoxes.at(-1)!
    expect(band!.y).toBe(RULER_PX)
    expect(band!.y + band!.h).toBeGreaterThanOrEqual(last.y + last.h - 1)
    expect(LogPainter.textsOf(scene).some(text => text.startsWith('stalled 800 ms'))).toBe(true)
  })

  it('joins overlapping critical sections with their distance', () => {
    const session = sessionOf(
      `
      T1    ─·················──
      T2    ─·················──
      T1=k  R─────────────W
      T2=k         R─────────W
      `,
      { values: { 'T1=k': ['0', '1'], 'T2=k': ['0', '2'] } },
    )
    const found = session.analysis.findings.find(({ marks }) => marks.some(({ kind }) => kind === 'overlap'))
    expect(found).toBeDefined()
    const scene = sceneOf(session, { highlights: { finding: found!.id } })
    const texts = LogPainter.textsOf(scene)
    const mark = found!.marks.find(each => each.kind === 'overlap')
    if (mark?.kind !== 'overlap') throw new Error('no overlap')
    const label = `${duration(mark.gapNs)} apart`
    expect(texts).toContain(label)
    // The arrow is as long as the label says, short of the symbol it points at.
    const arrow = marksOf(scene, 'line').find(
      ({ stroke, arrow, y1, y2 }) => arrow && stroke === light.overlapEdge && y1 === y2,
    )!
    const scale = (1200 - GUTTER_PX) / session.store.durationNs
    expect(arrow.x2 - arrow.x1).toBeCloseTo(mark.gapNs * scale - 8, 0)
    const outlines = marksOf(scene, 'rect').filter(
      ({ pattern, stroke }) => pattern === 'none' && stroke === light.overlapEdge,
    )
    expect(outlines.length).toBeGreaterThanOrEqual(4)
    expect(marksOf(scene, 'rect').some(({ fill, alpha }) => fill === light.overlap && (alpha ?? 1) < 1)).toBe(
      true,
    )
  })

  it('merges what is smaller than a pixel into counted blocks and keeps the error', () => {
    const slivers = 'R'.repeat(60)
    const session = sessionOf(`T1  ${slivers}`, {
      marks: Array.from({ length: 60 }, (_, at) => ({
        atMs: at,
        kind: at === 30 ? 'error' : 'note',
        text: 'x',
      })),
    })
    // 60 accesses on a thousandth of the width.
    const scene = sceneOf(session, { endNs: session.store.durationNs * 1000 })
    const hits = scene.hits.filter(({ target }) => target.kind === 'item' && target.ref.lane === 'marks')
    expect(hits.length).toBeLessThan(5)
    expect(hits.reduce((sum, { target }) => sum + (target.kind === 'item' ? target.count : 0), 0)).toBe(60)
    expect(
      marksOf(scene, 'symbol').some(({ symbol, fill }) => symbol === 'error' && fill === light.error),
    ).toBe(true)
  })

  it('draws arrows from a selected waiter to those who hold', () => {
    const session = starved()
    const lane = laneOf(session, 'resource:db')
    const wait = itemOf(lane, 'wait', 0)
    const arrows = (selected: { lane: string; item: number } | null) =>
      marksOf(sceneOf(session, { highlights: { selected } }), 'line').filter(
        ({ bend, arrow }) => arrow && bend,
      )
    expect(arrows(null)).toHaveLength(0)
    expect(arrows({ lane: lane.id, item: wait })).toHaveLength(2)
  })

  it('flags findings in the ruler, with hits', () => {
    const session = starved()
    const flags = sceneOf(session).hits.filter(({ target }) => target.kind === 'finding')
    expect(flags.length).toBeGreaterThan(0)
    expect(flags.every(({ y, h }) => y + h <= RULER_PX)).toBe(true)
  })

  it('places callouts beside what they point at', () => {
    const session = starved()
    const lane = laneOf(session, 'resource:db')
    const wait = itemOf(lane, 'wait', 0)
    const epoch = BigInt(session.store.epochUnixNano)
    const at = (ns: number): string => (epoch + BigInt(Math.round(ns))).toString()
    const note = noteOf({
      kind: 'box',
      anchor: {
        traceId: '',
        spanId: '',
        lane: lane.id,
        fromNs: at(lane.items.startNs[wait]!),
        toNs: at(lane.items.endNs[wait]!),
      },
      text: 'the **first** victim',
    })
    const scene = sceneOf(session, { notes: [note] })
    const callout = scene.hits.find(({ target }) => target.kind === 'note')!
    const target = marksOf(scene, 'rect').find(({ stroke, dashed }) => stroke === light.noteEdge && dashed)!
    expect(overlaps(callout, target)).toBe(false)
    expect(LogPainter.textsOf(scene)).toContain('the first victim')
  })

  it('does the same work for ten times the spans', () => {
    const many = (count: number) => sceneOf(sessionOf(`T1  ${'R·'.repeat(count)}`)).marks.length
    expect(many(3000)).toBeLessThan(many(300) * 2)
  })

  it('stands a viewport of no width and one far outside', () => {
    const session = starved()
    expect(() => sceneOf(session, { startNs: 5, endNs: 5 })).not.toThrow()
    expect(() => sceneOf(session, { startNs: 1e18, endNs: 2e18, widthPx: 100, heightPx: 10 })).not.toThrow()
  })
})

describe('labels', () => {
  it('never overlap and never leave their room', () => {
    const wish = fc.record({
      text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      x: fc.nat(600),
      y: fc.nat(200),
      maxPx: fc.nat(200),
      size: fc.constantFrom(9, 11, 14),
      priority: fc.nat(5),
      align: fc.constantFrom('start' as const, 'middle' as const, 'end' as const),
    })
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 80 }), wishes => {
        const placer = new LabelPlacer(estimateWidth)
        for (const each of wishes) placer.add({ ...each, fill: '#000000' })
        const boxes = placer.place().flatMap((mark): Box[] => {
          if (mark.kind !== 'text') return []
          const w = estimateWidth(mark.text, mark.size, false)
          const left = mark.align === 'end' ? mark.x - w : mark.align === 'middle' ? mark.x - w / 2 : mark.x
          return [{ x: left, y: mark.y - mark.size * 0.8, w, h: mark.size }]
        })
        boxes.forEach((a, at) => {
          for (const b of boxes.slice(at + 1)) expect(overlaps(a, b)).toBe(false)
        })
      }),
    )
  })
})
