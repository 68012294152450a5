/**
 * Every read … foreign write … write on one key, found in one pass and told apart by what it means. Four detectors
 * read this list; each interleaving belongs to one of them.
 *
 *     T   R ──────────────── W        a = read, b = write
 *     T′        (R) ── W              x = foreign write, between them
 *
 * This is the unserialisable R-W-W case of AVIO (Lu et al., ASPLOS 2006); NodeRacer and NodeAV list the same patterns.
 */
import type { Access } from '../../convention/model.ts'
import { modifiesWhatItRead } from '../../convention/queries/read-modify-write.ts'
import { type Verdict, weakest } from '../clock.ts'
import type { Context } from '../context.ts'
import { oncePer } from '../once-per.ts'
import { exclusiveTypes } from '../resource-groups.ts'

export interface Interleaving {
  readonly key: number
  /** What `write` was based on. */
  readonly read: Access
  /** Last foreign write in between: what `write` overwrote without having seen it. */
  readonly foreign: Access
  readonly write: Access
  /** The foreign task's own read before its write. */
  readonly foreignRead: Access | null
  /** All foreign writes in between, the last one first. */
  readonly overwritten: readonly Access[]
  readonly order: Verdict
  readonly meaning: Meaning
}

/**
 * - `lost`: the foreign update is gone.
 * - `repeated`: both made the same transition from the same state: the operation ran twice.
 * - `refused`: the store rejected the second write, and the task failed with it.
 * - `handled`: rejected, then retried, answered with a 4xx, or caught.
 * - `acted`: a check that no longer held when it was acted upon; the act may have failed for it.
 * - `filled`: both filled an empty entry with the same value; wasteful, not wrong.
 * - `same`: both wrote the same value by different operations.
 */
export type Meaning = 'lost' | 'repeated' | 'refused' | 'handled' | 'acted' | 'filled' | 'same'

export interface Interleavings {
  readonly list: readonly Interleaving[]
  /** Read-modify-writes that were looked at, and how many nobody interfered with. */
  readonly updates: number
  readonly clean: number
}

const changes: ReadonlySet<string> = new Set(['write', 'create', 'delete', 'increment', 'compare_and_set'])
/** Operations that depend on what was read before them. Increments and compare-and-set carry their own guard. */
const dependent: ReadonlySet<string> = new Set(['write', 'create', 'delete'])
/** How many foreign-looking writes are stepped over in search of one that is foreign. */
const maxScan = 64

export function findInterleavings(context: Context): Interleavings {
  const list: Interleaving[] = []
  let updates = 0
  let clean = 0
  for (const accesses of context.accessGroups()) {
    context.checkpoint()
    const found = list.length
    const reads = new Map<number, number>()
    const readBefore = new Map<number, number>()
    /** Where writes tell what they read. */
    const bySeq = accesses.some(({ readSeq }) => readSeq >= 0) ? new Map<string, number>() : null
    const written: number[] = []
    for (let at = 0; at < accesses.length; at++) {
      const access = accesses[at]!
      const { task, op } = access
      if (op === 'read' || op === 'check') {
        reads.set(task, at)
        readBefore.set(task, at)
        if (access.seq >= 0) bySeq?.set(`${access.process} ${access.seq}`, at)
        continue
      }
      if (dependent.has(op)) {
        const linked = access.readSeq >= 0 ? bySeq?.get(`${access.process} ${access.readSeq}`) : undefined
        const basis = linked ?? (task >= 0 ? reads.get(task) : undefined)
        if (basis !== undefined) {
          updates++
          const made = interleave(context, accesses, basis, at, written, readBefore)
          if (made) list.push(made)
          else clean++
        }
      }
      // An own write ends what was read before it; a rejected one changed nothing.
      if (!access.error) {
        reads.delete(task)
        written.push(at)
      }
    }
    markRetried(context, accesses, list, found)
  }
  return { list, updates, clean }
}

function interleave(
  context: Context,
  accesses: readonly Access[],
  basis: number,
  at: number,
  written: readonly number[],
  readBefore: ReadonlyMap<number, number>,
): Interleaving | null {
  const { clock, model } = context
  const read = accesses[basis]!
  const write = accesses[at]!
  const tree = context.tree()
  const overwritten: Access[] = []
  let foreignAt = -1
  const floor = Math.max(0, written.length - maxScan)
  for (let i = written.length - 1; i >= floor && written[i]! > basis; i--) {
    const candidate = accesses[written[i]!]!
    if (
      candidate.task < 0 ||
      tree.related(candidate.task, write.task) ||
      tree.related(candidate.task, read.task)
    )
      continue
    if (!changes.has(candidate.op) || rolledBack(context, candidate)) continue
    if (overwritten.length === 0) foreignAt = written[i]!
    overwritten.push(candidate)
  }
  const [foreign] = overwritten
  if (!foreign) return null
  // Nothing of the same loop fits between two instants of one slice: such an order is the clock's, not the program's.
  if (
    read.task === write.task &&
    model.tasks[foreign.task]!.loop === model.tasks[write.task]!.loop &&
    foreign.process === write.process &&
    context.yields().between(write.task, read.atNs, write.atNs) === 'same-slice'
  ) {
    return null
  }
  const order = weakest(clock.accessBefore(read, foreign), clock.accessBefore(foreign, write))
  if (order === 'none') return null
  if (order === 'possible' && sharedLock(context, read, foreign, write)) return null
  const own = readBefore.get(foreign.task)
  const foreignRead = own !== undefined && own < foreignAt ? accesses[own]! : null
  return {
    key: write.key,
    read,
    foreign,
    write,
    foreignRead,
    overwritten,
    order,
    meaning: meaningOf(context, read, foreign, write, foreignRead),
  }
}

