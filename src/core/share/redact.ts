/**
 * A copy of the trace in which identifiers and free text are replaced by stable pseudonyms, so that relations stay
 * readable (the same job is `#3` everywhere) and values do not. The session is derived again from the copy: labels,
 * findings, pictures and slices all follow, and none can leak what the others hide.
 *
 * Kept are the words that say what kind of thing happened: span and resource names, code sites, methods, routes, status
 * codes, error types. In those, runs of digits, UUIDs and long hex are still replaced. Everything else becomes a pseudonym.
 */
import { Key } from '../convention/keys.ts'
import { AttributeType, type AttributeValue, type Store } from '../store/store.ts'

/** Values that are structure: kept, with identifiers inside them replaced. */
const STRUCTURAL = new Set<string>([
  Key.taskId,
  Key.taskName,
  Key.taskParentId,
  Key.stateKey,
  Key.awaitTargetId,
  Key.spanName,
  'url.path',
  'http.route',
  'db.namespace',
  'db.collection.name',
  'messaging.destination.name',
])

/** Values that are vocabulary, times or numbers of the convention: kept as they are. */
const VERBATIM = new Set<string>([
  'service.name',
  'error.type',
  'exception.type',
  'http.request.method',
  'http.response.status_code',
  'db.system.name',
  'db.operation.name',
  'db.client.connection.pool.name',
  'server.port',
  'process.pid',
])
const VERBATIM_PREFIXES = ['interleave.', 'code.', 'telemetry.', 'otel.', 'thread.', 'process.runtime.']
/** Under those prefixes, what is a value of the user's all the same. */
const PERSONAL = new Set<string>([
  Key.stateValue,
  Key.stateValueHash,
  Key.stateVersion,
  Key.queueItemId,
  Key.messageReceiver,
  Key.markText,
  Key.cancelReason,
  'code.stacktrace',
])

/** UUIDs, long hex and digits: what identifies one instance of a kind. */
const IDENTIFIER = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{16,}\b|\d+/gi

export function redactStore(store: Store): Store {
  const strings = [...store.strings]
  const indexOf = new Map(strings.map((text, index) => [text, index]))
  const intern = (text: string): number => {
    const known = indexOf.get(text)
    if (known !== undefined) return known
    indexOf.set(text, strings.length)
    return strings.push(text) - 1
  }
  const names = new Map<string, string>()
  const pseudonym = (value: AttributeValue): string => {
    const text = String(value)
    if (text === '') return ''
    let name = names.get(text)
    if (name === undefined) {
      name = `#${names.size + 1}`
      names.set(text, name)
    }
    return name
  }
  const withoutIds = (text: string): string => text.replace(IDENTIFIER, id => pseudonym(id))

  const { key, type, value } = store.attributes
  const types = type.slice()
  const values = value.slice()
  for (let at = 0; at < store.attributes.count; at++) {
    const name = store.strings[key[at]!]!
    const treatment = treatmentOf(name)
    if (treatment === 'verbatim') continue
    const isText = type[at] === AttributeType.string || type[at] === AttributeType.json
    const text = isText ? store.strings[value[at]!]! : String(value[at]!)
    if (type[at] === AttributeType.bool) continue
    types[at] = AttributeType.string
    values[at] = intern(treatment === 'structural' ? withoutIds(text) : pseudonym(text))
  }
  const rename = (column: Int32Array, change: (text: string) => string): Int32Array =>
    column.map(index => (index === 0 ? 0 : intern(change(store.strings[index]!))))

  const spans = {
    ...store.spans,
    name: rename(store.spans.name, withoutIds),
    statusMessage: rename(store.spans.statusMessage, pseudonym),
  }
  const records = { ...store.records, body: rename(store.records.body, pseudonym) }
  const processes = store.processes.map(process => ({
    ...process,
    structured: [],
    attributes: Object.fromEntries(
      Object.entries(process.attributes).map(([name, value]) => {
        const treatment = treatmentOf(name)
        if (treatment === 'verbatim' || typeof value === 'boolean') return [name, value]
        return [name, treatment === 'structural' ? withoutIds(String(value)) : pseudonym(value)]
      }),
    ),
  }))
  return keepUsedStrings({
    ...store,
    strings,
    spans,
    records,
    processes,
    scopes: store.scopes.map(scope => ({ ...scope, attributes: '' })),
    attributes: { ...store.attributes, type: types, value: values },
  })
}

function treatmentOf(key: string): 'verbatim' | 'structural' | 'personal' {
  if (PERSONAL.has(key)) return 'personal'
  if (STRUCTURAL.has(key)) return 'structural'
  if (VERBATIM.has(key) || VERBATIM_PREFIXES.some(prefix => key.startsWith(prefix))) return 'verbatim'
  return 'personal'
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
