import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Model } from '../../../src/core/convention/model.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { criticalPath, indexPaths, type PathPiece } from '../../../src/core/replay/critical-path.ts'
import { type Store, spanName } from '../../../src/core/store/store.ts'
import { openRecording } from '../../support/open-recording.ts'
import { importOf, type SpanInput } from '../../support/otlp.ts'

const MS = 1e6
const time = fc.integer({ min: 0, max: 40 })
const span = fc.record({ from: time, length: fc.integer({ min: 0, max: 20 }) })
const task = fc.nat(4)

/** A model with only what the path reads; times are whole milliseconds, far above what a hand-over takes. */
const models = fc
  .record({
    tasks: fc.array(span, { minLength: 5, maxLength: 5 }),
    parents: fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 5, maxLength: 5 }),
    slices: fc.array(fc.record({ at: span, task }), { maxLength: 12 }),
    holds: fc.array(fc.record({ at: span, task, resource: fc.nat(1) }), { maxLength: 12 }),
    waits: fc.array(
      fc.record({ at: span, task, resource: fc.nat(1), hold: fc.integer({ min: -1, max: 11 }) }),
      {
        maxLength: 10,
      },
    ),
    awaits: fc.array(
      fc.record({
        at: span,
        task,
        awaits: fc.uniqueArray(task, { maxLength: 3 }),
        readyNs: fc.integer({ min: -1, max: 40 }),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ tasks, parents, slices, holds, waits, awaits }) => {
    const times = ({ from, length }: { from: number; length: number }) => ({
      startNs: from * MS,
      endNs: (from + length) * MS,
    })
    return {
      tasks: tasks.map((at, index) => ({
        ...times(at),
        row: -1,
        parent: parents[index]! === index ? -1 : parents[index]!,
      })),
      slices: {
        count: slices.length,
        startNs: Float64Array.from(slices, ({ at }) => times(at).startNs),
        endNs: Float64Array.from(slices, ({ at }) => times(at).endNs),
        task: Int32Array.from(slices, each => each.task),
        loop: new Int32Array(slices.length),
      },
      holds: holds.map(({ at, ...rest }) => ({ ...times(at), ...rest })),
      waits: waits.map(({ at, ...rest }) => ({ ...times(at), ...rest })),
      awaits: awaits.map(({ at, readyNs, ...rest }) => ({ ...times(at), ...rest, readyNs: readyNs * MS })),
    } as unknown as Model
  })

const withoutSpans = (model: Model) => ({
  store: { spans: { subtreeEnd: new Int32Array() } } as unknown as Store,
  model,
})

describe('critical path', () => {
  test('says at every instant what a search through all tables says', () => {
    fc.assert(
      fc.property(models, model => {
        const pieces = criticalPath(indexPaths(withoutSpans(model)), 0)
        expect(millisecondsOf(pieces)).toEqual(searched(model, 0))
      }),
      { numRuns: 2000 },
    )
  })

  test('is the life of the task without gaps, every piece within the life of whom it tells of', () => {
    fc.assert(
      fc.property(models, model => {
        const pieces = criticalPath(indexPaths(withoutSpans(model)), 0)
        const { startNs, endNs } = model.tasks[0]!
        expect(pieces.reduce((sum, piece) => sum + piece.endNs - piece.startNs, 0)).toBe(endNs - startNs)
        pieces.forEach((piece, at) => {
          expect(piece.startNs).toBe(at === 0 ? startNs : pieces[at - 1]!.endNs)
          expect(piece.endNs).toBeGreaterThan(piece.startNs)
        })
      }),
    )
  })

  test('a request that timed out at a pool leads to the stream that kept its connection', async () => {
    const { session } = await openRecording('fixtures/incidents/frozen-app/bug.otlp.jsonl')
    const { model } = session
    const wait = model.waits.findIndex(({ outcome }) => outcome === 'timeout')
    const victim = model.waits[wait]!.task
    const pieces = criticalPath(indexPaths(session), victim)
    const { startNs, endNs } = model.tasks[victim]!
    expect(pieces[0]!.startNs).toBe(startNs)
    expect(pieces.at(-1)!.endNs).toBe(endNs)
    const foreignNs = pieces
      .filter(({ hold }) => model.holds[hold]?.site.includes('auth.ts:21'))
      .reduce((sum, piece) => sum + piece.endNs - piece.startNs, 0)
    // 3 s of its life are the wait, and all of that is somebody's hold from that line.
    expect(foreignNs / (endNs - startNs)).toBeGreaterThan(0.95)
  })

  test('a broadcast that awaits its clients in turn leads through them to the slow one', async () => {
    const { session } = await openRecording('fixtures/incidents/lying-clock/bug.otlp.jsonl')
    const { model } = session
    const broadcast = model.tasks.findIndex(({ name }) => name.includes('broadcast'))
    const pieces = criticalPath(indexPaths(session), broadcast)
    const byTask = new Map<number, number>()
    for (const { task, startNs, endNs } of pieces) byTask.set(task, (byTask.get(task) ?? 0) + endNs - startNs)
    const [longest] = [...byTask].sort((a, b) => b[1] - a[1])
    expect(longest![0]).not.toBe(broadcast)
    expect(model.tasks[longest![0]]!.parent).toBe(broadcast)
  })
})

