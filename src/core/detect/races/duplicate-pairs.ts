/**
 * Two runs of one operation on one entity at nearly the same time, with the harm that came of it.
 *
 *     POST /complete job 4521   ──R───W──────────
 *     POST /complete job 4521     ──R─────X──!      7 ms later; the second breaks a constraint
 */
import { changingCalls } from '../../convention/calls/changing-calls.ts'
import type { Access, Request } from '../../convention/model.ts'
import { toldConflicts } from '../../convention/queries/told-conflicts.ts'
import type { Context } from '../context.ts'
import { errorOf, isConflict } from '../errors.ts'
import { oncePer } from '../once-per.ts'
import { quantile } from '../words.ts'
import { type Interleaving, operationOf } from './interleavings.ts'

export interface DuplicatePair {
  readonly operation: string
  readonly entity: string
  readonly first: Run
  readonly second: Run
  /** Distance of their starts. */
  readonly gapNs: number
  /** The second failed on it; otherwise both went through. */
  readonly refused: boolean
  readonly error: string
  /** The race on the key behind it, if accesses were recorded. */
  readonly race: Interleaving | null
  /** The caller had given up on the first, whose work went on, and asked again: what the second did once more. */
  readonly again?: Access
}

interface Run {
  readonly task: number
  readonly startNs: number
  readonly endNs: number
  readonly row: number
  readonly status: number
}

export interface DuplicatePairs {
  readonly pairs: readonly DuplicatePair[]
  /** Pairs that came close and were handled: a lock wait, a 409, no effect. */
  readonly handled: number
  /** Is this interleaving told by a pair already? */
  readonly claims: (item: Interleaving) => boolean
}

export const duplicatePairs = oncePer<Context, DuplicatePairs>(find)

function find(context: Context): DuplicatePairs {
  const { model } = context
  const pairs: DuplicatePair[] = []
  const claimed = new Set<string>()
  let handled = 0
  const pairKey = (a: number, b: number) => `${Math.min(a, b)} ${Math.max(a, b)}`

  for (const item of context.interleavings().list) {
    const same = operationOf(context, item.write.task) === operationOf(context, item.foreign.task)
    if (!same) continue
    if (item.meaning === 'handled') handled++
    if (item.meaning !== 'repeated' && item.meaning !== 'refused') continue
    const runs = [runOf(context, item.foreign.task), runOf(context, item.write.task)]
    const key = pairKey(runs[0]!.task, runs[1]!.task)
    if (claimed.has(key)) continue
    claimed.add(key)
    const [first, second] = runs.sort((a, b) => a.startNs - b.startNs) as [Run, Run]
    const error = errorOf(context, runOf(context, item.write.task).task)
    pairs.push({
      operation: operationOf(context, item.write.task),
      entity: model.requests[context.requestOf(item.write.task)]?.entity || model.keys[item.key]!,
      first,
      second,
      gapNs: second.startNs - first.startNs,
      refused: item.meaning === 'refused' || second.status >= 500 || first.status >= 500,
      error: error?.text || item.write.error,
      race: item,
    })
  }

  const racing = (item: Interleaving) =>
    pairKey(runOf(context, item.foreign.task).task, runOf(context, item.write.task).task)
  let known: Map<string, Interleaving> | null = null
  const races = () => {
    known ??= new Map(context.interleavings().list.map(item => [racing(item), item]))
    return known
  }
  const changesOf = changingCalls(context.store)
  /** Two posts to one service, under way at a time, that both inserted or posted the same. */
  const bothDid = (a: Request, b: Request): boolean => {
    if (a.process !== b.process || b.startNs >= a.endNs || !a.operation.startsWith('POST ')) return false
    const others = changesOf(b.row)
    return [...changesOf(a.row)].some(name => others.has(name))
  }
  const didAgain = doneAgain(context)
  // Requests whose accesses were not recorded: a conflict error tells that the two collided, or that both did what is done once.
  const byOperation = new Map<string, Map<string, number[]>>()
  model.requests.forEach((request, index) => {
    if (!request.entity || isReadOnly(request.operation)) return
    const entities = byOperation.get(request.operation) ?? new Map<string, number[]>()
    byOperation.set(request.operation, entities)
    const list = entities.get(request.entity)
    if (list) list.push(index)
    else entities.set(request.entity, [index])
  })
  for (const entities of byOperation.values()) {
    context.checkpoint()
    const durations = [...entities.values()].flat().map(index => span(model.requests[index]!))
    const closeNs = Math.max(context.thresholds.duplicateGapNs, quantile(durations, 0.5))
    // What is done once for every other entity is meant to be done once.
    const once = [...entities.values()].filter(list => list.length === 1).length
    const isOnce = once >= minOnce && once >= onceShare * entities.size
    for (const list of entities.values()) {
      for (let i = 1; i < list.length; i++) {
        const b = model.requests[list[i]!]!
        const a = model.requests[list[i - 1]!]!
        const again = didAgain(a, b)
        if (again) {
          pairs.push({ ...pairOf(a, b), refused: false, error: '', race: null, again })
          continue
        }
        const margin = context.clock.marginNs(a.process, b.process)
        if (b.startNs > a.endNs + margin && b.startNs - a.startNs > closeNs) continue
        if (a.task >= 0 && b.task >= 0 && context.tree().related(a.task, b.task)) continue
        const loser = b.status >= 500 || (b.status === 0 && b.error) ? b : a
        const winner = loser === b ? a : b
        const failed = loser.status >= 500 || (loser.status === 0 && loser.error)
        const went = winner.status > 0 ? winner.status < 400 : !winner.error
        if (isOnce && list.length === 2 && went && !failed && bothDid(a, b)) {
          pairs.push({ ...pairOf(a, b), refused: false, error: '', race: null })
          continue
        }
        if (!failed || !went) {
          if (b.status >= 400 && b.status < 500) handled++
          continue
        }
        const error = errorOf(context, loser.task)
        if (!error || !isConflict(error.text)) continue
        const key = pairKey(a.task, b.task)
        if (claimed.has(key)) continue
        claimed.add(key)
        const race = races().get(key) ?? null
        pairs.push({ ...pairOf(a, b), refused: true, error: error.text, race })
      }
    }
  }
  // Where no path names what was doubled, the database's refusal does.
  for (const { lostRow, wonRow, entity } of toldConflicts(context.store, model.taskOfSpan)) {
    const [lost, won] = [lostRow, wonRow].map(row => runOf(context, model.taskOfSpan[row]!)) as [Run, Run]
    const operation = operationOf(context, lost.task)
    const key = pairKey(lost.task, won.task)
    if (lost.status < 500 || won.status >= 400 || operation !== operationOf(context, won.task)) continue
    if (pairs.some(pair => pair.first.task === lost.task || pair.second.task === lost.task)) continue
    claimed.add(key)
    const [first, second] = [lost, won].sort((a, b) => a.startNs - b.startNs) as [Run, Run]
    pairs.push({
      operation,
      entity,
      first,
      second,
      gapNs: second.startNs - first.startNs,
      refused: true,
      error: errorOf(context, lost.task)?.text ?? '',
      race: races().get(key) ?? null,
    })
  }
  return {
    pairs,
    handled,
    claims: item =>
      claimed.has(pairKey(runOf(context, item.foreign.task).task, runOf(context, item.write.task).task)),
  }
}

