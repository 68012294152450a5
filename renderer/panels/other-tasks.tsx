import { indexLiveTasks, liveTasksAt } from '../../src/core/replay/live-tasks.ts'
import type { InstantState } from '../../src/core/replay/state.ts'
import { awaitedName } from '../../src/core/scene/names.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { goToItem } from '../actions/select.ts'
import { findItem, taskLabel } from '../state/lookup.ts'
import { memoOn } from '../state/memo.ts'
import { useApp } from '../widgets/app-context.ts'
import { count, duration } from '../widgets/format.ts'
import { TaskName } from '../widgets/task-name.tsx'

/** Tasks or awaits of a trace: beyond, to index and to follow them would hold up the page, and only their number is told. */
const MANY = 20_000
const MOST_ROWS = 12

const liveIndexOf = memoOn(({ model }: Session) =>
  Math.max(model.tasks.length, model.awaits.length) > MANY ? null : indexLiveTasks(model),
)

/** What it awaits: another task by its name, else what the trace calls it. */
function doing(session: Session, awaits: number): string {
  if (awaits < 0) return 'alive'
  const [task, ...more] = session.model.awaits[awaits]!.awaits
  if (task === undefined) return `awaits ${awaitedName(session.model, awaits)}`
  return `awaits ${taskLabel(session, task)}${more.length > 0 ? ` and ${count(more.length)} more` : ''}`
}

interface OtherTasksProps {
  readonly session: Session
  readonly state: InstantState
}

/** Who is alive besides those that hold, wait or run: all there is to tell of a trace without resources. */
export function OtherTasks({ session, state }: OtherTasksProps) {
  const app = useApp()
  const index = liveIndexOf(session)
  if (!index || state.liveTasks === 0) return null
  const told = new Set(state.loops.map(({ task }) => task))
  for (const { holders, waiters } of state.resources)
    for (const { task } of [...holders, ...waiters]) told.add(task)
  const others = liveTasksAt(index, state.atNs).filter(({ task }) => !told.has(task))
  if (others.length === 0) return null
  return (
    <section className="state-resource" aria-label="Other live tasks">
      <h3>
        <span className="state-name">
          {others.length < state.liveTasks ? 'Other live tasks' : 'Live tasks'}
        </span>
        <span className="state-use">{count(others.length)}</span>
      </h3>
      <table className="party" aria-label="Other live tasks">
        <tbody>
          {others.slice(0, MOST_ROWS).map(({ task, awaits, sinceNs }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are places; while the playhead moves, whoever stands there changes and the row stays
            <tr key={at}>
              <th scope="row" className="live-task">
                <button
                  type="button"
                  onClick={() => {
                    const ref = findItem(session, 'task', task)
                    if (ref) goToItem(app, ref)
                  }}
                >
                  <TaskName session={session} task={task} />
                </button>
              </th>
              <td className="muted" title={doing(session, awaits)}>
                {doing(session, awaits)}
              </td>
              <td className="state-since">{duration(state.atNs - sinceNs)}</td>
            </tr>
          ))}
          {others.length > MOST_ROWS && (
            <tr>
              <td className="live-task muted">and {count(others.length - MOST_ROWS)} more</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  )
}
