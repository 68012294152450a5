import { nowNs } from './clock.ts'
import type { RecordSpan } from './record-span.ts'

/**
 * Records that are still open. OpenTelemetry exports a span only when it ends; what hangs would be invisible without these.
 *
 *   start ──1 s──▶ open record ──5 s──▶ open record … SIGTERM/exit ──▶ open record
 */
const open = new Set<RecordSpan>()
/** Called before an open record is written, so that the owner can refresh attributes (run slices). */
const refreshers = new WeakMap<RecordSpan, () => void>()

const firstNs = 1e9
const againNs = 5e9

export function addOpen(span: RecordSpan, refresh?: () => void): void {
  open.add(span)
  if (refresh) refreshers.set(span, refresh)
}

export function removeOpen(span: RecordSpan): void {
  open.delete(span)
}

export function writeDueOpenRecords(): void {
  const now = nowNs()
  for (const span of open) {
    if (span.openWrittenNs < 0 ? now - span.startNs >= firstNs : now - span.openWrittenNs >= againNs)
      write(span, now)
  }
}

/** The last word before the process ends; once, though several events announce the end. */
export function writeAllOpenRecords(): void {
  const now = nowNs()
  for (const span of open) if (span.openWrittenNs < 0 || now - span.openWrittenNs > 100e6) write(span, now)
}

function write(span: RecordSpan, now: number): void {
  refreshers.get(span)?.()
  span.writeOpen(now)
}
