/** Finding things by a part of their name: findings, lanes, tasks, resources, keys, notes, spans, ids. */
import type { Note } from '../../src/core/notebook/note.ts'
import type { ItemRef, Session } from '../../src/core/scene/scene.ts'
import { spanIdOf, spanName, traceIdOf } from '../../src/core/store/store.ts'
import { findItem, itemOfRow, laneOfTask, lanesById, taskLabel } from './lookup.ts'

export interface SearchResult {
  readonly id: string
  readonly kind: 'finding' | 'lane' | 'task' | 'span' | 'note' | 'access'
  readonly text: string
  readonly detail: string
  readonly target:
    | { readonly to: 'finding'; readonly finding: string }
    | { readonly to: 'lane'; readonly lane: string }
    | { readonly to: 'item'; readonly ref: ItemRef }
    | { readonly to: 'note'; readonly note: string }
}

const MOST = 60
const MOST_OF_A_KIND = 12

/** Results in the order people look for them. Bounded work: names are compared once each, rows only until enough are found. */
export function search(session: Session, notes: readonly Note[], query: string): readonly SearchResult[] {
  const words = query.trim().toLowerCase()
  if (words === '') return []
  const has = (text: string): boolean => text.toLowerCase().includes(words)
  return [
    ...findings(session, has),
    ...lanes(session, has),
    ...tasks(session, has),
    ...ofNotes(notes, has),
    ...spans(session, has, words),
    ...values(session, has),
  ].slice(0, MOST)
}

type Has = (text: string) => boolean

const findings = (session: Session, has: Has): SearchResult[] =>
  session.analysis.findings
    .filter(({ id, text, detector, subject }) => has(`${id} ${text.title} ${detector} ${subject.name}`))
    .slice(0, MOST_OF_A_KIND)
    .map(({ id, text, detector }) => ({
      id: `finding ${id}`,
      kind: 'finding',
      text: text.title,
      detail: detector,
      target: { to: 'finding', finding: id },
    }))

const lanes = (session: Session, has: Has): SearchResult[] =>
  session.lanes
    .filter(({ label }) => has(label))
    .slice(0, MOST_OF_A_KIND)
    .map(({ id, label, group }) => ({
      id: `lane ${id}`,
      kind: 'lane',
      text: label,
      detail: group,
      target: { to: 'lane', lane: id },
    }))

function tasks(session: Session, has: Has): SearchResult[] {
  const out: SearchResult[] = []
  for (const [index, task] of session.model.tasks.entries()) {
    if (out.length === MOST_OF_A_KIND) break
    if (!has(`${task.name} ${task.id} ${task.site}`)) continue
    const ref = findItem(session, 'task', index)
    const lane = laneOfTask(session).get(index)
    if (!ref) continue
    out.push({
      id: `task ${index}`,
      kind: 'task',
      text: taskLabel(session, index),
      detail: task.site || (lanesById(session).get(lane ?? '')?.group ?? ''),
      target: { to: 'item', ref },
    })
  }
  return out
}

const ofNotes = (notes: readonly Note[], has: Has): SearchResult[] =>
  notes
    .filter(({ text }) => has(text))
    .slice(0, MOST_OF_A_KIND)
    .map(({ id, text, author }) => ({
      id: `note ${id}`,
      kind: 'note',
      text,
      detail: author,
      target: { to: 'note', note: id },
    }))

function spans(session: Session, has: Has, words: string): SearchResult[] {
  const { store } = session
  const byId = /^[0-9a-f]{6,32}$/.test(words)
  const names = new Set<number>()
  store.strings.forEach((text, index) => {
    if (has(text)) names.add(index)
  })
  if (names.size === 0 && !byId) return []
  const out: SearchResult[] = []
  for (let row = 0; row < store.spans.count && out.length < MOST_OF_A_KIND * 2; row++) {
    const named = names.has(store.spans.name[row]!)
    if (!named && !(byId && `${spanIdOf(store, row)} ${traceIdOf(store, row)}`.includes(words))) continue
    const ref = itemOfRow(session, row)
    if (!ref) continue
    out.push({
      id: `span ${row}`,
      kind: 'span',
      text: spanName(store, row),
      detail: store.processes[store.spans.process[row]!]?.label ?? '',
      target: { to: 'item', ref },
    })
  }
  return out
}

function values(session: Session, has: Has): SearchResult[] {
  const out: SearchResult[] = []
  for (const [index, access] of session.model.accesses.entries()) {
    if (out.length === MOST_OF_A_KIND) break
    const key = session.model.keys[access.key] ?? ''
    if (!has(`${key} ${access.value}`)) continue
    const ref = findItem(session, 'access', index)
    if (!ref) continue
    out.push({
      id: `access ${index}`,
      kind: 'access',
      text: `${access.op} ${key}${access.value ? ` = ${access.value}` : ''}`,
      detail: taskLabel(session, access.task),
      target: { to: 'item', ref },
    })
  }
  return out
}
