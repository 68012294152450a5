import type { Session } from '../../src/core/scene/scene.ts'
import { taskParts } from '../state/lookup.ts'

/** A task's name; where there is too little room its middle is cut: how a route ends tells more than how it goes on. */
export function TaskName({ session, task }: { readonly session: Session; readonly task: number }) {
  const { name, id } = taskParts(session, task)
  const tail = name.length > 16 ? (/[/.:#\s][^/.:#\s]{0,12}$/.exec(name)?.[0] ?? name.slice(-8)) : ''
  return (
    <span className="task-name" title={id ? `${name} ${id}` : name}>
      <span>{name.slice(0, name.length - tail.length)}</span>
      {tail && <bdi>{tail}</bdi>}
      {id && <span className="muted">&nbsp;{id}</span>}
    </span>
  )
}
