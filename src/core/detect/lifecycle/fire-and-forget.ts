import type { Access } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, stepOfAccess } from '../drafting.ts'
import { errorOf } from '../errors.ts'
import type { Severity, Step } from '../finding.ts'
import { count, duration, fact, largest, taskName } from '../words.ts'
import { failedAfterAnswer } from './failed-after-answer.ts'

/** A child nobody awaits, of which something came: a failure nobody saw, work that was lost, or a reader that came too early. */
export const fireAndForget: Detector = {
  id: 'fire-and-forget',
  // Who awaits what tells most; that something failed after the answer shows without.
  needs: ['tasks'],
  run(context: Context): Detected {
    const items = context.model.coverage.hasAwaits ? find(context) : []
    const groups = groupBy(
      items,
      item => `${item.harm}\n${taskName(context.model, item.task)}\n${context.model.tasks[item.task]!.site}`,
    )
    const observed = [...groups.map(group => draft(context, group)), ...failedAfterAnswer(context)]
    return { observed, predicted: [], cleared: [] }
  },
}

type Harm = 'failed unseen' | 'was lost' | 'was read before it wrote'

interface Item {
  readonly task: number
  readonly harm: Harm
  readonly steps: readonly Step[]
  readonly detail: string
}

const unseen = /unhandled|never retrieved|was destroyed but it is pending|UnhandledPromiseRejection/i

/** Started to live by themselves: a daemon, a timer, a stream. */
const independent = new Set(['timer', 'stream', 'request', 'thread_job'])

function find(context: Context): Item[] {
  const { model } = context
  const awaited = new Set<number>()
  for (const entry of model.awaits) for (const child of entry.awaits) awaited.add(child)
  const out: Item[] = []
  const lookUp = indexAccesses(context)
  const shutdowns = model.marks.filter(mark => mark.kind === 'shutdown')
  const errors = model.marks.filter(mark => mark.kind === 'error' && unseen.test(mark.text))
  model.tasks.forEach((task, index) => {
    if (task.parent < 0 || awaited.has(index) || independent.has(task.type) || task.inferred) return
    const parent = model.tasks[task.parent]!
    if (parent.process !== task.process) return
    if (awaited.size === 0 && mayAwait(context, task.parent, index)) return
    const outlived = task.open || task.endNs > parent.endNs
    const told = errors.find(mark => mark.task === index)
    // Siblings of a join that failed report to nobody either, but their caller has failed already.
    if (task.outcome === 'failed' && (told || (outlived && parent.outcome !== 'failed'))) {
      const error = errorOf(context, index)
      const text = told?.text || error?.text || ''
      out.push({
        task: index,
        harm: 'failed unseen',
        detail: text,
        steps: [{ atNs: task.endNs, task: index, event: 'failed', value: text.slice(0, 80), row: task.row }],
      })
      return
    }
    if (!outlived) return
    const shutdown = shutdowns.find(mark => mark.process === task.process)
    if (
      shutdown &&
      (task.open || task.outcome === 'abandoned') &&
      task.type !== 'background' &&
      task.startNs < shutdown.atNs
    ) {
      out.push({
        task: index,
        harm: 'was lost',
        detail: '',
        steps: [{ atNs: shutdown.atNs, task: index, event: 'lost at shutdown', value: '', row: task.row }],
      })
      return
    }
    const early = readTooEarly(context, lookUp, index, parent.endNs)
    if (early)
      out.push({ task: index, harm: 'was read before it wrote', detail: early.key, steps: early.steps })
  })
  return out
}

/**
 * Where no await names anybody, one for a promise may be for this child, and a parent without any tells nothing. Told by the
 * runtime that nobody awaited it, it does not matter.
 */
function mayAwait(context: Context, parent: number, child: number): boolean {
  const { model } = context
  if (model.marks.some(mark => unseen.test(mark.text))) return false
  const { startNs, endNs } = model.tasks[child]!
  const meanwhile = context.awaitsOf().overlapping(parent, startNs, endNs)
  return (
    meanwhile.length === 0 ||
    meanwhile.some(entry => /^(task|promise|)$/.test(model.awaits[entry]!.targetType))
  )
}

