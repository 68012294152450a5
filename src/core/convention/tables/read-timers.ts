import { partitionPoint } from '../../sorted.ts'
import { hasFlag, SpanFlag, spanName } from '../../store/store.ts'
import { Key, RecordType } from '../keys.ts'
import type { SliceTable, Stall, Tick } from '../model.ts'
import type { Loops } from './read-loops.ts'
import type { Tasks } from './read-tasks.ts'
import { bareName, type Reading } from './reading.ts'

/** Timer firings, by start. */
export function readTicks({ store, attributes, rowsOfType }: Reading, tasks: Tasks): Tick[] {
  const { spans } = store
  return (rowsOfType.get(RecordType.timer) ?? []).map((row): Tick => {
    const name = bareName(spanName(store, row), 'timer')
    return {
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      open: hasFlag(store, row, SpanFlag.open),
      row,
      inferred: null,
      series: attributes.text(spans, row, Key.timerSeriesId) || name,
      name,
      task: tasks.ofSpan[row]!,
      process: spans.process[row]!,
      delayNs: attributes.seconds(spans, row, Key.timerDelay),
      expectedNs: attributes.instantNs(spans, row, Key.timerExpected),
      latenessNs: attributes.seconds(spans, row, Key.timerLateness, 0),
      repeating: attributes.bool(spans, row, Key.timerRepeating),
      style: attributes.text(spans, row, Key.timerStyle),
      nominalNs: attributes.seconds(spans, row, Key.timerNominalDuration),
      outcome: attributes.text(spans, row, Key.timerOutcome),
      site: attributes.site(spans, row),
    }
  })
}

/** Loop stalls, by start, with the task whose slice stalled: stamped, else the longest slice on that loop in that time. */
export function readStalls(
  { store, attributes, rowsOfType }: Reading,
  tasks: Tasks,
  loops: Loops,
  slices: SliceTable,
): Stall[] {
  const { spans } = store
  const firstSlice = firstSliceOfLoops(slices, loops.table.length)
  return (rowsOfType.get(RecordType.stall) ?? []).map((row): Stall => {
    const process = spans.process[row]!
    const startNs = spans.startNs[row]!
    const endNs = spans.endNs[row]!
    const loop = loops.names.find(process, attributes.textNumber(spans, row, Key.loopId))
    const stamped = tasks.names.find(process, attributes.textNumber(spans, row, Key.taskId))
    const task = stamped !== -1 ? stamped : culpritOf(slices, firstSlice, loop, startNs, endNs)
    return {
      startNs,
      endNs,
      open: hasFlag(store, row, SpanFlag.open),
      row,
      inferred: null,
      loop,
      task,
      thresholdNs: attributes.seconds(spans, row, Key.stallThreshold),
      detector: attributes.text(spans, row, Key.stallDetector),
      pausedNs: attributes.seconds(spans, row, Key.stallPaused, 0),
      site: attributes.site(spans, row) || (task === -1 ? '' : tasks.table[task]!.site),
    }
  })
}

/** Slices are ordered by (loop, start): loop l has `[first[l], first[l + 1])`. */
function firstSliceOfLoops(slices: SliceTable, loops: number): Int32Array {
  const first = new Int32Array(loops + 1)
  let at = 0
  while (at < slices.count && slices.loop[at]! < 0) at++
  for (let loop = 0; loop < loops; loop++) {
    first[loop] = at
    while (at < slices.count && slices.loop[at] === loop) at++
  }
  first[loops] = at
  return first
}

/** Slices of one loop do not overlap, so only the few from the one before `fromNs` on can matter. */
function culpritOf(
  slices: SliceTable,
  first: Int32Array,
  loop: number,
  fromNs: number,
  toNs: number,
): number {
  if (loop === -1) return -1
  const end = first[loop + 1]!
  const low = partitionPoint(first[loop]!, end, at => slices.startNs[at]! < fromNs)
  let best = -1
  let most = 0
  for (let at = Math.max(first[loop]!, low - 1); at < end && slices.startNs[at]! < toNs; at++) {
    const overlap = Math.min(toNs, slices.endNs[at]!) - Math.max(fromNs, slices.startNs[at]!)
    if (overlap > most) {
      most = overlap
      best = slices.task[at]!
    }
  }
  return best
}
