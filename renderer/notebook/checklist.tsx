import type { Session } from '../../src/core/scene/scene.ts'
import { tickCheck } from '../actions/investigate.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { ChecklistAnswer } from '../widgets/checklist-answer.tsx'

/** What an incident of this kind should be looked at for; what the trace cannot show is looked after by hand. */
export function Checklist({ session }: { readonly session: Session }) {
  const app = useApp()
  const checks = useApps(
    ({ notebook }) => notebook,
    state => state.checks,
  )
  const { checklist } = session.analysis
  const done = new Set(checks.flatMap(check => (check.done ? [check.id] : [])))
  if (checklist.length === 0) return null
  const settled = checklist.filter(({ item, state }) => state !== 'not-observable' || done.has(item)).length
  return (
    <details className="cleared">
      <summary>
        <span className="overline">Looked after</span>{' '}
        <span className="panel-count">
          {settled} of {checklist.length}
        </span>
      </summary>
      <ul aria-label="Looked after">
        {checklist.map(({ item, state, why }) => (
          <li key={item}>
            <label className="check">
              <input
                type="checkbox"
                checked={done.has(item)}
                onChange={event => tickCheck(app, item, event.target.checked)}
              />
              <span className="cleared-subject">{item}</span>
            </label>
            <ChecklistAnswer state={state} why={why} />
          </li>
        ))}
      </ul>
    </details>
  )
}
