/** Run slices: parallel arrays on task spans (and their open records), and `run` spans. Ordered by (loop, start). */
import { numbersOf } from '../../store/columns.ts'
import { Key, RecordType } from '../keys.ts'
import type { SliceTable } from '../model.ts'
import type { Loops } from './read-loops.ts'
import type { Tasks } from './read-tasks.ts'
import type { Reading } from './reading.ts'

export function readSlices(reading: Reading, tasks: Tasks, loops: Loops): SliceTable {
  const { store, attributes, rowsOfType } = reading
  const { spans } = store
  const start: number[] = []
  const end: number[] = []
  const taskOf: number[] = []
  const loopOf: number[] = []
  const add = (fromNs: number, toNs: number, task: number, loop: number): void => {
    if (!(toNs >= fromNs) || fromNs < 0) return
    start.push(fromNs)
    end.push(Math.min(toNs, store.durationNs))
    taskOf.push(task)
    loopOf.push(loop)
  }
  tasks.table.forEach((task, index) => {
    if (task.row < 0 || task.inferred) return
    const offsets = attributes.numbers(spans, task.row, Key.runOffsets)
    const durations = attributes.numbers(spans, task.row, Key.runDurations)
    const count = Math.min(offsets.length, durations.length)
    for (let i = 0; i < count; i++) {
      const fromNs = task.startNs + offsets[i]!
      add(fromNs, fromNs + Math.max(0, durations[i]!), index, task.loop)
    }
  })
  for (const row of rowsOfType.get(RecordType.run) ?? []) {
    const process = spans.process[row]!
    const task = tasks.names.find(process, attributes.textNumber(spans, row, Key.taskId))
    const loop = loops.names.find(process, attributes.textNumber(spans, row, Key.loopId))
    add(
      spans.startNs[row]!,
      spans.endNs[row]!,
      task,
      loop === -1 && task !== -1 ? tasks.table[task]!.loop : loop,
    )
  }
  const order = Int32Array.from(start.keys()).sort(
    (a, b) => loopOf[a]! - loopOf[b]! || start[a]! - start[b]! || end[a]! - end[b]!,
  )
  return {
    count: order.length,
    startNs: numbersOf(order, i => start[i]!),
    endNs: numbersOf(order, i => end[i]!),
    task: Int32Array.from(order, i => taskOf[i]!),
    loop: Int32Array.from(order, i => loopOf[i]!),
  }
}
