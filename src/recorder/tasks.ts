import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api'
import { Key, RecordType } from '../core/convention/keys.ts'
import { type FinishedAwait, flushAwait, writeOpenAwait } from './awaits.ts'
import { nowNs } from './clock.ts'
import { addOpen, removeOpen } from './open-records.ts'
import { RecordSpan } from './record-span.ts'
import type { Request } from './resource.ts'
import { isRunning, nextId } from './runtime.ts'
import { type Site, siteAttributes } from './site.ts'
import { becomeTask } from './slices.ts'

export type TaskType = 'request' | 'stream' | 'timer' | 'background' | 'promise' | 'callback' | 'thread_job'
export type TaskOutcome = 'completed' | 'failed' | 'cancelled' | 'abandoned'

/** Why a suspended task went on; set by whoever resumes it, used by the next slice. */
export interface ResumeCause {
  readonly type: 'task' | 'resource' | 'timer' | 'io' | 'queue' | 'event' | 'promise'
  readonly id: string
  /** When it could have gone on; -1 unknown. */
  readonly readyNs: number
  readonly outcome: 'resolved' | 'rejected' | 'cancelled' | 'timeout'
  readonly site: Site | null
}

/** More slices than this are counted, not kept: a stream that lives for days must not fill memory. */
const maxSlices = 2000
/** Slices of one task this close, with nobody else in between, are one. */
const mergeGapNs = 100_000

/** A unit of work somebody would draw as one lane: a request, a stream, a tracked function. */
export class Task {
  readonly id = nextId('t')
  readonly parent: Task | null
  readonly record: RecordSpan
  readonly offsets: number[] = []
  readonly durations: number[] = []
  droppedSlices = 0
  coalescedAwaits = 0
  /** End of the last slice, -1 before the first. */
  suspendedNs = -1
  suspendedSeq = 0
  suspendedCallback = 0
  cause: ResumeCause | null = null
  lastAwait: FinishedAwait | null = null
  /** The await it is in, when that already has an open record. */
  openAwait: RecordSpan | null = null
  /** Children that ended while this task was suspended. */
  endedChildren: { readonly task: Task; readonly atNs: number; readonly failed: boolean }[] = []
  /** Ids of the holds this task has now; true: only explicit uses are stamped with it. */
  readonly holds = new Map<string, boolean>()
  /** The contended resource it waits for. */
  pendingWait: Request | null = null
  /** Called before an open record is written. */
  onOpen: (() => void) | null = null
  /** The application span the task works for, if it has its own (a request's server span). */
  serverSpan: Span | null = null
  /** Instrumentation made that span, and ends it. */
  spanIsForeign = false
  ended = false
  /** Context whose span is the parent of this task's awaits and stalls. */
  parentOfRecords: Context
  #name: string

  constructor(
    name: string,
    type: TaskType,
    options: { parent?: Task | null; span?: Context; site?: Site | null; startNs?: number },
  ) {
    this.#name = name
    this.parent = options.parent ?? null
    this.parentOfRecords = options.span ?? context.active()
    this.record = new RecordSpan({
      type: RecordType.task,
      name: `task ${name}`,
      startNs: options.startNs ?? nowNs(),
      parent: this.parentOfRecords,
      attributes: {
        [Key.taskId]: this.id,
        [Key.taskName]: name,
        [Key.taskType]: type,
        [Key.taskOutcome]: 'running',
        ...(this.parent ? { [Key.taskParentId]: this.parent.id } : {}),
        ...siteAttributes(options.site ?? null),
      },
    })
    if (this.parent) this.record.link('spawned_by', this.parent.record)
    addOpen(this.record, () => {
      this.onOpen?.()
      this.writeSlices()
      flushAwait(this)
      writeOpenAwait(this)
    })
  }

  get name(): string {
    return this.#name
  }

  rename(name: string): void {
    this.#name = name
    this.record.name = `task ${name}`
    this.record.attributes[Key.taskName] = name
  }

  /** The host's instrumentation tells the same request: its span is the one, ours is never ended and so never exported. */
  adoptServerSpan(span: Span): void {
    this.serverSpan = span
    this.spanIsForeign = true
    this.parentOfRecords = trace.setSpan(this.parentOfRecords, span)
    this.record.moveBelow(this.parentOfRecords)
  }

  setType(type: TaskType): void {
    this.record.attributes[Key.taskType] = type
  }

  /** @param contiguous nobody else ran since this task's last slice */
  addSlice(startNs: number, endNs: number, contiguous: boolean): void {
    const last = this.offsets.length - 1
    const lastEnd =
      last < 0 ? Number.NEGATIVE_INFINITY : this.record.startNs + this.offsets[last]! + this.durations[last]!
    if (contiguous && startNs - lastEnd <= mergeGapNs) {
      this.durations[last] = endNs - this.record.startNs - this.offsets[last]!
    } else if (this.offsets.length < maxSlices) {
      this.offsets.push(startNs - this.record.startNs)
      this.durations.push(endNs - startNs)
    } else {
      this.droppedSlices += 1
    }
  }

  writeSlices(): void {
    const attributes = this.record.attributes
    attributes[Key.runOffsets] = [...this.offsets]
    attributes[Key.runDurations] = [...this.durations]
    if (this.droppedSlices > 0) attributes[Key.runDropped] = this.droppedSlices
    if (this.coalescedAwaits > 0) attributes['interleave.await.coalesced'] = this.coalescedAwaits
  }

  end(outcome: TaskOutcome, error?: string, endNs: number = nowNs()): void {
    if (this.ended) return
    flushAwait(this)
    this.ended = true
    this.record.attributes[Key.taskOutcome] = outcome
    if (error !== undefined) this.record.attributes['error.type'] = error
    this.writeSlices()
    removeOpen(this.record)
    this.record.end(endNs, error)
    const parent = this.parent
    if (parent && !parent.ended && parent.endedChildren.length < 1000) {
      parent.endedChildren.push({ task: this, atNs: endNs, failed: outcome !== 'completed' })
    }
  }
}

/**
 * One call of an interval's callback. It becomes a task once something is recorded in it: most have nothing to tell, and
 * a lane for each would bury the others. Calls that overlap are as much apart as two requests.
 */
export class Tick {
  task: Task | null = null
  readonly #name: string
  readonly #site: Site | null
  readonly #parent: Task | null

  constructor(name: string, site: Site | null, parent: Task | null) {
    this.#name = name
    this.#site = site
    this.#parent = parent
  }

  /** Until then, what runs is charged to the task that set the timer. */
  get charged(): Task | null {
    return this.task ?? this.#parent
  }

  become(): Task {
    if (this.task === null) {
      this.task = new Task(this.#name, 'timer', { parent: this.#parent, site: this.#site })
      becomeTask(this.task)
    }
    return this.task
  }
}

/** Which task the running code belongs to; follows awaits, timers and callbacks. */
export const taskStorage = new AsyncLocalStorage<Task | Tick | undefined>()

/** For what is recorded of it. */
export function currentTask(): Task | null {
  const store = taskStorage.getStore()
  return alive(store instanceof Tick ? store.become() : store)
}

/** For what runs: makes no task of a tick. */
export function chargedTask(): Task | null {
  const store = taskStorage.getStore()
  return alive(store instanceof Tick ? store.charged : store)
}

const alive = (task: Task | null | undefined): Task | null => (task && !task.ended ? task : null)

/** Runs code that belongs to nobody: sockets and timers made in it must not be charged to the task that happened to make them. */
export function outsideTasks<T>(work: () => T): T {
  return isRunning() ? taskStorage.run(undefined, () => context.with(ROOT_CONTEXT, work)) : work()
}
