/**
 * A copy of the trace in which identifiers and free text are replaced by stable pseudonyms, so that relations stay
 * readable (the same job is `#3` everywhere) and values do not. The session is derived again from the copy: labels,
 * findings, pictures and slices all follow, and none can leak what the others hide.
 *
 * The table of attributes says what each may give away. Span and trace ids become counts, rows keep their numbers.
 */
import { privacyOf } from '../convention/attributes/schema.ts'
import type { Privacy } from '../convention/attributes/table.ts'
import { Key } from '../convention/keys.ts'
import { attributeKeys } from '../store/attribute-keys.ts'
import { AttributeType, type AttributeValue, type Process, RecordFlag, type Store } from '../store/store.ts'
import { redactFreeText } from './free-text.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import { redactStatement } from './redact-statement.ts'

export function redactStore(store: Store, pseudonyms: Pseudonyms): Store {
  const strings = [...store.strings]
  const indexOf = new Map(strings.map((text, index) => [text, index]))
  const intern = (text: string): number => {
    const known = indexOf.get(text)
    if (known !== undefined) return known
    indexOf.set(text, strings.length)
    return strings.push(text) - 1
  }
  const ids = new IdCounter()
  const change = changer(store, pseudonyms, ids)
  const { key, type, value } = store.attributes
  const types = type.slice()
  const values = value.slice()
  const privacyOfKey = new Map(
    Array.from(attributeKeys(store), ([name, { index }]) => [index, privacyOf(name)]),
  )
  for (let at = 0; at < store.attributes.count; at++) {
    const privacy = privacyOfKey.get(key[at]!)!
    if (privacy === 'harmless' || type[at] === AttributeType.bool) continue
    const isText = type[at] === AttributeType.string || type[at] === AttributeType.json
    if (type[at] !== AttributeType.json) types[at] = AttributeType.string
    values[at] = intern(change(privacy, isText ? store.strings[value[at]!]! : String(value[at]!)))
  }
  const renamed = new Map<string, Map<number, number>>()
  const rename = (column: Int32Array, privacy: Privacy): Int32Array => {
    const known = renamed.get(privacy) ?? new Map<number, number>()
    renamed.set(privacy, known)
    return column.map(index => {
      if (index === 0) return 0
      const before = known.get(index)
      if (before !== undefined) return before
      const made = intern(change(privacy, store.strings[index]!))
      known.set(index, made)
      return made
    })
  }
  const spans = {
    ...store.spans,
    ...ids.of(store.spans),
    name: rename(store.spans.name, 'name'),
    statusMessage: rename(store.spans.statusMessage, 'free-text'),
  }
  const records = {
    ...store.records,
    body: rename(store.records.body, 'free-text'),
    // A pseudonym is no JSON any more.
    flags: store.records.flags.map(flags => flags & ~RecordFlag.structuredBody),
    strays: { ...store.records.strays, ...ids.of(store.records.strays) },
  }
  const processes = store.processes.map(process => redactProcess(process, change))
  const redacted: Store = {
    ...store,
    strings,
    spans,
    records,
    links: { ...store.links, ...ids.of(store.links) },
    processes,
    gauges: store.gauges.map(gauge => ({ ...gauge, attributes: redactAttributes(gauge.attributes, change) })),
    scopes: store.scopes.map(scope => ({ ...scope, attributes: '' })),
    attributes: { ...store.attributes, type: types, value: values },
  }
  return keepUsedStrings(redacted)
}

type Change = (privacy: Privacy, text: string) => string

function changer(store: Store, pseudonyms: Pseudonyms, ids: IdCounter): Change {
  const counters = countersOf(store)
  const words = routeWords(store)
  const parties = new Set(valuesOf(store, new Set([Key.messageReceiver])))
  for (const party of parties) pseudonyms.ofParty(party)
  const pseudonymOf = (original: string): string => pseudonyms.of(original)
  const freeText = (text: string): string => redactFreeText(text, pseudonymOf)
  return (privacy, text) => {
    switch (privacy) {
      case 'harmless':
        return text
      case 'name':
        return pseudonyms.inName(text, counters, parties)
      case 'key': {
        const end = text.lastIndexOf('/') + 1
        const thing = end > 0 ? pseudonyms.of(text.slice(end)) : ''
        return pseudonyms.inName(end > 0 ? text.slice(0, end) : text, counters, parties) + thing
      }
      case 'path':
        return text.replace(/[^/]+/g, part => (words.has(part) ? part : pseudonyms.of(part)))
      case 'file':
        return text.replace(/^.*[\\/]/, '')
      case 'code':
        return /^[\w.:-]{1,64}$/.test(text) ? text : pseudonyms.of(text)
      case 'span-id':
        return ids.ofHex(text)
      case 'identifier':
      case 'personal':
      case 'secret':
        return pseudonyms.of(text)
      case 'statement':
        return redactStatement(text, pseudonymOf, freeText)
      case 'free-text':
        return freeText(text)
    }
  }
}

