/** The investigation as people wrote it: atoms by time, then the notes on the timeline. */
import { placeNotes } from '../notebook/anchors.ts'
import { findingOfEvidence, verdictWord } from '../notebook/investigation.ts'
import { type Block, heading, paragraph, strong } from './document.ts'
import { clock, type ReportInput } from './report-input.ts'

export function notebookBlocks(input: ReportInput): Block[] {
  const { notebook, session } = input
  if (!notebook || notebook.atoms.length + notebook.notes.length === 0) return []
  const superseded = new Set(notebook.atoms.map(({ supersedes }) => supersedes))
  const atoms = [...notebook.atoms].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const { placed, orphans } = placeNotes(
    session,
    notebook.notes.filter(note => !note.hidden),
  )
  return [
    heading(2, 'Investigation'),
    ...atoms.flatMap(({ id, kind, verdict, by, at, text, evidence }): Block[] => {
      const about = evidence.flatMap(one => findingOfEvidence(session, one)?.id ?? [])
      const facts = [
        verdict && verdictWord({ kind, verdict }),
        superseded.has(id) ? 'superseded' : '',
        about.join(', '),
      ].filter(Boolean)
      return [
        paragraph(
          strong(`${kind.charAt(0).toUpperCase()}${kind.slice(1)}`),
          facts.length > 0 ? ` (${facts.join('; ')})` : '',
        ),
        { kind: 'markdown', by: signature(by, at), text },
      ]
    }),
    ...placed.flatMap(({ note, startNs }): Block[] => [
      paragraph(strong('Note'), ` at ${clock(input, Math.max(0, startNs))} UTC`),
      { kind: 'markdown', by: note.author, text: note.text },
    ]),
    ...orphans.flatMap((note): Block[] => [
      paragraph(strong('Note'), ' whose place is not in this trace'),
      { kind: 'markdown', by: note.author, text: note.text },
    ]),
  ]
}

/** `Ana, 2026-11-21 07:02 UTC` */
export const signature = (by: string, at: string): string =>
  [by, at.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1 $2 UTC')].filter(Boolean).join(', ')
