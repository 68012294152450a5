import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Model } from '../../../src/core/convention/model.ts'
import { depthAt, queuesOf } from '../../../src/core/replay/queues.ts'
import { openRecording } from '../../support/open-recording.ts'

const operation = fc.record({
  op: fc.constantFrom('put' as const, 'get' as const),
  item: fc.constantFrom('', 'a', 'b'),
  told: fc.boolean(),
})

describe('queues', () => {
  test('depth and stays equal those of a queue that is really filled and emptied', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 40 }), operations => {
        const inside: { readonly item: string; readonly put: number }[] = []
        const stays = new Map<number, number>()
        const depths: number[] = []
        const queueItems = operations.flatMap(({ op, item, told }, at) => {
          const found = inside.findIndex(each => each.item === item)
          // A program takes only what is there.
          const does = op === 'get' && found >= 0 ? 'get' : 'put'
          if (does === 'put') inside.push({ item, put: at })
          else stays.set(inside.splice(found, 1)[0]!.put, at)
          if (does === 'put') stays.set(at, -1)
          depths.push(inside.length)
          return [
            {
              op: does,
              item,
              queue: 'q',
              depth: told ? inside.length : -1,
              capacity: -1,
              atNs: at,
              task: -1,
            },
          ]
        })
        const [queue] = queuesOf({ queueItems, tasks: [] } as unknown as Model)
        expect(new Map(queue!.stays.map(({ put, get }) => [put, get]))).toEqual(stays)
        expect(depths.map((_, at) => depthAt(queue!, at + 0.5))).toEqual(depths)
        expect(depthAt(queue!, -1)).toBe(0)
      }),
    )
  })

  test('a recorded queue that only grows has a lane of its own, with the finding on it', async () => {
    const { session } = await openRecording('fixtures/patterns/unbounded-queue/bug.otlp.jsonl')
    const [lane] = session.lanes.filter(({ kind }) => kind === 'queue')
    expect(lane!.items.count).toBe(session.model.queueItems.filter(({ op }) => op === 'put').length)
    const [queue] = queuesOf(session.model)
    expect(depthAt(queue!, session.store.durationNs)).toBeGreaterThan(10)
  })
})
