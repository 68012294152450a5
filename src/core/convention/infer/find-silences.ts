/** Stretches in which a one-loop process fell silent although it had work (S3): what has to hold is in `presets/stalls.ts`. */

import { partitionPoint } from '../../sorted.ts'
import { hasFlag, Kind, SpanFlag, type Store } from '../../store/store.ts'
import { silence } from '../presets/stalls.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { Reading } from '../tables/reading.ts'

export interface Silence {
  readonly process: number
  readonly startNs: number
  readonly endNs: number
  /** Span that kept the loop, as far as it can be told; -1 when there are several that may have. */
  readonly culprit: number
  /** Tasks that were ready by then, and those that had come meanwhile. */
  readonly delayed: readonly number[]
  /** Requests that began in the burst after it. */
  readonly queued: number
}

/** All silences of a trace together look at most at this many open spans. */
const maxLooks = 5_000_000

export function findSilences(reading: Reading, tasks: Tasks): Silence[] {
  const { store, recorded } = reading
  const out: Silence[] = []
  const rowsOf: number[][] = store.processes.map(() => [])
  const { spans } = store
  for (let row = 0; row < spans.count; row++) {
    const process = spans.process[row]!
    if (!recorded[process] && !hasFlag(store, row, SpanFlag.ghost)) rowsOf[process]!.push(row)
  }
  const looks = { left: maxLooks }
  for (const [process, rows] of rowsOf.entries()) {
    if (rows.length === 0 || !hasOneLoop(store, process, rows)) continue
    out.push(...ofProcess(reading, tasks, process, rows, looks))
  }
  return out
}

function hasOneLoop({ processes, spans, strings }: Store, process: number, rows: readonly number[]): boolean {
  const language = String(processes[process]!.attributes['telemetry.sdk.language'] ?? '')
  if (silence.languages.test(language)) return true
  const scopes = new Set(rows.map(row => spans.scope[row]!))
  return Array.from(scopes).some(scope => silence.scopes.test(strings[scope]!))
}

interface Gap {
  readonly startNs: number
  readonly endNs: number
  /** Row of the last span that began or ended before it. */
  readonly lastRow: number
  /** Spans that were open all through. */
  readonly open: readonly number[]
}

function ofProcess(
  reading: Reading,
  tasks: Tasks,
  process: number,
  rows: readonly number[],
  looks: { left: number },
): Silence[] {
  const { store } = reading
  const arrivals = requestStarts(tasks, process)
  if (arrivals.length <= silence.expectedCount) return []
  const firstNs = arrivals[0]!.atNs
  const lastNs = arrivals.at(-1)!.atNs
  const gaps = findGaps(reading, rows, recordTimes(reading, process), looks)
  // Those that a silence held up came in it, so its time counts like any other.
  const rate = arrivals.length / Math.max(1, lastNs - firstNs)
  const candidates: { gap: Gap; silence: Silence; burstNs: number }[] = []
  for (const gap of gaps) {
    if (candidates.length >= maxCandidates) break
    const lengthNs = gap.endNs - gap.startNs
    const burstNs = Math.max(silence.releaseNs, lengthNs * silence.burstRatio)
    const expected = rate * lengthNs
    if (expected < silence.expectedCount) continue
    const uncertaintyNs = store.processes[process]!.uncertaintyNs
    const queued = arrivals.slice(
      firstFrom(arrivals, gap.endNs - uncertaintyNs),
      firstFrom(arrivals, gap.endNs + burstNs + 1),
    )
    if (queued.length < Math.max(silence.expectedCount, silence.burstShare * expected)) continue
    const releaseNs = Math.max(silence.releaseNs, lengthNs * silence.releaseRatio)
    const released = gap.open.filter(row => store.spans.endNs[row]! <= gap.endNs + releaseNs)
    const releasedTasks = new Set(released.map(row => tasks.ofSpan[row]!))
    // A client that asks again when it has its answer makes as many requests as were answered.
    if (queued.length < releasedTasks.size + silence.expectedCount) continue
    const inner = innermost(reading, released, gap.open)
    const working = inner.filter(row => !waitsOutside(reading, row))
    const workers = new Set(working.map(row => tasks.ofSpan[row]!))
    // Somebody else's answer from outside was told at the same moment: what it waited for was the loop.
    const answered = inner.some(
      row => waitsOutside(reading, row) && !(workers.size === 1 && workers.has(tasks.ofSpan[row]!)),
    )
    // So many that came together, at a rate that was steady before, are proof enough without such a witness.
    const flood =
      queued.length >= silence.floodCount &&
      queued.length >= silence.floodShare * expected &&
      queued.length * silence.floodShare <= expected
    if (working.length === 0 || !(answered || flood)) continue
    const culprit = culpritOf(reading, tasks, working, gap.lastRow)
    const own = culprit === -1 ? -1 : tasks.ofSpan[culprit]!
    const delayed = [...releasedTasks, ...queued.map(one => one.task)].filter(
      task => task >= 0 && task !== own,
    )
    candidates.push({
      gap,
      burstNs,
      silence: {
        process,
        startNs: gap.startNs,
        endNs: gap.endNs,
        culprit,
        delayed: [...new Set(delayed)],
        queued: queued.length,
      },
    })
  }
  if (candidates.length === 0) return []
  return candidates
    .filter(({ silence: found, burstNs }) => {
      const others = bursts(arrivals, burstNs, Math.max(silence.expectedCount, found.queued / 2)).filter(
        atNs => !candidates.some(({ gap }) => atNs >= gap.endNs - burstNs && atNs <= gap.endNs + burstNs),
      )
      // Stalls one right after the other hide whose they were: a few of them do not make the traffic one of bursts.
      return others.length < Math.max(silence.otherBursts, candidates.length + 1)
    })
    .map(candidate => candidate.silence)
}

