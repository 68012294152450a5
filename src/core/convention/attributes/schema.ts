/** Looks into the table of attributes: by any name one was ever recorded under. Cheap per distinct key, never per span. */
import { attributeKeys } from '../../store/attribute-keys.ts'
import type { AttributeValue, Store } from '../../store/store.ts'
import { attributeFamilies, attributeTable, olderValues, type Privacy } from './table.ts'

export interface AttributeSpec {
  readonly name: string
  readonly label: string
  readonly privacy: Privacy
  /** UCUM; `''` when its value is no quantity. */
  readonly unit: string
}

/** SERVER of `SpanTable.kind`: there, a peer is the client. */
const SERVER = 2

interface OlderName {
  readonly older: string
  /** On spans of which side it means this attribute. */
  readonly side: 'client' | 'server' | 'both'
}

const specs = new Map<string, AttributeSpec>()
const olderOf = new Map<string, readonly OlderName[]>()
const newerOf = { client: new Map<string, string>(), server: new Map<string, string>() }

for (const [name, label, privacy, older = '', unit = ''] of attributeTable) {
  specs.set(name, { name, label, privacy, unit })
  const names = older.split(' ').filter(Boolean).map(readOlder)
  olderOf.set(name, names)
  for (const { older, side } of names) {
    if (side !== 'server') newerOf.client.set(older, name)
    if (side !== 'client') newerOf.server.set(older, name)
  }
}

function readOlder(text: string): OlderName {
  const [, side, older = ''] = /^(?:(client|server):)?(.+)$/.exec(text) ?? []
  return { older, side: side === 'client' || side === 'server' ? side : 'both' }
}

export const isServer = (store: Store, row: number): boolean => store.spans.kind[row] === SERVER

/** What an attribute is called now; its own name when that is current or unknown. */
export const currentName = (key: string, onServer: boolean): string =>
  newerOf[onServer ? 'server' : 'client'].get(key) ?? key

/** All names of the attribute that has this one, the current one first, then newest first. */
export function namesOf(key: string, onServer: boolean): readonly string[] {
  const name = currentName(key, onServer)
  const older = olderOf.get(name) ?? []
  const other = onServer ? 'client' : 'server'
  return [name, ...older.filter(({ side }) => side !== other).map(one => one.older)]
}

export const specOf = (key: string, onServer = false): AttributeSpec | undefined =>
  specs.get(currentName(key, onServer))

/** The value as the conventions call it now. */
export const currentValue = (name: string, value: AttributeValue): AttributeValue =>
  (typeof value === 'string' ? olderValues.get(name)?.get(value) : undefined) ?? value

const secretName =
  /(?:^|[._-])(?:authorization|cookie|passw(?:or)?d|secret|token|api[._-]?key|credentials?)$/i

/** What an attribute may give away; one that nobody knows may be anything. */
export function privacyOf(key: string): Privacy {
  const known = specOf(key)
  if (known) return known.privacy
  if (secretName.test(key)) return 'secret'
  return attributeFamilies.find(([prefix]) => key.startsWith(prefix))?.[1] ?? 'free-text'
}

/** Indexes in `strings` of the names under which a trace has an attribute, current name first. */
export interface RecordedKeys {
  readonly onServers: readonly number[]
  readonly elsewhere: readonly number[]
}

export function recordedKeys(store: Store, key: string): RecordedKeys {
  const keys = attributeKeys(store)
  const indexes = (onServer: boolean): readonly number[] =>
    namesOf(key, onServer)
      .map(name => keys.get(name)?.index)
      .filter(index => index !== undefined)
  return { onServers: indexes(true), elsewhere: indexes(false) }
}
