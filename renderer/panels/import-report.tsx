import './import-report.css'
import type { ImportIssue } from '../../src/core/import/import.ts'
import { type IssueKind, importEffects, kindOfIssue } from '../../src/core/report/import-effects.ts'
import { selectFinding } from '../actions/select.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'
import { bytes, count, duration, plural } from '../widgets/format.ts'

const sections: readonly { readonly kind: IssueKind; readonly title: string; readonly says: string }[] = [
  { kind: 'lost', title: 'Lost', says: 'not in these files, or not readable' },
  { kind: 'doubtful', title: 'Doubtful', says: 'read as written; look again at what it touches' },
  { kind: 'repaired', title: 'Repaired', says: 'put right on the way in' },
  { kind: 'noted', title: 'Noted', says: 'changes nothing' },
]

/** What was read, repaired and lost on the way in. Every repair is counted, none is silent. */
export function ImportReportDialog() {
  const app = useApp()
  const trace = useApps(
    app => app.trace,
    state => state.trace,
  )
  if (!trace) return null
  const { report, session } = trace
  const effects = importEffects(session.store, session.analysis.findings, report.issues)
  return (
    <Dialog title="Import report" className="report">
      <div className="report-body scroll">
        <table className="report-table" aria-label="Files">
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Format</th>
              <th scope="col" className="num">
                Size
              </th>
              <th scope="col" className="num">
                Spans
              </th>
            </tr>
          </thead>
          <tbody>
            {report.inputs.map(input => (
              <tr key={input.file}>
                <th scope="row">{input.file}</th>
                <td className="mono">{input.format}</td>
                <td className="num">{bytes(input.bytes)}</td>
                <td className="num">{count(input.spans)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {report.issues.length === 0 && (
          <p className="muted">
            Nothing was lost or repaired: everything in the files was read as it stands.
          </p>
        )}
        {sections.map(({ kind, title, says }) => {
          const issues = report.issues.filter(({ code }) => kindOfIssue(code) === kind)
          if (issues.length === 0) return null
          return (
            <section key={kind} className={`report-section ${kind}`} aria-label={title}>
              <h3>
                {title} <span className="muted">{says}</span>
              </h3>
              <ul className="report-issues">
                {issues.map(issue => (
                  <li key={issue.code}>
                    <span className="report-count">{count(issue.count)}</span>
                    <span>
                      <b>{withoutCount(issue)}</b>
                      <Effect findings={effects.get(issue.code) ?? []} />
                      <span className="report-example">
                        <span className="mono">{issue.code}</span> {issue.example}
                      </span>
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          )
        })}
        <h3 className="overline">Processes</h3>
        <table className="report-table" aria-label="Processes">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">Starts known to</th>
              <th scope="col">Offset</th>
              <th scope="col">Losses</th>
            </tr>
          </thead>
          <tbody>
            {session.store.processes.map(process => (
              <tr key={process.index}>
                <th scope="row">{process.label}</th>
                <td>{process.uncertaintyNs > 0 ? `±${duration(process.uncertaintyNs)}` : 'exact'}</td>
                <td>{process.offsetNs === 0 ? 'as written' : `${duration(process.offsetNs)} subtracted`}</td>
                <td>
                  {process.lost > 0
                    ? `${count(process.lost)} records`
                    : process.lost === 0
                      ? 'none'
                      : 'not recorded'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p>
          <button type="button" className="button" onClick={() => app.dialogs.setState({ open: 'clocks' })}>
            Compare clocks
          </button>
        </p>
      </div>
    </Dialog>
  )
}

/** The count stands beside it. */
const withoutCount = ({ count, consequence }: ImportIssue): string =>
  consequence.startsWith(`${count} `) ? consequence.slice(String(count).length + 1) : consequence

/** The findings an entry touches; each leads to its card. */
function Effect({ findings }: { readonly findings: readonly string[] }) {
  const app = useApp()
  if (findings.length === 0) return null
  const show = (id: string): void => {
    app.dialogs.setState({ open: 'none' })
    selectFinding(app, id)
  }
  return (
    <span className="report-effect">
      touches {plural(findings.length, 'finding')}:{' '}
      {findings.map(id => (
        <button key={id} type="button" className="link" onClick={() => show(id)}>
          {id}
        </button>
      ))}
    </span>
  )
}
