/**
 * Queues that keep what is free to be taken: whoever takes an item puts one back. Their items are no work, so that some are
 * left in the end is as it should be.
 *
 *     handler  get ──── put        one connection less, then as many as before
 */
import type { Context } from '../context.ts'
import { oncePer } from '../once-per.ts'

/** Of what is taken, so much is put back by whoever took it: the rest are errors that forgot to. */
const backShare = 0.5
/** One or two may just be tried again. */
const minTaken = 3

/** Names of such queues. */
export const freeLists = oncePer(({ model }: Context): ReadonlySet<string> => {
  const queues = new Map<string, { taken: number; back: number; readonly out: Map<number, number> }>()
  for (const { queue, op, task } of model.queueItems) {
    // Code outside of tasks may be anybody's: producer and consumer both.
    if (task < 0) continue
    const one = queues.get(queue) ?? { taken: 0, back: 0, out: new Map<number, number>() }
    queues.set(queue, one)
    const out = one.out.get(task) ?? 0
    if (op === 'get') {
      one.taken++
      one.out.set(task, out + 1)
    } else if (out > 0) {
      one.back++
      one.out.set(task, out - 1)
    }
  }
  return new Set(
    [...queues]
      .filter(([, { taken, back }]) => taken >= minTaken && back >= backShare * taken)
      .map(([name]) => name),
  )
})
