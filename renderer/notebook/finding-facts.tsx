import type { Finding } from '../../src/core/detect/finding.ts'
import { findingKey } from '../../src/core/notebook/finding-key.ts'
import { factsOf } from '../../src/core/notebook/investigation.ts'
import type { Judgement } from '../../src/core/notebook/note.ts'
import { addFix, judgeFinding, takeOverFinding } from '../actions/investigate.ts'
import { useApp, useApps } from '../widgets/app-context.ts'

/** Two facts that do not follow from each other, as computed or as the investigator says. Rows of a `dl`. */
export function FindingFacts({ finding }: { readonly finding: Finding }) {
  const app = useApp()
  const judgements = useApps(
    ({ notebook }) => notebook,
    state => state.judgements,
  )
  const said = judgements.find(({ id }) => id === findingKey(finding))
  const { by } = factsOf(finding, judgements)
  return (
    <>
      <dt>Explains the symptom</dt>
      <dd>
        <select
          className="fact"
          aria-label="Explains the symptom"
          value={said?.explains ?? ''}
          onChange={event =>
            judgeFinding(app, finding, { explains: event.target.value as Judgement['explains'] })
          }
        >
          <option value="">{finding.explains} (as analysed)</option>
          <option value="yes">yes</option>
          <option value="partly">partly</option>
          <option value="no">no</option>
        </select>
      </dd>
      <dt>Defect to fix</dt>
      <dd>
        <select
          className="fact"
          aria-label="Defect to fix"
          value={said?.defect ?? ''}
          onChange={event =>
            judgeFinding(app, finding, { defect: event.target.value as Judgement['defect'] })
          }
        >
          <option value="">{finding.defect ? 'yes' : 'no'} (as analysed)</option>
          <option value="yes">yes</option>
          <option value="no">no</option>
        </select>
        {by && <span className="muted"> said by {by}</span>}
      </dd>
      <dt>Notebook</dt>
      <dd className="fact-actions">
        <button type="button" className="link" onClick={() => takeOverFinding(app, finding)}>
          Add as a hypothesis
        </button>
        <button type="button" className="link" onClick={() => addFix(app, finding)}>
          Add its fix
        </button>
      </dd>
    </>
  )
}
