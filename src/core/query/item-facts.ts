/** What a lane item is called: the texts that a query looks into. */
import { kindOf } from '../lanes/items.ts'
import type { Lane } from '../lanes/lane.ts'
import type { Session } from '../scene/scene.ts'

export interface Facts {
  readonly row: number
  readonly name: string
  /** Name and id. */
  readonly task: readonly string[]
  /** Label, name and type of what it waits for or holds. */
  readonly resource: readonly string[]
  readonly key: string
  readonly value: string
  readonly site: string
  /** All of these. */
  readonly texts: readonly string[]
}

interface Told {
  readonly name?: string | undefined
  readonly task?: number | undefined
  readonly resource?: number | undefined
  readonly key?: string | undefined
  readonly value?: string | undefined
  readonly site?: string | undefined
}

const none: readonly string[] = []

export function factsOf(session: Session, lane: Lane, item: number): Facts {
  const { model } = session
  const { name = '', task, resource, key = '', value = '', site = '' } = told(session, lane, item)
  const itsTask = model.tasks[task ?? -1]
  const itsResource = model.resources[resource ?? -1]
  const facts = {
    row: lane.items.span[item]!,
    name,
    task: itsTask ? [itsTask.name, itsTask.id] : none,
    resource: itsResource ? [itsResource.label, itsResource.name, itsResource.type] : none,
    key,
    value,
    site,
  }
  return { ...facts, texts: [name, key, value, site, ...facts.task, ...facts.resource] }
}

function told({ model, store }: Session, { items }: Lane, item: number): Told {
  const index = items.ref[item]!
  switch (kindOf(items, item)) {
    case 'task':
      return { task: index, name: model.tasks[index]?.name, site: model.tasks[index]?.site }
    case 'slice':
      return { task: model.slices.task[index] }
    case 'await': {
      const one = model.awaits[index]
      return { task: one?.task, name: one?.targetId || one?.targetType, site: one?.site }
    }
    case 'wait': {
      const { task, resource = -1, site } = model.waits[index] ?? {}
      return { task, resource, site, name: model.resources[resource]?.label }
    }
    case 'hold': {
      const { task, resource = -1, site } = model.holds[index] ?? {}
      return { task, resource, site, name: model.resources[resource]?.label }
    }
    case 'queued': {
      const one = model.queueItems[index]
      return { task: one?.task, name: one?.queue, key: one?.queue, value: one?.item, site: one?.site }
    }
    case 'access': {
      const one = model.accesses[index]
      const key = model.keys[one?.key ?? -1]
      return { task: one?.task, name: key, key, value: one?.value, site: one?.site }
    }
    case 'stall': {
      const one = model.stalls[index]
      return { task: one?.task, name: model.loops[one?.loop ?? -1]?.label, site: one?.site }
    }
    case 'timer':
      return model.ticks[index] ?? {}
    case 'mark':
      return { task: model.marks[index]?.task, name: model.marks[index]?.text }
    case 'span':
      return { name: store.strings[store.spans.name[index] ?? 0] }
  }
}
