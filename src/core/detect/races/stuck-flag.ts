/**
 * A boolean used as a lock, left standing by a failure.
 *
 *     T1  R(false) W(true) ····!          failed: nobody sets it back
 *     T2                          R(true)  gives up at once, as does everybody after it
 */
import type { Access } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, makeDraft, placeOf, rowOfTask, stepOfAccess } from '../drafting.ts'
import { errorOf } from '../errors.ts'
import { count, duration, fact, taskName } from '../words.ts'
import { findKeptFailure } from './kept-failure.ts'
import { servedFailures } from './served-failures.ts'

export const stuckFlag: Detector = {
  id: 'stuck-flag',
  // Accesses tell of flags and caches; that a failure is handed out again shows without.
  needs: ['requests or accesses'],
  run(context: Context): Detected {
    const observed: Draft[] = []
    for (const accesses of context.accessGroups()) {
      const stuck = findStuck(context, accesses) ?? findKeptFailure(context, accesses)
      if (stuck) observed.push(stuck)
    }
    if (observed.length === 0) observed.push(...servedFailures(context))
    return { observed, predicted: [], cleared: [] }
  },
}

const isTrue = (value: string) => /^(true|1|yes|connecting|locked|busy|running|refreshing)$/i.test(value)
const isFalse = (value: string) => /^(false|0|no|null|undefined|none|idle|unlocked|free|)$/i.test(value)

function findStuck(context: Context, accesses: readonly Access[]): Draft | null {
  const { model } = context
  const last = accesses.findLast(access => access.op === 'write' || access.op === 'compare_and_set')
  if (!last || last.error || !isTrue(last.value) || last.task < 0) return null
  const setter = model.tasks[last.task]!
  // Set by a guard: the same task had just read that it was clear, with no yield in between.
  const guard = accesses.findLast(
    access =>
      access.task === last.task &&
      (access.op === 'read' || access.op === 'check') &&
      context.clock.compare(access, last) < 0,
  )
  if (
    !guard ||
    !isFalse(guard.value) ||
    context.yields().between(last.task, guard.atNs, last.atNs) === 'yield'
  )
    return null
  if (setter.open || setter.outcome === 'completed' || setter.outcome === '') return null
  // Somebody was turned away by it afterwards, and nobody cleared it while the trace went on.
  const turned = accesses.filter(
    access =>
      access.atNs > setter.endNs &&
      isTrue(access.value) &&
      (access.op === 'read' || access.op === 'check') &&
      !context.tree().related(access.task, last.task),
  )
  if (turned.length === 0) return null
  const key = model.keys[last.key]!
  const error = errorOf(context, last.task)
  const untilNs = turned.at(-1)!.atNs
  return makeDraft({
    detector: 'stuck-flag',
    severity: 'high',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: turned.length }),
    startNs: last.atNs,
    endNs: untilNs,
    subject: { kind: 'key', name: key },
    key: last.key,
    culprit: culpritOf({ role: 'sets', site: last.site }, [placeOf(guard)], [setter.row]),
    victims: {
      count: new Set(turned.map(access => access.task)).size,
      totalWaitNs: 0,
      rows: [...new Set(turned.map(access => rowOfTask(model, access.task)))]
        .filter(row => row >= 0)
        .slice(0, 50),
    },
    steps: [
      stepOfAccess(model, guard),
      stepOfAccess(model, last),
      {
        atNs: setter.endNs,
        task: last.task,
        event: setter.outcome || 'ended',
        value: error?.text.slice(0, 80) ?? '',
        row: setter.row,
      },
      ...turned.slice(0, 3).map(access => stepOfAccess(model, access)),
    ],
    evidence: [
      fact('tasks turned away since', turned.length, '{task}'),
      fact('set and not cleared for', untilNs - last.atNs, 'ns'),
      ...(error ? [fact('the one that set it failed with', error.text, '', error.row)] : []),
    ],
    marks: [
      {
        kind: 'section',
        a: { startNs: last.atNs, endNs: untilNs, task: last.task, hold: -1, row: setter.row },
      },
    ],
    text: {
      title: `${taskName(model, last.task)} ${setter.outcome} and left ${key} at ${last.value}: ${count(turned.length, 'later task')} ${turned.length === 1 ? 'was' : 'were'} turned away within ${duration(untilNs - last.atNs)}`,
      rule: `who sets ${key} clears it, on every path`,
      explainer:
        'The flag says that somebody is doing the work. That somebody failed and never cleared the flag, so everybody after it believes that the work is being done, and nobody does it.',
      remedy: {
        primitive: 'clear the flag in finally',
        why: 'Then it is cleared whatever happens; sharing the promise of the work instead of a flag is safer still, because its failure is seen by all.',
      },
    },
  })
}
