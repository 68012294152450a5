/**
 * A cache that keeps the promise of work, and the work failed: everybody after it gets the failure at once, and nobody tries
 * again.
 *
 *     T1  W(pending) ········!              the work fails, what stands for it stays
 *     T2                         R!         fails right after its look into the cache, as does everybody after it
 */
import type { Access } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, makeDraft, rowOfTask, stepOfAccess } from '../drafting.ts'
import { errorOf } from '../errors.ts'
import { count, duration, fact, taskName } from '../words.ts'

/** Fewer that failed at once may have failed by themselves. */
const minServed = 2

export function findKeptFailure(context: Context, accesses: readonly Access[]): Draft | null {
  const { model } = context
  const last = accesses.findLast(access => access.op !== 'read' && access.op !== 'check')
  if (!last || last.error || last.op === 'delete' || last.task < 0) return null
  const maker = model.tasks[last.task]!
  const error = errorOf(context, last.task)
  // What is written after the failure, as a circuit breaker does, was meant to be there.
  if (maker.open || maker.outcome !== 'failed' || !error) return null
  if (context.yields().between(last.task, last.atNs, maker.endNs) !== 'yield') return null
  const triedNs = maker.endNs - last.atNs
  const served = accesses.filter(access => {
    const task = model.tasks[access.task]
    return (
      task !== undefined &&
      access.atNs > maker.endNs &&
      (access.op === 'read' || access.op === 'check') &&
      task.outcome === 'failed' &&
      task.endNs - access.atNs < triedNs / 2 &&
      !context.tree().related(access.task, last.task) &&
      errorOf(context, access.task)?.text === error.text
    )
  })
  const tasks = [...new Set(served.map(access => access.task))]
  if (tasks.length < minServed) return null
  // Who looked later and did well found something else there.
  const looked = accesses.filter(access => access.atNs > maker.endNs)
  if (looked.some(access => model.tasks[access.task]?.outcome === 'completed')) return null
  const key = model.keys[last.key]!
  const keptNs = served.at(-1)!.atNs - maker.endNs
  return makeDraft({
    detector: 'stuck-flag',
    severity: 'high',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: tasks.length }),
    startNs: last.atNs,
    endNs: served.at(-1)!.atNs,
    subject: { kind: 'key', name: key },
    key: last.key,
    culprit: culpritOf({ role: 'keeps', site: last.site }, [], [maker.row]),
    victims: {
      count: tasks.length,
      totalWaitNs: 0,
      rows: tasks
        .map(task => rowOfTask(model, task))
        .filter(row => row >= 0)
        .slice(0, 50),
    },
    steps: [
      stepOfAccess(model, last),
      {
        atNs: maker.endNs,
        task: last.task,
        event: 'failed',
        value: error.text.slice(0, 80),
        row: maker.row,
      },
      ...served.slice(0, 3).map(access => stepOfAccess(model, access)),
    ],
    evidence: [
      fact('tasks that got the old failure', tasks.length, '{task}'),
      fact('the first attempt took', triedNs, 'ns', maker.row),
      fact('kept since', keptNs, 'ns'),
      fact('the one that made it failed with', error.text, '', error.row),
    ],
    marks: [
      {
        kind: 'section',
        a: { startNs: last.atNs, endNs: served.at(-1)!.atNs, task: last.task, hold: -1, row: maker.row },
      },
    ],
    text: {
      title: `${key} keeps the failure of ${taskName(model, last.task)}: ${count(tasks.length, 'later task')} failed with it at once within ${duration(keptNs)}, and nobody tried again`,
      rule: `a failure does not stay in ${key}`,
      explainer:
        'A cache that keeps promises keeps those that fail as well. The first attempt failed, and everybody who looks into the cache since then gets that same failure, whether or not the work would succeed by now.',
      remedy: {
        primitive: 'take the entry out of the cache when its promise fails',
        why: 'The next one to ask finds nothing there and tries again; those that were waiting for the first attempt still learn that it failed.',
      },
    },
  })
}
