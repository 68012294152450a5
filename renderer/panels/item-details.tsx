import type { ReactNode } from 'react'
import type { Inferred } from '../../src/core/convention/model.ts'
import type { ItemRef, Session } from '../../src/core/scene/scene.ts'
import { itemTitle, kindWord, taskOfItem } from '../actions/announce.ts'
import { editRule } from '../actions/rules.ts'
import { goToItem } from '../actions/select.ts'
import { findItem, type Item, itemOf, taskLabel } from '../state/lookup.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { duration, instant, percent } from '../widgets/format.ts'
import { ItemActions } from './item-actions.tsx'
import { ItemFacts } from './item-facts.tsx'
import { RecordFacts } from './record-facts.tsx'
import { SpanFacts } from './span-facts.tsx'

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
  const item = itemOf(session, selected)
  if (!item) return null
  const at = (ns: number): string => instant(ns, session.store.epochUnixNano, display, 1e3)
  const length = item.endNs - item.startNs
  const task = taskOfItem(session, item)
  const inferred = inferredOf(session, item)
  const record = item.kind === 'mark' ? (session.model.marks[item.index]?.record ?? -1) : -1
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
      <ItemActions session={session} item={item} task={task} />
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
        <ItemFacts session={session} item={item} />
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
      {record >= 0 && <RecordFacts session={session} record={record} />}
    </article>
  )
}

const Facts = ({ children }: { readonly children: ReactNode }) => <dl className="facts padded">{children}</dl>

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
