import { currentName, specOf } from '../convention/attributes/schema.ts'
import type { Session } from '../scene/scene.ts'
import { attributeKeys } from '../store/attribute-keys.ts'
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
  const begun = /(?:^|[\s(])-?([A-Za-z_][\w.-]*)?(?:(:|!=|=)(?:"([^"]*)|([^"\s]*)))?$/.exec(
    query.slice(0, caret),
  )
  if (!begun) return []
  const [, name = '', op, quoted, bare = ''] = begun
  if (op === undefined)
    return name === '' ? [] : [...ofFields(name, caret), ...ofAttributes(session, name, caret)].slice(0, MOST)
  const field = fields.get(name)
  if (!field) return []
  const part = quoted ?? bare
  const from = caret - part.length - (quoted === undefined ? 0 : 1)
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

/** Attributes that spans have, by their current names. The word may begin after any dot: `meth` of `http.request.method`. */
function ofAttributes({ store }: Session, begun: string, caret: number): Completion[] {
  const begins = (name: string): boolean => `.${name.toLowerCase()}`.includes(`.${begun.toLowerCase()}`)
  const details = new Map<string, string>()
  for (const [recorded, { onSpans }] of attributeKeys(store)) {
    if (!onSpans) continue
    for (const name of [currentName(recorded, false), currentName(recorded, true)]) {
      if (!wholeName.test(name) || !(begins(name) || begins(recorded))) continue
      const label = specOf(name)?.label ?? 'attribute'
      if (name !== recorded) details.set(name, `${label}, recorded as ${recorded}`)
      else if (!details.has(name)) details.set(name, label)
    }
  }
  return Array.from(details, ([name, detail]) => ({
    from: caret - begun.length,
    to: caret,
    text: `${name}:`,
    detail,
  }))
}

/** What a query can call an attribute. */
const wholeName = /^[A-Za-z_][\w-]*\.[\w.-]*$/

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
