/**
 * The one gate for notebooks that come from outside: sidecars, bundles, pictures. Everything is checked and bounded;
 * what can't be kept is told, entry by entry, and the rest is.
 */
import { z } from 'zod'
import {
  type Atom,
  atomKinds,
  type Check,
  type Entry,
  type Judgement,
  type Note,
  type Notebook,
  noteColors,
  noteKinds,
  type View,
  verdicts,
} from './note.ts'
import { upgradeNotebook } from './upgrade.ts'

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

const entry = z.object({ id, editedAt: shortText.default('') })

const note = entry.extend({
  kind: z.enum(noteKinds),
  anchor,
  text,
  author: shortText.default(''),
  createdAt: shortText.default(''),
  color: z.enum(noteColors).default('violet'),
  hidden: z.boolean().default(false),
})

const atom = entry.extend({
  kind: z.enum(atomKinds),
  text,
  at: shortText.default(''),
  by: shortText.default(''),
  evidence: z
    .array(z.union([anchor, shortText]))
    .max(MAX_ENTRIES)
    .default([]),
  verdict: z.enum(verdicts).default(''),
  supersedes: shortText.default(''),
  about: shortText.default(''),
  excludes: z.array(id).max(MAX_ENTRIES).default([]),
})

const judgement = entry.extend({
  id: z.string().min(1).max(2_000),
  explains: z.enum(['', 'yes', 'no', 'partly']).default(''),
  defect: z.enum(['', 'yes', 'no']).default(''),
  by: shortText.default(''),
})

const check = entry.extend({ done: z.boolean(), by: shortText.default('') })

const view = z.object({
  fromNs: unixNano,
  toNs: unixNano,
  finding: shortText.default(''),
  playheadNs: z.union([unixNano, z.literal('')]).default(''),
  collapsed: z.array(shortText).max(MAX_ENTRIES).default([]),
  opened: z.array(shortText).max(MAX_ENTRIES).default([]),
  topLane: shortText.default(''),
  lanes: z.array(shortText).max(MAX_ENTRIES).default([]),
  selected: place.nullable().default(null),
})

const envelope = z.object({
  version: z.int().positive(),
  source: z
    .object({ fingerprint: shortText.default(''), files: z.array(shortText).max(1_000).default([]) })
    .default({ fingerprint: '', files: [] }),
  notes: z.array(z.unknown()).default([]),
  atoms: z.array(z.unknown()).default([]),
  judgements: z.array(z.unknown()).default([]),
  checks: z.array(z.unknown()).default([]),
  view: z.unknown().optional(),
})

export const NOTEBOOK_VERSION = 2

/** Shows everything; what a notebook without a usable view falls back to. */
export const wholeView: View = {
  fromNs: '0',
  toNs: '0',
  finding: '',
  playheadNs: '',
  collapsed: [],
  opened: [],
  topLane: '',
  lanes: [],
  selected: null,
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
  const head = envelope.safeParse(value)
  if (!head.success) return { kind: 'broken', why: firstIssue(head.error) }
  const { version } = head.data
  if (version > NOTEBOOK_VERSION) return { kind: 'newer', version }
  const given = { ...head.data, ...upgradeNotebook(version, head.data) }
  const { source, view: givenView } = given
  const problems: string[] = []
  const notes = kept<Note>('note', note, given.notes, problems)
  const atoms = kept<Atom>('atom', atom, given.atoms, problems)
  const judgements = kept<Judgement>('judgement', judgement, given.judgements, problems)
  const checks = kept<Check>('check', check, given.checks, problems)
  const parsedView = view.safeParse(givenView)
  if (givenView !== undefined && !parsedView.success)
    problems.push(`the view: ${firstIssue(parsedView.error)}`)
  return {
    kind: 'ok',
    notebook: {
      version: NOTEBOOK_VERSION,
      source,
      notes,
      atoms,
      judgements,
      checks,
      view: parsedView.success ? parsedView.data : wholeView,
    },
    problems,
  }
}

function kept<T extends Entry>(
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
