/** What must hold for any bytes: a sane trace, or one line that says why not. */
import { ImportError } from '../../src/core/import/import.ts'
import { importTrace } from '../../src/core/import/import-trace.ts'
import { openSession } from '../../src/core/session.ts'
import type { Store } from '../../src/core/store/store.ts'
import type { Mutant } from './mutate.ts'

export interface Outcome {
  /** Empty when all is well. */
  readonly failure: string
  /** Whether spans or records came out of it. */
  readonly opened: boolean
}

/** Reads one input; `deep` also runs the detectors over it, as the app does. */
export async function tryInput(mutant: Mutant, deep: boolean): Promise<Outcome> {
  const source = sourceOf(mutant)
  try {
    const store = deep ? (await openSession([source])).session.store : (await importTrace([source])).store
    return { failure: insane(store), opened: true }
  } catch (error) {
    if (!(error instanceof ImportError)) return { failure: `throws ${stackOf(error)}`, opened: false }
    // "cannot be read" is the last resort for what no importer foresaw.
    const unforeseen = error.message.includes('cannot be read:')
    const lines = error.message.includes('\n')
    return { failure: unforeseen || lines ? error.message : '', opened: false }
  }
}

function sourceOf({ bytes, chunkBytes }: Mutant) {
  return {
    name: 'damaged',
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
    },
  }
}

function insane({ spans, records, durationNs }: Store): string {
  if (spans.count === 0 && records.count === 0) return 'silently empty'
  for (let row = 0; row < spans.count; row++) {
    const start = spans.startNs[row]!
    const end = spans.endNs[row]!
    if (!(start >= 0 && end >= start && end <= durationNs))
      return `span ${row} lies at ${start}–${end} of ${durationNs}`
    if (spans.parent[row]! >= row) return `span ${row} stands before its parent`
    if (spans.subtreeEnd[row]! <= row || spans.subtreeEnd[row]! > spans.count)
      return `span ${row} ends outside`
  }
  for (let row = 0; row < records.count; row++) {
    if (!(records.timeNs[row]! >= 0)) return `record ${row} lies at ${records.timeNs[row]}`
  }
  return ''
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 6).join(' ← ') : String(error)
