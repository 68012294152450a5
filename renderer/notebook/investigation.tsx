import { useMemo } from 'react'
import { type Contradiction, contradictions, standingAtoms } from '../../src/core/notebook/investigation.ts'
import type { Atom } from '../../src/core/notebook/note.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { addAtom, takeOverAll } from '../actions/investigate.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { plural } from '../widgets/format.ts'
import { AtomRow, short } from './atom-row.tsx'
import { Checklist } from './checklist.tsx'

/** Hypotheses, each with its tests, outcomes and fixes under it; contradictions on top until they are resolved. */
export function Investigation({ session }: { readonly session: Session }) {
  const app = useApp()
  const atoms = useApps(
    ({ notebook }) => notebook,
    state => state.atoms,
  )
  const editing = useApps(
    ({ notebook }) => notebook,
    state => state.editing?.id,
  )
  const rows = useMemo(() => inOrder(atoms), [atoms])
  const open = useMemo(() => contradictions(atoms), [atoms])
  const standing = useMemo(() => new Set(standingAtoms(atoms)), [atoms])
  const contradicted = new Set(open.flatMap(one => one.atoms))
  const { findings, cleared } = session.analysis
  return (
    <>
      {open.length > 0 && <Contradictions open={open} atoms={atoms} />}
      {atoms.length === 0 && (
        <div className="panel-empty">
          <p>
            Write down what could have caused it, how you tested that, and what came out. Select something,
            then press <kbd>Y</kbd>.
          </p>
          {findings.length + cleared.length > 0 && (
            <button type="button" className="button small" onClick={() => takeOverAll(app)}>
              Take over {plural(findings.length, 'finding')} and what was ruled out
            </button>
          )}
        </div>
      )}
      <ul aria-label="Investigation">
        {rows.map(({ atom, depth }) => (
          <AtomRow
            key={atom.id}
            session={session}
            atom={atom}
            atoms={atoms}
            depth={depth}
            editing={editing === atom.id}
            superseded={!standing.has(atom)}
            contradicted={contradicted.has(atom.id)}
          />
        ))}
      </ul>
      {atoms.length > 0 && (
        <p className="atom-adders">
          <button type="button" className="link" onClick={() => addAtom(app, 'hypothesis')}>
            + hypothesis
          </button>
          <button type="button" className="link" onClick={() => addAtom(app, 'lesson')}>
            + lesson
          </button>
        </p>
      )}
      <Checklist session={session} />
    </>
  )
}

function Contradictions({
  open,
  atoms,
}: {
  readonly open: readonly Contradiction[]
  readonly atoms: readonly Atom[]
}) {
  const byId = new Map(atoms.map(atom => [atom.id, atom]))
  const show = (id: string): void => {
    const row = document.getElementById(`atom-${id}`)
    row?.scrollIntoView({ block: 'nearest' })
    row?.querySelector<HTMLElement>('select, button')?.focus()
  }
  return (
    <section className="contradictions" aria-label="Contradictions">
      <h3 className="overline">{plural(open.length, 'contradiction')} open</h3>
      <ul>
        {open.map(({ atoms: [a, b], why }) => (
          <li key={`${a} ${b} ${why}`}>
            <button type="button" className="link" onClick={() => show(a)}>
              {short(byId.get(a)!)}
            </button>{' '}
            and{' '}
            <button type="button" className="link" onClick={() => show(b)}>
              {short(byId.get(b)!)}
            </button>
            : {why}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Each atom under what it is about, as deep as that goes; nothing twice, whatever the ids say. */
function inOrder(atoms: readonly Atom[]): readonly { readonly atom: Atom; readonly depth: number }[] {
  const byAbout = Map.groupBy(atoms, ({ about }) => about)
  const known = new Set(atoms.map(({ id }) => id))
  const out: { atom: Atom; depth: number }[] = []
  const seen = new Set<string>()
  const roots = atoms.filter(({ about }) => !known.has(about))
  const stack = [...roots, ...atoms].reverse().map(atom => ({ atom, depth: 0 }))
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (seen.has(next.atom.id)) continue
    seen.add(next.atom.id)
    out.push(next)
    const { depth } = next
    const under = byAbout.get(next.atom.id) ?? []
    stack.push(...under.toReversed().map(atom => ({ atom, depth: depth + 1 })))
  }
  return out
}
