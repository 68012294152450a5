import type { Attributes } from '@opentelemetry/api'
import { Event, Key, RecordType } from '../core/convention/keys.ts'
import { nowNs } from './clock.ts'
import { emit, stepAttributes } from './emit.ts'
import { guard, isRunning } from './runtime.ts'
import { captureSite, siteAttributes } from './site.ts'
import { currentTask, type Task } from './tasks.ts'
import { errorType } from './track.ts'

export type StateOperation =
  | 'read'
  | 'check'
  | 'write'
  | 'compare_and_set'
  | 'increment'
  | 'create'
  | 'delete'

export interface AccessOptions {
  /** Version after the operation. */
  readonly version?: string | number
  /** The operation failed with this. */
  readonly error?: unknown
}

type Value = string | number | boolean | null | undefined

/** Accesses to one shared thing, named like `row:jobs/4521`. Call right after the operation happened. */
export interface RecordedState {
  read(value?: Value, options?: AccessOptions): void
  check(value?: Value, options?: AccessOptions): void
  write(value?: Value, options?: AccessOptions): void
  compareAndSet(value?: Value, options?: AccessOptions): void
  increment(value?: Value, options?: AccessOptions): void
  create(value?: Value, options?: AccessOptions): void
  delete(value?: Value, options?: AccessOptions): void
}

const maxValueLength = 120
/** The last read of a key by a task: what its next write is based on. */
const lastReads = new WeakMap<Task, Map<string, number>>()

export function state(key: string): RecordedState {
  const access = (operation: StateOperation) => (value?: Value, options?: AccessOptions) =>
    writeAccess(key, operation, value, options ?? {})
  return {
    read: access('read'),
    check: access('check'),
    write: access('write'),
    compareAndSet: access('compare_and_set'),
    increment: access('increment'),
    create: access('create'),
    delete: access('delete'),
  }
}

function writeAccess(key: string, operation: StateOperation, value: Value, options: AccessOptions): void {
  if (!isRunning()) return
  guard('state', () => {
    const atNs = nowNs()
    const task = currentTask()
    const step = stepAttributes(RecordType.access)
    const attributes: Attributes = {
      ...step,
      [Key.stateKey]: key,
      ...siteAttributes(captureSite()),
    }
    if (value !== undefined) attributes[Key.stateValue] = String(value).slice(0, maxValueLength)
    if (options.version !== undefined) attributes[Key.stateVersion] = String(options.version)
    if (options.error !== undefined) attributes['error.type'] = errorType(options.error)
    if (task) {
      const holds = holdIdsOf(task, true)
      if (holds.length > 0) attributes[Key.holdIds] = holds
      const reads = lastReads.get(task) ?? new Map<string, number>()
      if (operation === 'read' || operation === 'check')
        lastReads.set(task, reads.set(key, Number(step[Key.seq])))
      else if (reads.has(key)) attributes[Key.stateReadSeq] = reads.get(key)!
    }
    emit(Event.state + operation, attributes, atNs)
  })
}

/** Ids of the holds a task works under: its own and those of the tasks it runs for. */
export function holdIdsOf(task: Task, all: boolean): string[] {
  const ids: string[] = []
  for (let at: Task | null = task; at !== null && ids.length < 64; at = at.parent) {
    for (const [id, explicitUses] of at.holds) if (all || !explicitUses) ids.push(id)
  }
  return ids
}
