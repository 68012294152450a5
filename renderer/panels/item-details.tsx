import type { ReactNode } from 'react'
import { SCOPE_NAME } from '../../src/core/convention/keys.ts'
import type { Inferred } from '../../src/core/convention/model.ts'
import { queuesOf } from '../../src/core/replay/queues.ts'
import type { ItemRef, Session } from '../../src/core/scene/scene.ts'
import { hasFlag, SpanFlag, spanIdOf, spanName, traceIdOf } from '../../src/core/store/store.ts'
import { annotate, link } from '../actions/annotate.ts'
import { itemTitle, kindWord, taskOfItem } from '../actions/announce.ts'
import { editRule, startRule } from '../actions/rules.ts'
import { followToHolder, followToWaiter, goToItem, zoomToItem } from '../actions/select.ts'
import { togglePath } from '../actions/show-path.ts'
import { findItem, type Item, itemOf, itemOfRow, taskLabel } from '../state/lookup.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { duration, instant, percent, plural } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'
import { AttributeTable } from './attribute-table.tsx'

/** Everything that is known about the selected span, hold, wait, access… */
export function ItemDetails({
  session,
  selected,
}: {
  readonly session: Session
  readonly selected: ItemRef
}) {
  const app = useApp()
  const display = useApps(
    ({ settings }) => settings,
    state => state.timeDisplay,
  )
  const linking = useApps(
    ({ notebook }) => notebook,
    state => state.linkFrom !== null,
  )
  const item = itemOf(session, selected)
  if (!item) return null
  const at = (ns: number): string => instant(ns, session.store.epochUnixNano, display, 1e3)
  const length = item.endNs - item.startNs
  const task = taskOfItem(session, item)
  const inferred = inferredOf(session, item)
  const taskRef = task >= 0 && item.kind !== 'task' ? findItem(session, 'task', task) : null
  return (
    <article className="card" aria-label="Selection">
      <header className="card-head">
        <div className="card-words">
          <span className="chip">{kindWord(item)}</span>
          {item.open && <span className="chip warn">never ended</span>}
          {item.error && <span className="chip warn">failed</span>}
          {item.inferred && <span className="chip dashed">inferred</span>}
        </div>
        <h2>{itemTitle(session, item)}</h2>
      </header>
      <div className="card-actions">
        <button type="button" className="button small" onClick={() => annotate(app)} title="Note (Enter)">
          <Icon name="note" /> Note
        </button>
        <button
          type="button"
          className="button small"
          onClick={() => link(app)}
          title="Link from here; on another item: to here (L)"
        >
          <Icon name="link" /> {linking ? 'Link to here' : 'Link from here'}
        </button>
        <button
          type="button"
          className="button small"
          onClick={() => zoomToItem(app, selected)}
          title="Zoom (F F)"
        >
          <Icon name="fit" /> Zoom
        </button>
        {task >= 0 && (
          <button
            type="button"
            className="button small"
            onClick={() => togglePath(app)}
            title="Where the time of its task went (K)"
          >
            <Icon name="path" /> Critical path
          </button>
        )}
        {item.row >= 0 && isOrdinary(session, item.row) && (
          <button
            type="button"
            className="button small"
            onClick={() => startRule(app, item.row)}
            title="Say what spans like this mean"
          >
            <Icon name="target" /> Treat as…
          </button>
        )}
        {item.kind === 'wait' && (
          <button
            type="button"
            className="button small"
            onClick={() => followToHolder(app)}
            title="To its holder (])"
          >
            <Icon name="target" /> Who holds it
          </button>
        )}
        {item.kind === 'hold' && (
          <button
            type="button"
            className="button small"
            onClick={() => followToWaiter(app)}
            title="To who waits ([)"
          >
            <Icon name="target" /> Who waited
          </button>
        )}
      </div>
      <Facts>
        <dt>{length > 0 ? 'Start' : 'At'}</dt>
        <dd>{at(item.startNs)}</dd>
        {length > 0 && (
          <>
            <dt>Duration</dt>
            <dd>
              <b>{item.open ? `at least ${duration(length)}` : duration(length)}</b>
            </dd>
          </>
        )}
        {task >= 0 && item.kind !== 'task' && (
          <>
            <dt>Task</dt>
            <dd>
              {taskRef ? (
                <button type="button" className="link" onClick={() => goToItem(app, taskRef)}>
                  {taskLabel(session, task)}
                </button>
              ) : (
                taskLabel(session, task)
              )}
            </dd>
          </>
        )}
        <OfKind session={session} item={item} />
        <dt>Lane</dt>
        <dd>{item.lane.label}</dd>
      </Facts>
      {inferred && (
        <p className="card-note">
          <b>Inferred</b> ({inferred.rule}, {percent(inferred.confidence)}): {inferred.reason}
          {inferred.rule.startsWith('user:') && (
            <>
              {' '}
              <button
                type="button"
                className="link"
                onClick={() => editRule(app, item.row, Number(inferred.rule.slice('user:'.length)) - 1)}
              >
                Edit rule
              </button>
            </>
          )}
        </p>
      )}
      <ClockNote session={session} item={item} />
      {item.row >= 0 && <SpanFacts session={session} row={item.row} />}
    </article>
  )
}