describe('critical path of a trace without any recorder', () => {
  const span = (id: string, parent: string, name: string, kind: number, from: number, to: number) => ({
    id,
    trace: 'a',
    parent,
    name,
    kind,
    start: from * MS,
    end: to * MS,
  })

  /** `12-40 name`, `-` where nothing is told, in milliseconds. */
  async function toldOf(spans: readonly SpanInput[]) {
    const { store } = await importOf([{ resource: { 'service.name': 'api' }, spans }])
    const model = readModel(store)
    return criticalPath(indexPaths({ store, model }), 0).map(
      ({ kind, ref, startNs, endNs }) =>
        `${Math.round(startNs / MS)}-${Math.round(endNs / MS)} ${kind === 'span' ? spanName(store, ref) : kind}`,
    )
  }

  /**
   *     request   ├─────────────────────────────┤
   *     auth        ├────┤
   *     load                ├────────────┤          its second query ends it
   *       SELECT             ├──┤
   *       SELECT 2           ├───────────┤
   *     audit                ├────┤                 over before: kept nobody
   */
  test('goes by the spans that kept it: of those side by side the one that ended last', async () => {
    expect(
      await toldOf([
        span('r', '', 'GET /orders', 2, 0, 100),
        span('p', 'r', 'auth', 1, 5, 20),
        span('l', 'r', 'load', 1, 30, 80),
        span('s', 'l', 'SELECT', 3, 32, 40),
        span('t', 'l', 'SELECT 2', 3, 33, 78),
        span('u', 'r', 'audit', 1, 31, 50),
      ]),
    ).toEqual([
      '0-5 other',
      '5-20 auth',
      '20-30 other',
      '30-32 load',
      '32-33 SELECT',
      '33-78 SELECT 2',
      '78-80 load',
      '80-100 other',
    ])
  })

  test('what outlives the request counts until its end', async () => {
    expect(
      await toldOf([
        span('r', '', 'GET /orders', 2, 0, 50),
        span('m', 'r', 'send mail', 1, 20, 90),
        span('n', 'm', 'connect', 1, 60, 80),
      ]),
    ).toEqual(['0-20 other', '20-50 send mail'])
  })
})

/** `task kind ref` for each millisecond of the path. */
const millisecondsOf = (pieces: readonly PathPiece[]): string[] =>
  pieces.flatMap(({ task, kind, ref, startNs, endNs }) =>
    Array.from({ length: (endNs - startNs) / MS }, () => `${task} ${kind} ${ref}`),
  )

