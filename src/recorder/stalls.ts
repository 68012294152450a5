import { Key, RecordType } from '../core/convention/keys.ts'
import { busiestSite } from './profile.ts'
import { RecordSpan } from './record-span.ts'
import { guard } from './runtime.ts'
import { siteAttributes } from './site.ts'
import type { Task } from './tasks.ts'

let thresholdNs = 50e6
let ignoring = false

export function stallThresholdNs(): number {
  return thresholdNs
}

export function setStallThresholdMs(ms: number): void {
  thresholdNs = ms * 1e6
}

/** Work of the recorder itself (start-up, flushing) is not the host's stall. */
export function ignoreStall(): void {
  ignoring = true
}

/** A slice held the loop for longer than the threshold. Called right at its end, before anything else runs. */
export function reportLongSlice(task: Task | null, startNs: number, endNs: number, seq: number): void {
  if (ignoring) {
    ignoring = false
    return
  }
  guard('stall', () => {
    const record = new RecordSpan({
      type: RecordType.stall,
      name: 'eventloop.stall',
      startNs,
      seq,
      ...(task ? { parent: task.parentOfRecords } : {}),
      attributes: {
        ...(task ? { [Key.taskId]: task.id } : {}),
        [Key.stallThreshold]: thresholdNs / 1e9,
        [Key.stallDetector]: 'async_hooks',
        ...siteAttributes(busiestSite(startNs, endNs)),
      },
    })
    record.end(endNs)
  })
}
