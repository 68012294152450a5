import './import-report.css'
import { useApps } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'
import { bytes, count, duration } from '../widgets/format.ts'

/** What was read, repaired and lost on the way in. Every repair is counted, none is silent. */
export function ImportReportDialog() {
  const trace = useApps(
    app => app.trace,
    state => state.trace,
  )
  if (!trace) return null
  const { report, session } = trace
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
        <h3 className="overline">Repaired, dropped or doubtful</h3>
        {report.issues.length === 0 ? (
          <p className="muted">Nothing: everything in the files was read as it stands.</p>
        ) : (
          <ul className="report-issues" aria-label="Import issues">
            {report.issues.map(issue => (
              <li key={issue.code}>
                <span className="report-count">{count(issue.count)}</span>
                <span>
                  <b>{issue.consequence}</b>
                  <span className="mono muted">{issue.code}</span>
                  <span className="report-example">{issue.example}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
        <h3 className="overline">Processes</h3>
        <table className="report-table" aria-label="Processes">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">Clock</th>
              <th scope="col">Losses</th>
            </tr>
          </thead>
          <tbody>
            {session.store.processes.map(process => (
              <tr key={process.index}>
                <th scope="row">{process.label}</th>
                <td>{process.uncertaintyNs > 0 ? `±${duration(process.uncertaintyNs)}` : 'exact'}</td>
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
      </div>
    </Dialog>
  )
}
