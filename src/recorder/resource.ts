import type { Attributes, Context } from '@opentelemetry/api'
import { Key, RecordType } from '../core/convention/keys.ts'
import { nowNs } from './clock.ts'
import { addOpen, removeOpen } from './open-records.ts'
import { RecordSpan } from './record-span.ts'
import { guard, isRunning, nextId } from './runtime.ts'
import { type Site, siteAttributes } from './site.ts'
import { currentTask, type Task } from './tasks.ts'

export type ResourceType =
  | 'mutex'
  | 'rwlock'
  | 'semaphore'
  | 'pool'
  | 'connection'
  | 'transaction'
  | 'queue'
  | 'file_lock'
  | 'advisory_lock'
  | 'distributed_lock'
  | 'custom'

export interface ResourceOptions {
  readonly type: ResourceType
  readonly capacity: number
  readonly scope?: 'process' | 'host' | 'cluster'
  /** OpenTelemetry keys that describe it further (`server.address`, `db.client.connection.pool.name`). */
  readonly attributes?: Attributes
  /** Only uses that are told explicitly count as useful; false: every span made inside the hold does. */
  readonly explicitUses?: boolean
}

const instances = new Map<string, number>()

/** Something tasks take and give back. Knows who has it; makes the wait and hold records. */
export class RecordedResource {
  readonly name: string
  readonly id: string
  readonly options: ResourceOptions
  inUse = 0
  waiting = 0
  readonly holders = new Set<Hold>()
  lastReleased: Hold | null = null

  constructor(name: string, options: ResourceOptions) {
    const count = (instances.get(name) ?? 0) + 1
    instances.set(name, count)
    this.name = name
    this.id = `${name}#${count}`
    this.options = options
  }

  attributes(): Attributes {
    const { type, capacity, scope, attributes } = this.options
    return {
      [Key.resourceId]: this.id,
      [Key.resourceName]: this.name,
      [Key.resourceType]: type,
      [Key.resourceCapacity]: capacity,
      [Key.resourceScope]: scope ?? 'process',
      ...attributes,
    }
  }

  /** A task asks for it. Settle the request with `granted` or `failed`. */
  request(options: RequestOptions): Request {
    return new Request(this, options)
  }
}

export interface RequestOptions {
  readonly site: Site | null
  readonly permits?: number
  readonly mode?: 'exclusive' | 'shared'
  /** False: it was free, no wait record unless it takes longer than `waitIfLongerNs`. */
  readonly contended: boolean
  readonly waitIfLongerNs?: number
}

/** The wait: from asking to getting or giving up. */
export class Request {
  readonly resource: RecordedResource
  readonly task: Task | null
  readonly record: RecordSpan
  readonly options: RequestOptions
  readonly waitId = nextId('w')
  settled = false

  constructor(resource: RecordedResource, options: RequestOptions) {
    this.resource = resource
    this.options = options
    this.task = currentTask()
    this.record = new RecordSpan({
      type: RecordType.wait,
      name: `acquire ${resource.name}`,
      attributes: {
        ...taskAttribute(this.task),
        ...resource.attributes(),
        [Key.waitId]: this.waitId,
        [Key.resourcePermits]: options.permits ?? 1,
        [Key.resourceMode]: options.mode ?? 'exclusive',
        [Key.resourceQueueLength]: resource.waiting,
        [Key.resourceInUse]: resource.inUse,
        ...siteAttributes(options.site),
      },
    })
    resource.waiting += 1
    if (options.contended && isRunning()) {
      for (const hold of resource.holders) this.record.link('blocked_by', hold.record)
      addOpen(this.record)
      if (this.task) this.task.pendingWait = this
    }
  }

  granted(atNs: number = nowNs()): Hold {
    const { resource } = this
    this.#settle(atNs, 'resolved')
    resource.inUse += this.options.permits ?? 1
    const waited =
      this.options.contended ||
      atNs - this.record.startNs > (this.options.waitIfLongerNs ?? Number.POSITIVE_INFINITY)
    const hold = new Hold(this, atNs, waited)
    resource.holders.add(hold)
    if (waited && isRunning()) {
      guard('wait', () => {
        this.record.attributes[Key.resourceOutcome] = 'acquired'
        this.record.attributes[Key.holdId] = hold.id
        if (resource.lastReleased) this.record.link('granted_by', resource.lastReleased.record)
        this.record.end(atNs)
      })
    }
    return hold
  }

  failed(outcome: 'timeout' | 'cancelled' | 'failed', error: string, atNs: number = nowNs()): void {
    this.#settle(atNs, outcome === 'timeout' ? 'timeout' : outcome === 'cancelled' ? 'cancelled' : 'rejected')
    if (!isRunning()) return
    guard('wait', () => {
      this.record.attributes[Key.resourceOutcome] = outcome
      this.record.attributes['error.type'] = error
      this.record.end(atNs, error)
    })
  }

  #settle(atNs: number, outcome: 'resolved' | 'rejected' | 'cancelled' | 'timeout'): void {
    if (this.settled) return
    this.settled = true
    this.resource.waiting -= 1
    removeOpen(this.record)
    const task = this.task
    if (!task) return
    if (task.pendingWait === this) task.pendingWait = null
    if (this.options.contended || outcome !== 'resolved') {
      task.cause = { type: 'resource', id: this.resource.id, readyNs: atNs, outcome, site: this.options.site }
    }
  }
}

/** What a task has, from grant to release. */
export class Hold {
  readonly id = nextId('h')
  readonly resource: RecordedResource
  readonly task: Task | null
  readonly record: RecordSpan
  readonly permits: number
  readonly mode: 'exclusive' | 'shared'
  /** The application span that was active at the acquire. */
  readonly context: Context
  released = false

  constructor(request: Request, atNs: number, waited: boolean) {
    const { resource, task, options } = request
    this.resource = resource
    this.task = task
    this.permits = options.permits ?? 1
    this.mode = options.mode ?? 'exclusive'
    this.context = request.record.parent
    this.record = new RecordSpan({
      type: RecordType.hold,
      name: `hold ${resource.name}`,
      startNs: atNs,
      parent: this.context,
      attributes: {
        ...taskAttribute(task),
        ...resource.attributes(),
        [Key.holdId]: this.id,
        ...(waited ? { [Key.waitId]: request.waitId } : {}),
        [Key.resourcePermits]: this.permits,
        [Key.resourceMode]: this.mode,
        [Key.resourceInUse]: resource.inUse,
        ...siteAttributes(options.site),
      },
    })
    task?.holds.set(this.id, resource.options.explicitUses === true)
    if (isRunning()) addOpen(this.record)
  }

  release(type: 'released' | 'auto' | 'expired' = 'released', atNs: number = nowNs()): void {
    if (this.released) return
    this.released = true
    const { resource } = this
    resource.inUse -= this.permits
    resource.holders.delete(this)
    resource.lastReleased = this
    this.task?.holds.delete(this.id)
    if (!isRunning()) return
    guard('hold', () => {
      removeOpen(this.record)
      this.record.attributes[Key.resourceReleaseType] = type
      this.record.end(atNs)
    })
  }
}

function taskAttribute(task: Task | null): Attributes {
  return task ? { [Key.taskId]: task.id } : {}
}
