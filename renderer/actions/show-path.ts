/** The critical path of a task: on, or off. */
import type { App } from '../state/app.ts'
import { pathOf } from '../state/critical-path.ts'
import { itemOf, taskLabel } from '../state/lookup.ts'
import { sessionNow } from '../state/shown.ts'
import { duration, plural } from '../widgets/format.ts'
import { announce, taskOfItem } from './announce.ts'

/** `K`: of the selected item's task; again, away with it. */
export function togglePath(app: App): void {
  const session = sessionNow(app)
  if (!session) return
  const { selected, pathOf: shown } = app.selection.getState()
  const item = itemOf(session, selected)
  const task = item ? taskOfItem(session, item) : -1
  if (task < 0 && shown < 0) return announce(app, 'Select something of a task to see its critical path')
  if (task < 0 || task === shown) return hidePath(app)
  app.selection.setState({ pathOf: task, inspect: 'selection' })
  const path = pathOf(session, task)
  const { startNs, endNs } = session.model.tasks[task]!
  const others = new Set(path.map(piece => piece.task)).size - 1
  announce(
    app,
    `Critical path of ${taskLabel(session, task)}: ${duration(endNs - startNs)}, through ${plural(others, 'other task')}`,
  )
}

export function hidePath(app: App): void {
  app.selection.setState({ pathOf: -1 })
  announce(app, 'Critical path hidden')
}
