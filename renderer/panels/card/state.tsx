import { selectFinding } from '../../actions/select.ts'
import { FindingFacts } from '../../notebook/finding-facts.tsx'
import { useApp } from '../../widgets/app-context.ts'
import { percent } from '../../widgets/format.ts'
import { type CardProps, Part } from './part.tsx'

/** What is known and said of it: two verdicts that do not follow from each other, its share, and its cause. */
export function State({ session, finding }: CardProps) {
  const app = useApp()
  const { causes } = session.analysis
  const cause = causes.find(({ finding: id }) => id === finding.id)
  const explained = causes.find(
    ({ finding: id, explains }) => id !== finding.id && explains.includes(finding.id),
  )
  return (
    <Part title="State">
      <dl className="facts">
        <FindingFacts finding={finding} />
        {cause && cause.shareOf === 'wait' && (
          <>
            <dt>Share</dt>
            <dd>{percent(cause.share)} of all waiting that something is to blame for</dd>
          </>
        )}
        {explained && (
          <>
            <dt>Explained by</dt>
            <dd>
              <button type="button" className="link" onClick={() => selectFinding(app, explained.finding)}>
                {explained.finding}
              </button>
            </dd>
          </>
        )}
      </dl>
    </Part>
  )
}
