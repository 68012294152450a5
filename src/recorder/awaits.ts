import { Key, RecordType } from '../core/convention/keys.ts'
import { nowNs, unixNanoOf } from './clock.ts'
import { RecordSpan } from './record-span.ts'
import { nextSeq } from './runtime.ts'
import { siteAttributes } from './site.ts'
import type { ResumeCause, Task } from './tasks.ts'
import { timeoutOf } from './timers.ts'

/** Gaps shorter than this are continuations, not waiting: counted on the task as coalesced. */
const minAwaitNs = 100_000

/** The last callback that was not a promise reaction: reactions run after it and because of it. */
let lastCallback: object | null = null
let callbackCount = 0

export function noteCallback(resource: object): void {
  lastCallback = resource
  callbackCount += 1
}

/** Callbacks so far: tells whether one came since a task was suspended. */
export function callbacksSoFar(): number {
  return callbackCount
}

/** An await that is over, and may turn out to be the first part of a longer one. */
export interface FinishedAwait {
  readonly record: RecordSpan
  readonly target: string
  endNs: number
  seqEnd: number
}

/** `task` goes on at `now`: the gap since its last slice was an await, if something is known that it waited for. */
export function writeAwait(task: Task, now: number): void {
  const startNs = task.suspendedNs
  const cause = task.cause ?? causeOf(task, now)
  task.cause = null
  if (cause === null) return
  const target = `${cause.type} ${cause.id}`
  const last = task.lastAwait
  // Reading a file is four waits with some microseconds between them: one await, for a reader.
  if (last && last.target === target && cause.type === 'io' && startNs - last.endNs < minAwaitNs) {
    last.endNs = now
    last.seqEnd = nextSeq()
    task.coalescedAwaits += 1
    return
  }
  if (now - startNs < minAwaitNs) {
    task.coalescedAwaits += 1
    return
  }
  flushAwait(task)
  const record = task.openAwait ?? newAwait(task)
  task.openAwait = null
  describeAwait(record, task, cause)
  linkChildren(record, task)
  task.lastAwait = { record, target, endNs: now, seqEnd: nextSeq() }
}

function newAwait(task: Task): RecordSpan {
  return new RecordSpan({
    type: RecordType.await,
    name: '',
    startNs: task.suspendedNs,
    seq: task.suspendedSeq,
    parent: task.parentOfRecords,
    attributes: {},
  })
}

/** The open record of an await that has a known end: a resource somebody else has. */
export function writeOpenAwait(task: Task): void {
  const wait = task.pendingWait
  if (wait === null || task.suspendedNs < 0) return
  task.openAwait ??= newAwait(task)
  describeAwait(task.openAwait, task, {
    type: 'resource',
    id: wait.resource.id,
    readyNs: -1,
    outcome: 'resolved',
    site: wait.options.site,
  })
  delete task.openAwait.attributes[Key.awaitOutcome]
  task.openAwait.writeOpen(nowNs())
}

/** Writes the last await of a task: nothing can be added to it any more. */
export function flushAwait(task: Task): void {
  const last = task.lastAwait
  if (last === null) return
  task.lastAwait = null
  last.record.end(last.endNs, undefined, last.seqEnd)
}

function describeAwait(record: RecordSpan, task: Task, cause: ResumeCause): void {
  record.name = `await ${cause.id}`
  Object.assign(record.attributes, {
    [Key.taskId]: task.id,
    [Key.awaitTargetType]: cause.type,
    [Key.awaitTargetId]: cause.id,
    [Key.awaitOutcome]: cause.outcome,
    ...(cause.readyNs >= 0 ? { [Key.awaitReady]: unixNanoOf(Math.max(cause.readyNs, record.startNs)) } : {}),
    ...siteAttributes(cause.site),
  })
}

function linkChildren(record: RecordSpan, task: Task): void {
  const children = task.endedChildren
  if (children.length > 1) record.attributes[Key.awaitJoin] = 'all'
  for (const child of children) record.link('awaits', child.task.record)
}

/** What is known without code: children that ended meanwhile, the timer that fired, the kind of the callback behind the resumption. */
function causeOf(task: Task, now: number): ResumeCause | null {
  const last = task.endedChildren.at(-1)
  if (last) {
    const several = task.endedChildren.length > 1
    return {
      type: several ? 'promise' : 'task',
      id: several
        ? task.endedChildren
            .map(child => child.task.name)
            .slice(0, 8)
            .join(', ')
        : last.task.id,
      readyNs: last.atNs,
      outcome: last.failed ? 'rejected' : 'resolved',
      site: null,
    }
  }
  const callback = lastCallback
  // Still the same turn of the loop: its microtasks only took turns with others, it waited for nothing.
  if (callback === null || callbackCount === task.suspendedCallback) return null
  const timeout = timeoutOf(callback)
  if (timeout) {
    // A repeating timer calls back: nobody awaited it.
    if (timeout.repeating) return null
    return {
      type: 'timer',
      id: `sleep ${timeout.delayMs} ms`,
      readyNs: Math.min(timeout.expectedNs, now),
      outcome: 'resolved',
      site: null,
    }
  }
  const kind = kindOf(callback.constructor?.name ?? '')
  return kind === null ? null : { ...kind, readyNs: -1, outcome: 'resolved', site: null }
}

function kindOf(className: string): Pick<ResumeCause, 'type' | 'id'> | null {
  if (/^(TCP|TLS|Pipe|HTTP|Socket|Shutdown|Write|UDP|Http2)/.test(className))
    return { type: 'io', id: 'socket' }
  if (/^FS|^FileHandle/.test(className)) return { type: 'io', id: 'file' }
  if (/^(GetAddrInfo|QueryReqWrap|ChannelWrap)/i.test(className)) return { type: 'io', id: 'dns' }
  if (/^(Worker|MessagePort)/.test(className)) return { type: 'event', id: 'worker message' }
  if (/(Job|Request)$/.test(className)) return { type: 'io', id: 'thread pool' }
  if (className === 'Immediate') return { type: 'promise', id: 'immediate' }
  return null
}