/** The same by looking through everything at every millisecond, from the end. */
function searched(model: Model, root: number): string[] {
  const { tasks, slices, awaits, waits, holds } = model
  const out: string[] = []
  const stack = [{ task: root, floorNs: tasks[root]!.startNs }]
  let ns = tasks[root]!.endNs
  const covers = (t: { startNs: number; endNs: number }) => t.startNs < ns && t.endNs >= ns
  const latest = <T extends { startNs: number }>(list: readonly (readonly [number, T])[]) =>
    list.reduce<readonly [number, T] | undefined>(
      (a, b) => (a && a[1].startNs > b[1].startNs ? a : b),
      undefined,
    )
  while (stack.length > 0) {
    const { task, floorNs } = stack.at(-1)!
    if (ns <= floorNs) {
      stack.pop()
      continue
    }
    const mine = <T extends { task: number; startNs: number; endNs: number }>(table: readonly T[]) =>
      [...table.entries()].filter(([, it]) => it.task === task && covers(it))
    const sliceRows = Array.from({ length: slices.count }, (_, at) => ({
      task: slices.task[at]!,
      startNs: slices.startNs[at]!,
      endNs: slices.endNs[at]!,
    }))
    const run = latest(mine(sliceRows))
    const wait = latest(mine(waits))
    const awaiting = latest(mine(awaits))
    const kind = run ? 'run' : wait ? 'wait' : awaiting ? 'await' : 'other'
    const ref = (run ?? wait ?? awaiting)?.[0] ?? -1
    const tell = (what: string) => {
      out.push(`${task} ${what} ${ref}`)
      ns -= MS
    }
    if (kind === 'run') {
      tell('run')
      continue
    }
    // Where this began: back over milliseconds that say the same.
    const sameFrom = (at: number): boolean => {
      const over = (t: { task: number; startNs: number; endNs: number }) =>
        t.task === task && t.startNs < at && t.endNs >= at
      const runs = sliceRows.some(over)
      const top = <T extends { task: number; startNs: number; endNs: number }>(table: readonly T[]) =>
        latest([...table.entries()].filter(([, it]) => over(it)))?.[0] ?? -1
      if (runs) return false
      if (kind === 'wait') return top(waits) === ref
      if (kind === 'await') return !waits.some(over) && top(awaits) === ref
      return !waits.some(over) && !awaits.some(over)
    }
    let fromNs = ns
    while (fromNs > floorNs && sameFrom(fromNs)) fromNs -= MS
    // A piece that began before the floor still began there; readiness counts from its own beginning.
    let pieceFromNs = fromNs
    while (pieceFromNs > 0 && sameFrom(pieceFromNs)) pieceFromNs -= MS
    const { readyNs } = awaits[ref] ?? { readyNs: -1 }
    if (kind === 'await' && readyNs >= 0 && readyNs >= pieceFromNs && readyNs < ns) {
      tell('ready')
      continue
    }
    const onPath = new Set(stack.map(each => each.task))
    const told = kind === 'await' && awaits[ref]!.awaits.length > 0
    const candidates =
      kind === 'wait'
        ? holds
            .map((hold, at) => ({ ...hold, at }))
            .filter(({ resource, at }) => resource === waits[ref]!.resource && at !== waits[ref]!.hold)
        : tasks
            .map((it, at) => ({ ...it, task: at, at }))
            .filter(({ at, parent }) => (told ? awaits[ref]!.awaits.includes(at) : parent === task))
    const fit = candidates.filter(it => !onPath.has(it.task) && it.startNs < ns && it.endNs > fromNs)
    const ended = fit.filter(it => it.endNs <= ns).sort((a, b) => b.endNs - a.endNs || a.at - b.at)[0]
    const going = fit.filter(it => it.endNs > ns).sort((a, b) => a.startNs - b.startNs || a.at - b.at)[0]
    const cause = ended?.endNs === ns ? ended : (going ?? ended)
    if (!cause || cause.endNs < ns) tell(kind)
    else stack.push({ task: cause.task, floorNs: Math.max(fromNs, cause.startNs) })
  }
  return out.reverse()
}