/** No recorder wrote it: what it means may be said by rule. */
function isOrdinary({ store }: Session, row: number): boolean {
  return store.strings[store.spans.scope[row]!] !== SCOPE_NAME
}

const Facts = ({ children }: { readonly children: ReactNode }) => <dl className="facts padded">{children}</dl>

/** Facts that only this kind of item has. */
function OfKind({ session, item }: { readonly session: Session; readonly item: Item }) {
  const { model } = session
  const rows: [string, ReactNode][] = []
  const site = (text: string | undefined): void => {
    if (text)
      rows.push([
        'Site',
        <span key="site" className="mono">
          {text}
        </span>,
      ])
  }
  switch (item.kind) {
    case 'task': {
      const task = model.tasks[item.index]
      if (task?.type) rows.push(['Type', task.type])
      if (task?.outcome) rows.push(['Outcome', task.outcome])
      if (task && task.parent >= 0) rows.push(['Started by', taskLabel(session, task.parent)])
      site(task?.site)
      break
    }
    case 'hold': {
      const hold = model.holds[item.index]
      if (!hold) break
      const length = hold.endNs - hold.startNs
      rows.push(['Mode', hold.mode])
      if (length > 0 && hold.uses.length > 0) {
        rows.push([
          'In use',
          `${duration(hold.usefulNs)}, ${percentFine(hold.usefulNs / length)} of the hold`,
        ])
      } else if (length > 0) rows.push(['In use', 'no recorded use'])
      if (hold.lastUseNs >= 0) rows.push(['Held after last use', duration(hold.endNs - hold.lastUseNs)])
      rows.push(['Waited meanwhile', plural(waitersDuring(session, item.index), 'other')])
      if (hold.releaseType) rows.push(['Released', hold.releaseType])
      site(hold.site)
      break
    }
    case 'queued': {
      const put = model.queueItems[item.index]
      const queue = queuesOf(model)[item.lane.subject]
      const stay = queue?.stays.find(each => each.put === item.index)
      const got = model.queueItems[stay?.get ?? -1]
      if (!put) break
      rows.push(['Put by', put.task < 0 ? 'not recorded' : taskLabel(session, put.task)])
      rows.push(['Taken by', got ? (got.task < 0 ? 'not recorded' : taskLabel(session, got.task)) : 'nobody'])
      if (put.depth >= 0) rows.push(['In the queue then', String(put.depth)])
      site(put.site)
      break
    }
    case 'wait': {
      const wait = model.waits[item.index]
      if (!wait) break
      rows.push(['Outcome', wait.outcome || 'still waiting at the end'])
      if (wait.queueLength >= 0) rows.push(['Ahead in the queue', String(wait.queueLength)])
      rows.push(['Mode', wait.mode])
      site(wait.site)
      break
    }
    case 'await': {
      const found = model.awaits[item.index]
      if (!found) break
      if (found.targetType)
        rows.push(['Awaits', [found.targetType, found.targetId].filter(Boolean).join(' ')])
      if (found.join) rows.push(['Join', found.join])
      if (found.outcome) rows.push(['Outcome', found.outcome])
      if (found.readyNs >= 0) rows.push(['Ready before it resumed', duration(found.endNs - found.readyNs)])
      site(found.site)
      break
    }
    case 'access': {
      const found = model.accesses[item.index]
      if (!found) break
      rows.push(['Operation', found.op], ['Key', model.keys[found.key] ?? ''])
      if (found.value)
        rows.push([
          'Value',
          <span key="value" className="mono">
            {found.value}
          </span>,
        ])
      if (found.version) rows.push(['Version', found.version])
      const held = found.holds.map(hold => model.resources[model.holds[hold]?.resource ?? -1]?.label ?? '')
      rows.push(['Under', held.length > 0 ? held.join(', ') : 'no hold stamped on it'])
      if (found.error) rows.push(['Error', found.error])
      site(found.site)
      break
    }
    case 'stall': {
      const found = model.stalls[item.index]
      if (!found) break
      rows.push(['Loop', model.loops[found.loop]?.label ?? ''])
      rows.push(['Threshold', duration(found.thresholdNs)])
      if (found.detector) rows.push(['Seen by', found.detector])
      site(found.site)
      break
    }
    case 'timer': {
      const found = model.ticks[item.index]
      if (!found) break
      rows.push(['Delay', duration(found.delayNs)], ['Late by', duration(found.latenessNs)])
      if (found.style) rows.push(['Style', found.style])
      break
    }
    default:
  }
  return rows.map(([name, value]) => (
    <FactRow key={name} name={name}>
      {value}
    </FactRow>
  ))
}

