/**
 * Store → model: what the spans mean. Our own convention where it is there, ordinary instrumentation by presets where it
 * is not. Each table has a reader of its own; this file only orders them, because later tables refer to earlier ones.
 */
import { hasFlag, Kind, SpanFlag, type Store } from '../store/store.ts'
import { inferStalls } from './infer/infer-stalls.ts'
import { readOrdinary } from './infer/read-ordinary.ts'
import { Event, Key } from './keys.ts'
import { type Coverage, isGuess, type Model, type Role, roles } from './model.ts'
import { readAccesses } from './tables/read-accesses.ts'
import { readAwaits } from './tables/read-awaits.ts'
import { fillUses, readHolds } from './tables/read-holds.ts'
import { readLoops } from './tables/read-loops.ts'
import { readRecords } from './tables/read-records.ts'
import { readRequests } from './tables/read-requests.ts'
import { readSlices } from './tables/read-slices.ts'
import { readTasks, type Tasks } from './tables/read-tasks.ts'
import { readStalls, readTicks } from './tables/read-timers.ts'
import { readWaits } from './tables/read-waits.ts'
import { type Reading, startReading } from './tables/reading.ts'
import { ResourceBook } from './tables/resource-book.ts'
import type { UserRule } from './user-rule.ts'

const poolTypes = new Set(['pool', 'connection', 'transaction'])

/** Pure and total: never throws on a store of any content. O(n log n). */
export function readModel(store: Store, userRules: readonly UserRule[] = []): Model {
  const reading = startReading(store, userRules)
  const loops = readLoops(reading)
  const tasks = readTasks(reading, loops)
  const slices = readSlices(reading, tasks, loops)
  const awaits = readAwaits(reading, tasks)
  const book = new ResourceBook()
  const waits = readWaits(reading, tasks, book)
  const ordinary = readOrdinary(reading, tasks, waits, book)
  const inProgress = readHolds(reading, tasks, waits, book, ordinary.holds)
  const resources = book.table(store.processes)
  const accesses = readAccesses(reading, tasks, inProgress.names, ordinary.accesses)
  const holds = fillUses(reading, inProgress, accesses.table, resource =>
    poolTypes.has(resources[resource]!.type),
  )
  const inferredStalls = inferStalls(reading, tasks, loops.table.length)
  const stalls = mergeByStart(readStalls(reading, tasks, loops, slices), inferredStalls.stalls)
  const ticks = readTicks(reading, tasks)
  const records = readRecords(reading, tasks)

  const roleOfSpan = new Uint8Array(store.spans.count)
  const assign = (role: Role, rows: readonly { readonly row: number }[]): void => {
    for (const { row } of rows) if (row >= 0) roleOfSpan[row] = roles.indexOf(role)
  }
  assign('task', tasks.table)
  assign('await', awaits)
  assign('hold', holds)
  // An acquire span stands for its wait; the hold inferred from it has no span of its own.
  assign('wait', waits)
  assign('stall', stalls)
  assign('timer', ticks)

  return {
    tasks: tasks.table,
    slices,
    awaits,
    resources,
    waits,
    holds,
    keys: accesses.keys,
    accesses: accesses.table,
    loops: [...loops.table, ...inferredStalls.loops],
    stalls,
    ticks,
    requests: readRequests(reading, tasks, accesses.keys, accesses.table),
    ...records,
    roleOfSpan,
    taskOfSpan: tasks.ofSpan,
    coverage: {
      hasTasks: tasks.table.length > 0,
      hasSlices: slices.count > 0,
      hasHolds: holds.some(hold => !isGuess(hold.inferred)),
      hasAccesses: accesses.table.some(access => !access.inferred),
      hasAwaits: awaits.some(entry => !isGuess(entry.inferred)),
      gaps: reading.rules.gaps(),
      lossIntervals: [...readLosses(reading), ...visibleLosses(reading, tasks)],
    },
  }
}

const mergeByStart = <T extends { readonly startNs: number; readonly row: number }>(
  recorded: readonly T[],
  inferred: readonly T[],
): readonly T[] =>
  inferred.length === 0
    ? recorded
    : [...recorded, ...inferred].sort((a, b) => a.startNs - b.startNs || a.row - b.row)

/**
 * What others name and no file holds was lost on its way, and more may have been. A recorder writes every span; without one, the
 * parent of a call may be under way still, so only many of them tell.
 */
function visibleLosses({ store, recorded }: Reading, tasks: Tasks): Coverage['lossIntervals'] {
  const { spans, processes } = store
  const missing = processes.map(() => 0)
  const roots = processes.map(() => 0)
  for (const { process, row } of tasks.table)
    if (row >= 0) roots[process]!++
    else missing[process]!++
  for (let row = 0; row < spans.count; row++)
    if (hasFlag(store, row, SpanFlag.ghost) && (recorded[spans.process[row]!] || isLocal(row)))
      missing[spans.process[row]!]!++
  return processes.flatMap(({ firstNs, lastNs }, process) => {
    const count = missing[process]!
    const least = recorded[process] ? 1 : Math.max(minMissing, missingShare * roots[process]!)
    return count >= least ? [{ process, fromNs: firstNs, toNs: lastNs, count }] : []
  })

  /** The caller of a whole request is elsewhere; that of a call is in the same process. */
  function isLocal(row: number): boolean {
    const { kind } = spans
    return row + 1 < spans.count && kind[row + 1] !== Kind.server && kind[row + 1] !== Kind.consumer
  }
}

/** Of an ordinary process, beside those that are under way as the recording ends. */
const minMissing = 5
const missingShare = 0.02

/** Stretches in which a recorder lost records; without bounds of its own, from the process's start to the record. */
function readLosses({ store, attributes, ownRecords }: Reading): Coverage['lossIntervals'] {
  const { records, strings } = store
  const out: Coverage['lossIntervals'][number][] = []
  for (const at of ownRecords) {
    if (strings[records.name[at]!] !== Event.loss) continue
    const count = attributes.number(records, at, Key.lossCount, 0)
    if (count <= 0) continue
    const process = records.process[at]!
    const fromNs = attributes.instantNs(records, at, Key.lossFrom)
    const toNs = attributes.instantNs(records, at, Key.lossTo)
    out.push({
      process,
      fromNs: fromNs >= 0 ? fromNs : store.processes[process]!.firstNs,
      toNs: toNs >= 0 ? toNs : records.timeNs[at]!,
      count,
    })
  }
  return out
}
