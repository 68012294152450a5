import { verdictsOf } from '../../src/core/notebook/investigation.ts'
import type { Atom, Verdict } from '../../src/core/notebook/note.ts'
import { changeAtom } from '../actions/investigate.ts'
import { useApp } from '../widgets/app-context.ts'

/** What an atom is judged to be. A lesson is not judged. */
export function VerdictSelect({ atom }: { readonly atom: Atom }) {
  const app = useApp()
  const verdicts = verdictsOf[atom.kind]
  if (verdicts.length < 2) return null
  return (
    <select
      className={`verdict ${atom.verdict || 'open'}`}
      aria-label={`Verdict of the ${atom.kind}`}
      value={atom.verdict}
      onChange={event => changeAtom(app, atom.id, { verdict: event.target.value as Verdict })}
    >
      {verdicts.map(([verdict, word]) => (
        <option key={verdict} value={verdict}>
          {word}
        </option>
      ))}
    </select>
  )
}
