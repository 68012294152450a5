import { useMemo } from 'react'
import { harmText } from '../../../src/core/detect/harm-words.ts'
import type { Session } from '../../../src/core/scene/scene.ts'
import { spanName } from '../../../src/core/store/store.ts'
import { goToItem } from '../../actions/select.ts'
import { itemOfRow, taskLabel } from '../../state/lookup.ts'
import { useApp } from '../../widgets/app-context.ts'
import { type CardProps, Part } from './part.tsx'

/** Who was harmed and who did it, each one a way to its lane. */
export function Impact({ session, finding }: CardProps) {
  const { victims, culprit } = finding
  const harm = harmText(finding)
  const taskOf = (row: number): number => session.model.taskOfSpan[row] ?? -1
  const harmed = new Set(victims.rows.map(taskOf))
  // Whoever was harmed is not told again as who did it: in a ring, or in a row of awaits, one is in the way of the next.
  const doers = culprit.rows.filter(row => !harmed.has(taskOf(row)))
  if (!harm && doers.length === 0) return null
  return (
    <Part title="Impact">
      <dl className="facts">
        {harm && (
          <>
            <dt>Harmed</dt>
            <dd>
              {harm}
              {finding.detector === 'deadlock' && victims.count > 1 && '; each is in the way of the other'}
              <RowLinks session={session} rows={victims.rows} />
            </dd>
          </>
        )}
        {doers.length > 0 && (
          <>
            <dt>Done by</dt>
            <dd>
              <RowLinks session={session} rows={doers} />
            </dd>
          </>
        )}
      </dl>
    </Part>
  )
}

const MOST_LINKS = 5

function RowLinks({ session, rows }: { readonly session: Session; readonly rows: readonly number[] }) {
  const app = useApp()
  // Several spans of one task lead to one lane: once is enough.
  const known = useMemo(() => {
    const byLabel = new Map<string, number>()
    for (const row of rows) {
      const label = labelOfRow(session, row)
      if (!byLabel.has(label) && itemOfRow(session, row)) byLabel.set(label, row)
    }
    return [...byLabel]
  }, [session, rows])
  if (known.length === 0) return null
  return (
    <span className="row-links">
      {known.slice(0, MOST_LINKS).map(([label, row]) => (
        <button
          key={row}
          type="button"
          className="link"
          onClick={() => goToItem(app, itemOfRow(session, row)!)}
        >
          {label}
        </button>
      ))}
      {known.length > MOST_LINKS && <span className="muted">and {known.length - MOST_LINKS} more</span>}
    </span>
  )
}

/** Whose span it is says more than what the span is called. */
function labelOfRow(session: Session, row: number): string {
  const task = session.model.taskOfSpan[row] ?? -1
  return task >= 0 ? taskLabel(session, task) : spanName(session.store, row)
}
