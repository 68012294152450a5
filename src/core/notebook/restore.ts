/**
 * The one gate for notebooks that come from outside: sidecars, bundles, pictures. Everything is checked and bounded;
 * what can't be kept is told, entry by entry, and the rest is.
 */
import { z } from 'zod'
import type { Atom, Note, Notebook, View } from './note.ts'

/** Nobody writes this much by hand; a file that claims more is cut, and told. */
const MAX_ENTRIES = 10_000
const MAX_TEXT = 100_000

const id = z.string().min(1).max(200)
const unixNano = z.string().regex(/^-?\d{1,20}$/)
const text = z.string().max(MAX_TEXT)
const shortText = z.string().max(1_000)

const place = z.object({
  traceId: z.string().regex(/^([0-9a-f]{32})?$/),
  spanId: z.string().regex(/^([0-9a-f]{16})?$/),
  lane: shortText,
  fromNs: unixNano,
  toNs: unixNano,
})
const anchor = place.extend({ to: place.optional() })

const note = z.object({
  id,
  kind: z.enum(['label', 'link', 'range', 'box', 'pin']),
  anchor,
  text,
  author: shortText.default(''),
  createdAt: shortText.default(''),
})

const atom = z.object({
  id,
  kind: z.enum(['hypothesis', 'test', 'outcome', 'fix', 'lesson']),
  text,
  at: shortText.default(''),
  by: shortText.default(''),
  evidence: z
    .array(z.union([anchor, shortText]))
    .max(MAX_ENTRIES)
    .default([]),
  verdict: shortText.default(''),
  supersedes: shortText.default(''),
})

const view = z.object({
  fromNs: unixNano,
  toNs: unixNano,
  finding: shortText.default(''),
  playheadNs: z.union([unixNano, z.literal('')]).default(''),
  collapsed: z.array(shortText).max(MAX_ENTRIES).default([]),
  topLane: shortText.default(''),
})

const envelope = z.object({
  version: z.int().positive(),
  source: z
    .object({ fingerprint: shortText.default(''), files: z.array(shortText).max(1_000).default([]) })
    .default({ fingerprint: '', files: [] }),
  notes: z.array(z.unknown()).default([]),
  atoms: z.array(z.unknown()).default([]),
  view: z.unknown().optional(),
})

export const NOTEBOOK_VERSION = 1

/** Shows everything; what a notebook without a usable view falls back to. */
export const wholeView: View = {
  fromNs: '0',
  toNs: '0',
  finding: '',
  playheadNs: '',
  collapsed: [],
  topLane: '',
}

export type Restored =
  | {
      readonly kind: 'ok'
      readonly notebook: Notebook /** One sentence per thing left out. */
      readonly problems: readonly string[]
    }
  /** Made by a later Interleave. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'broken'; readonly why: string }

/** Reads a notebook's JSON text. Never throws. */
export function restoreNotebook(json: string): Restored {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    return { kind: 'broken', why: `not JSON: ${(error as Error).message}` }
  }
  return restoreNotebookValue(value)
}

/** The same for JSON that was parsed as part of a bundle or a picture. */
export function restoreNotebookValue(value: unknown): Restored {
  const parsed = envelope.safeParse(value)
  if (!parsed.success) return { kind: 'broken', why: firstIssue(parsed.error) }
  const { version, source, view: givenView } = parsed.data
  if (version > NOTEBOOK_VERSION) return { kind: 'newer', version }
  const problems: string[] = []
  const notes = kept<Note>('note', note, parsed.data.notes, problems)
  const atoms = kept<Atom>('entry', atom, parsed.data.atoms, problems)
  const parsedView = view.safeParse(givenView)
  if (givenView !== undefined && !parsedView.success)
    problems.push(`the view: ${firstIssue(parsedView.error)}`)
  return {
    kind: 'ok',
    notebook: { version: 1, source, notes, atoms, view: parsedView.success ? parsedView.data : wholeView },
    problems,
  }
}

function kept<T extends { readonly id: string }>(
  what: string,
  schema: z.ZodType,
  values: readonly unknown[],
  problems: string[],
): readonly T[] {
  const out = new Map<string, T>()
  for (const [at, value] of values.slice(0, MAX_ENTRIES).entries()) {
    const parsed = schema.safeParse(value)
    if (parsed.success) {
      const entry = parsed.data as T
      out.set(entry.id, entry)
    } else problems.push(`${what} ${at + 1}: ${firstIssue(parsed.error)}`)
  }
  if (values.length > MAX_ENTRIES)
    problems.push(`${values.length - MAX_ENTRIES} more than ${MAX_ENTRIES} ${what}s`)
  return [...out.values()]
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]!
  return issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message
}
