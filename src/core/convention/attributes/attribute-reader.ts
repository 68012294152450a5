/** Attributes of many rows, read fast: keys are looked up once, rows are compared by key index. */
import { parseInstant } from '../../import/instant.ts'
import {
  AttributeType,
  type AttributeValue,
  attributeAt,
  type Store,
  type WithAttributes as Table,
} from '../../store/store.ts'
import { Otel } from '../keys.ts'
import { noShape, RowShapes } from './row-shapes.ts'
import { isServer, recordedKeys } from './schema.ts'
import { olderValues } from './table.ts'

/** What is looked up once per key. */
interface Wanted {
  readonly onServers: Names
  readonly elsewhere: Names
  /** Values that are called otherwise now. */
  readonly renamed: ReadonlyMap<string, string> | undefined
}

interface Names {
  /** Indexes in `strings`, the name to prefer first. */
  readonly names: readonly number[]
  /** By shape of a row: where one of them stands among its attributes, `absent`, or `unknown` until one has been looked at. */
  readonly offsets: Int16Array
}

const absent = -1
const unknown = -2

const readers = new WeakMap<Store, AttributeReader>()

/** The reader of a trace, one for all who ask: what it has looked up stays. */
export function readerOf(store: Store): AttributeReader {
  const known = readers.get(store) ?? new AttributeReader(store)
  readers.set(store, known)
  return known
}

class AttributeReader {
  readonly #store: Store
  readonly #wanted = new Map<string, Wanted>()
  /** Many rows are asked for one key: the one before is often the one again. */
  #lastKey = ''
  #last: Wanted | undefined
  readonly #shapes: RowShapes
  #spanShapes: Uint16Array | undefined
  #recordShapes: Uint16Array | undefined
  /** Of texts: for most their index in `strings`. */
  #numbers: Map<string, number> | undefined
  #newNumbers = 0
  readonly #epochSec: number
  readonly #epochNano: number
  readonly #instant = { sec: 0, nano: 0 }
  /** Function, namespace, file and line. */
  readonly #siteKeys: readonly [Wanted, Wanted, Wanted, Wanted]
  /** By these four: a trace has few sites, each once as text. */
  readonly #sites = new Map<string, Map<string, Map<string, Map<string, string>>>>()

