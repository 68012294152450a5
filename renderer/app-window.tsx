import './styles/window.css'
import { lazy, Suspense, startTransition, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { NotebookPanel } from './notebook/notebook-panel.tsx'
import { ClockDialog } from './panels/clock-dialog.tsx'
import { EmptyState } from './panels/empty-state.tsx'
import { FindingsPanel } from './panels/findings-panel.tsx'
import { HelpDialog } from './panels/help-dialog.tsx'
import { ImportReportDialog } from './panels/import-report.tsx'
import { Inspector } from './panels/inspector.tsx'
import { LiveDialog } from './panels/live-dialog.tsx'
import { LoadingPanel } from './panels/loading-panel.tsx'
import { Palette } from './panels/palette.tsx'
import { ProblemPanel } from './panels/problem-panel.tsx'
import { SettingsDialog } from './panels/settings-dialog.tsx'
import { StatePanel } from './panels/state-panel.tsx'
import { StatusBar } from './panels/status-bar.tsx'
import { Toolbar } from './panels/toolbar.tsx'
import type { TraceState } from './state/trace.ts'
import { Timeline } from './timeline/timeline.tsx'
import { Announcer, Toast } from './widgets/announcer.tsx'
import { useApp, useApps } from './widgets/app-context.ts'
import { DropTarget } from './widgets/drop-target.tsx'
import { Pane, Panes, SidePane, Splitter } from './widgets/panes.tsx'
import { useKeys } from './widgets/use-keys.ts'
import { usePaste } from './widgets/use-paste.ts'

const CompareDialog = lazy(() =>
  import('./compare/compare-dialog.tsx').then(m => ({ default: m.CompareDialog })),
)

/** Pictures, redaction and compression come with it: loaded when somebody shares. */
const ShareDialog = lazy(() => import('./share/share-dialog.tsx').then(m => ({ default: m.ShareDialog })))
const InvestigationDialog = lazy(() =>
  import('./notebook/investigation-dialog.tsx').then(m => ({ default: m.InvestigationDialog })),
)

export function AppWindow() {
  useKeys()
  usePaste()
  const { trace, loading } = useArriving()
  const open = useApps(
    app => app.dialogs,
    state => state.open,
  )
  return (
    <DropTarget>
      <div className="window">
        <Toolbar />
        <ProblemPanel />
        <main className="body">
          {trace ? <Workspace key={trace.id} /> : !loading && <EmptyState />}
          {loading && <LoadingPanel loading={loading} />}
        </main>
        <StatusBar />
        {open === 'help' && <HelpDialog />}
        {open === 'settings' && <SettingsDialog />}
        {(open === 'palette' || open === 'lanes') && <Palette mode={open} />}
        {open === 'report' && <ImportReportDialog />}
        {open === 'clocks' && <ClockDialog />}
        {open === 'live' && <LiveDialog />}
        {open === 'investigation' && (
          <Suspense>
            <InvestigationDialog />
          </Suspense>
        )}
        {open === 'compare' && trace && (
          <Suspense>
            <CompareDialog />
          </Suspense>
        )}
        {open === 'share' && trace && (
          <Suspense>
            <ShareDialog />
          </Suspense>
        )}
        <Toast />
        <Announcer />
      </div>
    </DropTarget>
  )
}

/**
 * The open trace, a moment later: all panels of a new one at once would hold up the page, so React builds them in slices
 * before it shows them. Until then the window stays as it was.
 */
function useArriving(): Pick<TraceState, 'trace' | 'loading'> {
  const app = useApp()
  const now = useApps(
    ({ trace }) => trace,
    state => state,
  )
  const built = useDeferredValue(now)
  const isArriving = built.trace !== now.trace
  useEffect(() => (isArriving ? app.pending.begin() : undefined), [app, isArriving])
  return isArriving ? built : now
}

/** Panels around the lanes, by when they are built: what is read first comes first. */
const FINDINGS = 1
const INSPECTOR = 2
const STATE = 3
const NOTEBOOK = 4

/** Grows by one at a time: all panels in one go, and laid out in one go, would hold up the page. */
function useBuilt(last: number): number {
  const app = useApp()
  const [built, setBuilt] = useState(0)
  useEffect(() => {
    if (built >= last) return
    const end = app.pending.begin()
    const timer = setTimeout(() => startTransition(() => setBuilt(built + 1)))
    return () => {
      clearTimeout(timer)
      end()
    }
  }, [app, built, last])
  return built
}

/** Where there is little room it is the lanes': the findings fold away, a key and a button bring them back. */
const NARROW_PX = 900
const SMALL_PX = 1200

function sideSizes(): { readonly left: number; readonly right: number } {
  const { innerWidth } = window
  if (innerWidth < NARROW_PX) return { left: 0, right: 280 }
  return innerWidth < SMALL_PX ? { left: 272, right: 288 } : { left: 292, right: 376 }
}

function Workspace() {
  const sizes = useMemo(sideSizes, [])
  const built = useBuilt(NOTEBOOK)
  return (
    <Panes id="columns" orientation="horizontal">
      <SidePane id="left" size={sizes.left} min={220}>
        <Panes id="left-rows" orientation="vertical" sizes={{ findings: 64, notebook: 36 }}>
          <Pane id="findings" min={120}>
            {built >= FINDINGS && <FindingsPanel />}
          </Pane>
          <Splitter label="Resize findings and notebook" />
          <Pane id="notebook" min={88}>
            {built >= NOTEBOOK && <NotebookPanel />}
          </Pane>
        </Panes>
      </SidePane>
      <Splitter label="Resize findings" />
      <Pane id="timeline" min={300}>
        <Timeline />
      </Pane>
      <Splitter label="Resize inspector" />
      <SidePane id="right" size={sizes.right} min={280}>
        <Panes id="right-rows" orientation="vertical" sizes={{ inspector: 66, state: 34 }}>
          <Pane id="inspector" min={120}>
            {built >= INSPECTOR && <Inspector />}
          </Pane>
          <Splitter label="Resize inspector and state" />
          <Pane id="state" min={96}>
            {built >= STATE && <StatePanel />}
          </Pane>
        </Panes>
      </SidePane>
    </Panes>
  )
}
