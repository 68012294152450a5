import { whatIfText } from '../../../src/core/report/quantity.ts'
import { type CardProps, Part } from './part.tsx'

/** Why the fix is safe, and what the recorded load would be with it; the fix itself stands at the top. */
export function Remedy({ finding }: Pick<CardProps, 'finding'>) {
  const { primitive, why, whatIf } = finding.text.remedy
  if (!primitive) return null
  const numbers = Object.entries(whatIf).map(([name, value]) => whatIfText(name, value))
  return (
    <div className="remedy">
      <Part title="Remedy">
        <p>{why}</p>
        {numbers.length > 0 && (
          <table className="evidence" aria-label="Worked out from this recording">
            <tbody>
              {numbers.map(([name, text]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Part>
    </div>
  )
}
