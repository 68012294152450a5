/**
 * Log records have no id of their own. The same record in two inputs (a file opened twice, rotated siblings) would
 * double every access, so a record that an *earlier* input already had is dropped; within one input all are kept.
 */
import type { StoreBuilder } from './builder.ts'

/** 1 for each builder record that is a repetition. */
export function dropRepeatedRecords(builder: StoreBuilder): Uint8Array {
  const { count, input, span } = builder.records
  const dropped = new Uint8Array(count)
  if (builder.inputs.length < 2) return dropped
  // content → the input that had it first, and how often that and the present input had it
  const seen = new Map<string, { input: number; times: number; again: number; lastInput: number }>()
  for (let row = 0; row < count; row++) {
    if (span.data[row]! >= 0) continue
    const key = contentOf(builder, row)
    const from = input.data[row]!
    const known = seen.get(key)
    if (!known) seen.set(key, { input: from, times: 1, again: 0, lastInput: from })
    else if (known.input === from) known.times++
    else {
      if (known.lastInput !== from) {
        known.lastInput = from
        known.again = 0
      }
      if (++known.again > known.times) continue
      dropped[row] = 1
      builder.issues.add(
        'duplicate-record',
        () =>
          `${builder.inputs[from]}: record "${builder.text.strings[builder.records.name.data[row]!] || builder.text.strings[builder.records.body.data[row]!]}"`,
      )
    }
  }
  return dropped
}

function contentOf(builder: StoreBuilder, row: number): string {
  const r = builder.records
  const parts: (number | string)[] = [
    r.sec.data[row]!,
    r.nano.data[row]!,
    r.name.data[row]!,
    r.body.data[row]!,
    r.severity.data[row]!,
    r.process.data[row]!,
  ]
  for (let i = 0; i < 16; i++) parts.push(r.traceId.data[row * 16 + i]!)
  for (let i = 0; i < 8; i++) parts.push(r.spanId.data[row * 8 + i]!)
  const { key, type, value } = builder.attributes
  for (let at = r.attrStart.data[row]!; at < r.attrEnd.data[row]!; at++) {
    parts.push(key.data[at]!, type.data[at]!, value.data[at]!)
  }
  return parts.join(' ')
}
