import { alikeText } from '../../src/core/compare/alike.ts'
import { factsOf, stillToFix } from '../../src/core/notebook/investigation.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { editEntry } from '../actions/edit-notes.ts'
import { addFix } from '../actions/investigate.ts'
import { selectFinding } from '../actions/select.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { SeverityWord } from '../widgets/severity.tsx'
import { VerdictSelect } from './verdict-select.tsx'

/** Defects without a verified fix. Choosing a root cause takes nothing off this list. */
export function ToFixList({ session }: { readonly session: Session }) {
  const app = useApp()
  const notebook = useApps(
    one => one.notebook,
    state => state,
  )
  const queue = stillToFix(session.analysis.findings, notebook)
  if (queue.length === 0) {
    return (
      <p className="panel-empty">
        Nothing is left to fix: every finding that is a defect has a verified fix, or is called none.
      </p>
    )
  }
  return (
    <ul aria-label="Still to fix">
      {queue.map(({ finding, others, fix }) => (
        <li key={finding.id} className="note to-fix">
          <div className="note-head">
            <SeverityWord severity={finding.severity} />
            <span className="note-by">
              {finding.id} · explains the symptom: {factsOf(finding, notebook.judgements).explains}
            </span>
          </div>
          <button type="button" className="to-fix-title" onClick={() => selectFinding(app, finding.id)}>
            {finding.text.title}
          </button>
          {others.length > 0 && <p className="muted">Also {alikeText(others)}</p>}
          <div className="note-foot">
            {fix ? (
              <>
                <button
                  type="button"
                  className="link to-fix-fix"
                  title="Edit the fix"
                  onClick={() => {
                    app.notebook.setState({ tab: 'investigation' })
                    editEntry(app, fix.id)
                  }}
                >
                  {fix.text || 'fix without text'}
                </button>
                <VerdictSelect atom={fix} />
              </>
            ) : (
              <button type="button" className="link" onClick={() => addFix(app, finding)}>
                + fix{finding.text.remedy.primitive && `: ${finding.text.remedy.primitive}`}
              </button>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}
