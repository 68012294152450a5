/** The investigation: atoms and their evidence, verdicts, what is said of findings, what is taken over from them. */

import type { Cleared, Finding } from '../../src/core/detect/finding.ts'
import { rangeAnchor } from '../../src/core/notebook/anchors.ts'
import { findingKey } from '../../src/core/notebook/finding-key.ts'
import { aboutKinds, evidencePlace } from '../../src/core/notebook/investigation.ts'
import type { Anchor, Atom, AtomKind, Judgement } from '../../src/core/notebook/note.ts'
import type { App } from '../state/app.ts'
import { addEntries, changeEntry, draftAtom, type EntryChange, judge, tick } from '../state/notebook.ts'
import { notebookNow } from '../state/notebook-io.ts'
import { findingNow, sessionNow } from '../state/shown.ts'
import { meantAnchor, selectedAnchor } from './annotate.ts'
import { announce, toast } from './announce.ts'
import { changeNotebook, now } from './change-notebook.ts'
import { goToPlace } from './edit-notes.ts'
import { selectFinding } from './select.ts'

const newAtom = (app: App, kind: AtomKind, change: Partial<Atom> = {}): Atom => ({
  id: crypto.randomUUID(),
  kind,
  text: '',
  at: now(),
  by: app.info.author,
  evidence: [],
  verdict: '',
  supersedes: '',
  about: '',
  excludes: [],
  editedAt: now(),
  ...change,
})

/** A new atom with what is meant right now as its evidence, and its text box open. */
export function addAtom(app: App, kind: AtomKind, change: Partial<Atom> = {}): void {
  const evidence = change.evidence ?? evidenceNow(app).slice(0, kind === 'lesson' ? 0 : 1)
  changeNotebook(app, state => draftAtom(state, newAtom(app, kind, { ...change, evidence })))
}

/** What a person would point at: the selected item or range, else the finding that is open. */
function evidenceNow(app: App): readonly (Anchor | string)[] {
  const { range, inspect } = app.selection.getState()
  const session = sessionNow(app)
  const finding = findingNow(app)
  const item = selectedAnchor(app)
  if (item && inspect === 'selection') return [item]
  if (session && range) return [rangeAnchor(session, range.startNs, range.endNs)]
  return finding ? [findingKey(finding)] : []
}

/** A step that follows from another atom: its test, its outcome, its fix. */
export function addAbout(app: App, kind: AtomKind, about: Atom): void {
  addAtom(app, kind, { about: about.id, evidence: kind === 'fix' ? about.evidence.filter(isFinding) : [] })
}

const isFinding = (evidence: Anchor | string): boolean => typeof evidence === 'string'

/** Puts a new form of an atom in the place of an old one, which stays to be read. */
export function supersede(app: App, atom: Atom): void {
  const { kind, about, evidence, excludes } = atom
  addAtom(app, kind, { supersedes: atom.id, about, evidence, excludes, text: atom.text })
}

export const changeAtom = (app: App, id: string, change: EntryChange): void =>
  changeNotebook(app, state => changeEntry(state, id, { ...change, editedAt: now() }))

export function addEvidence(app: App, atom: Atom): void {
  const { selected, range } = app.selection.getState()
  const anchor = meantAnchor(app)
  const more = selected || range || !findingNow(app) ? (anchor ? [anchor] : []) : evidenceNow(app)
  const fresh = more.filter(
    one => !atom.evidence.some(known => JSON.stringify(known) === JSON.stringify(one)),
  )
  if (fresh.length === 0) return announce(app, 'Select a span, a range or a finding first')
  changeAtom(app, atom.id, { evidence: [...atom.evidence, ...fresh] })
  announce(app, 'Evidence added')
}

export const dropEvidence = (app: App, atom: Atom, at: number): void =>
  changeAtom(app, atom.id, { evidence: atom.evidence.toSpliced(at, 1) })

export function toggleExcludes(app: App, atom: Atom, other: string): void {
  const excludes = atom.excludes.includes(other)
    ? atom.excludes.filter(id => id !== other)
    : [...atom.excludes, other]
  changeAtom(app, atom.id, { excludes })
}

