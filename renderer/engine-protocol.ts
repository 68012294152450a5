import type { Config } from '../src/core/config/config.ts'
import type { ImportProgress, ImportReport } from '../src/core/import/import.ts'
import type { ImportPreview } from '../src/core/import/preview.ts'
import type { Notebook } from '../src/core/notebook/note.ts'
import type { Session } from '../src/core/scene/scene.ts'
import type { Store } from '../src/core/store/store.ts'
import type { Prepared } from './prepared.ts'
import type { SessionPart } from './session-parts.ts'

/** A file as it crosses to the worker: the browser's own, or an address to stream it from. */
export interface EngineInput {
  readonly name: string
  readonly size: number
  readonly from: { readonly blob: Blob } | { readonly url: string }
}

/** The page says one thing to a worker; it cancels by ending the worker. */
export type EngineRequest = OpenRequest | ({ readonly kind: 'conclude' } & GivenTrace) | RedactRequest

export interface OpenRequest {
  readonly kind: 'open'
  readonly inputs: readonly EngineInput[]
  /** By process: what to subtract from its times. */
  readonly clockOffsetsNs: readonly number[]
}

/** A trace that is there, concluded from once more: with another config, or without identifiers and values. */
export interface GivenTrace {
  readonly store: Store
  readonly report: ImportReport
  readonly config: Config
}

export interface RedactRequest extends GivenTrace {
  readonly kind: 'redact'
  /** Pseudonyms that are given already: those of the recording it is compared with. */
  readonly names: Names
}

/** What was replaced by what; see `Pseudonyms`. */
export type Names = readonly (readonly [original: string, pseudonym: string])[]

export interface Opened {
  readonly session: Session
  readonly report: ImportReport
  /** Notes that came inside a picture or a bundle. */
  readonly notebook: Notebook | null
  readonly config: Config
}

export interface RedactedMessage {
  readonly kind: 'redacted'
  readonly session: Session
  readonly report: ImportReport
  readonly names: Names
}

export type EngineMessage =
  /** Rows of the session that the next answer carries the rest of. */
  | { readonly kind: 'part'; readonly part: SessionPart }
  /** Derived from that session, while there is time. */
  | { readonly kind: 'prepared'; readonly prepared: Prepared }
  | { readonly kind: 'progress'; readonly progress: ImportProgress }
  /** What can be drawn before all is read. */
  | { readonly kind: 'preview'; readonly preview: ImportPreview }
  | { readonly kind: 'opened'; readonly opened: Opened }
  | RedactedMessage
  | { readonly kind: 'concluded'; readonly session: Session }
  /** A picture or bundle that carries a view but no spans: the trace has to come from elsewhere. */
  | { readonly kind: 'view-only'; readonly notebook: Notebook }
  | { readonly kind: 'failed'; readonly message: string }
