import './range-details.css'
import { useEffect, useState } from 'react'
import type { Lane } from '../../src/core/lanes/lane.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { type AreaStatistics, areaStatistics } from '../../src/core/statistics/area.ts'
import { annotateBox, annotateRange } from '../actions/annotate.ts'
import { showStretch } from '../actions/navigate.ts'
import { lanesOfRange, type Range } from '../state/selection.ts'
import { inSlices } from '../state/slices.ts'
import { useApp, useApps, useShownLanes } from '../widgets/app-context.ts'
import { count, duration, instant, plural } from '../widgets/format.ts'
import { SmallButton } from '../widgets/small-button.tsx'
import { TabPanel, Tabs } from '../widgets/tabs.tsx'
import { AreaTable } from './area-table.tsx'
import { DurationHistogram } from './duration-histogram.tsx'

const tables = ['resources', 'sites', 'holds', 'waits', 'stalls', 'tasks'] as const
export type AreaTableName = (typeof tables)[number]

const titles: Record<AreaTableName, string> = {
  resources: 'Resources',
  sites: 'Blame by site',
  holds: 'Holds',
  waits: 'Waits',
  stalls: 'Stalls',
  tasks: 'Tasks',
}

/** Statistics of a selected area: a stretch of time × the lanes it covers. */
export function RangeDetails({ session, range }: { readonly session: Session; readonly range: Range }) {
  const app = useApp()
  const display = useApps(
    ({ settings }) => settings,
    state => state.timeDisplay,
  )
  const shown = useShownLanes()
  const statistics = useStatistics(session, range, shown)
  const at = (ns: number): string => instant(ns, session.store.epochUnixNano, display, 1e3)
  return (
    <article className="card" aria-label="Selected range">
      <header className="card-head">
        <div className="card-words">
          <span className="chip">Range</span>
          <span className="muted">
            {range.lanes.length === 0 ? 'all lanes' : plural(range.lanes.length, 'lane')}
          </span>
        </div>
        <h2>{duration(range.endNs - range.startNs)}</h2>
        <p className="muted">
          {at(range.startNs)} – {at(range.endNs)}
        </p>
      </header>
      <div className="card-actions">
        <SmallButton icon="note" onClick={() => annotateRange(app)} title="Note (R)">
          Note
        </SmallButton>
        <SmallButton icon="table" onClick={() => annotateBox(app)} title="Box (B)">
          Box
        </SmallButton>
        <SmallButton icon="fit" onClick={() => showStretch(app, range.startNs, range.endNs)} title="Zoom (Z)">
          Zoom
        </SmallButton>
        {range.lanes.length > 0 && (
          <button
            type="button"
            className="button small"
            onClick={() => app.selection.setState({ range: { ...range, lanes: [] } })}
          >
            All lanes
          </button>
        )}
      </div>
      {statistics && <Counts statistics={statistics} />}
      {statistics && <Tables session={session} statistics={statistics} />}
    </article>
  )
}

/** While an edge is dragged the lanes come first; the numbers of the last area stay until the next ones are there. */
function useStatistics(session: Session, range: Range, shown: readonly Lane[]): AreaStatistics | null {
  const app = useApp()
  const [statistics, setStatistics] = useState<AreaStatistics | null>(null)
  useEffect(() => {
    let wanted = true
    const { startNs, endNs } = range
    const steps = areaStatistics(session, { startNs, endNs, lanes: lanesOfRange(range, shown) })
    void app.pending.track(inSlices(steps, () => wanted)).then(found => found && setStatistics(found))
    return () => {
      wanted = false
    }
  }, [app, session, range, shown])
  return statistics
}

function Counts({ statistics }: { readonly statistics: AreaStatistics }) {
  const { waits, holds, stalls, tasks, spans, accesses, errors } = statistics
  const figures: readonly (readonly [label: string, figure: string])[] = [
    ['Waited', duration(waits.insideNs)],
    ['Held', duration(holds.insideNs)],
    ['Stalled', duration(stalls.insideNs)],
    ['Tasks', count(tasks.count)],
    ['Spans', count(spans)],
    ['Accesses', count(accesses)],
    ['Errors', count(errors)],
  ]
  return (
    <dl className="figures">
      {figures.map(([label, figure]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{figure}</dd>
        </div>
      ))}
    </dl>
  )
}

const countOf = (statistics: AreaStatistics, name: AreaTableName): number =>
  name === 'resources' || name === 'sites' ? statistics[name].length : statistics[name].count

interface TablesProps {
  readonly session: Session
  readonly statistics: AreaStatistics
}

function Tables({ session, statistics }: TablesProps) {
  const [wanted, setWanted] = useState<AreaTableName>('resources')
  const there = tables.filter(name => countOf(statistics, name) > 0)
  const shown = there.includes(wanted) ? wanted : there[0]
  if (!shown) return <p className="panel-empty">Nothing is held, awaited or run here.</p>
  const timed = shown === 'resources' || shown === 'sites' ? null : statistics[shown].listed
  return (
    <section className="card-part" aria-label="What is in it">
      <Tabs
        label="Tables"
        chosen={shown}
        tabs={there.map(id => ({
          id,
          title: (
            <>
              {titles[id]} <span className="muted">{count(countOf(statistics, id))}</span>
            </>
          ),
        }))}
        onChoose={setWanted}
        wrap
      />
      <TabPanel label="Tables" chosen={shown}>
        {timed && <DurationHistogram what={titles[shown].toLowerCase()} durationsNs={timed} />}
        <AreaTable session={session} name={shown} title={titles[shown]} statistics={statistics} />
      </TabPanel>
    </section>
  )
}
