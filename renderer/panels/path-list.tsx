import './path-list.css'
import type { PathPiece } from '../../src/core/replay/critical-path.ts'
import { legsOf, type PathLeg } from '../../src/core/replay/path-legs.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { spanName } from '../../src/core/store/store.ts'
import { goToItem } from '../actions/select.ts'
import { hidePath } from '../actions/show-path.ts'
import { pathOf } from '../state/critical-path.ts'
import { findItem } from '../state/lookup.ts'
import { useApp } from '../widgets/app-context.ts'
import { duration } from '../widgets/format.ts'
import { IconButton } from '../widgets/icon-button.tsx'
import { TaskName } from '../widgets/task-name.tsx'

const MOST = 100

/** The critical path told: whom the time went to, one after the other. */
export function PathList({ session, task }: { readonly session: Session; readonly task: number }) {
  const app = useApp()
  const root = session.model.tasks[task]
  if (!root) return null
  const legs = legsOf(pathOf(session, task))
  const lengthNs = root.endNs - root.startNs
  return (
    <section className="card-part path-list" aria-label="Critical path">
      <header className="card-words">
        <h3 className="overline">Critical path</h3>
        <TaskName session={session} task={task} />
        <IconButton
          icon="close"
          label="Hide the critical path"
          title="Hide (K)"
          onClick={() => hidePath(app)}
        />
      </header>
      <ol>
        {legs.slice(0, MOST).map(leg => (
          <li
            key={leg.startNs}
            style={{ paddingLeft: Math.min(leg.depth + (leg.longest.kind === 'span' ? 1 : 0), 6) * 12 }}
          >
            <button type="button" onClick={() => goToLeg(app, session, leg)}>
              <span className="path-at">{duration(leg.startNs - root.startNs)}</span>
              {spanNameOf(session, leg) ?? <TaskName session={session} task={leg.task} />}
              <span className="path-length">{duration(leg.endNs - leg.startNs)}</span>
              <span
                className="path-share"
                aria-hidden="true"
                style={{ backgroundSize: `${((leg.endNs - leg.startNs) / lengthNs) * 100}% 100%` }}
              />
              <span className="path-does">{wordsOf(session, leg)}</span>
            </button>
          </li>
        ))}
      </ol>
      {legs.length > MOST && <p className="muted">and {legs.length - MOST} more</p>}
    </section>
  )
}

const verbs = {
  run: 'runs',
  ready: 'ready while its loop is busy',
  wait: 'waits',
  await: 'awaits',
  span: 'a span of',
  other: 'not recorded',
} as const

/** Of a leg in a span: how that is called. */
const spanNameOf = ({ store }: Session, { longest }: PathLeg): string | null =>
  longest.kind === 'span' ? spanName(store, longest.ref) : null

/** `holds db-pool · auth.ts:21: awaits 2.9 s, runs 3 ms` */
function wordsOf(session: Session, { hold, byKind, longest }: PathLeg): string {
  const { model } = session
  const held = model.holds[hold]
  const why = held
    ? `holds ${model.resources[held.resource]?.label ?? 'it'}${held.site && ` from ${held.site}`}: `
    : ''
  const whom = whomOf(session, longest)
  const does = [...byKind]
    .sort((a, b) => b[1] - a[1])
    .map(([kind, ns]) =>
      // Of one kind throughout, it takes as long as the leg.
      [verbs[kind], ...(kind === longest.kind ? whom : []), ...(byKind.size > 1 ? [duration(ns)] : [])].join(
        ' ',
      ),
    )
  return why + does.join(', ')
}

/** What is awaited; whose span it is. */
function whomOf({ store, model }: Session, { kind, ref, task }: PathPiece): string[] {
  if (kind === 'await') return [model.awaits[ref]!.targetId || model.awaits[ref]!.targetType]
  if (kind !== 'span') return []
  const { name, process } = model.tasks[task]!
  return [`${name} (${store.processes[process]?.label ?? 'unknown process'})`]
}

function goToLeg(app: ReturnType<typeof useApp>, session: Session, { longest, task }: PathLeg): void {
  const kind = longest.kind === 'run' ? 'slice' : longest.kind === 'ready' ? 'await' : longest.kind
  const ref =
    (kind === 'other' ? null : findItem(session, kind, longest.ref)) ?? findItem(session, 'task', task)
  if (ref) goToItem(app, ref)
}
