import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Model } from '../../../src/core/convention/model.ts'
import { eventTimes } from '../../../src/core/replay/event-times.ts'
import { indexState, stateAt } from '../../../src/core/replay/state-at.ts'

const time = fc.integer({ min: 0, max: 60 })
const interval = fc.record({ startNs: time, length: fc.integer({ min: 0, max: 30 }), open: fc.boolean() })
const use = fc.record({ at: interval, resource: fc.nat(2), task: fc.nat(4) })

/** A model with only what replay reads; the rest of the tables are empty. */
const models = fc
  .record({
    holds: fc.array(use, { maxLength: 30 }),
    waits: fc.array(use, { maxLength: 30 }),
    tasks: fc.array(interval, { maxLength: 10 }),
  })
  .map(({ holds, waits, tasks }) => {
    const times = ({ startNs, length, open }: { startNs: number; length: number; open: boolean }) => ({
      startNs,
      endNs: startNs + length,
      open,
    })
    return {
      resources: [{ capacity: 1 }, { capacity: 2 }, { capacity: -1 }],
      loops: [],
      slices: {
        count: 0,
        startNs: new Float64Array(),
        endNs: new Float64Array(),
        task: new Int32Array(),
        loop: new Int32Array(),
      },
      stalls: [],
      accesses: [],
      marks: [],
      tasks: tasks.map(times),
      holds: holds.map(({ at, resource, task }) => ({ ...times(at), resource, task, permits: 1 })),
      waits: waits.map(({ at, resource, task }) => ({ ...times(at), resource, task })),
    } as unknown as Model
  })

const covers = (atNs: number) => (it: { startNs: number; endNs: number; open: boolean }) =>
  it.startNs <= atNs && (it.open || it.endNs > atNs)

describe('state at an instant', () => {
  test('equals a brute-force reference on random models', () => {
    fc.assert(
      fc.property(models, fc.integer({ min: -1, max: 100 }), (model, atNs) => {
        const state = stateAt(indexState(model), atNs)
        const found = (list: 'holders' | 'waiters') =>
          state.resources.flatMap(r => r[list].map(it => `${r.resource}:${it.task}@${it.sinceNs}`)).sort()
        const expected = (table: readonly Model['holds'][number][] | readonly Model['waits'][number][]) =>
          table
            .filter(covers(atNs))
            .map(it => `${it.resource}:${it.task}@${it.startNs}`)
            .sort()
        expect(found('holders')).toEqual(expected(model.holds))
        expect(found('waiters')).toEqual(expected(model.waits))
        expect(state.liveTasks).toBe(model.tasks.filter(covers(atNs)).length)
        for (const { waiters } of state.resources) {
          expect(waiters.map(w => w.sinceNs)).toEqual(waiters.map(w => w.sinceNs).sort((a, b) => a - b))
        }
      }),
      { numRuns: 300 },
    )
  })

  test('changes only at event times', () => {
    fc.assert(
      fc.property(models, model => {
        const index = indexState(model)
        const times = eventTimes(model)
        for (let i = 0; i + 1 < times.length; i++) {
          const { atNs: _a, ...first } = stateAt(index, times[i]!)
          const { atNs: _b, ...between } = stateAt(index, (times[i]! + times[i + 1]!) / 2)
          expect(between).toEqual(first)
        }
      }),
      { numRuns: 50 },
    )
  })
})
