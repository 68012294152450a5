/**
 * OTLP's AnyValue and KeyValue lists → attributes of the builder. Lenient where producers are: several types at once,
 * numbers as text, snake_case, Go struct dumps (`{"Value":{"StringValue":…}}`), bare values, plain objects for lists.
 */
import type { StoreBuilder } from '../../store/builder.ts'
import type { AttributeValue } from '../../store/store.ts'
import { type Foreign, isObject, listOf, numberOf, pick, textOf } from '../formats/foreign.ts'

/** What an attribute became: a plain value, JSON text for lists, maps and ints beyond 2^53, or a double that is whole. */
export type ReadValue = AttributeValue | { readonly json: string } | { readonly double: number }

const maxDepth = 32
const maxLength = 1 << 20

/** Member names of AnyValue in the order in which the first known one wins. */
const members: readonly (readonly [string, readonly [string, string, string]])[] = [
  ['string', ['stringValue', 'string_value', 'StringValue']],
  ['bool', ['boolValue', 'bool_value', 'BoolValue']],
  ['int', ['intValue', 'int_value', 'IntValue']],
  ['double', ['doubleValue', 'double_value', 'DoubleValue']],
  ['array', ['arrayValue', 'array_value', 'ArrayValue']],
  ['map', ['kvlistValue', 'kvlist_value', 'KvlistValue']],
  ['bytes', ['bytesValue', 'bytes_value', 'BytesValue']],
]

/** Reads one AnyValue; `place` tells where for the issues. */
export function readAnyValue(value: unknown, builder: StoreBuilder, place: () => string): ReadValue {
  const plain = toPlain(value, builder, place, 0)
  switch (typeof plain) {
    case 'string':
      return clipped(plain, builder, place)
    case 'number':
      return Number.isSafeInteger(plain) && isDouble(value) ? { double: plain } : plain
    case 'boolean':
      return plain
    case 'bigint':
      return { json: plain.toString() }
    default: {
      const json = jsonText(plain)
      return { json: json.length > maxLength ? clipped(json, builder, place) : json }
    }
  }
}

const isDouble = (value: unknown): boolean =>
  isObject(value) && pick(value, 'doubleValue', 'double_value') !== undefined

function clipped(text: string, builder: StoreBuilder, place: () => string): string {
  if (text.length <= maxLength) return text
  builder.issues.add('long-value', () => `${place()}: ${text.length} characters`)
  return `${text.slice(0, maxLength)}…`
}

type Plain = string | number | boolean | bigint | null | readonly Plain[] | Map<string, Plain>

function toPlain(value: unknown, builder: StoreBuilder, place: () => string, depth: number): Plain {
  if (depth > maxDepth) {
    builder.issues.add('deep-value', place)
    return '…'
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(element => toPlain(element, builder, place, depth + 1))
  if (!isObject(value)) return null
  const inner = pick(value, 'Value')
  if (isObject(inner)) return toPlain(inner, builder, place, depth + 1)
  let found: { kind: string; member: unknown } | undefined
  for (const [kind, names] of members) {
    const member = pick(value, names[0], names[1], names[2])
    if (member === undefined) continue
    if (found) {
      builder.issues.add('oneof-violation', place)
      break
    }
    found = { kind, member }
  }
  if (!found)
    return Object.keys(value).length === 0 || 'doubleValue' in value
      ? null
      : objectToPlain(value, builder, place, depth)
  const { kind, member } = found
  switch (kind) {
    case 'string':
      return textOf(member)
    case 'bool':
      return member === true || member === 'true' || member === 1
    case 'int':
      return intOf(member)
    case 'double':
      return numberOf(member)
    case 'array': {
      const values = isObject(member) ? pick(member, 'values', 'Values') : member
      return listOf(values).map(element => toPlain(element, builder, place, depth + 1))
    }
    case 'map': {
      const entries = isObject(member) ? pick(member, 'values', 'Values') : member
      const out = new Map<string, Plain>()
      for (const entry of listOf(entries)) {
        if (!isObject(entry)) continue
        out.set(
          textOf(pick(entry, 'key', 'Key')),
          toPlain(pick(entry, 'value', 'Value'), builder, place, depth + 1),
        )
      }
      return out
    }
    default:
      // Told from text by the name, so that it can be written as bytes again.
      return new Map([['bytesValue', textOf(member)]])
  }
}

function objectToPlain(value: object, builder: StoreBuilder, place: () => string, depth: number): Plain {
  const out = new Map<string, Plain>()
  for (const [key, member] of Object.entries(value)) out.set(key, toPlain(member, builder, place, depth + 1))
  return out
}

function intOf(member: unknown): Plain {
  const number = numberOf(member)
  if (Number.isSafeInteger(number)) return number
  if (typeof member === 'string' && /^-?\d{1,20}$/.test(member)) return BigInt(member)
  return Number.isNaN(number) ? textOf(member) : number
}

/** JSON text of a plain value; depth is bounded by `maxDepth`. Non-finite numbers become strings. */
function jsonText(value: Plain): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (value instanceof Map) {
    return `{${Array.from(value, ([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`).join(',')}}`
  }
  return JSON.stringify(value)
}

/** Calls `take` for each attribute of a KeyValue list, or of a plain object in its place. */
export function readAttributes(
  list: unknown,
  builder: StoreBuilder,
  place: () => string,
  take: (key: string, value: ReadValue) => void,
): void {
  if (isObject(list)) {
    for (const [key, value] of Object.entries(list)) take(key, readAnyValue(value, builder, place))
    return
  }
  for (const entry of listOf(list)) {
    if (!isObject(entry)) continue
    const key = textOf(pick(entry, 'key', 'Key'))
    if (key !== '') take(key, readAnyValue(pick(entry, 'value', 'Value'), builder, place))
  }
}

/** Adds a value that was read to the row that comes next. */
export function addAttribute(builder: StoreBuilder, key: string, value: ReadValue): void {
  if (typeof value === 'string') builder.addString(key, value)
  else if (typeof value === 'boolean') builder.addBool(key, value)
  else if (typeof value === 'object') {
    if ('json' in value) builder.addJson(key, value.json)
    else builder.addDouble(key, value.double)
  } else if (Number.isSafeInteger(value)) builder.addInt(key, value)
  else builder.addDouble(key, value)
}

/** The value as everybody but writers of OTLP wants it: lists and maps as their JSON text. */
export const plainValueOf = (value: ReadValue): AttributeValue => {
  if (typeof value !== 'object') return value
  return 'json' in value ? value.json : value.double
}

/** Gives the builder what a scope has besides its name. */
export function keepScope(scope: Foreign, process: number, builder: StoreBuilder, place: () => string): void {
  const attributes = new Map<string, Plain>()
  readAttributes(pick(scope, 'attributes', 'Attributes'), builder, place, (key, value) =>
    attributes.set(key, plainValueOf(value)),
  )
  builder.scope({
    process,
    name: textOf(pick(scope, 'name', 'Name')),
    version: textOf(pick(scope, 'version', 'Version')),
    attributes: attributes.size === 0 ? '' : jsonText(attributes),
  })
}
