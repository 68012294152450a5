import './state-panel.css'
import { memo, useMemo } from 'react'
import { gaugeAt, gaugeLabel, gaugeLimit, gaugeText, hasLane } from '../../src/core/convention/gauges.ts'
import { depthAt, queuesOf } from '../../src/core/replay/queues.ts'
import type { InstantState, ResourceState } from '../../src/core/replay/state.ts'
import { waitGraphOf } from '../../src/core/replay/wait-graph.ts'
import { stuckSentence } from '../../src/core/report/stuck-sentence.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { stateOf } from '../actions/playback.ts'
import { goToItem } from '../actions/select.ts'
import { findItem } from '../state/lookup.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { duration, instant, plural } from '../widgets/format.ts'
import { TaskName } from '../widgets/task-name.tsx'
import { OtherTasks } from './other-tasks.tsx'

/** Who holds what, who waits since when, and what the loops do at the playhead. Follows it at once. */
export function StatePanel() {
  const session = useSession()
  const playheadNs = useApps(
    app => app.view,
    state => state.playheadNs,
  )
  const display = useApps(
    app => app.settings,
    state => state.timeDisplay,
  )
  const state = useMemo(
    () => (session && playheadNs >= 0 ? stateOf(session, playheadNs) : null),
    [session, playheadNs],
  )
  return (
    <section className="panel" aria-label="State at playhead">
      <header className="panel-head">
        <h2>State at playhead</h2>
        {session && state && (
          <span className="panel-count">
            {instant(state.atNs, session.store.epochUnixNano, display, 1e5)}
          </span>
        )}
        <span className="spacer" />
        {state && <span className="panel-count">{plural(state.liveTasks, 'live task')}</span>}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <div className="panel-body scroll" tabIndex={0}>
        {session && state && <StateBody session={session} state={state} />}
      </div>
    </section>
  )
}

