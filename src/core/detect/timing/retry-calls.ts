/** Calls as attempts: who made them, and how many failures of the same caller went before. */
import { callNames, notYetAnswers } from '../../convention/calls/client-calls.ts'
import { Kind } from '../../store/store.ts'
import type { Context } from '../context.ts'

export interface Call {
  readonly row: number
  readonly startNs: number
  readonly endNs: number
  readonly failed: boolean
  /** 0 for the first try of an operation. */
  readonly attempt: number
  /** Pause since the failure before it. */
  readonly pauseNs: number
  readonly caller: Caller
}

/** From one pause to the next: doubling, with jitter and with the pauses that a busy loop adds. */
export const backOffRatio = 1.4

/** Fewer calls of a name are no load. */
const minCalls = 6

/** Who calls: a span by its row, a task as -1 - its index. Of what comes in from outside nobody knows who asks again. */
export type Caller = number

/** Calls of one name (client spans, tasks), each with how many failures of the same caller went before it. */
export function callsByName(context: Context): Map<string, Call[]> {
  const { store } = context
  const { spans } = store
  const saysNotYet = notYetAnswers(store)
  const hasFailed = (row: number): boolean => spans.status[row] === 2 && !saysNotYet(row)
  const calls = new Map<string, Call[]>()
  for (const [name, rows] of rowsByName(context)) {
    // Without a failure nothing is tried again.
    if (rows.length < minCalls || !rows.some(hasFailed)) continue
    for (const [target, same] of byTarget(context, rows)) {
      if (same.length < minCalls || !same.some(hasFailed)) continue
      calls.set(target === '' ? name : `${name.slice(0, name.indexOf(' '))} ${target}`, attempts(same))
    }
  }
  return calls

  function attempts(rows: number[]): Call[] {
    const lastOf = new Map<Caller, Call>()
    const list: Call[] = []
    for (const row of rows.sort((a, b) => spans.startNs[a]! - spans.startNs[b]!)) {
      const caller = callerOf(context, row)!
      const startNs = spans.startNs[row]!
      const before = lastOf.get(caller)
      // Only what follows a failure of the same caller is a retry; concurrent calls and polls are not.
      const isRetry = before?.failed && before.endNs <= startNs
      const call: Call = {
        row,
        startNs,
        endNs: spans.endNs[row]!,
        failed: hasFailed(row),
        attempt: isRetry ? before.attempt + 1 : 0,
        pauseNs: isRetry ? startNs - before.endNs : 0,
        caller,
      }
      lastOf.set(caller, call)
      list.push(call)
    }
    return list
  }
}

/** `GET` of one address is not tried again by `GET` of another. */
function byTarget({ store }: Context, rows: readonly number[]): Map<string, number[]> {
  const nameOf = callNames(store)
  const out = new Map<string, number[]>()
  for (const row of rows) {
    const target = store.spans.kind[row] === Kind.client ? nameOf(row).replace(attemptNumber, '$1') : ''
    const list = out.get(target)
    if (list) list.push(row)
    else out.set(target, [row])
  }
  return out
}

/** Rows by service and name; the second attempt is the same operation as the first. */
function rowsByName(context: Context): ReadonlyMap<string, number[]> {
  const { store } = context
  const { process, count: rows } = store.spans
  const byName = new Map<string, number[]>()
  // Names repeat: what stands for one is made once for each process.
  const lists = store.processes.map(() => new Map<string, number[]>())
  for (let row = 0; row < rows; row++) {
    if (!isCall(context, row) || callerOf(context, row) === null) continue
    const name = nameOf(context, row)
    const ofProcess = lists[process[row]!]!
    let list = ofProcess.get(name)
    if (!list) {
      const label = `${store.processes[process[row]!]!.service} ${name.replace(attemptNumber, '$1')}`
      list = byName.get(label) ?? []
      byName.set(label, list)
      ofProcess.set(name, list)
    }
    list.push(row)
  }
  return byName
}

function callerOf({ model, store }: Context, row: number): Caller | null {
  const kind = store.spans.kind[row]
  if (kind === Kind.server || kind === Kind.consumer) return null
  const task = model.roleOfSpan[row] === 1 ? model.tasks[model.taskOfSpan[row]!] : undefined
  if (task?.row === row) return task.parent >= 0 ? -1 - task.parent : null
  const parent = store.spans.parent[row]!
  if (parent >= 0) return parent
  // A recorder's tasks are no parents of the spans made in them.
  const own = model.taskOfSpan[row]!
  return own >= 0 && model.tasks[own]!.row !== row ? -1 - own : null
}

/** A task's own name, else the span's. */
function nameOf({ model, store }: Context, row: number): string {
  const task = model.roleOfSpan[row] === 1 ? model.tasks[model.taskOfSpan[row]!] : undefined
  return task?.row === row ? task.name : store.strings[store.spans.name[row]!]!
}

const attemptNumber = /\b(attempt|retry|try)\s*#?\d+/i

/** Plain and task spans; our own await, wait and hold records are not calls. */
const isCall = (context: Context, row: number): boolean => context.model.roleOfSpan[row]! <= 1