/**
 * A request whose caller gave up on it, whose work went on all the same, and one after it that changed the same by the same line
 * without a look at what was there. What leaves the same behind however often it is done does no harm.
 */
function doneAgain(context: Context): (a: Request, b: Request) => Access | null {
  const { model } = context
  let byTask: Map<number, Access[]> | null = null
  const accessesOf = (task: number): readonly Access[] => {
    byTask ??= Map.groupBy(
      model.accesses.filter(({ inferred }) => !inferred),
      access => access.task,
    )
    const known = byTask
    return context
      .tree()
      .family(task)
      .slice(0, maxFamily)
      .flatMap(member => known.get(member) ?? [])
  }
  const isChange = ({ op, error }: Access): boolean =>
    (op === 'write' || op === 'create' || op === 'increment') && !error
  return (a, b) => {
    if (model.tasks[a.task]?.outcome !== 'abandoned' || b.status >= 400 || b.error) return null
    if (!a.operation.startsWith('POST ')) return null
    const again = accessesOf(b.task)
    const late = accessesOf(a.task).filter(one => isChange(one) && one.atNs > a.endNs)
    const looked = new Set(again.filter(({ op }) => op === 'read' || op === 'check').map(({ key }) => key))
    const repeats = (other: Access): boolean =>
      isChange(other) &&
      !looked.has(other.key) &&
      late.some(
        one =>
          one.key === other.key &&
          one.site === other.site &&
          (one.op !== 'write' || one.value !== other.value),
      )
    return again.find(repeats) ?? null
  }
}

/** Of larger families only the first members are looked at. */
const maxFamily = 64

const minOnce = 10
const onceShare = 0.9

const span = (request: Request) => request.endNs - request.startNs

/** Two requests of one operation, the earlier one first. */
const pairOf = (a: Request, b: Request) => ({
  operation: a.operation,
  entity: a.entity,
  first: toRun(a),
  second: toRun(b),
  gapNs: b.startNs - a.startNs,
})

const toRun = (request: Request): Run => ({
  task: request.task,
  startNs: request.startNs,
  endNs: request.endNs,
  row: request.row,
  status: request.status,
})

/** The request a task works for, else the task itself. */
function runOf(context: Context, task: number): Run {
  const request = context.model.requests[context.requestOf(task)]
  if (request) return toRun(request)
  const own = context.model.tasks[task]!
  return { task, startNs: own.startNs, endNs: own.endNs, row: own.row, status: 0 }
}

const isReadOnly = (operation: string) => /^(GET|HEAD|OPTIONS)\b/.test(operation)