const FactRow = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
)

const percentFine = (part: number): string => (part < 0.1 ? `${(part * 100).toFixed(1)} %` : percent(part))

function waitersDuring({ model }: Session, index: number): number {
  const hold = model.holds[index]!
  return model.waits.filter(
    wait =>
      wait.resource === hold.resource &&
      wait.hold !== index &&
      wait.startNs < hold.endNs &&
      wait.endNs > hold.startNs,
  ).length
}

function inferredOf({ model }: Session, item: Item): Inferred | null {
  switch (item.kind) {
    case 'task':
      return model.tasks[item.index]?.inferred ?? null
    case 'await':
      return model.awaits[item.index]?.inferred ?? null
    case 'wait':
      return model.waits[item.index]?.inferred ?? null
    case 'hold':
      return model.holds[item.index]?.inferred ?? null
    case 'stall':
      return model.stalls[item.index]?.inferred ?? null
    case 'timer':
      return model.ticks[item.index]?.inferred ?? null
    default:
      return null
  }
}

/** A coarse clock is said where it matters: beside the times it blurs. */
function ClockNote({ session, item }: { readonly session: Session; readonly item: Item }) {
  const process = session.store.processes[item.lane.process]
  if (!process || process.uncertaintyNs === 0) return null
  return (
    <p className="card-note">
      Times of {process.label} may be off by ±{duration(process.uncertaintyNs)}.
    </p>
  )
}

function SpanFacts({ session, row }: { readonly session: Session; readonly row: number }) {
  const app = useApp()
  const { store } = session
  const parent = store.spans.parent[row]!
  const parentRef = itemOfRow(session, parent)
  const repairs = [
    hasFlag(store, row, SpanFlag.ghost) && 'made up: children name it as their parent, no file holds it',
    hasFlag(store, row, SpanFlag.endBeforeStart) && 'the file had its end before its start',
    hasFlag(store, row, SpanFlag.cutCycle) && 'its parents went round in a circle, cut here',
    hasFlag(store, row, SpanFlag.orphan) && 'its parent is in none of the files',
    hasFlag(store, row, SpanFlag.coarse) && 'its start is rounded to whole milliseconds',
  ].filter(text => text !== false)
  const message = store.strings[store.spans.statusMessage[row]!]
  return (
    <>
      <section className="card-part" aria-label="Span">
        <h3 className="overline">Span</h3>
        <dl className="facts">
          <dt>Name</dt>
          <dd>{spanName(store, row)}</dd>
          {parent >= 0 && (
            <>
              <dt>Parent</dt>
              <dd>
                {parentRef ? (
                  <button type="button" className="link" onClick={() => goToItem(app, parentRef)}>
                    {spanName(store, parent)}
                  </button>
                ) : (
                  spanName(store, parent)
                )}
              </dd>
            </>
          )}
          {store.spans.status[row] === 2 && (
            <>
              <dt>Error</dt>
              <dd>{message || 'yes'}</dd>
            </>
          )}
          <dt>Service</dt>
          <dd>{store.processes[store.spans.process[row]!]?.label}</dd>
          <dt>Span id</dt>
          <dd className="mono">{spanIdOf(store, row)}</dd>
          <dt>Trace id</dt>
          <dd className="mono">{traceIdOf(store, row)}</dd>
        </dl>
        {repairs.length > 0 && (
          <ul className="card-list">
            {repairs.map(text => (
              <li key={text}>Repaired: {text}</li>
            ))}
          </ul>
        )}
      </section>
      <AttributeTable store={store} row={row} />
    </>
  )
}
