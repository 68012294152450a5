/**
 * What a shared picture or an `.interleave` bundle carries: `{ version, notebook, slice }`, the slice being OTLP/JSON of
 * the chosen interval, or null when only the view travels.
 */
import { z } from 'zod'
import type { Notebook } from '../notebook/note.ts'
import { NOTEBOOK_VERSION, restoreNotebookValue } from '../notebook/restore.ts'

const PAYLOAD_VERSION = 1

export interface SharePayload {
  readonly version: 1
  readonly notebook: Notebook
  /** An OTLP/JSON document, `''` when the trace itself does not travel. */
  readonly slice: string
  /** Unix nanoseconds of the instant that times in the slice's trace are told from, `''` unknown: "12.5 s" stays the same instant. */
  readonly startUnixNano: string
}

export type ReadPayload =
  | { readonly kind: 'ok'; readonly payload: SharePayload; readonly problems: readonly string[] }
  /** Of the payload or of the notebook in it, with the version this Interleave knows. */
  | { readonly kind: 'newer'; readonly version: number; readonly known: number }
  | { readonly kind: 'broken'; readonly why: string }

/** The JSON text; the slice stands in it as a document, not as a string in a string. */
export function writePayload({ notebook, slice, startUnixNano }: SharePayload): string {
  return `{"version":${PAYLOAD_VERSION},"notebook":${JSON.stringify(notebook)},"slice":${slice || 'null'},"startUnixNano":"${startUnixNano}"}`
}

const envelope = z.object({
  version: z.int().positive(),
  notebook: z.unknown(),
  slice: z.record(z.string(), z.unknown()).nullish(),
  startUnixNano: z
    .string()
    .regex(/^\d{0,20}$/)
    .catch(''),
})

/** Reads foreign JSON text. Never throws. */
export function readPayload(json: string): ReadPayload {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    return { kind: 'broken', why: `not JSON: ${(error as Error).message}` }
  }
  const parsed = envelope.safeParse(value)
  if (!parsed.success) return { kind: 'broken', why: parsed.error.issues[0]!.message }
  if (parsed.data.version > PAYLOAD_VERSION) {
    return { kind: 'newer', version: parsed.data.version, known: PAYLOAD_VERSION }
  }
  const restored = restoreNotebookValue(parsed.data.notebook)
  if (restored.kind === 'newer') return { ...restored, known: NOTEBOOK_VERSION }
  if (restored.kind !== 'ok') return restored
  const slice = parsed.data.slice ? JSON.stringify(parsed.data.slice) : ''
  return {
    kind: 'ok',
    payload: { version: 1, notebook: restored.notebook, slice, startUnixNano: parsed.data.startUnixNano },
    problems: restored.problems,
  }
}
