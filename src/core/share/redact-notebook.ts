import type { Finding } from '../detect/finding.ts'
import { findingKey } from '../notebook/finding-key.ts'
import type { Anchor, Atom, Note, Notebook } from '../notebook/note.ts'
import type { Session } from '../scene/scene.ts'
import { rowOfSpan } from '../store/lookup.ts'
import { spanIdOf, traceIdOf } from '../store/store.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import { redactedLanes } from './redacted-lanes.ts'

/**
 * The notebook for a redacted trace: anchors name its spans and lanes, and what the trace calls identifiers or values is
 * replaced in people's words too. File names go. What people wrote otherwise stays; `visibleWords` lists it.
 */
export function redactNotebook(
  notebook: Notebook,
  original: Session,
  redacted: Session,
  pseudonyms: Pseudonyms,
): Notebook {
  const twins = redactedLanes(original, redacted)
  const laneOf = (id: string): string => twins.get(id)?.id ?? ''
  const anchorOf = ({ to, ...anchor }: Anchor): Anchor => {
    const row = anchor.spanId === '' ? -1 : rowOfSpan(original.store, anchor.traceId, anchor.spanId)
    return {
      ...anchor,
      traceId: row >= 0 ? traceIdOf(redacted.store, row) : '',
      spanId: row >= 0 ? spanIdOf(redacted.store, row) : '',
      lane: laneOf(anchor.lane),
      ...(to && { to: anchorOf(to) }),
    }
  }
  const text = (words: string): string => pseudonyms.inText(words)
  const keys = findingKeys(original, redacted)
  const finding = (id: string): string => (redacted.analysis.findings.some(each => each.id === id) ? id : '')
  return {
    ...notebook,
    source: { ...notebook.source, files: [] },
    notes: notebook.notes.map(
      (note): Note => ({
        ...note,
        anchor: anchorOf(note.anchor),
        text: text(note.text),
        author: text(note.author),
      }),
    ),
    atoms: notebook.atoms.map(
      (atom): Atom => ({
        ...atom,
        text: text(atom.text),
        by: text(atom.by),
        evidence: atom.evidence.flatMap(entry =>
          typeof entry === 'string' ? (keys.get(entry) ?? []) : anchorOf(entry),
        ),
      }),
    ),
    judgements: notebook.judgements.flatMap(judgement => {
      const id = keys.get(judgement.id)
      return id === undefined ? [] : { ...judgement, id, by: text(judgement.by) }
    }),
    checks: notebook.checks.map(check => ({ ...check, by: text(check.by) })),
    view: {
      ...notebook.view,
      finding: finding(notebook.view.finding),
      collapsed: notebook.view.collapsed.map(laneOf).filter(Boolean),
      opened: notebook.view.opened.map(laneOf).filter(Boolean),
      topLane: laneOf(notebook.view.topLane),
      lanes: notebook.view.lanes.map(laneOf).filter(Boolean),
      selected: notebook.view.selected && anchorOf(notebook.view.selected),
    },
  }
}

/** The findings of a redacted trace by what they have in common with those of the original. */
const byPlace = ({ analysis }: Session): ReadonlyMap<string, Finding> =>
  new Map(analysis.findings.map(finding => [placeOf(finding), finding]))

const placeOf = ({ detector, startNs, endNs }: Finding): string => [detector, startNs, endNs].join(' ')

/** Findings that the redacted trace does not show any more, because they rest on a value that it hides. */
export function lostFindings(original: Session, redacted: Session): readonly Finding[] {
  const twins = byPlace(redacted)
  return original.analysis.findings.filter(finding => !twins.has(placeOf(finding)))
}

/** Keys hold names of the trace: each finding's own, and that of the same finding in the redacted trace. */
function findingKeys(original: Session, redacted: Session): ReadonlyMap<string, string> {
  const twins = byPlace(redacted)
  return new Map(
    original.analysis.findings.flatMap(finding => {
      const twin = twins.get(placeOf(finding))
      return twin ? [[findingKey(finding), findingKey(twin)] as const] : []
    }),
  )
}

/** What people wrote and a reader will see, as it will be seen. */
export const visibleWords = ({ notes, atoms }: Notebook): readonly string[] => [
  ...new Set(
    [
      ...notes.flatMap(({ text, author }) => [text, author]),
      ...atoms.flatMap(({ text, by }) => [text, by]),
    ].filter(words => words.trim() !== ''),
  ),
]
