import type { Finding } from '../../src/core/detect/finding.ts'
import { findingKey } from '../../src/core/notebook/finding-key.ts'
import { factsOf } from '../../src/core/notebook/investigation.ts'
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
        <Fact
          label="Explains the symptom"
          said={said?.explains ?? ''}
          analysed={finding.explains}
          answers={['yes', 'partly', 'no']}
          onChange={explains => judgeFinding(app, finding, { explains })}
        />
      </dd>
      <dt>Defect to fix</dt>
      <dd>
        <Fact
          label="Defect to fix"
          said={said?.defect ?? ''}
          analysed={finding.defect ? 'yes' : 'no'}
          answers={['yes', 'no']}
          onChange={defect => judgeFinding(app, finding, { defect })}
        />
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

interface FactProps<Answer extends string> {
  readonly label: string
  /** `''` leaves it as analysed. */
  readonly said: Answer | ''
  readonly analysed: string
  readonly answers: readonly Answer[]
  readonly onChange: (said: Answer | '') => void
}

function Fact<Answer extends string>({ label, said, analysed, answers, onChange }: FactProps<Answer>) {
  return (
    <select
      className="fact"
      aria-label={label}
      value={said}
      onChange={event => onChange(answers.find(answer => answer === event.target.value) ?? '')}
    >
      <option value="">{analysed} (as analysed)</option>
      {answers.map(answer => (
        <option key={answer} value={answer}>
          {answer}
        </option>
      ))}
    </select>
  )
}
