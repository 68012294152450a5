/**
 * The gate for foreign data: bytes → rows → frozen store, with a report of everything that was repaired or lost.
 * Never throws anything but `ImportError` and `AbortError`.
 */
import type { Store } from '../store/store.ts'
import type { AxisOptions } from '../store/time-axis.ts'
import type { ImportPreview } from './preview.ts'

/** A file, or anything that gives bytes. */
export interface ByteSource {
  /** As the user knows it: `incident.otlp.jsonl`, `-` for stdin. */
  readonly name: string
  /** Bytes, -1 unknown. */
  readonly size: number
  /** A chunk's memory may be used again once the next one is asked for: whoever needs it longer copies it. */
  open(): AsyncIterable<Uint8Array>
}

export interface ImportOptions extends AxisOptions {
  readonly signal?: AbortSignal
  /** Called at most every few ms. */
  readonly onProgress?: (progress: ImportProgress) => void
  /** Called with the progress, a few times a second, with what can be drawn already. */
  readonly onPreview?: (preview: ImportPreview) => void
  /** A single JSON value that is larger is read in pieces; 16 MiB by default. */
  readonly pieceBytes?: number
}

export interface ImportProgress {
  readonly file: string
  readonly bytesRead: number
  readonly bytesTotal: number
  readonly spans: number
}

export interface ImportReport {
  readonly inputs: readonly ImportInput[]
  readonly issues: readonly ImportIssue[]
}

export interface ImportInput {
  readonly file: string
  /** `otlp-json` … */
  readonly format: string
  readonly bytes: number
  readonly spans: number
}

/** One kind of thing that was repaired, dropped or is doubtful. */
export interface ImportIssue {
  /** `missing-parent` */
  readonly code: string
  readonly count: number
  /** One concrete place: `b.otlp.jsonl line 7: span 00f0… names parent 77aa…`. */
  readonly example: string
  /** What it means for the reader: `3 spans hang under a made-up parent`. */
  readonly consequence: string
}

export interface Imported {
  readonly store: Store
  readonly report: ImportReport
}

/** Input that could not be read at all. `message` is the whole line the user sees: file, place, why, what would work. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  readonly file: string
  constructor(file: string, message: string) {
    super(`${file}: ${message}`)
    this.file = file
  }
}
