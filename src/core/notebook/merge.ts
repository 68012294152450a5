/**
 * Two notebooks become one, entry by entry. Nothing is lost: an edit beats a deletion, and where both sides changed the
 * text of one entry, the later stays in place and the earlier stays beside it as an entry of its own.
 *
 *     base  mine  theirs            base  mine  theirs
 *      a     a     a′   → a′         a     –     a    → –
 *      a     a′    a    → a′         a     –     a′   → a′
 *      a     a′    a″   → later, and the earlier beside it
 *      –     a     b    → a, b
 *
 * Without a base (a colleague's notebook) the later of two forms of an entry wins, and nothing is taken as deleted.
 */
import type { Entry, NotebookContent } from './note.ts'

export interface Merged {
  readonly content: NotebookContent
  readonly told: MergeTold
}

/** What came from the other side. */
export interface MergeTold {
  readonly added: number
  readonly changed: number
  readonly removed: number
  /** Entries that both sides had changed. */
  readonly conflicts: number
}

export function mergeContent(
  base: NotebookContent | null,
  mine: NotebookContent,
  theirs: NotebookContent,
): Merged {
  const told = { added: 0, changed: 0, removed: 0, conflicts: 0 }
  const content: NotebookContent = {
    notes: mergeList(base?.notes, mine.notes, theirs.notes, told, true),
    atoms: mergeList(base?.atoms, mine.atoms, theirs.atoms, told, true),
    judgements: mergeList(base?.judgements, mine.judgements, theirs.judgements, told, false),
    checks: mergeList(base?.checks, mine.checks, theirs.checks, told, false),
  }
  return { content, told }
}

/** `2 added, 1 changed`; `''` when the other side brought nothing. */
export function mergeSentence({ added, changed, removed, conflicts }: MergeTold): string {
  const parts = [
    added > 0 && `${added} added`,
    changed > 0 && `${changed} changed`,
    removed > 0 && `${removed} removed`,
    conflicts > 0 && `${conflicts} changed on both sides: both kept`,
  ]
  return parts.filter(Boolean).join(', ')
}

type Counts = { -readonly [Name in keyof MergeTold]: number }

function mergeList<T extends Entry>(
  base: readonly T[] | undefined,
  mine: readonly T[],
  theirs: readonly T[],
  told: Counts,
  keepBoth: boolean,
): readonly T[] {
  const before = new Map(base?.map(entry => [entry.id, entry]))
  const other = new Map(theirs.map(entry => [entry.id, entry]))
  const own = new Set(mine.map(entry => entry.id))
  const out: T[] = []
  for (const entry of mine) {
    const from = before.get(entry.id)
    const their = other.get(entry.id)
    if (!their) {
      if (from && same(from, entry)) told.removed++
      else out.push(entry)
    } else if (same(entry, their) || (from && same(from, their))) out.push(entry)
    else if (!base || (from && same(from, entry))) {
      const later = base ? their : laterOf(entry, their)
      if (later === their) told.changed++
      out.push(later)
    } else {
      told.conflicts++
      const later = laterOf(entry, their)
      out.push(later)
      const earlier = later === entry ? their : entry
      const copy = { ...earlier, id: `${earlier.id}~${earlier.editedAt}`.slice(-200) }
      if (keepBoth && textOf(earlier) !== textOf(later) && !own.has(copy.id) && !other.has(copy.id)) {
        out.push(copy)
      }
    }
  }
  for (const entry of theirs) {
    if (own.has(entry.id)) continue
    const from = before.get(entry.id)
    // Deleted here and untouched there stays deleted.
    if (from && same(from, entry)) continue
    told.added++
    out.push(entry)
  }
  return out
}

/** Both sides must come to the same answer, also when the clocks agree. */
function laterOf<T extends Entry>(a: T, b: T): T {
  if (a.editedAt !== b.editedAt) return a.editedAt > b.editedAt ? a : b
  return JSON.stringify(a) >= JSON.stringify(b) ? a : b
}

const textOf = (entry: Entry): unknown => ('text' in entry ? entry.text : '')

/** Entries come through the same gate (`restore.ts`) or the app's own editors, with their keys in any order. */
const same = (a: Entry, b: Entry): boolean => a === b || canonical(a) === canonical(b)

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
