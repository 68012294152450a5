/** The fields a query knows, what they accept and mean: one table for checking, completion and help. */

import type { Filter, Operator } from './query.ts'
import { roles } from './roles.ts'

export interface Field {
  readonly type: 'text' | 'duration' | 'word' | 'flag'
  readonly help: string
  /** All that a `word` may be. */
  readonly words?: readonly string[]
}

const flags = ['true', 'false'] as const

export const fields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['service', { type: 'text', help: 'service or process it ran in' }],
  ['name', { type: 'text', help: 'what it is called' }],
  ['task', { type: 'text', help: 'name or id of its task' }],
  ['resource', { type: 'text', help: 'lock, semaphore or pool it waits for or holds' }],
  ['key', { type: 'text', help: 'state it reads or writes' }],
  ['value', { type: 'text', help: 'value read or written' }],
  ['site', { type: 'text', help: 'line of code' }],
  ['id', { type: 'text', help: 'span or trace id' }],
  ['role', { type: 'word', help: 'what it is', words: [...roles.keys()] }],
  ['dur', { type: 'duration', help: 'how long it took' }],
  ['start', { type: 'duration', help: 'when it began, from the start of the trace' }],
  ['error', { type: 'flag', help: 'failed', words: flags }],
  ['open', { type: 'flag', help: 'never ended', words: flags }],
  ['contended', { type: 'flag', help: 'held while others waited', words: flags }],
  ['inferred', { type: 'flag', help: 'concluded from ordinary spans', words: flags }],
  ['finding', { type: 'flag', help: 'part of a finding', words: flags }],
])

const orders: readonly Operator[] = ['<', '<=', '>', '>=']

const unitNs: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['min', 60e9],
  ['m', 60e9],
  ['h', 3600e9],
])

/** `1.5s` in ns; null when it is no duration. */
export function durationOf(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|min|m|h)$/.exec(text)
  return found ? Number(found[1]) * unitNs.get(found[2]!)! : null
}

/** Attributes are called with dots in OpenTelemetry; a field of our own never is. */
export const isAttribute = (field: string): boolean => field.includes('.')

/** Why a filter can not be meant, null when it can. */
export function faultOf({ field, op, value }: Filter): string | null {
  if (value === '') return `${field}${op} needs a value`
  const known = fields.get(field)
  if (!known) {
    return isAttribute(field)
      ? null
      : `There is no field “${field}”; in quotes it is searched as text: "${field}${op}${value}"`
  }
  if (known.type === 'duration') {
    return durationOf(value) === null ? `“${value}” is no duration; try 100ms or 1.5s` : null
  }
  if (orders.includes(op)) return `${field} can not be compared with ${op}; use ${field}:${value}`
  if (known.words && !known.words.includes(value)) {
    return `${field} is one of ${known.words.join(', ')}`
  }
  return null
}