/** The caller was answered, somebody read, and only then the child wrote what the answer had promised. */
function readTooEarly(
  context: Context,
  lookUp: LookUp,
  task: number,
  answeredNs: number,
): { key: string; steps: Step[] } | null {
  const { model } = context
  for (const member of context.tree().family(task).slice(0, maxFamily)) {
    for (const write of lookUp.writes.get(member) ?? []) {
      if (write.atNs <= answeredNs) continue
      const read = (lookUp.reads.get(write.key) ?? []).find(
        other =>
          other.atNs > answeredNs &&
          other.atNs < write.atNs &&
          !context.tree().related(other.task, task) &&
          other.value !== '' &&
          other.value !== write.value,
      )
      if (read)
        return { key: model.keys[write.key]!, steps: [stepOfAccess(model, read), stepOfAccess(model, write)] }
    }
  }
  return null
}

/** Of larger families only the first members are looked at. */
const maxFamily = 256
/** Reads kept per key: one that came too early is enough. */
const maxReads = 256

interface LookUp {
  readonly writes: ReadonlyMap<number, readonly Access[]>
  readonly reads: ReadonlyMap<number, readonly Access[]>
}

function indexAccesses(context: Context): LookUp {
  const writes = new Map<number, Access[]>()
  const reads = new Map<number, Access[]>()
  for (const access of context.model.accesses) {
    const [table, owner] =
      access.op === 'write' && !access.error
        ? [writes, access.task]
        : access.op === 'read'
          ? [reads, access.key]
          : [null, -1]
    if (!table) continue
    const list = table.get(owner)
    if (!list) table.set(owner, [access])
    else if (table === writes || list.length < maxReads) list.push(access)
  }
  return { writes, reads }
}

function draft(context: Context, items: readonly Item[]): Draft {
  const { model } = context
  const { task: index, harm, steps, detail } = items[0]!
  const task = model.tasks[index]!
  const parent = model.tasks[task.parent]!
  const name = taskName(model, index)
  const severity: Severity = harm === 'failed unseen' && /unhandled/i.test(detail) ? 'high' : 'medium'
  return makeDraft({
    detector: 'fire-and-forget',
    severity,
    confidence: confidenceOf({ tier: 'observed', proven: detail !== '', repeats: items.length }),
    startNs: task.startNs,
    endNs: largest(
      steps.map(step => step.atNs),
      task.endNs,
    ),
    subject: { kind: 'task', name },
    culprit: culpritOf(
      { role: task.site ? 'runs' : 'starts it', site: task.site || parent.site },
      [{ role: 'starts it', site: parent.site }],
      items.map(item => model.tasks[item.task]!.row),
    ),
    victims: { count: items.length, totalWaitNs: 0, rows: [parent.row].filter(row => row >= 0) },
    steps: [
      {
        atNs: task.startNs,
        task: index,
        event: 'was started',
        value: `by ${taskName(model, task.parent)}`,
        row: task.row,
      },
      {
        atNs: parent.endNs,
        task: task.parent,
        event: 'ended without awaiting it',
        value: '',
        row: parent.row,
      },
      ...steps,
    ],
    evidence: [
      fact('times this happened', items.length, '1'),
      fact('outlived its caller by', Math.max(0, task.endNs - parent.endNs), 'ns', task.row),
      ...(detail ? [fact(harm === 'was read before it wrote' ? 'key' : 'error', detail)] : []),
    ],
    marks: [{ kind: 'section', a: sectionOf(model, index, task.startNs, task.endNs) }],
    text: {
      title: `${name} was started by ${taskName(model, task.parent)}, awaited by nobody, and ${harm}${items.length > 1 ? `, ${count(items.length, 'time')}` : ''}${task.endNs > parent.endNs ? ` (${duration(task.endNs - parent.endNs)} after its caller had ended)` : ''}`,
      rule: 'somebody awaits every task, or keeps it in a set that is drained',
      explainer:
        'A task that nobody awaits has nobody to report to: its error is lost, it may be cut off at the end of the process, and its effects come at a time no one can rely on.',
      remedy: {
        primitive: 'await it, or track it and drain the set at shutdown',
        why: 'A tracked task has a handler for its error, and shutdown waits for it.',
      },
    },
  })
}
