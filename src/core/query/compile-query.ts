/** A query tree → a test of one lane item. Names are compared once each and remembered: most items share them. */
import { currentValue, isServer, recordedKeys } from '../convention/attributes/schema.ts'
import { kindOf } from '../lanes/items.ts'
import { ItemFlag, type Lane } from '../lanes/lane.ts'
import type { Session } from '../scene/scene.ts'
import { AttributeType, type AttributeValue, attributeAt, spanIdOf, traceIdOf } from '../store/store.ts'
import { durationOf, isAttribute } from './fields.ts'
import { type Facts, factsOf } from './item-facts.ts'
import type { Filter, Operator, QueryNode } from './query.ts'
import { roles } from './roles.ts'

export type ItemTest = (lane: Lane, item: number) => boolean

export function compileQuery(session: Session, node: QueryNode): ItemTest {
  switch (node.kind) {
    case 'all': {
      const tests = node.parts.map(part => compileQuery(session, part))
      return (lane, item) => tests.every(test => test(lane, item))
    }
    case 'any': {
      const tests = node.parts.map(part => compileQuery(session, part))
      return (lane, item) => tests.some(test => test(lane, item))
    }
    case 'not': {
      const test = compileQuery(session, node.part)
      return (lane, item) => !test(lane, item)
    }
    case 'text':
      return textTest(session, node.text)
    case 'filter':
      return filterTest(session, node)
  }
}

/** Anywhere in its names, its span's name and attribute values, or in the ids when it looks like one. */
function textTest(session: Session, text: string): ItemTest {
  const { store } = session
  const words = text.toLowerCase()
  const has = remembered(one => one.toLowerCase().includes(words))
  const ofString = new Int8Array(store.strings.length)
  const hasString = (index: number): boolean => {
    if (ofString[index] === 0) ofString[index] = has(store.strings[index]!) ? 1 : -1
    return ofString[index] === 1
  }
  const isId = /^[0-9a-f]{6,32}$/.test(words)
  const { spans, attributes } = store
  const inSpan = (row: number): boolean => {
    if (hasString(spans.name[row]!) || hasString(spans.statusMessage[row]!)) return true
    for (let at = spans.attrStart[row]!; at < spans.attrEnd[row]!; at++) {
      const type = attributes.type[at]!
      const told = type === AttributeType.string || type === AttributeType.json
      if (told ? hasString(attributes.value[at]!) : has(String(attributeAt(store, at)))) return true
    }
    return isId && `${spanIdOf(store, row)} ${traceIdOf(store, row)}`.includes(words)
  }
  return (lane, item) => {
    const facts = factsOf(session, lane, item)
    return facts.texts.some(has) || (facts.row >= 0 && inSpan(facts.row))
  }
}

const flagOf: ReadonlyMap<string, number> = new Map([
  ['error', ItemFlag.error],
  ['open', ItemFlag.open],
  ['contended', ItemFlag.contended],
  ['inferred', ItemFlag.inferred],
  ['finding', ItemFlag.finding],
])

function filterTest(session: Session, filter: Filter): ItemTest {
  const { field, op, value } = filter
  const { store } = session
  if (isAttribute(field)) return attributeTest(session, filter)
  const flag = flagOf.get(field)
  if (flag !== undefined) {
    const wanted = (value === 'true') === (op !== '!=')
    return ({ items }, item) => ((items.flags[item]! & flag) !== 0) === wanted
  }
  switch (field) {
    case 'role': {
      const kinds = roles.get(value) ?? []
      return ({ items }, item) => kinds.includes(kindOf(items, item)) === (op !== '!=')
    }
    case 'dur': {
      const ns = durationOf(value)!
      return ({ items }, item) => compare(items.endNs[item]! - items.startNs[item]!, op, ns)
    }
    case 'start': {
      const ns = durationOf(value)!
      return ({ items }, item) => compare(items.startNs[item]!, op, ns)
    }
    case 'service': {
      const is = textIs(op, value)
      const ofProcess = store.processes.map(({ service, label }) => is(label) || is(service))
      return (lane, item) => {
        const row = lane.items.span[item]!
        return ofProcess[row >= 0 ? store.spans.process[row]! : lane.process] ?? false
      }
    }
    case 'id': {
      const is = textIs(op, value)
      return ({ items }, item) => {
        const row = items.span[item]!
        return row >= 0 && (is(spanIdOf(store, row)) || is(traceIdOf(store, row)))
      }
    }
    default: {
      const is = remembered(textIs(op, value))
      const part = field as 'name' | 'task' | 'resource' | 'key' | 'value' | 'site'
      return (lane, item) => ofFacts(factsOf(session, lane, item), part).some(is)
    }
  }
}

function ofFacts(
  facts: Facts,
  part: 'name' | 'task' | 'resource' | 'key' | 'value' | 'site',
): readonly string[] {
  if (part === 'task' || part === 'resource') return facts[part]
  return facts[part] === '' ? [] : [facts[part]]
}

/** Under whatever name it was recorded: an attribute's older and newer names find the same. */
function attributeTest({ store }: Session, { field, op, value }: Filter): ItemTest {
  const { spans, attributes } = store
  const { onServers, elsewhere } = recordedKeys(store, field)
  const is = attributeIs(op, value)
  return ({ items }, item) => {
    const row = items.span[item]!
    if (row < 0) return false
    const keys = isServer(store, row) ? onServers : elsewhere
    for (let at = spans.attrStart[row]!; at < spans.attrEnd[row]!; at++) {
      if (keys.includes(attributes.key[at]!)) return is(currentValue(field, attributeAt(store, at)))
    }
    return false
  }
}

function attributeIs(op: Operator, value: string): (found: AttributeValue) => boolean {
  const wanted = Number(value)
  const is = textIs(op, value)
  return found =>
    typeof found === 'number' && !Number.isNaN(wanted) ? compare(found, op, wanted) : is(String(found))
}

function compare(found: number, op: Operator, wanted: number): boolean {
  switch (op) {
    case '<':
      return found < wanted
    case '<=':
      return found <= wanted
    case '>':
      return found > wanted
    case '>=':
      return found >= wanted
    case '!=':
      return found !== wanted
    default:
      return found === wanted
  }
}

/** `:` contains, `=` is the same, `!=` is not; case does not matter. */
function textIs(op: Operator, value: string): (found: string) => boolean {
  const wanted = value.toLowerCase()
  if (op === ':') return found => found.toLowerCase().includes(wanted)
  return found => (found.toLowerCase() === wanted) === (op !== '!=')
}

function remembered(test: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>()
  return text => {
    const before = known.get(text)
    if (before !== undefined) return before
    const now = test(text)
    known.set(text, now)
    return now
  }
}
