/**
 * Loop stalls of ordinary traces: told by spans and records that stand for one (S2), or by a process that fell silent while
 * requests kept coming (S3, see `presets/stalls.ts`).
 */

import { partitionPoint } from '../../sorted.ts'
import { hasFlag, SpanFlag, type Store, spanName } from '../../store/store.ts'
import { workSite } from '../calls/work-site.ts'
import type { Inferred, Loop, Stall } from '../model.ts'
import { presets } from '../presets/registry.ts'
import { silence } from '../presets/stalls.ts'
import { taskOfRecord } from '../tables/read-accesses.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { Reading } from '../tables/reading.ts'
import { findSilences, type Silence } from './find-silences.ts'

export interface InferredStalls {
  readonly stalls: Stall[]
  /** Loops that the stalls are of: of a process without recorder, one, and only where there is a stall. */
  readonly loops: Loop[]
}

/** `firstLoop`: how many loops are known already; the new ones come after them. */
export function inferStalls(reading: Reading, tasks: Tasks, firstLoop: number): InferredStalls {
  const { store } = reading
  const loops: Loop[] = []
  const loopOf = new Map<number, number>()
  const loop = (process: number): number => {
    let index = loopOf.get(process)
    if (index === undefined) {
      const label = `${store.processes[process]!.label}#main`
      index = firstLoop + loops.push({ id: 'main', label, process, kind: 'main' }) - 1
      loopOf.set(process, index)
    }
    return index
  }
  const stalls: Stall[] = []
  const told: { process: number; startNs: number; endNs: number }[] = []
  let ends: Ends | null = null
  for (const { inferred, process, startNs, endNs, row, task, site, delays } of toldStalls(reading, tasks)) {
    told.push({ process, startNs, endNs })
    ends ??= new Ends(store, tasks)
    stalls.push({
      startNs,
      endNs,
      open: false,
      row,
      inferred,
      loop: loop(process),
      task,
      thresholdNs: -1,
      detector: '',
      pausedNs: 0,
      site,
      delayed: delays ? ends.delayedBy(process, startNs, endNs, task) : [],
    })
  }
  for (const found of findSilences(reading, tasks)) {
    // The same stall, told better.
    if (
      told.some(
        one => one.process === found.process && one.startNs < found.endNs && found.startNs < one.endNs,
      )
    )
      continue
    stalls.push({
      startNs: found.startNs,
      endNs: found.endNs,
      open: false,
      row: found.culprit,
      inferred: {
        rule: silence.rule,
        reason: reasonOf(store, found),
        confidence: silence.confidence,
      },
      loop: loop(found.process),
      task: found.culprit === -1 ? -1 : tasks.ofSpan[found.culprit]!,
      thresholdNs: silence.minNs,
      detector: '',
      pausedNs: 0,
      site: found.culprit === -1 ? '' : workSite(reading, found.culprit),
      delayed: found.delayed,
    })
  }
  return { stalls: stalls.sort((a, b) => a.startNs - b.startNs || a.row - b.row), loops }
}

function reasonOf(store: Store, { culprit, queued }: Silence): string {
  const whose = culprit === -1 ? 'several spans' : spanName(store, culprit)
  return `inferred from silence: nothing of the process began or ended, then ${whose} ended and ${queued} requests began at once`
}

interface Told {
  readonly inferred: Inferred
  readonly process: number
  readonly startNs: number
  readonly endNs: number
  readonly row: number
  readonly task: number
  readonly site: string
  readonly delays: boolean
}

/** Shorter ones are not worth a row. */
const minToldNs = 50e6

function* toldStalls(reading: Reading, tasks: Tasks): Generator<Told> {
  const { store, attributes, recorded, rules } = reading
  const { spans, records, strings } = store
  for (let row = 0; row < spans.count; row++) {
    const process = spans.process[row]!
    if (hasFlag(store, row, SpanFlag.ghost)) continue
    const match = rules.of(row)
    const preset = match?.rule.role === 'stall' ? match : null
    const startNs = spans.startNs[row]!
    const endNs = spans.endNs[row]!
    const told = preset || recorded[process] ? null : toldIn(strings[spans.name[row]!]!)
    if (!preset && !told) continue
    if (told) {
      yield {
        ...told,
        process,
        startNs: Math.max(0, endNs - told.lengthNs),
        endNs,
        row,
        task: tasks.ofSpan[row]!,
        site: attributes.site(spans, row) || told.what,
        delays: true,
      }
    } else if (preset && endNs - startNs >= minToldNs) {
      const site = attributes.site(spans, row) || spanName(store, row)
      const { inferred } = preset
      const delays = preset.rule.delays === true
      yield { inferred, process, startNs, endNs, row, task: tasks.ofSpan[row]!, site, delays }
    }
  }
  for (let at = 0; at < records.count; at++) {
    const process = records.process[at]!
    if (recorded[process]) continue
    const told = toldIn(strings[records.body[at]!]!)
    if (!told) continue
    const endNs = records.timeNs[at]!
    yield {
      ...told,
      process,
      startNs: Math.max(0, endNs - told.lengthNs),
      endNs,
      row: records.span[at]!,
      task: taskOfRecord(reading, tasks, at),
      site: attributes.site(records, at) || told.what,
      delays: true,
    }
  }
}

const stallTexts = presets.flatMap(preset => preset.stallTexts ?? [])

function toldIn(text: string): { inferred: Inferred; lengthNs: number; what: string } | null {
  // Most texts are none of these, and a test of two letters says so.
  if (!text.startsWith('As') && !text.startsWith('Ex')) return null
  for (const preset of stallTexts) {
    const match = preset.text.exec(text)
    const lengthNs = match ? Number(match[2]) * 1e9 : 0
    if (!match || !(lengthNs >= minToldNs)) continue
    const what = /running at ([^>]{1,200})/.exec(match[1]!)?.[1] ?? match[1]!.slice(0, 80)
    const reason = `inferred from "${text.length > 60 ? `${text.slice(0, 59)}…` : text}"`
    return { inferred: { rule: 'S2', reason, confidence: preset.confidence }, lengthNs, what }
  }
  return null
}

/** Tasks by their end, made once: which of a process were there all along and ended right after a stall. */
class Ends {
  readonly #store: Store
  readonly #table: Tasks['table']
  readonly #byEnd: Int32Array

  constructor(store: Store, tasks: Tasks) {
    this.#store = store
    this.#table = tasks.table
    this.#byEnd = Int32Array.from(tasks.table.keys()).sort(
      (a, b) => tasks.table[a]!.endNs - tasks.table[b]!.endNs || a - b,
    )
  }

  delayedBy(process: number, startNs: number, endNs: number, own: number): number[] {
    const marginNs = 1e6 + (this.#store.processes[process]?.uncertaintyNs ?? 0)
    const byEnd = this.#byEnd
    let ending = partitionPoint(0, byEnd.length, at => this.#table[byEnd[at]!]!.endNs < endNs - marginNs)
    const out: number[] = []
    // Its parents wait for its task anyway.
    const above = new Set<number>()
    for (let at = own; at >= 0 && above.size < 64 && !above.has(at); at = this.#table[at]!.parent)
      above.add(at)
    for (; ending < byEnd.length && out.length < maxDelayed; ending++) {
      const index = byEnd[ending]!
      const task = this.#table[index]!
      if (task.endNs > endNs + silence.releaseNs) break
      if (task.process === process && !above.has(index) && !task.open && task.startNs <= startNs)
        out.push(index)
    }
    return out
  }
}

const maxDelayed = 1000
