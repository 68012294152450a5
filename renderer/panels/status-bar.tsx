import { kindOfIssue } from '../../src/core/report/import-effects.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { duration, plural } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'
import { LaneMenu } from './lane-menu.tsx'

/** What is open, what of it is shown, and how far it can be trusted. */
export function StatusBar() {
  const app = useApp()
  const session = useSession()
  const report = useApps(
    ({ trace }) => trace,
    state => state.trace?.report ?? null,
  )
  if (!session || !report) {
    return (
      <footer className="status-bar">
        <span>{app.info.version && `Interleave ${app.info.version}`}</span>
        <span className="spacer" />
        <span>Nothing leaves this machine</span>
      </footer>
    )
  }
  const { processes, spans } = session.store
  const uncertaintyNs = processes.reduce((most, process) => Math.max(most, process.uncertaintyNs), 0)
  const skew = report.issues.some(({ code }) => code === 'clock-skew' || code === 'clock-contradiction')
  const corrected = processes.filter(({ offsetNs }) => offsetNs !== 0).length
  const lost = processes.reduce((sum, process) => sum + Math.max(0, process.lost), 0)
  const silent = processes.some(process => process.lost < 0)
  const issues = report.issues.filter(({ code }) => kindOfIssue(code) !== 'noted').length
  return (
    <footer className="status-bar">
      <span>{plural(spans.count, 'span')}</span>
      <span>{plural(processes.length, 'process', 'processes')}</span>
      <LaneMenu />
      <span className="spacer" />
      <button
        type="button"
        className={issues > 0 ? 'attention' : ''}
        onClick={() => app.dialogs.setState({ open: 'report' })}
      >
        <Icon name={issues > 0 ? 'warning' : 'check'} />
        {issues > 0 ? `Import: ${plural(issues, 'entry', 'entries')}` : 'Import: clean'}
      </button>
      <button
        type="button"
        className={skew ? 'attention' : ''}
        title="What start times may be off by at most, and how far clocks are apart"
        onClick={() => app.dialogs.setState({ open: 'clocks' })}
      >
        {skew && <Icon name="warning" />}
        {uncertaintyNs > 0 ? `Clock ±${duration(uncertaintyNs)}` : 'Clock exact'}
        {skew ? ', clocks disagree' : corrected > 0 ? `, ${plural(corrected, 'clock')} corrected` : ''}
      </button>
      <span title="Records that recorders say they lost">
        {lost > 0 ? `${plural(lost, 'record')} lost` : silent ? 'Losses not recorded' : 'Nothing lost'}
      </span>
    </footer>
  )
}
