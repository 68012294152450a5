/**
 * What follows from an investigation's entries: which still stand, what contradicts, what is left to fix, and when in
 * the incident each of them is. Nothing here is stored; it is computed from the notebook and the session.
 *
 *     hypothesis ◄── about ── test ◄── about ── outcome (supports, refutes)
 *         ▲                                        fix ── about ──► hypothesis or finding
 *         └─ excludes ─ hypothesis
 */
import { groupAlike } from '../compare/alike.ts'
import type { Finding } from '../detect/finding.ts'
import type { Session } from '../scene/scene.ts'
import { type Place, placeOf } from './anchors.ts'
import { findingKey } from './finding-key.ts'
import type { Anchor, Atom, AtomKind, Judgement, NotebookContent, Verdict } from './note.ts'

/** What an atom of a kind can be judged to be, with the words for it. Open first. */
export const verdictsOf: Readonly<Record<AtomKind, readonly (readonly [verdict: Verdict, word: string])[]>> =
  {
    hypothesis: [
      ['', 'open'],
      ['supported', 'supported'],
      ['refuted', 'refuted'],
    ],
    test: [
      ['', 'planned'],
      ['done', 'done'],
    ],
    outcome: [
      ['', 'inconclusive'],
      ['supports', 'supports it'],
      ['refutes', 'refutes it'],
    ],
    fix: [
      ['', 'proposed'],
      ['applied', 'applied'],
      ['verified', 'verified'],
      ['failed', 'failed'],
    ],
    lesson: [['', '']],
  }

export const verdictWord = ({ kind, verdict }: Pick<Atom, 'kind' | 'verdict'>): string =>
  verdictsOf[kind].find(([one]) => one === verdict)?.[1] ?? ''

/** Kinds that an atom of a kind can be about. */
export const aboutKinds: Readonly<Record<AtomKind, readonly AtomKind[]>> = {
  hypothesis: [],
  test: ['hypothesis'],
  outcome: ['test', 'hypothesis'],
  fix: ['hypothesis'],
  lesson: ['fix', 'hypothesis'],
}

/** Atoms that no other one supersedes. */
export function standingAtoms(atoms: readonly Atom[]): readonly Atom[] {
  const gone = new Set(
    atoms.flatMap(({ id, supersedes }) => (supersedes && supersedes !== id ? [supersedes] : [])),
  )
  return atoms.filter(({ id }) => !gone.has(id))
}

/** The two independent facts about a finding: computed, unless the investigator said otherwise. */
export interface FindingFacts {
  readonly explains: Finding['explains']
  readonly defect: boolean
  /** Who said so, `''` where both are as computed. */
  readonly by: string
}

export function factsOf(finding: Finding, judgements: readonly Judgement[]): FindingFacts {
  const key = findingKey(finding)
  const said = judgements.find(({ id }) => id === key)
  return {
    explains: said?.explains || finding.explains,
    defect: said?.defect ? said.defect === 'yes' : finding.defect,
    by: said && (said.explains || said.defect) ? said.by || 'somebody' : '',
  }
}

/** A defect that no verified fix answers. */
export interface ToFix {
  readonly finding: Finding
  /** Findings of the same defect: a fix of one is a fix of all. */
  readonly others: readonly Finding[]
  /** The latest standing fix for it, null for none. */
  readonly fix: Atom | null
}

/** Every defect, whatever was chosen as the root cause, until a fix of it is verified. */
export function stillToFix(
  findings: readonly Finding[],
  { atoms, judgements }: NotebookContent,
): readonly ToFix[] {
  const fixes = standingAtoms(atoms).filter(({ kind }) => kind === 'fix')
  const defects = findings.filter(finding => factsOf(finding, judgements).defect)
  return groupAlike(defects).flatMap(([finding, ...others]) => {
    const keys = new Set([finding, ...others].map(findingKey))
    const own = fixes.filter(({ evidence }) => evidence.some(one => typeof one === 'string' && keys.has(one)))
    if (own.some(({ verdict }) => verdict === 'verified')) return []
    return [{ finding, others, fix: own.toSorted((a, b) => (a.at < b.at ? -1 : 1)).at(-1) ?? null }]
  })
}

