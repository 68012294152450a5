/**
 * One of several failed, the join gave up, and the others went on by themselves.
 *
 *     parent  ──all(a, b)──✗            told its caller that it failed
 *     a       ─────────────!
 *     b       ─────────────────W        … and then b wrote
 */
import type { Await } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, placeOf, sectionOf, stepOfAccess, victimsOf } from '../drafting.ts'
import { count, duration, fact, largest, limit, taskName } from '../words.ts'

export const failedJoin: Detector = {
  id: 'failed-join',
  needs: ['tasks', 'awaits'],
  run(context: Context): Detected {
    const groups = groupBy(find(context), item => item.join.site || taskName(context.model, item.join.task))
    return { observed: groups.map(group => draft(context, group)), predicted: [], cleared: [] }
  },
}

interface Item {
  readonly join: Await
  readonly failed: number
  readonly runners: readonly number[]
  readonly writes: readonly number[]
}

const changes = new Set(['write', 'create', 'delete', 'increment', 'compare_and_set'])

/**
 * What a join waited for. A recorder may name only the child that decided it; then the others are the children of the
 * same task that had been started by then, provided that the task gave up with it.
 */
function joined(context: Context, join: Await): readonly number[] {
  if (join.awaits.length > 1) return join.awaits
  const { model } = context
  const parent = model.tasks[join.task]
  if (parent?.outcome !== 'failed' || parent.endNs - join.endNs > 50e6) return join.awaits
  return context
    .tree()
    .children(join.task)
    .filter(child => model.tasks[child]!.startNs <= join.startNs + 1e6)
}

function find(context: Context): Item[] {
  const { model, thresholds } = context
  const out: Item[] = []
  const joins = model.awaits.filter(
    entry =>
      !entry.open &&
      entry.outcome === 'rejected' &&
      entry.awaits.length > 0 &&
      (entry.join === 'all' || entry.join === ''),
  )
  if (joins.length === 0) return out
  const writesOf = new Map<number, number[]>()
  model.accesses.forEach((access, index) => {
    if (!changes.has(access.op) || access.error) return
    const list = writesOf.get(access.task)
    if (list) list.push(index)
    else writesOf.set(access.task, [index])
  })
  const lastAwait = new Map<number, Await[]>()
  for (const entry of model.awaits) {
    for (const child of entry.awaits) lastAwait.set(child, [...(lastAwait.get(child) ?? []), entry])
  }
  for (const join of joins) {
    const failed = join.awaits.find(
      child =>
        child >= 0 &&
        model.tasks[child]!.outcome === 'failed' &&
        model.tasks[child]!.endNs <= join.endNs + 1e6,
    )
    if (failed === undefined) continue
    const runners = joined(context, join).filter(
      child =>
        child >= 0 &&
        child !== failed &&
        model.tasks[child]!.endNs > join.endNs + thresholds.siblingRunNs &&
        model.tasks[child]!.outcome !== 'cancelled',
    )
    // Whoever awaits them again afterwards drains them on purpose.
    const left = runners.filter(
      child =>
        !(
          lastAwait
            .get(child)
            ?.some(entry => entry !== join && entry.endNs >= model.tasks[child]!.endNs - 1e6) ?? false
        ),
    )
    const writes = left
      .flatMap(child =>
        context
          .tree()
          .family(child)
          .flatMap(task => writesOf.get(task) ?? []),
      )
      .filter(index => model.accesses[index]!.atNs > join.endNs)
    // Siblings that run on and change nothing do no harm.
    if (writes.length > 0) out.push({ join, failed, runners: left, writes: [...new Set(writes)] })
  }
  return out
}

function draft(context: Context, items: readonly Item[]): Draft {
  const { model, thresholds } = context
  const { join, failed, runners, writes } = items[0]!
  const lastNs = largest(runners.map(task => model.tasks[task]!.endNs))
  const write = model.accesses[writes[0]!]!
  const parent = taskName(model, join.task)
  return makeDraft({
    detector: 'failed-join',
    severity: 'medium',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: items.length }),
    startNs: join.startNs,
    endNs: lastNs,
    subject: { kind: 'task', name: parent },
    key: write.key,
    culprit: culpritOf(
      // Where the children were started is where the join was written.
      {
        role: 'joins',
        site: join.site || model.tasks[failed]?.site || model.tasks[join.task]?.site || '',
      },
      [placeOf(write)],
      [join.row, ...runners.map(task => model.tasks[task]!.row)],
    ),
    victims: victimsOf(
      model,
      runners.map(task => ({ task })),
      0,
    ),
    steps: [
      {
        atNs: model.tasks[failed]!.endNs,
        task: failed,
        event: 'failed',
        value: '',
        row: model.tasks[failed]!.row,
      },
      {
        atNs: join.endNs,
        task: join.task,
        event: 'stopped waiting for all',
        value: `${count(runners.length, 'sibling')} still running`,
        row: join.row,
      },
      ...writes.slice(0, 4).map(index => stepOfAccess(model, model.accesses[index]!)),
    ],
    evidence: [
      fact('siblings that ran on', runners.length, '{task}'),
      fact('the last of them ran on for', lastNs - join.endNs, 'ns'),
      fact('writes after the caller had failed', writes.length, '{write}'),
      limit(thresholds, 'siblingRunNs'),
    ],
    marks: runners.slice(0, 8).map(task => ({
      kind: 'section' as const,
      a: sectionOf(model, task, join.endNs, model.tasks[task]!.endNs),
    })),
    text: {
      title: `${parent} failed because ${taskName(model, failed)} did, but ${count(runners.length, 'sibling')} ran on for ${duration(lastNs - join.endNs)} and wrote ${model.keys[write.key]}`,
      rule: 'a join that fails stops its children, or waits for them',
      explainer:
        'Promise.all and gather report the first failure and return. They do not stop the others, which go on and change things after their caller has been told that it all failed.',
      remedy: {
        primitive: 'task group, or allSettled with an abort signal',
        why: 'A task group cancels the siblings and waits until they are gone before it reports the failure.',
      },
    },
  })
}
