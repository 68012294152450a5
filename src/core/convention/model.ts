/**
 * What the spans *mean*: tasks, awaits, waits, holds, accesses, stalls, timers. Derived from the store by
 * `readModel`, from our own convention where it is present and inferred from ordinary instrumentation otherwise
 * (then `inferred` says by which rule). Detectors, lanes and replay read this and never look at attribute names.
 *
 * Plain data; on the page a row looks its cells up and owns none of them: name what you take of it, do not spread it.
 * All times are ns as in the store; all `…: number` references are indexes into the named table, -1 for none.
 * Every table is ordered by start time.
 */
import type { Gap } from './presets/preset.ts'

export interface Model {
  readonly tasks: readonly Task[]
  readonly slices: SliceTable
  readonly awaits: readonly Await[]
  readonly resources: readonly Resource[]
  readonly waits: readonly Wait[]
  readonly holds: readonly Hold[]
  /** Entity-level state keys (`row:jobs/4521`). */
  readonly keys: readonly string[]
  readonly accesses: readonly Access[]
  readonly loops: readonly Loop[]
  readonly stalls: readonly Stall[]
  readonly ticks: readonly Tick[]
  readonly requests: readonly Request[]
  readonly messages: readonly Message[]
  readonly queueItems: readonly QueueItem[]
  readonly cancels: readonly Cancel[]
  readonly marks: readonly Mark[]
  /** Role of each span row: an index into `roles`. */
  readonly roleOfSpan: Uint8Array
  /** Task of each span row (stamped, or the nearest task above it), -1 for none. */
  readonly taskOfSpan: Int32Array
  readonly coverage: Coverage
}

export const roles = ['plain', 'task', 'await', 'wait', 'hold', 'stall', 'timer'] as const
export type Role = (typeof roles)[number]

/** Why a row has a role that its producer did not state. */
export interface Inferred {
  /** Rule id: `H3`, `W1`, `user:2`. */
  readonly rule: string
  /** `inferred from pg-pool.connect` */
  readonly reason: string
  /** 0…1 */
  readonly confidence: number
  /** The user said so: the span's bounds are the role's. */
  readonly stated?: true
}

/** A role that nobody stated: its bounds may be off, so nothing is concluded from them alone. */
export const isGuess = (inferred: Inferred | null | undefined): boolean =>
  inferred !== null && inferred !== undefined && !inferred.stated

/** Code site as cards print it: `auth.check (auth.ts:41)`; `''` when unknown. */
export type Site = string

interface Interval {
  readonly startNs: number
  /** For an open one: the last instant its process is known to have lived. */
  readonly endNs: number
  readonly open: boolean
}

/** What comes from a span: its row (-1 for what came from records only) and how it got its role. */
interface FromSpan {
  readonly row: number
  readonly inferred: Inferred | null
}

export interface Task extends Interval, FromSpan {
  /** `interleave.task.id`: unique in the process. */
  readonly id: string
  readonly name: string
  /** request stream timer background promise coroutine callback thread_job, or `''` */
  readonly type: string
  readonly process: number
  readonly loop: number
  readonly parent: number
  /** completed failed cancelled abandoned running, or `''` */
  readonly outcome: string
  readonly site: Site
}

/** Yield-free execution: one row per run of a task on its loop. Ordered by (loop, start). */
export interface SliceTable {
  readonly count: number
  readonly startNs: Float64Array
  readonly endNs: Float64Array
  readonly task: Int32Array
  readonly loop: Int32Array
}

export interface Await extends Interval, FromSpan {
  readonly task: number
  /** task resource timer io queue event promise, or `''` */
  readonly targetType: string
  readonly targetId: string
  /** When it could have resumed; -1 unknown. Ready lag = endNs − readyNs. */
  readonly readyNs: number
  /** resolved rejected cancelled timeout, or `''` */
  readonly outcome: string
  /** all any race settled, or `''` for a plain await. */
  readonly join: string
  /** Tasks it awaits. */
  readonly awaits: readonly number[]
  readonly site: Site
}

export interface Resource {
  /** `interleave.resource.id`: one instance. */
  readonly id: string
  /** `interleave.resource.name`: what cards call it. */
  readonly name: string
  /** The name, with the id in brackets where names repeat. */
  readonly label: string
  readonly type: string
  readonly process: number
  /** Permits; -1 unknown. */
  readonly capacity: number
  /** process host cluster */
  readonly scope: string
}

export interface Wait extends Interval, FromSpan {
  readonly id: string
  readonly task: number
  readonly resource: number
  readonly mode: 'exclusive' | 'shared'
  readonly permits: number
  /** acquired timeout cancelled failed, or `''` while open */
  readonly outcome: string
  /** Known to have no time limit: it never gives up by itself. */
  readonly untimed?: boolean
  /** Waiters ahead of it when it began; -1 unknown. */
  readonly queueLength: number
  /** The hold it led to, -1. */
  readonly hold: number
  readonly site: Site
}

