/**
 * Something is used while it is still being made: whoever comes early finds nothing there, and fails.
 *
 *     start    ├── loads ──┤W
 *     early      R null ✕
 *     late                    R ok
 */
import type { Access } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, makeDraft, placeOf, rowOfTask, stepOfAccess, victimsOf } from '../drafting.ts'
import { count, duration, fact, taskName } from '../words.ts'
import { isMiss } from './interleavings.ts'

export function usedBeforeReady(context: Context): Draft[] {
  return context.accessGroups().flatMap(accesses => {
    const madeAt = accesses.findIndex(({ op, error }) => (op === 'write' || op === 'create') && !error)
    const made = accesses[madeAt]
    if (!made || made.inferred) return []
    const failed = (task: number): boolean => hasFailed(context, task)
    // Before anybody set out to make it, not to find it is an answer like any other.
    const sinceNs = context.model.tasks[made.task]?.startNs ?? 0
    const early = accesses
      .slice(0, madeAt)
      .filter(one => isLook(one) && isMiss(one.value) && one.task !== made.task && failed(one.task))
      .filter(one => one.atNs >= sinceNs)
    // One that came later and found it shows what they lacked.
    const late = accesses.slice(madeAt).find(one => isLook(one) && !isMiss(one.value) && !failed(one.task))
    return early.length > 0 && late && late.task !== made.task ? [draft(context, early, made, late)] : []
  })
}

const isLook = ({ op, task }: Access): boolean => (op === 'read' || op === 'check') && task >= 0

function hasFailed({ model, requestOf }: Context, task: number): boolean {
  const request = model.requests[requestOf(task)]
  return model.tasks[task]?.outcome === 'failed' || (request !== undefined && request.status >= 500)
}

function draft(context: Context, early: readonly Access[], made: Access, late: Access): Draft {
  const { model } = context
  const first = early[0]!
  const key = model.keys[made.key]!
  const tasks = [...new Set(early.map(({ task }) => task))]
  return makeDraft({
    detector: 'missing-await',
    severity: 'medium',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: tasks.length }),
    startNs: first.atNs,
    endNs: made.atNs,
    subject: { kind: 'key', name: key },
    key: made.key,
    culprit: culpritOf(
      placeOf(first),
      [placeOf(made)],
      tasks.map(task => rowOfTask(model, task)),
    ),
    victims: victimsOf(
      model,
      tasks.map(task => ({ task })),
      0,
    ),
    steps: [first, made, late].map(access => stepOfAccess(model, access)),
    evidence: [
      fact('found nothing there and failed', tasks.length, '{task}', first.span),
      fact('it was there only after', made.atNs - first.atNs, 'ns', made.span),
      fact('what a later one found', late.value, '', late.span),
    ],
    text: {
      title: `${tasks.length === 1 ? taskName(model, first.task) : count(tasks.length, 'task')} used ${key} before it was there, and failed: it was made ${duration(made.atNs - first.atNs)} after the first of them looked`,
      rule: `whoever needs ${key} awaits what makes it`,
      explainer:
        'What makes it was started and not awaited, so others ran meanwhile and found nothing. A moment later all goes well, which hides it: only the first ones after a start fail.',
      remedy: {
        primitive: 'await readiness',
        why: 'Keep the promise of making it and await that wherever it is used, or serve only once it is there.',
      },
    },
  })
}