/** Texts that attributes of these keys have. */
function* valuesOf({ attributes, strings }: Store, keys: ReadonlySet<string>): Generator<string> {
  for (let at = 0; at < attributes.count; at++) {
    if (attributes.type[at] === AttributeType.string && keys.has(strings[attributes.key[at]!]!)) {
      yield strings[attributes.value[at]!]!
    }
  }
}

/** Ids that a recorder counts up (`t23`, `h2`): kept where they stand, also in the names of spans. */
const countersOf = (store: Store): ReadonlySet<string> =>
  new Set(
    [...valuesOf(store, new Set([Key.taskId, Key.holdId, Key.waitId, Key.timerSeriesId]))].filter(text =>
      /^[a-z]\d{1,7}$/.test(text),
    ),
  )

/** Words of the routes: a path segment that is none of them may be anybody's name. */
function routeWords(store: Store): ReadonlySet<string> {
  const out = new Set<string>()
  for (const route of valuesOf(store, new Set(['http.route']))) {
    for (const word of route.split('/')) if (/^[a-z][a-z_-]*$/i.test(word)) out.add(word)
  }
  return out
}

interface Ids {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
}

/** Ids as counts: nothing outside knows them. The same original is the same count wherever it stands. */
class IdCounter {
  readonly #traces = new Map<string, number>()
  readonly #spans = new Map<string, number>()

  of({ traceId, spanId }: Ids): Ids {
    return { traceId: counted(this.#traces, traceId, 16), spanId: counted(this.#spans, spanId, 8) }
  }

  /** Of a span id as attributes have it: 16 hex digits. */
  ofHex(hex: string): string {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
    return countOf(this.#spans, bytes).toString(16).padStart(16, '0')
  }
}

function counted(known: Map<string, number>, ids: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(ids.length)
  const view = new DataView(out.buffer)
  for (let at = 0; at + size <= ids.length; at += size) {
    view.setUint32(at + size - 4, countOf(known, ids.subarray(at, at + size)))
  }
  return out
}

/** 0 stays 0: it means no id. */
function countOf(known: Map<string, number>, id: Uint8Array): number {
  if (id.every(byte => byte === 0)) return 0
  const original = String.fromCharCode(...id)
  const count = known.get(original) ?? known.size + 1
  known.set(original, count)
  return count
}

function redactProcess(process: Process, change: Change): Process {
  const service = change('name', process.service)
  const instance = process.instance === '' ? '' : change('identifier', process.instance)
  return {
    ...process,
    structured: [],
    service,
    instance,
    label: process.label === process.service ? service : `${service} (${instance || process.index + 1})`,
    attributes: redactAttributes(process.attributes, change),
  }
}

function redactAttributes(attributes: Process['attributes'], change: Change): Process['attributes'] {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]): [string, AttributeValue] => {
      const privacy = privacyOf(name)
      const kept = privacy === 'harmless' || typeof value === 'boolean'
      return [name, kept ? value : change(privacy, String(value))]
    }),
  )
}

/** Empties the strings that nothing refers to any more: the originals must not travel along unseen. */
function keepUsedStrings(store: Store): Store {
  const used = new Uint8Array(store.strings.length)
  const mark = (column: Int32Array): void => {
    for (const index of column) if (index >= 0) used[index] = 1
  }
  const { spans, records, links, attributes } = store
  for (const column of [
    spans.name,
    spans.statusMessage,
    spans.scope,
    records.name,
    records.body,
    records.scope,
    links.type,
    attributes.key,
  ]) {
    mark(column)
  }
  for (let at = 0; at < attributes.count; at++) {
    const type = attributes.type[at]
    if (type === AttributeType.string || type === AttributeType.json) used[attributes.value[at]!] = 1
  }
  return { ...store, strings: store.strings.map((text, index) => (used[index] ? text : '')) }
}
