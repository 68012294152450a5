/** Places that a name leads to while a query is typed: findings, lanes, notes. Items of lanes are the query's own matter. */
import type { Note } from '../../src/core/notebook/note.ts'
import type { Session } from '../../src/core/scene/scene.ts'

export interface SearchResult {
  readonly id: string
  readonly kind: 'finding' | 'lane' | 'note'
  /** What to go to: a finding's, lane's or note's id. */
  readonly target: string
  readonly text: string
  readonly detail: string
}

const MOST_OF_A_KIND = 8

export function search(session: Session, notes: readonly Note[], query: string): readonly SearchResult[] {
  const words = query.trim().toLowerCase()
  if (words === '') return []
  const has = (text: string): boolean => text.toLowerCase().includes(words)
  const results: SearchResult[] = []
  const add = (kind: SearchResult['kind'], target: string, text: string, detail: string): void => {
    results.push({ id: `${kind} ${target}`, kind, target, text, detail })
  }
  const { findings } = session.analysis
  for (const { id, text, detector, subject } of first(findings, finding =>
    has(`${finding.id} ${finding.text.title} ${finding.detector} ${finding.subject.name}`),
  )) {
    add('finding', id, text.title, detector === subject.name ? detector : `${detector} · ${subject.name}`)
  }
  for (const { id, label, group } of first(session.lanes, lane => has(lane.label)))
    add('lane', id, label, group)
  for (const { id, text, author } of first(notes, note => has(note.text))) add('note', id, text, author)
  return results
}

function first<Row>(rows: readonly Row[], is: (row: Row) => boolean): readonly Row[] {
  const found: Row[] = []
  for (const row of rows) {
    if (is(row) && found.push(row) === MOST_OF_A_KIND) break
  }
  return found
}