function meaningOf(
  context: Context,
  read: Access,
  foreign: Access,
  write: Access,
  foreignRead: Access | null,
): Meaning {
  const { model } = context
  const key = model.keys[write.key]!
  // Read out of queries, without values: they show the interleaving behind an error, and few are a claim of their own.
  if (read.inferred || foreign.inferred || write.inferred)
    return foreignRead && bothModify(context, [read, write], [foreignRead, foreign]) ? 'lost' : 'same'
  if (write.error || rolledBack(context, write)) {
    if (wasHandled(context, write)) return 'handled'
    // A bare check followed by an act that failed is the check's fault; a record that was read and refused is a conflict.
    return read.op === 'check' && !isRecord(key) ? 'acted' : 'refused'
  }
  const equal = foreign.value !== '' && foreign.value === write.value
  const counted = isNumber(read.value) && isNumber(write.value) && read.value !== write.value
  if (isCache(key) || (isMiss(read.value) && equal && !isRecord(key))) return 'filled'
  if (equal && !counted) {
    const repeated =
      operationOf(context, write.task) === operationOf(context, foreign.task) && read.value !== write.value
    return repeated && read.value !== '' ? 'repeated' : 'same'
  }
  return read.op === 'check' || write.op !== 'write' ? 'acted' : 'lost'
}

type Update = readonly [read: Access, write: Access]

/** Queries of two requests that change something: each writes what it has read itself, and no lock lets one wait. */
function bothModify(context: Context, own: Update, other: Update): boolean {
  const [read, write] = own
  const modifies = modifications(context)
  return (
    other[0].atNs < write.atNs &&
    [own, other].every(
      ([asked, written]) =>
        written.op === 'write' &&
        written.error === '' &&
        !isCache(context.model.keys[written.key]!) &&
        !/^(?:GET|HEAD) /.test(operationOf(context, written.task)) &&
        !failed(context, written.task) &&
        modifies(asked.span, written.span),
    ) &&
    context.clock.accessBefore(read, other[1]) === 'certain' &&
    !sharedLock(context, read, other[1], write)
  )
}

const modifications = oncePer(({ store }: Context) => modifiesWhatItRead(store))

/** A rejected write whose task tries again and gets through was handled. */
function markRetried(
  context: Context,
  accesses: readonly Access[],
  list: Interleaving[],
  from: number,
): void {
  const tree = context.tree()
  for (let i = from; i < list.length; i++) {
    const item = list[i]!
    if (item.meaning !== 'refused' && !(item.meaning === 'acted' && item.write.error)) continue
    const retried = accesses.some(
      later =>
        later.atNs >= item.write.atNs &&
        later !== item.write &&
        !later.error &&
        changes.has(later.op) &&
        tree.related(later.task, item.write.task),
    )
    if (retried) list[i] = { ...item, meaning: 'handled' }
  }
}

/** Made inside a transaction of a task that failed: as if it had never been. */
function rolledBack(context: Context, access: Access): boolean {
  const { model } = context
  if (!model.coverage.hasHolds || !failed(context, access.task)) return false
  return context
    .held()
    .access(access)
    .some(hold => model.resources[model.holds[hold]!.resource]?.type === 'transaction')
}

function failed(context: Context, task: number): boolean {
  const request = context.model.requests[context.requestOf(task)]
  if (request) return request.error || request.status >= 400
  return context.model.tasks[task]?.outcome === 'failed'
}

/** The task went on in order after its write was rejected: caught, or answered with a deliberate 4xx. */
function wasHandled(context: Context, write: Access): boolean {
  const request = context.model.requests[context.requestOf(write.task)]
  if (request) return request.status > 0 ? request.status < 500 : !request.error
  return context.model.tasks[write.task]?.outcome === 'completed'
}

function sharedLock(context: Context, read: Access, foreign: Access, write: Access): boolean {
  const { model } = context
  const held = context.held()
  const locks = (access: Access) =>
    new Set(
      held
        .access(access)
        .filter(
          hold =>
            model.holds[hold]!.mode === 'exclusive' &&
            exclusiveTypes.has(model.resources[model.holds[hold]!.resource]!.type),
        )
        .map(hold => context.groupOf(model.holds[hold]!.resource)),
    )
  const other = locks(foreign)
  const last = locks(write)
  return [...locks(read)].some(lock => other.has(lock) && last.has(lock))
}

/** Name of what a task does: its request's route, else its own name. */
export function operationOf(context: Context, task: number): string {
  const request = context.model.requests[context.requestOf(task)]
  return request ? request.operation : (context.model.tasks[task]?.name ?? '')
}

const isNumber = (text: string) => text !== '' && Number.isFinite(Number(text))

/** What a cache says when it has nothing. */
export const isMiss = (value: string) =>
  /^(null|undefined|none|nil|miss|expired|absent|stale|empty)$/i.test(value)

export const isCache = (key: string) => /^(cache|memo|ttl|token|lru)[:.]/i.test(key) || /\bcache\b/i.test(key)

const isRecord = (key: string) => /^(row|table|db|doc|document|job|order|payment):/i.test(key)
