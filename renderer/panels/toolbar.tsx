import { openDialog } from '../actions/open-dialog.ts'
import { togglePane } from '../actions/panes.ts'
import { runCommand } from '../actions/run-command.ts'
import type { ThemeChoice, TimeDisplay } from '../state/settings.ts'
import type { InputFile } from '../state/trace.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { day, instant, plural } from '../widgets/format.ts'
import { Icon, type IconName } from '../widgets/icon.tsx'
import { IconButton } from '../widgets/icon-button.tsx'
import { type Segment, Segments } from '../widgets/segments.tsx'
import { SearchBox } from './search-box.tsx'
import './toolbar.css'

export function Toolbar() {
  const app = useApp()
  const trace = useApps(
    ({ trace }) => trace,
    state => state.trace,
  )
  return (
    <header className="toolbar">
      <div className="toolbar-left">
        <Brand />
        <button
          type="button"
          className="button"
          title="Open (Ctrl O)"
          onClick={() => void openDialog(app, false)}
        >
          <Icon name="open" /> Open
        </button>
        {trace && (
          <button
            type="button"
            className="button quiet"
            aria-label="Merge"
            title="Add files to the open trace"
            onClick={() => void openDialog(app, true)}
          >
            <Icon name="merge" /> <span className="toolbar-word">Merge</span>
          </button>
        )}
        {trace && (
          <button
            type="button"
            className="button quiet"
            aria-label="Compare"
            title="Compare with another recording (C)"
            onClick={() => runCommand(app, 'compare')}
          >
            <Icon name="compare" /> <span className="toolbar-word">Compare</span>
          </button>
        )}
        <LiveButton />
        {trace && <TraceTitle />}
      </div>
      {trace && <SearchBox />}
      <div className="toolbar-right">
        {trace && <TimeChoice />}
        {trace && <PaneButtons />}
        <ThemeButton />
        <IconButton
          icon="help"
          label="Keys and help"
          title="Keys and mouse (?)"
          onClick={() => app.dialogs.setState({ open: 'help' })}
        />
        <IconButton
          icon="settings"
          label="Settings"
          title="Settings (Ctrl ,)"
          onClick={() => app.dialogs.setState({ open: 'settings' })}
        />
        {trace && (
          <button
            type="button"
            className="button primary"
            title="Share (Ctrl S)"
            onClick={() => app.dialogs.setState({ open: 'share' })}
          >
            <Icon name="share" /> Share
          </button>
        )}
      </div>
    </header>
  )
}

function LiveButton() {
  const app = useApp()
  const on = useApps(
    ({ live }) => live,
    state => state.on,
  )
  const spans = useApps(
    ({ live }) => live,
    state => state.receiving?.counts.spans ?? 0,
  )
  return (
    <button
      type="button"
      className="button quiet"
      aria-label={on ? `Live, ${plural(spans, 'span')}` : 'Live'}
      title="Receive spans on this machine"
      onClick={() => runCommand(app, 'live')}
    >
      {on ? <span className="live-on" /> : <Icon name="live" />}
      {on ? plural(spans, 'span') : <span className="toolbar-word">Live</span>}
    </button>
  )
}

const Brand = () => (
  <span className="brand" title="Interleave">
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <rect x="2" y="4" width="11" height="4" rx="1.4" fill="var(--accent)" />
      <rect x="8" y="10" width="14" height="4" rx="1.4" fill="var(--contended-use)" />
      <rect x="3" y="16" width="7" height="4" rx="1.4" fill="var(--accent)" opacity=".4" />
      <rect x="12" y="16" width="8" height="4" rx="1.4" fill="var(--accent)" />
    </svg>
    <span className="brand-name">Interleave</span>
  </span>
)

function TraceTitle() {
  const trace = useApps(
    app => app.trace,
    state => state.trace,
  )
  const display = useApps(
    app => app.settings,
    state => state.timeDisplay,
  )
  if (!trace) return null
  const { epochUnixNano } = trace.session.store
  const start = instant(0, epochUnixNano, display === 'local' ? 'local' : 'utc', 1e9)
  const wholeName = ({ name, folder }: InputFile): string => (folder ? `${folder}/${name}` : name)
  const [first, ...more] = trace.files
  const began = `${day(epochUnixNano, display).replace(' UTC', '')} ${start}${display === 'local' ? '' : ' UTC'}`
  return (
    <h1 className="trace-title" title={[...trace.files.map(wholeName), began].join('\n')}>
      <span className="trace-name">
        {first?.folder && <span className="trace-folder">{first.folder}/</span>}
        <span className="trace-file">{first?.name ?? trace.name}</span>
        {more.length > 0 && <span>&nbsp;+ {more.length}</span>}
      </span>
      <span className="muted">{began}</span>
    </h1>
  )
}

const displays: readonly Segment<TimeDisplay>[] = [
  { value: 'relative', label: 'Relative', title: 'Times from the start of the trace' },
  { value: 'utc', label: 'UTC', title: 'Wall clock in UTC' },
  { value: 'local', label: 'Local', title: 'Wall clock here' },
]

function TimeChoice() {
  const app = useApp()
  const display = useApps(
    ({ settings }) => settings,
    state => state.timeDisplay,
  )
  return (
    <Segments
      label="Time display"
      value={display}
      options={displays}
      onChange={timeDisplay => app.settings.setState({ timeDisplay })}
    />
  )
}

function PaneButtons() {
  const app = useApp()
  const { left, right } = useApps(
    ({ dialogs }) => dialogs,
    state => state.unfolded,
  )
  return (
    <span className="toolbar-panes">
      <IconButton
        icon="left"
        label="Findings and notebook"
        aria-pressed={left}
        title="Findings and notebook (Ctrl B)"
        onClick={() => togglePane(app, 'left')}
      />
      <IconButton
        icon="right"
        label="Inspector and state"
        aria-pressed={right}
        title="Inspector and state (Q)"
        onClick={() => togglePane(app, 'right')}
      />
    </span>
  )
}

const nextTheme: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' }
const themeIcon: Record<ThemeChoice, IconName> = { system: 'system', light: 'sun', dark: 'moon' }

function ThemeButton() {
  const app = useApp()
  const theme = useApps(
    ({ settings }) => settings,
    state => state.theme,
  )
  return (
    <IconButton
      icon={themeIcon[theme]}
      label={`Theme: ${theme}`}
      title={`Theme: ${theme}. Click for ${nextTheme[theme]}`}
      onClick={() => app.settings.setState({ theme: nextTheme[theme] })}
    />
  )
}
