import type { WaitGraph } from '../replay/wait-graph.ts'
import type { Session } from '../scene/scene.ts'
import { taskName } from './analysis-json.ts'

const most = 6

/** `refund waits for stock, held by buy; buy waits for orders, held by refund`; null when somebody can move. */
export function stuckSentence({ model }: Pick<Session, 'model'>, { edges, stuck }: WaitGraph): string | null {
  const ring = edges.filter(({ task }) => stuck.has(task))
  if (ring.length === 0) return null
  const shown = ring.slice(0, most).map(({ task, resource, holders }) => {
    const by = holders.slice(0, 3).map(holder => taskName(model, holder))
    const label = model.resources[resource]?.label ?? 'something'
    return `${taskName(model, task)} waits for ${label}, held by ${by.join(', ')}`
  })
  return [...shown, ...(ring.length > most ? [`and ${ring.length - most} more`] : [])].join('; ')
}