/** More silences than this say no more. */
const maxCandidates = 200

/** Index of the first arrival at or after `atNs`. */
const firstFrom = (arrivals: readonly Arrival[], atNs: number): number =>
  partitionPoint(0, arrivals.length, at => arrivals[at]!.atNs < atNs)

interface Arrival {
  readonly atNs: number
  readonly task: number
}

function requestStarts(tasks: Tasks, process: number): Arrival[] {
  const out: Arrival[] = []
  for (const [task, { process: of, type, startNs }] of tasks.table.entries())
    if (of === process && type === 'request') out.push({ atNs: startNs, task })
  return out
}

function recordTimes({ store }: Reading, process: number): number[] {
  const { records } = store
  const out: number[] = []
  for (let at = 0; at < records.count; at++)
    if (records.process[at] === process) out.push(records.timeNs[at]!)
  return out
}

/** Stretches of at least `minNs` in which no span began or ended and nothing was recorded, while some were open. */
function findGaps(
  { store }: Reading,
  rows: readonly number[],
  times: readonly number[],
  looks: { left: number },
): Gap[] {
  const { spans } = store
  if (!isEverSilent(spans, rows, times)) return []
  const edges: { readonly atNs: number; readonly row: number; readonly starts: boolean }[] = []
  for (const row of rows) {
    edges.push({ atNs: spans.startNs[row]!, row, starts: true })
    if (!hasFlag(store, row, SpanFlag.open)) edges.push({ atNs: spans.endNs[row]!, row, starts: false })
  }
  for (const atNs of times) edges.push({ atNs, row: -1, starts: true })
  edges.sort((a, b) => a.atNs - b.atNs)
  const open = new Set<number>()
  const gaps: Gap[] = []
  for (let at = 0; at < edges.length; at++) {
    const edge = edges[at]!
    const before = edges[at - 1]
    if (before && edge.atNs - before.atNs >= silence.minNs && open.size >= 1) {
      looks.left -= open.size
      if (looks.left < 0) return gaps
      gaps.push({ startNs: before.atNs, endNs: edge.atNs, lastRow: before.row, open: [...open] })
    }
    if (edge.row === -1) continue
    if (edge.starts) open.add(edge.row)
    else open.delete(edge.row)
  }
  return gaps
}

/** Most processes never are, and numbers alone tell that fast. */
function isEverSilent(
  { startNs, endNs }: Reading['store']['spans'],
  rows: readonly number[],
  times: readonly number[],
): boolean {
  const edges = new Float64Array(2 * rows.length + times.length)
  let at = 0
  for (const row of rows) {
    edges[at++] = startNs[row]!
    edges[at++] = endNs[row]!
  }
  for (const atNs of times) edges[at++] = atNs
  edges.sort()
  for (let i = 1; i < edges.length; i++) if (edges[i]! - edges[i - 1]! >= silence.minNs) return true
  return false
}

/** Of the released spans those with no open span below them. */
function innermost({ store }: Reading, released: readonly number[], open: readonly number[]): number[] {
  const parents = new Set<number>()
  for (const row of open) {
    // Up from each: whoever has something open below waits for that.
    for (let up = store.spans.parent[row]!, steps = 0; up !== -1 && steps < 64; steps++) {
      if (parents.has(up)) break
      parents.add(up)
      up = store.spans.parent[up]!
    }
  }
  return released.filter(row => !parents.has(row))
}

function waitsOutside({ store }: Reading, row: number): boolean {
  const kind = store.spans.kind[row]!
  return kind === Kind.client || kind === Kind.producer
}

/** The one that worked; of several the one whose task did the last thing before the silence. */
function culpritOf({ store }: Reading, tasks: Tasks, working: readonly number[], lastRow: number): number {
  const own = (row: number): number => tasks.ofSpan[row]!
  const suspects = new Set(working.map(own))
  const last = lastRow === -1 ? -1 : own(lastRow)
  if (suspects.size > 1 && !suspects.has(last)) return -1
  const task = suspects.size === 1 ? own(working[0]!) : last
  let best = -1
  for (const row of working) {
    if (own(row) !== task) continue
    // A server span and the handler's inside it may end in either order; the deeper one is nearer to the work.
    if (best === -1 || store.spans.depth[row]! > store.spans.depth[best]!) best = row
  }
  return best
}

/** Times at which `count` or more requests began within `withinNs`, each burst once. */
function bursts(arrivals: readonly Arrival[], withinNs: number, count: number): number[] {
  const out: number[] = []
  let from = 0
  for (let at = 0; at < arrivals.length; at++) {
    while (arrivals[at]!.atNs - arrivals[from]!.atNs > withinNs) from++
    if (at - from + 1 < count) continue
    const { atNs } = arrivals[from]!
    if (atNs - (out.at(-1) ?? Number.NEGATIVE_INFINITY) > withinNs) out.push(atNs)
    from = at + 1
  }
  return out
}