  constructor(store: Store) {
    this.#store = store
    this.#shapes = new RowShapes(store.attributes)
    const epoch = BigInt(store.epochUnixNano)
    this.#epochSec = Number(epoch / 1_000_000_000n)
    this.#epochNano = Number(epoch % 1_000_000_000n)
    // Before `code.function.name` held all of it, the namespace stood apart.
    this.#siteKeys = [
      this.#want(Otel.codeFunction),
      this.#want('code.namespace'),
      this.#want(Otel.codeFile),
      this.#want(Otel.codeLine),
    ]
  }

  /** Whether any row has the key. */
  knows(key: string): boolean {
    const { onServers, elsewhere } = this.#want(key)
    return onServers.names.length + elsewhere.names.length > 0
  }

  /** Value of a key, or of the newest older name of it. */
  get(table: Table, row: number, key: string): AttributeValue | undefined {
    const at = this.#find(table, row, this.#want(key))
    return at === -1 ? undefined : attributeAt(this.#store, at)
  }

  /** As text, older values by their current names; `''` when absent. */
  text(table: Table, row: number, key: string): string {
    return this.#text(table, row, this.#want(key))
  }

  #text(table: Table, row: number, wanted: Wanted): string {
    const at = this.#find(table, row, wanted)
    if (at === -1) return ''
    const value = attributeAt(this.#store, at)
    return typeof value === 'string' ? (wanted.renamed?.get(value) ?? value) : String(value)
  }

  /** The number of a text: equal texts have the same, `''` and none have 0. */
  textNumber(table: Table, row: number, key: string): number {
    const wanted = this.#want(key)
    const at = this.#find(table, row, wanted)
    if (at === -1) return 0
    const { type, value } = this.#store.attributes
    return type[at] === AttributeType.string && !wanted.renamed
      ? value[at]!
      : this.numberOf(this.#text(table, row, wanted))
  }

  /** The number of a text that stands in no attribute of its own. The first one takes a look at all strings. */
  numberOf(text: string): number {
    if (text === '') return 0
    const { strings } = this.#store
    this.#numbers ??= new Map(strings.map((each, number) => [each, number]))
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = strings.length + this.#newNumbers++
      this.#numbers.set(text, number)
    }
    return number
  }

  /** A number, also when written as text; `missing` when absent or no number. */
  number(table: Table, row: number, key: string, missing = -1): number {
    const value = this.get(table, row, key)
    if (value === undefined || value === '' || typeof value === 'boolean') return missing
    const number = Number(value)
    return Number.isFinite(number) ? number : missing
  }

  bool(table: Table, row: number, key: string): boolean {
    const value = this.get(table, row, key)
    return value === true || value === 'true'
  }

  /** Seconds as ns; `missing` when absent. */
  seconds(table: Table, row: number, key: string, missing = -1): number {
    const value = this.number(table, row, key, Number.NaN)
    return Number.isNaN(value) ? missing : Math.round(value * 1e9)
  }

  /** Unix nanoseconds (text) as ns of the store; -1 when absent or unreadable. */
  instantNs(table: Table, row: number, key: string): number {
    const value = this.get(table, row, key)
    if (value === undefined || value === '' || !parseInstant(value, this.#instant)) return -1
    const ns = (this.#instant.sec - this.#epochSec) * 1e9 + (this.#instant.nano - this.#epochNano)
    return ns >= 0 ? ns : -1
  }

  /** A list of texts: a JSON array, or one text. */
  texts(table: Table, row: number, key: string): readonly string[] {
    const list = this.#list(table, row, key)
    return list.every(text => typeof text === 'string') ? list : list.map(String)
  }

  /** The numbers of such a list's texts. */
  textNumbers(table: Table, row: number, key: string): readonly number[] {
    const at = this.#find(table, row, this.#want(key))
    if (at === -1) return none
    const { type, value } = this.#store.attributes
    if (type[at] === AttributeType.string) return value[at] === 0 ? none : [value[at]!]
    return this.texts(table, row, key).map(text => this.numberOf(text))
  }

  /** A list of finite numbers; others are left out. */
  numbers(table: Table, row: number, key: string): readonly number[] {
    const list = this.#list(table, row, key)
    return list.length === 0 ? none : list.map(Number).filter(Number.isFinite)
  }

  #list(table: Table, row: number, key: string): readonly unknown[] {
    const at = this.#find(table, row, this.#want(key))
    if (at === -1) return none
    const value = attributeAt(this.#store, at)
    if (this.#store.attributes.type[at] !== AttributeType.json) return value === '' ? none : [value]
    try {
      const list: unknown = JSON.parse(String(value))
      return Array.isArray(list) ? list : [list]
    } catch {
      return none
    }
  }

  /** `auth.check (auth.ts:41)`, as far as it is known. */
  site(table: Table, row: number): string {
    const [nameKey, spaceKey, fileKey, lineKey] = this.#siteKeys
    const name = this.#text(table, row, nameKey)
    const file = this.#text(table, row, fileKey)
    if (name === '' && file === '') return ''
    const space = this.#text(table, row, spaceKey)
    const line = this.#text(table, row, lineKey)
    const lines = below(below(below(this.#sites, name), space), file)
    let site = lines.get(line)
    if (site === undefined) {
      site = siteOf(name, space, file, line)
      lines.set(line, site)
    }
    return site
  }

  /** Index in the flat table of attributes, -1 for none. */
  #find(table: Table, row: number, { onServers, elsewhere }: Wanted): number {
    const { spans } = this.#store
    const wanted =
      onServers !== elsewhere && table === spans && isServer(this.#store, row) ? onServers : elsewhere
    if (wanted.names.length === 0) return -1
    const shape = this.#shapeOf(table, row)
    if (shape === noShape) return this.#look(table, row, wanted)
    let offset = wanted.offsets[shape]!
    if (offset === unknown) {
      const at = this.#look(table, row, wanted)
      offset = at === -1 ? absent : at - table.attrStart[row]!
      wanted.offsets[shape] = offset
    }
    return offset === absent ? -1 : table.attrStart[row]! + offset
  }

  #shapeOf(table: Table, row: number): number {
    const { spans, records } = this.#store
    if (table === spans) {
      this.#spanShapes ??= this.#shapes.of(spans)
      return this.#spanShapes[row]!
    }
    if (table !== records) return noShape
    this.#recordShapes ??= this.#shapes.of(records)
    return this.#recordShapes[row]!
  }

  #look(table: Table, row: number, { names }: Names): number {
    const { key } = this.#store.attributes
    const end = table.attrEnd[row]!
    for (const name of names)
      for (let at = table.attrStart[row]!; at < end; at++) if (key[at] === name) return at
    return -1
  }

  #want(key: string): Wanted {
    if (key === this.#lastKey && this.#last) return this.#last
    let wanted = this.#wanted.get(key)
    if (!wanted) {
      const { onServers, elsewhere } = recordedKeys(this.#store, key)
      const others = namesOf(elsewhere)
      const same =
        onServers.length === elsewhere.length && onServers.every((name, at) => name === elsewhere[at])
      wanted = {
        onServers: same ? others : namesOf(onServers),
        elsewhere: others,
        renamed: olderValues.get(key),
      }
      this.#wanted.set(key, wanted)
    }
    this.#lastKey = key
    this.#last = wanted
    return wanted
  }
}

const namesOf = (names: readonly number[]): Names => ({
  names,
  offsets: new Int16Array(noShape).fill(unknown),
})

const none: readonly never[] = []

function siteOf(name: string, space: string, file: string, line: string): string {
  const whole = name !== '' && space !== '' && !name.startsWith(space) ? `${space}.${name}` : name
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
  const place = base === '' ? '' : line === '' ? base : `${base}:${line}`
  return whole === '' ? place : place === '' ? whole : `${whole} (${place})`
}

/** The map under a key, made when it is first asked for. */
function below<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let map = maps.get(key)
  if (!map) {
    map = new Map()
    maps.set(key, map)
  }
  return map
}

export type { AttributeReader }