export interface Hold extends Interval, FromSpan {
  readonly id: string
  readonly task: number
  readonly resource: number
  readonly mode: 'exclusive' | 'shared'
  readonly permits: number
  /** released auto expired leaked process_exit, or `''` */
  readonly releaseType: string
  readonly wait: number
  /** What was done under it: spans and accesses stamped with its id, merged to disjoint intervals. */
  readonly uses: readonly { readonly startNs: number; readonly endNs: number }[]
  /** Sum of `uses`. */
  readonly usefulNs: number
  /** End of the last use, -1 when it was never used. */
  readonly lastUseNs: number
  /** The acquire site. */
  readonly site: Site
}

export type AccessOp = 'read' | 'write' | 'check' | 'compare_and_set' | 'increment' | 'create' | 'delete'

export interface Access {
  readonly record: number
  readonly task: number
  readonly key: number
  readonly op: AccessOp
  readonly atNs: number
  /** Per-process order; -1 unknown. Breaks ties of `atNs`. */
  readonly seq: number
  /** `value`, else the hash, else `''`. */
  readonly value: string
  /** Version after the operation; `''` unknown. */
  readonly version: string
  /** `seq` of the read a write is based on; -1 unknown. */
  readonly readSeq: number
  /** Holds stamped on it. Holds of the task at that instant count as well: see `heldAt`. */
  readonly holds: readonly number[]
  /** `error.type`, or `''`. */
  readonly error: string
  readonly process: number
  readonly span: number
  readonly site: Site
  /** Set when it was read out of a query: then `record` is -1, and only its order and key are known, never the value. */
  readonly inferred?: Inferred
}

export interface Loop {
  /** As recorded, e.g. `main`. */
  readonly id: string
  /** `api#main` */
  readonly label: string
  readonly process: number
  /** main worker */
  readonly kind: string
}

export interface Stall extends Interval, FromSpan {
  readonly loop: number
  /** The task whose slice stalled, -1 unknown. */
  readonly task: number
  readonly thresholdNs: number
  readonly detector: string
  /** How much of it nothing of the process ran: the host was paused or busy; 0 unknown. */
  readonly pausedNs: number
  readonly site: Site
  /** Of an inferred stall: tasks that ended or began in the burst right after it. Nothing else tells who had to wait. */
  readonly delayed?: readonly number[]
}

export interface Tick extends Interval, FromSpan {
  readonly series: string
  readonly name: string
  readonly task: number
  readonly process: number
  readonly delayNs: number
  /** When it should have fired; -1 unknown. */
  readonly expectedNs: number
  readonly latenessNs: number
  readonly repeating: boolean
  /** interval sleep_loop deadline heartbeat */
  readonly style: string
  readonly nominalNs: number
  readonly outcome: string
  /** Where the timer was armed. */
  readonly site: Site
}

/** A server or consumer span: one operation asked of a service from outside. */
export interface Request extends Interval {
  readonly row: number
  readonly task: number
  readonly process: number
  /** `POST /api/jobs/complete` */
  readonly operation: string
  /** The entity it acts on (`job 4521`), from the state keys its task touched, else from url, attributes or body; `''` unknown. */
  readonly entity: string
  /** HTTP status, 0 unknown. */
  readonly status: number
  readonly error: boolean
}

export interface Message {
  readonly record: number
  readonly direction: 'send' | 'receive'
  readonly channel: string
  readonly receiver: string
  readonly sequence: number
  readonly atNs: number
  readonly task: number
  readonly site?: Site
}

export interface QueueItem {
  readonly record: number
  readonly op: 'put' | 'get'
  readonly queue: string
  readonly item: string
  /** After the operation; -1 unknown. */
  readonly depth: number
  readonly capacity: number
  readonly atNs: number
  readonly process: number
  readonly task: number
  readonly site?: Site
}

export interface Cancel {
  readonly task: number
  readonly atNs: number
  readonly reason: string
}

/** deploy config complaint hypothesis run shutdown host_pause; error logs and exceptions come as kind `error`. */
export interface Mark {
  readonly record: number
  /** error deploy complaint shutdown hypothesis …; log: a line of a log without spans */
  readonly kind: string
  readonly text: string
  readonly atNs: number
  readonly process: number
  readonly task: number
  /** What was counted and how much of it there may be: a number beside one called `limit`. */
  readonly counted?: { readonly value: number; readonly limit: number }
}

/** What the trace can and cannot show; absence claims ask this first. */
export interface Coverage {
  readonly hasTasks: boolean
  readonly hasSlices: boolean
  /** Recorded ones: inferred holds are lower bounds, so nothing can be concluded from one not being there. */
  readonly hasHolds: boolean
  /** Recorded ones, for the same reason. */
  readonly hasAccesses: boolean
  readonly hasAwaits: boolean
  /** What the instrumentation in this trace never tells. */
  readonly gaps: readonly Gap[]
  /** Records that were dropped, per process, as the recorder says or as what they leave behind shows; see `Process.lost`. */
  readonly lossIntervals: readonly {
    readonly process: number
    readonly fromNs: number
    readonly toNs: number
    readonly count: number
  }[]
}
