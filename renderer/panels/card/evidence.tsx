import type { Evidence } from '../../../src/core/detect/finding.ts'
import { limitText } from '../../../src/core/detect/threshold-words.ts'
import type { Session } from '../../../src/core/scene/scene.ts'
import { goToItem } from '../../actions/select.ts'
import { itemOfRow } from '../../state/lookup.ts'
import { useApp } from '../../widgets/app-context.ts'
import { quantity } from '../../widgets/format.ts'
import { IconButton } from '../../widgets/icon-button.tsx'
import { type CardProps, Part } from './part.tsx'

/** What speaks for it; the limits that it passed are told apart, for those who doubt it. */
export function EvidenceFor({ session, finding: { evidence } }: CardProps) {
  const facts = evidence.filter(({ label, value }) => limitText(label, value) === null)
  const limits = evidence.filter(({ label, value }) => limitText(label, value) !== null)
  if (evidence.length === 0) return null
  return (
    <Part title="Evidence">
      <EvidenceTable session={session} entries={facts} title="Evidence" />
      {limits.length > 0 && (
        <details className="limits">
          <summary>Found because it passed these limits</summary>
          <ul className="card-list">
            {limits.map(({ label, value }) => (
              <li key={label}>
                {limitText(label, value)}{' '}
                <span className="mono muted">{label.replace('threshold ', '')}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Part>
  )
}

interface EvidenceTableProps {
  readonly session: Session
  readonly entries: readonly Evidence[]
  readonly title: string
}

export function EvidenceTable({ session, entries, title }: EvidenceTableProps) {
  const app = useApp()
  return (
    <table className="evidence" aria-label={title}>
      <tbody>
        {entries.map(({ label, value, unit, row }) => (
          <tr key={`${label} ${value} ${row}`}>
            <th scope="row">{label}</th>
            <td>{quantity(value, unit)}</td>
            <td>
              {itemOfRow(session, row) && (
                <IconButton
                  icon="target"
                  tiny
                  label={`Show ${label} in the lanes`}
                  title="Show in lanes"
                  onClick={() => goToItem(app, itemOfRow(session, row)!)}
                />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
