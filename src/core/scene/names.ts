import type { Model } from '../convention/model.ts'
import { duration } from '../detect/words.ts'
import type { ItemKind } from '../lanes/lane.ts'
import { spanName } from '../store/store.ts'
import type { Frame } from './frame.ts'
import { formatDuration } from './time-text.ts'

/** What a task is called on its bar. */
export function taskName({ input }: Frame, task: number): string {
  const found = input.session.model.tasks[task]
  return found ? found.name || found.type || found.id : ''
}

/** What an await is for, `''` where the trace does not tell. Resources are named on screen; awaits know their ids. */
export function awaitedName({ resources, awaits }: Model, ref: number): string {
  const found = awaits[ref]
  const target = found?.targetType === 'task' ? '' : (found?.targetId ?? '')
  const resource =
    found?.targetType === 'resource' ? resources.find(({ id }) => id === target)?.label : undefined
  return resource || target || found?.targetType || ''
}

/** Text on the bar of an item; `ref` as in `LaneItems.ref`. */
export function itemText(frame: Frame, kind: ItemKind, ref: number, lengthNs: number): string {
  const { model, store } = frame.input.session
  switch (kind) {
    case 'task': {
      return taskName(frame, ref)
    }
    case 'slice':
      return `running ${formatDuration(lengthNs)}`
    case 'await':
      return `await ${awaitedName(model, ref)} · ${formatDuration(lengthNs)}`
    case 'wait': {
      const wait = model.waits[ref]
      if (!wait) return ''
      const how = wait.open ? 'still waiting' : wait.outcome === 'timeout' ? 'timed out after' : 'waited'
      return `${how} ${duration(lengthNs)} for ${model.resources[wait.resource]?.label ?? 'a resource'}`
    }
    case 'hold': {
      const hold = model.holds[ref]
      if (!hold) return ''
      // A hold that is mostly idle says so: that is what makes others wait for nothing.
      const idle = hold.lastUseNs >= 0 && lengthNs >= 1e7 && hold.usefulNs < lengthNs / 2
      const used = idle ? `used ${duration(hold.usefulNs)} of ${duration(lengthNs)}` : ''
      return [taskName(frame, hold.task), hold.site, used].filter(Boolean).join(' · ')
    }
    case 'stall': {
      const stall = model.stalls[ref]
      const who = stall ? stall.site || taskName(frame, stall.task) : ''
      return `stalled ${duration(lengthNs)}${who ? ` · ${who}` : ''}`
    }
    case 'span':
      return spanName(store, ref)
    case 'timer':
      return `${formatDuration(lengthNs)} late`
    case 'mark':
      return model.marks[ref]?.text ?? ''
    case 'access':
      return model.accesses[ref]?.value ?? ''
    case 'queued': {
      const item = model.queueItems[ref]?.item
      return item ? `${item} · ${duration(lengthNs)}` : duration(lengthNs)
    }
  }
}