export function goToEvidence(app: App, evidence: Anchor | string): void {
  const session = sessionNow(app)
  const found = session ? evidencePlace(session, evidence) : null
  if (found?.kind === 'finding') selectFinding(app, found.finding.id)
  else if (found?.kind === 'place') goToPlace(app, found.place)
}

/** Atoms that an atom of a kind can be said to be about. */
export const possibleAbouts = (atoms: readonly Atom[], { id, kind }: Atom): readonly Atom[] =>
  atoms.filter(other => other.id !== id && aboutKinds[kind].includes(other.kind))

const fromFinding = (app: App, finding: Finding): Atom =>
  newAtom(app, 'hypothesis', {
    text: finding.text.title,
    evidence: [findingKey(finding)],
    verdict: finding.product === 'observed' && finding.confidence >= 0.9 ? 'supported' : '',
  })

/** What was ruled out is worth as much as what was found: a refuted hypothesis with the number that refutes it. */
const fromCleared = (app: App, { subject, reason }: Cleared): Atom =>
  newAtom(app, 'hypothesis', { text: `${subject} is not it: ${reason}`, verdict: 'refuted' })

function takeOver(app: App, atoms: readonly Atom[]): void {
  const known = new Set(app.notebook.getState().atoms.map(({ text }) => text))
  const fresh = atoms.filter(({ text }) => !known.has(text))
  if (fresh.length === 0) return announce(app, 'It is in the investigation already')
  changeNotebook(app, state => ({ ...addEntries(state, { atoms: fresh }), tab: 'investigation' }))
  toast(app, fresh.length === 1 ? 'Taken over as a hypothesis' : `${fresh.length} hypotheses taken over`)
}

export const takeOverFinding = (app: App, finding: Finding): void =>
  takeOver(app, [fromFinding(app, finding)])
export const takeOverCleared = (app: App, cleared: Cleared): void =>
  takeOver(app, [fromCleared(app, cleared)])

/** Everything that was observed, and everything that was ruled out. */
export function takeOverAll(app: App): void {
  const analysis = sessionNow(app)?.analysis
  if (!analysis) return
  const observed = analysis.findings.filter(({ product }) => product === 'observed')
  takeOver(app, [
    ...observed.map(finding => fromFinding(app, finding)),
    ...analysis.cleared.map(cleared => fromCleared(app, cleared)),
  ])
}

/** A fix for a finding, with the remedy that was proposed as its first words. */
export const addFix = (app: App, finding: Finding): void =>
  addAtom(app, 'fix', { text: finding.text.remedy.primitive, evidence: [findingKey(finding)] })

export function judgeFinding(
  app: App,
  finding: Finding,
  said: Partial<Pick<Judgement, 'explains' | 'defect'>>,
): void {
  const id = findingKey(finding)
  changeNotebook(app, state => {
    const before = state.judgements.find(one => one.id === id)
    const { explains = '', defect = '' } = before ?? {}
    return judge(state, { id, explains, defect, ...said, by: app.info.author, editedAt: now() })
  })
}

export const tickCheck = (app: App, id: string, done: boolean): void =>
  changeNotebook(app, state => tick(state, { id, done, by: app.info.author, editedAt: now() }))

/** Asks where, and writes the notebook there: for a colleague, or where there is no place beside the trace. */
export async function exportNotebook(app: App): Promise<void> {
  const notebook = notebookNow(app)
  const { trace } = app.trace.getState()
  if (!notebook || !trace) return
  const bytes = new TextEncoder().encode(`${JSON.stringify(notebook, null, 2)}\n`)
  try {
    const saved = await app.host.saveFile(`${trace.name}.interleave.json`, bytes, 'application/json')
    if (saved.saved) toast(app, `Notebook written to ${saved.where}`)
  } catch (error) {
    toast(
      app,
      `The notebook could not be written: ${error instanceof Error ? error.message : error}`,
      'problem',
    )
  }
}
