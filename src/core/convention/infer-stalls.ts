/**
 * Loop stalls of ordinary traces: told by spans and records that stand for one (S2), or by a process that fell silent while
 * requests kept coming (S3, see `presets/stalls.ts`).
 */
import { hasFlag, SpanFlag, type Store, spanName } from '../store/store.ts'
import { findSilences, type Silence } from './find-silences.ts'
import type { Inferred, Loop, Stall } from './model.ts'
import { silence, stallSpans, stallTexts } from './presets/stalls.ts'
import { taskOfRecord } from './read-accesses.ts'
import type { Tasks } from './read-tasks.ts'
import type { Reading } from './reading.ts'
import { workSite } from './work-site.ts'

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
  for (const { inferred, process, startNs, endNs, row, task, site } of toldStalls(reading, tasks)) {
    told.push({ process, startNs, endNs })
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
      site,
      delayed: delayedBy(store, tasks, process, startNs, endNs, task),
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
}

/** Shorter ones are not worth a row. */
const minToldNs = 50e6

function* toldStalls(reading: Reading, tasks: Tasks): Generator<Told> {
  const { store, attributes, recorded } = reading
  const { spans, records, strings } = store
  const presets = new Map<number, Inferred | null>()
  for (let row = 0; row < spans.count; row++) {
    const process = spans.process[row]!
    if (recorded[process] || hasFlag(store, row, SpanFlag.ghost)) continue
    const name = spans.name[row]!
    let preset = presets.get(name)
    if (preset === undefined) {
      const found = stallSpans.find(candidate => candidate.name.test(strings[name]!))
      preset = found
        ? { rule: found.rule, reason: `inferred from ${strings[name]!}`, confidence: found.confidence }
        : null
      presets.set(name, preset)
    }
    const startNs = spans.startNs[row]!
    const endNs = spans.endNs[row]!
    const told = preset ? null : toldIn(strings[name]!)
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
      }
    } else if (preset && endNs - startNs >= minToldNs) {
      const site = attributes.site(spans, row) || spanName(store, row)
      yield { inferred: preset, process, startNs, endNs, row, task: tasks.ofSpan[row]!, site }
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
    }
  }
}

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

/** Tasks of the process that were there all along and ended right after it, or began right after it. */
function delayedBy(
  store: Store,
  tasks: Tasks,
  process: number,
  startNs: number,
  endNs: number,
  own: number,
): number[] {
  const marginNs = 1e6 + (store.processes[process]?.uncertaintyNs ?? 0)
  const out: number[] = []
  for (const [index, task] of tasks.table.entries()) {
    if (task.startNs > endNs + silence.releaseNs) break
    if (task.process !== process || index === own || task.open) continue
    const released =
      task.startNs <= startNs && task.endNs >= endNs - marginNs && task.endNs <= endNs + silence.releaseNs
    if (released) out.push(index)
  }
  return out
}
