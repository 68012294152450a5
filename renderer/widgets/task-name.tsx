import type { Session } from '../../src/core/scene/scene.ts'
import { taskParts } from '../state/lookup.ts'

/** A task's name; when there is too little room the name is cut, never the id behind it. */
export function TaskName({ session, task }: { readonly session: Session; readonly task: number }) {
  const { name, id } = taskParts(session, task)
  return (
    <span className="task-name" title={id ? `${name} ${id}` : name}>
      <span>{name}</span>
      {id && <span className="muted">&nbsp;{id}</span>}
    </span>
  )
}
