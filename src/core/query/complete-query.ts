import type { Session } from '../scene/scene.ts'
import { type Field, fields } from './fields.ts'

export interface Completion {
  /** Replaces `[from, to)` of the query. */
  readonly from: number
  readonly to: number
  readonly text: string
  readonly detail: string
}

const MOST = 8

/** What the word at the caret could become: a field, or a value of the field it names. Empty where nothing is begun. */
export function completeQuery(session: Session, query: string, caret: number): readonly Completion[] {
  const begun = /(?:^|[\s(])-?([A-Za-z_][\w.-]*)?(?:(:|!=|=)("?)([^"]*?))?$/.exec(query.slice(0, caret))
  if (!begun) return []
  const [, name = '', op, , part = ''] = begun
  if (op === undefined) return name === '' ? [] : ofFields(name, caret)
  const field = fields.get(name)
  if (!field || /\s/.test(part)) return []
  const from = caret - part.length - (begun[3]?.length ?? 0)
  return valuesOf(session, name, field)
    .filter(value => value.toLowerCase().includes(part.toLowerCase()) && value !== part)
    .slice(0, MOST)
    .map(value => ({ from, to: caret, text: quotedWhereNeeded(value), detail: field.help }))
}

const ofFields = (begun: string, caret: number): Completion[] =>
  [...fields]
    .filter(([name]) => name.startsWith(begun.toLowerCase()))
    .map(([name, { type, help }]) => ({
      from: caret - begun.length,
      to: caret,
      text: `${name}${type === 'duration' ? '>' : ':'}`,
      detail: help,
    }))

function valuesOf({ model, store }: Session, name: string, { words }: Field): readonly string[] {
  switch (name) {
    case 'service':
      return unique(store.processes.map(({ label }) => label))
    case 'resource':
      return unique(model.resources.map(({ label }) => label))
    case 'key':
      return model.keys
    case 'task':
      return unique(model.tasks.slice(0, 5000).map(task => task.name))
    default:
      return words ?? []
  }
}

const unique = (texts: readonly string[]): readonly string[] =>
  [...new Set(texts)].filter(text => text !== '')

const quotedWhereNeeded = (value: string): string =>
  /[\s()"]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value
