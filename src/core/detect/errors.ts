/** What a task's failure said, verbatim, and what kind of failure that is. */
import type { Context } from './context.ts'
import { oncePer } from './once-per.ts'

export interface TaskError {
  readonly text: string
  readonly atNs: number
  readonly row: number
}

/** The first error told by a task or anything below it, null when there is none. */
export function errorOf(context: Context, task: number): TaskError | null {
  if (task < 0) return null
  const { model, store } = context
  for (const mark of errorMarks(context)) {
    if (context.tree().isAncestor(task, mark.task)) {
      return { text: mark.text, atNs: mark.atNs, row: model.tasks[mark.task]!.row }
    }
  }
  const row = model.tasks[task]!.row
  const end = row < 0 ? -1 : store.spans.subtreeEnd[row]!
  let deepest: TaskError | null = null
  for (let at = row; at >= 0 && at < Math.min(end, row + 10_000); at++) {
    if (store.spans.status[at] !== 2) continue
    const text = store.strings[store.spans.statusMessage[at]!]!
    if (text || !deepest) deepest = { text, atNs: store.spans.endNs[at]!, row: at }
  }
  return deepest
}

const errorMarks = oncePer(({ model }: Context) =>
  model.marks.filter(mark => mark.kind === 'error' && mark.task >= 0),
)

/** Errors by which a store says "somebody else was first". */
export const isConflict = (text: string): boolean =>
  /unique|duplicate|constraint|already|conflict|serializ|could not serialize|deadlock|23505|23P01|40001|EEXIST|IntegrityError|stale|version mismatch/i.test(
    text,
  )
