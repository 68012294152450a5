/** Words for what the canvas shows: for screen readers, tooltips and search alike. */
import type { Session } from '../../src/core/scene/scene.ts'
import { spanName } from '../../src/core/store/store.ts'
import type { App } from '../state/app.ts'
import { type Item, taskLabel } from '../state/lookup.ts'
import { duration, instant } from '../widgets/format.ts'

export const announce = (app: App, text: string): void => app.dialogs.setState({ announcement: text })

let nextToast = 1

export const toast = (app: App, text: string, kind: 'done' | 'problem' = 'done'): void =>
  app.dialogs.setState({ toast: { id: nextToast++, text, kind }, announcement: text })

const kindWords = {
  task: 'Task',
  slice: 'Run slice',
  await: 'Await',
  wait: 'Wait',
  hold: 'Hold',
  access: 'State access',
  stall: 'Loop stall',
  span: 'Span',
  timer: 'Timer',
  mark: 'Mark',
  queued: 'Queued item',
} as const

export const kindWord = (item: Item): string => kindWords[item.kind]

/** What an item is called, without its times. */
export function itemTitle(session: Session, item: Item): string {
  const { model, store } = session
  switch (item.kind) {
    case 'task':
      return taskLabel(session, item.index)
    case 'slice':
      return `${taskLabel(session, model.slices.task[item.index] ?? -1)} runs`
    case 'await': {
      const found = model.awaits[item.index]
      return found?.targetId || found?.targetType ? `await ${found.targetId || found.targetType}` : 'await'
    }
    case 'queued': {
      const found = model.queueItems[item.index]
      return `${found?.item || 'item'} in ${found?.queue || 'a queue'}`
    }
    case 'wait': {
      const found = model.waits[item.index]
      const resource = model.resources[found?.resource ?? -1]?.label ?? 'a resource'
      return `${taskLabel(session, found?.task ?? -1)} waits for ${resource}`
    }
    case 'hold': {
      const found = model.holds[item.index]
      const resource = model.resources[found?.resource ?? -1]?.label ?? 'a resource'
      return `${taskLabel(session, found?.task ?? -1)} holds ${resource}`
    }
    case 'access': {
      const found = model.accesses[item.index]
      return found
        ? `${found.op} ${model.keys[found.key] ?? ''}${found.value ? ` = ${found.value}` : ''}`
        : 'access'
    }
    case 'stall':
      return `stall of ${model.loops[model.stalls[item.index]?.loop ?? -1]?.label ?? 'the loop'}`
    case 'timer':
      return `timer ${model.ticks[item.index]?.name ?? ''}`
    case 'mark': {
      const found = model.marks[item.index]
      return found ? `${found.kind}: ${found.text}` : 'mark'
    }
    case 'span':
      return item.row >= 0 ? spanName(store, item.row) : 'span'
  }
}

/** Task that an item belongs to, -1 for none. */
export function taskOfItem(session: Session, item: Item): number {
  const { model } = session
  switch (item.kind) {
    case 'task':
      return item.index
    case 'slice':
      return model.slices.task[item.index] ?? -1
    case 'await':
      return model.awaits[item.index]?.task ?? -1
    case 'queued':
      return model.queueItems[item.index]?.task ?? -1
    case 'wait':
      return model.waits[item.index]?.task ?? -1
    case 'hold':
      return model.holds[item.index]?.task ?? -1
    case 'access':
      return model.accesses[item.index]?.task ?? -1
    case 'stall':
      return model.stalls[item.index]?.task ?? -1
    case 'timer':
      return model.ticks[item.index]?.task ?? -1
    case 'mark':
      return model.marks[item.index]?.task ?? -1
    case 'span':
      return item.row >= 0 ? (model.taskOfSpan[item.row] ?? -1) : -1
  }
}

export function describeItem(app: App, session: Session, item: Item): string {
  const { timeDisplay } = app.settings.getState()
  const length = item.endNs - item.startNs
  const parts = [
    `${kindWord(item)}: ${itemTitle(session, item)}`,
    `in ${item.lane.label}`,
    `at ${instant(item.startNs, session.store.epochUnixNano, timeDisplay)}`,
  ]
  if (length > 0)
    parts.push(item.open ? `never ended, at least ${duration(length)}` : `for ${duration(length)}`)
  if (item.error) parts.push('failed')
  if (item.inferred) parts.push('inferred')
  return parts.join(', ')
}
