import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Model } from '../../../src/core/convention/model.ts'
import { indexLiveTasks, liveTasksAt } from '../../../src/core/replay/live-tasks.ts'

const interval = fc
  .record({ startNs: fc.nat(60), length: fc.nat(30), open: fc.boolean() })
  .map(({ startNs, length, open }) => ({ startNs, endNs: startNs + length, open }))

const models = fc
  .record({
    tasks: fc.array(interval, { minLength: 1, maxLength: 12 }),
    awaits: fc.array(fc.tuple(interval, fc.nat(11)), { maxLength: 30 }),
  })
  .map(
    ({ tasks, awaits }) =>
      ({
        tasks,
        awaits: awaits.map(([times, task]) => ({ ...times, task: task % tasks.length })),
      }) as unknown as Model,
  )

test('tasks alive, and the latest await of each, equal a brute-force reference on random models', () => {
  fc.assert(
    fc.property(models, fc.integer({ min: -1, max: 100 }), (model, atNs) => {
      const covers = (it: { startNs: number; endNs: number; open: boolean }) =>
        it.startNs <= atNs && (it.open || it.endNs > atNs)
      const live = liveTasksAt(indexLiveTasks(model), atNs)
      const alive = [...model.tasks.keys()].filter(task => covers(model.tasks[task]!))
      expect(live.map(({ task }) => task).toSorted((a, b) => a - b)).toEqual(alive)
      const starts = live.map(({ task }) => model.tasks[task]!.startNs)
      expect(starts).toEqual(starts.toSorted((a, b) => a - b))
      for (const { task, awaits, sinceNs } of live) {
        const awaited = model.awaits.filter(it => it.task === task && covers(it))
        expect(awaits >= 0).toBe(awaited.length > 0)
        expect(sinceNs).toBe(
          awaited.length > 0 ? Math.max(...awaited.map(it => it.startNs)) : model.tasks[task]!.startNs,
        )
      }
    }),
    { numRuns: 300 },
  )
})
