import { Key, RecordType } from '../core/convention/keys.ts'
import { samplesIn } from './profile.ts'
import { RecordSpan } from './record-span.ts'
import { guard } from './runtime.ts'
import { siteAttributes } from './site.ts'
import { countsSince } from './starved.ts'
import type { Task } from './tasks.ts'

let thresholdNs = 50e6
let ignoring = false

export function setStallThresholdMs(ms: number): void {
  thresholdNs = ms * 1e6
}

/** The running callback is the recorder's own (start-up, flushing), not the host's stall. */
export function ignoreStall(): void {
  ignoring = true
}

/** A slice ended. One that held the loop for longer than the threshold is a stall; called before anything else runs. */
export function noteSlice(task: Task | null, startNs: number, endNs: number, seq: number): void {
  const ignored = ignoring
  ignoring = false
  if (ignored || endNs - startNs < thresholdNs) return
  guard('stall', () => {
    // Of two that look from different sides, the one that saw more; the sampler may have been starved alone, while code ran.
    const { ranNs, starvedNs } = countsSince(startNs)
    const sampled = samplesIn(startNs, endNs)
    const pausedNs = Math.min(Math.max(starvedNs, sampled?.pausedNs ?? 0), endNs - startNs - ranNs)
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
        ...(pausedNs > 0 ? { [Key.stallPaused]: pausedNs / 1e9 } : {}),
        ...siteAttributes(sampled?.site ?? null),
      },
    })
    record.end(endNs)
  })
}
