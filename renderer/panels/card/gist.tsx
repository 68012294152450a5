import { alikeTo } from '../../../src/core/compare/alike.ts'
import type { Place } from '../../../src/core/detect/finding.ts'
import { selectFinding } from '../../actions/select.ts'
import { useApp } from '../../widgets/app-context.ts'
import { Alike } from './alike.tsx'
import type { CardProps } from './part.tsx'

/** Where it is in the code, what cures it, and what else that cures: for those who read no further. */
export function Gist({ session, finding }: CardProps) {
  const app = useApp()
  const { culprit, text } = finding
  const { causes, findings } = session.analysis
  const ids = causes.find(cause => cause.finding === finding.id)?.explains ?? []
  const explained = findings.filter(({ id }) => ids.includes(id))
  const alike = alikeTo(findings, finding)
  return (
    <dl className="facts gist">
      {culprit.places.length > 0 && (
        <>
          <dt>Culprit</dt>
          <dd>
            <Places places={culprit.places} />
          </dd>
        </>
      )}
      {text.remedy.primitive && (
        <>
          <dt>Fix</dt>
          <dd>
            <b>{text.remedy.primitive}</b>
          </dd>
        </>
      )}
      {explained.length > 0 && (
        <>
          <dt>Explains</dt>
          <dd className="row-links">
            {explained.map(({ id, detector, subject, text: { title } }) => (
              <button
                key={id}
                type="button"
                className="link"
                title={title}
                onClick={() => selectFinding(app, id)}
              >
                {id} {detector}: {subject.name}
              </button>
            ))}
          </dd>
        </>
      )}
      {alike.length > 1 && (
        <>
          <dt>Also on</dt>
          <dd>
            <Alike key={alike[0].id} others={alike.filter(one => one !== finding)} />
          </dd>
        </>
      )}
    </dl>
  )
}

const MOST_PLACES = 6

const Places = ({ places }: { readonly places: readonly Place[] }) => (
  <ul className="places">
    {places.slice(0, MOST_PLACES).map(({ role, site }) => (
      <li key={site}>
        <span className="muted">{role}</span> <span className="mono site">{site}</span>
      </li>
    ))}
    {places.length > MOST_PLACES && <li className="muted">and {places.length - MOST_PLACES} more</li>}
  </ul>
)