/** Atoms that cannot all be right, and why. Open until a verdict changes or one is superseded. */
export interface Contradiction {
  readonly atoms: readonly [string, string]
  readonly why: string
}

export function contradictions(all: readonly Atom[]): readonly Contradiction[] {
  const atoms = standingAtoms(all)
  const byId = new Map(atoms.map(atom => [atom.id, atom]))
  const out: Contradiction[] = []
  const supported = atoms.filter(({ kind, verdict }) => kind === 'hypothesis' && verdict === 'supported')
  supported.forEach((a, at) => {
    for (const b of supported.slice(at + 1)) {
      if (a.excludes.includes(b.id) || b.excludes.includes(a.id)) {
        out.push({ atoms: [a.id, b.id], why: 'both are supported, and they exclude each other' })
      }
    }
  })
  const firstSaying = new Map<string, Atom>()
  for (const atom of atoms) {
    const about = hypothesisOf(atom, byId)
    if (!about) continue
    if (atom.kind === 'fix' && atom.verdict === 'verified' && about.verdict === 'refuted') {
      out.push({ atoms: [atom.id, about.id], why: 'the fix is verified, but what it fixes is refuted' })
    }
    if (atom.kind !== 'outcome' || atom.verdict === '') continue
    const refutes = atom.verdict === 'refutes'
    if (about.verdict === (refutes ? 'supported' : 'refuted')) {
      const why = refutes
        ? 'the outcome refutes it, but it is called supported'
        : 'the outcome supports it, but it is called refuted'
      out.push({ atoms: [atom.id, about.id], why })
    }
    const other = firstSaying.get(`${about.id} ${refutes ? 'supports' : 'refutes'}`)
    if (other) out.push({ atoms: [other.id, atom.id], why: 'two outcomes say the opposite of each other' })
    const said = `${about.id} ${atom.verdict}`
    if (!firstSaying.has(said)) firstSaying.set(said, atom)
  }
  return out
}

/** The hypothesis an atom is about, through a test where there is one. */
function hypothesisOf(atom: Atom, byId: ReadonlyMap<string, Atom>): Atom | null {
  let about = byId.get(atom.about)
  if (about?.kind === 'test') about = byId.get(about.about)
  return about?.kind === 'hypothesis' && about !== atom ? about : null
}

/** One piece of evidence as it stands in this session. */
export type EvidencePlace =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'place'; readonly place: Place; readonly anchor: Anchor }
  /** Not in these files. */
  | { readonly kind: 'lost'; readonly evidence: Anchor | string }

export function evidencePlace(session: Session, evidence: Anchor | string): EvidencePlace {
  if (typeof evidence === 'string') {
    const finding = session.analysis.findings.find(one => [findingKey(one), one.id].includes(evidence))
    return finding ? { kind: 'finding', finding } : { kind: 'lost', evidence }
  }
  const place = placeOf(session, evidence)
  return place ? { kind: 'place', place, anchor: evidence } : { kind: 'lost', evidence }
}

/** The finding that evidence names, null for a place or what is not in these files. */
export function findingOfEvidence(session: Session, evidence: Anchor | string): Finding | null {
  const found = evidencePlace(session, evidence)
  return found.kind === 'finding' ? found.finding : null
}

/** When in the incident an atom is: the first instant of its evidence, in ns of the store; −1 without any. */
export function incidentTimeNs(session: Session, { evidence }: Atom): number {
  let first = -1
  for (const one of evidence) {
    const found = evidencePlace(session, one)
    if (found.kind === 'lost') continue
    const { startNs } = found.kind === 'finding' ? found.finding : found.place
    if (first < 0 || startNs < first) first = Math.max(0, startNs)
  }
  return first
}