function StateBody({ session, state }: { readonly session: Session; readonly state: InstantState }) {
  const { loops, resources, atNs } = state
  const stuck = stuckSentence(session, waitGraphOf(state))
  const busy = resources.length > 0 || loops.some(loop => loop.task >= 0 || loop.stall >= 0)
  return (
    <>
      {loops.length > 0 && (
        <table className="state-loops" aria-label="Event loops">
          <tbody>
            {loops.map(loop => (
              <tr key={loop.loop} className={loop.stall >= 0 ? 'stalled' : ''}>
                <th scope="row">{session.model.loops[loop.loop]?.label}</th>
                <td>
                  {loop.task >= 0 || loop.stall >= 0 ? (
                    <div className="state-doing">
                      {loop.stall >= 0 ? <b>stalled ·&nbsp;</b> : loop.task >= 0 && <>runs&nbsp;</>}
                      {loop.task >= 0 ? <TaskName session={session} task={loop.task} /> : 'busy'}
                    </div>
                  ) : (
                    <span className="muted">idle</span>
                  )}
                </td>
                <td className="state-since">{loop.sinceNs >= 0 && duration(atNs - loop.sinceNs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {stuck !== null && (
        <p className="state-stuck">
          <b>Nobody in this ring can move:</b> {stuck}
        </p>
      )}
      <QueuesNow session={session} atNs={atNs} />
      <GaugesNow session={session} atNs={atNs} />
      {resources.map(resource => (
        <ResourceNow key={resource.resource} session={session} state={resource} atNs={atNs} />
      ))}
      <OtherTasks session={session} state={state} />
      {!busy && state.liveTasks === 0 && (
        <p className="panel-empty">Nothing is held, nobody waits and no loop is busy at this instant.</p>
      )}
    </>
  )
}

/** Items in each queue that has been used by then. */
function QueuesNow({ session, atNs }: { readonly session: Session; readonly atNs: number }) {
  const used = queuesOf(session.model).filter(queue => queue.atNs[0]! <= atNs)
  if (used.length === 0) return null
  return (
    <table className="state-loops" aria-label="Queues">
      <tbody>
        {used.map(queue => (
          <tr key={`${queue.process} ${queue.name}`}>
            <th scope="row">{queue.name}</th>
            <td>
              {plural(depthAt(queue, atNs), 'item')} queued
              {queue.capacity > 0 && <span className="muted"> of {queue.capacity}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What metrics say: each value holds until the next one is told. */
function GaugesNow({ session, atNs }: { readonly session: Session; readonly atNs: number }) {
  const { gauges, processes } = session.store
  const byProcess = processes
    .map(({ label, index }) => ({
      label,
      drawn: gauges.filter(one => one.process === index && hasLane(one)),
    }))
    .filter(({ drawn }) => drawn.length > 0)
  return byProcess.map(({ label, drawn }) => (
    <table key={label} className="state-metrics" aria-label={`Metrics of ${label}`}>
      <caption>{label}</caption>
      <tbody>
        {drawn.map(gauge => {
          const limit = gaugeLimit(gauges, gauge)
          const told = gaugeLabel(gauge)
          return (
            <tr key={gauges.indexOf(gauge)}>
              <th scope="row" title={told}>
                {told}
              </th>
              <td>
                {gaugeText(gauge, gaugeAt(gauge, atNs))}
                {limit > 1 && <span className="muted"> of {gaugeText(gauge, limit)}</span>}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  ))
}

interface ResourceNowProps {
  readonly session: Session
  readonly state: ResourceState
  readonly atNs: number
}

function ResourceNow({ session, state, atNs }: ResourceNowProps) {
  const resource = session.model.resources[state.resource]
  if (!resource) return null
  const { inUse, capacity, holders, waiters } = state
  const full = capacity > 0 && inUse >= capacity
  return (
    <section className="state-resource" aria-label={resource.label}>
      <h3>
        <span className="state-name">{resource.label}</span>
        <Gauge inUse={inUse} capacity={capacity} waiting={waiters.length} />
        <span className={full ? 'state-use full' : 'state-use'}>
          {capacity > 0 ? `${inUse} of ${capacity}` : `${inUse} held`}
        </span>
      </h3>
      {waiters.length > 0 && (
        <PartyTable
          session={session}
          caption={`Waiting for ${resource.label}`}
          kind="wait"
          rows={waiters.map(({ wait, task, sinceNs }) => ({ index: wait, task, ns: atNs - sinceNs }))}
        />
      )}
      {holders.length > 0 && (
        <PartyTable
          session={session}
          caption={`Holding ${resource.label}`}
          kind="hold"
          rows={holders.map(({ hold, task, sinceNs }) => ({ index: hold, task, ns: atNs - sinceNs }))}
        />
      )}
    </section>
  )
}

/** Slots in use, and one bar more per waiter: told by number beside it as well. */
function Gauge({
  inUse,
  capacity,
  waiting,
}: {
  readonly inUse: number
  readonly capacity: number
  readonly waiting: number
}) {
  if (capacity <= 0 || capacity > 40) return null
  return (
    <span className="gauge" aria-hidden="true">
      {Array.from({ length: capacity }, (_, slot) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: slots are places
        <i key={slot} className={slot < inUse ? (waiting > 0 ? 'contended' : 'used') : ''} />
      ))}
    </span>
  )
}

interface PartyTableProps {
  readonly session: Session
  readonly caption: string
  readonly kind: 'hold' | 'wait'
  readonly rows: readonly { readonly index: number; readonly task: number; readonly ns: number }[]
}

const MOST_ROWS = 50

const PartyTable = memo(function PartyTable({ session, caption, kind, rows }: PartyTableProps) {
  const app = useApp()
  const { model } = session
  return (
    <table className={`party ${kind}`} aria-label={caption}>
      <tbody>
        {rows.slice(0, MOST_ROWS).map(({ index, task, ns }, at) => {
          const site = (kind === 'hold' ? model.holds[index] : model.waits[index])?.site ?? ''
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are places; while the playhead moves, whoever stands there changes and the row stays
            <tr key={at}>
              <td className="party-place">{kind === 'wait' ? `${at + 1}.` : '●'}</td>
              <th scope="row">
                <button
                  type="button"
                  title={site}
                  onClick={() => {
                    const ref = findItem(session, kind, index)
                    if (ref) goToItem(app, ref)
                  }}
                >
                  <TaskName session={session} task={task} />
                </button>
              </th>
              <td className="party-verb">{kind === 'wait' ? 'waits' : 'holds'}</td>
              <td className="state-since">{duration(ns)}</td>
            </tr>
          )
        })}
        {rows.length > MOST_ROWS && (
          <tr>
            <td />
            <td className="muted">and {rows.length - MOST_ROWS} more</td>
          </tr>
        )}
      </tbody>
    </table>
  )
})
