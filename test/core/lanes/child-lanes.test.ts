/** Nesting on demand: which lane opens into which, where they stand, and how it looks. */
import { describe, expect, it } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { openLanes } from '../../../src/core/lanes/child-lanes.ts'
import { layOutLanes } from '../../../src/core/lanes/lay-out-lanes.ts'
import { deepLevels, noFolds, stackLanes } from '../../../src/core/scene/geometry.ts'
import { nestedText } from '../../../src/core/scene/nested.ts'
import { storeOf } from '../../support/otlp.ts'
import { laneOf, marksOf, sceneOf, sessionOf } from '../../support/scene.ts'

const none: ReadonlySet<string> = new Set()
const family = sessionOf(
  `
    checkout   ─────────────────────────
    charge      ────────────
    receipt       ──────
    reserve          ──────
    other                       ──────
  `,
  {
    tasks: {
      charge: { parent: 'checkout' },
      receipt: { parent: 'charge' },
      reserve: { parent: 'checkout' },
    },
  },
)
const tasks = family.lanes.filter(({ kind }) => kind === 'task')
const idOf = (task: string): string => tasks.find(({ label }) => label.startsWith(task))!.id
const opened = (...names: string[]): ReadonlySet<string> => new Set(names.map(idOf))
const names = (lanes: readonly { readonly label: string }[]): string[] => lanes.map(({ label }) => label)

describe('nested lanes', () => {
  it('know the lane of the task that started theirs', () => {
    expect(tasks.map(({ label, parent }) => [label, parent])).toEqual([
      ['checkout', undefined],
      ['charge', idOf('checkout')],
      ['receipt', idOf('charge')],
      ['reserve', idOf('checkout')],
      ['other', undefined],
    ])
  })

  it('stand below the lane that is opened, wherever they stood, and nowhere else', () => {
    const shown = [...tasks].reverse()
    expect(names(openLanes(tasks, shown, opened('checkout'), none))).toEqual([
      'other',
      'receipt',
      'checkout',
      'charge',
      'reserve',
    ])
    expect(names(openLanes(tasks, shown, opened('checkout', 'charge'), none))).toEqual([
      'other',
      'checkout',
      'charge',
      'receipt',
      'reserve',
    ])
  })

  it('come when a filter hides them, and stay on top when they are pinned', () => {
    const checkout = tasks.filter(({ label }) => label === 'checkout')
    expect(names(openLanes(tasks, checkout, opened('checkout'), none))).toEqual([
      'checkout',
      'charge',
      'reserve',
    ])
    const pinned = opened('charge')
    expect(names(openLanes(tasks, [tasks[1]!, ...checkout], opened('checkout'), pinned))).toEqual([
      'charge',
      'checkout',
      'reserve',
    ])
  })

  it('are indented below their parent, without a heading of their own', () => {
    const folds = { ...noFolds, opened: opened('checkout', 'charge') }
    const { placed } = stackLanes(openLanes(tasks, tasks, folds.opened, none), folds)
    expect(placed.map(({ lane, depth, fold }) => [lane.label, depth, fold])).toEqual([
      ['checkout', 0, 'opened'],
      ['charge', 1, 'opened'],
      ['receipt', 2, 'plain'],
      ['reserve', 1, 'plain'],
      ['other', 0, 'plain'],
    ])
    expect(placed.filter(({ depth }) => depth > 0).every(({ headingPx }) => headingPx === 0)).toBe(true)
  })

  it('survive tasks that name each other as parent', () => {
    const ring = sessionOf('    a   ────\n    b   ────', {
      tasks: { a: { parent: 'b' }, b: { parent: 'a' } },
    })
    const all = new Set(ring.lanes.map(({ id }) => id))
    expect(openLanes(ring.lanes, ring.lanes, all, none)).toHaveLength(ring.lanes.length)
  })

  it('show a triangle to click, and say how many there are', () => {
    const closed = sceneOf(family)
    const openers = closed.hits.flatMap(({ target }) => (target.kind === 'opener' ? target.lane : []))
    expect(openers).toEqual([idOf('checkout'), idOf('charge')])
    expect(nestedText(family.lanes, laneOf(family, idOf('checkout')))).toBe('2 child tasks')
    const paths = (open: ReadonlySet<string>): number[][] =>
      marksOf(sceneOf(family, { opened: open }), 'path').map(({ points }) => [...points])
    expect(paths(none)).toHaveLength(2)
    expect(paths(opened('checkout'))).not.toEqual(paths(none))
  })
})

describe('deep spans', () => {
  it('share one level until their task is opened', async () => {
    const id = (n: number) => n.toString(16).padStart(16, '0')
    const spans = Array.from({ length: 12 }, (_, at) => ({
      id: id(at + 1),
      name: `level ${at}`,
      ...(at > 0 && { parent: id(at) }),
      start: at,
      end: 100 - at,
      kind: 1,
      attributes:
        at === 0
          ? { 'interleave.role': 'task', 'interleave.task.id': 't1', 'interleave.task.name': 'deep' }
          : { 'interleave.task.id': 't1' },
    }))
    const store = await storeOf({ resource: { 'service.name': 'deep' }, spans })
    const model = readModel(store)
    const analysis = { findings: [], cleared: [], causes: [], checklist: [], blame: [] }
    const session = { store, model, analysis, lanes: layOutLanes(store, model, analysis) }
    const lane = laneOf(session, 'task:deep:t1')
    expect(deepLevels(lane)).toBe(9)
    const heightOf = (folds: typeof noFolds): number => stackLanes([lane], folds).placed[0]!.geometry.heightPx
    const plainPx = heightOf(noFolds)
    const openedPx = heightOf({ ...noFolds, opened: new Set([lane.id]) })
    expect(openedPx - plainPx).toBe(8 * 14)
    const { geometry } = stackLanes([lane], { ...noFolds }).placed[0]!
    const bottoms = Array.from(
      { length: lane.rows },
      (_, row) => geometry.rowTop(row) + geometry.rowHeight(row),
    )
    expect(Math.max(...bottoms)).toBeLessThanOrEqual(geometry.heightPx)
  })
})
