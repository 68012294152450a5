/** Attributes of many rows, read fast: keys are looked up once, rows are compared by key index. */
import { parseInstant } from '../import/instant.ts'
import {
  AttributeType,
  type AttributeValue,
  attributeAt,
  type Store,
  type WithAttributes as Table,
} from '../store/store.ts'
import { currentValue, isServer, type RecordedKeys, recordedKeys } from './attributes/schema.ts'
import { Otel } from './keys.ts'

export class AttributeReader {
  readonly #store: Store
  readonly #wanted = new Map<string, RecordedKeys>()
  readonly #epochSec: number
  readonly #epochNano: number
  readonly #instant = { sec: 0, nano: 0 }

  constructor(store: Store) {
    this.#store = store
    const epoch = BigInt(store.epochUnixNano)
    this.#epochSec = Number(epoch / 1_000_000_000n)
    this.#epochNano = Number(epoch % 1_000_000_000n)
  }

  /** Whether any row has the key. */
  knows(key: string): boolean {
    const { onServers, elsewhere } = this.#recorded(key)
    return onServers.length + elsewhere.length > 0
  }

  /** Value of a key, or of the newest older name of it. */
  get(table: Table, row: number, key: string): AttributeValue | undefined {
    for (const index of this.#indexes(table, row, key)) {
      const at = this.#find(table, row, index)
      if (at !== -1) return attributeAt(this.#store, at)
    }
    return undefined
  }

  /** As text, older values by their current names; `''` when absent. */
  text(table: Table, row: number, key: string): string {
    const value = this.get(table, row, key)
    return value === undefined ? '' : String(currentValue(key, value))
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
    return this.#list(table, row, key).map(String)
  }

  /** A list of finite numbers; others are left out. */
  numbers(table: Table, row: number, key: string): readonly number[] {
    return this.#list(table, row, key).map(Number).filter(Number.isFinite)
  }

  #list(table: Table, row: number, key: string): readonly unknown[] {
    for (const index of this.#indexes(table, row, key)) {
      const at = this.#find(table, row, index)
      if (at === -1) continue
      const value = attributeAt(this.#store, at)
      if (this.#store.attributes.type[at] !== AttributeType.json) return value === '' ? [] : [value]
      try {
        const list: unknown = JSON.parse(String(value))
        return Array.isArray(list) ? list : [list]
      } catch {
        return []
      }
    }
    return []
  }

  /** `auth.check (auth.ts:41)`, as far as it is known. */
  site(table: Table, row: number): string {
    let name = this.text(table, row, Otel.codeFunction)
    // Before `code.function.name` held all of it, the namespace stood apart.
    const space = this.text(table, row, 'code.namespace')
    if (name !== '' && space !== '' && !name.startsWith(space)) name = `${space}.${name}`
    const file = this.text(table, row, Otel.codeFile)
    const line = this.text(table, row, Otel.codeLine)
    const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
    const place = base === '' ? '' : line === '' ? base : `${base}:${line}`
    return name === '' ? place : place === '' ? name : `${name} (${place})`
  }

  #find(table: Table, row: number, key: number): number {
    const { attributes } = this.#store
    const end = table.attrEnd[row]!
    for (let at = table.attrStart[row]!; at < end; at++) if (attributes.key[at] === key) return at
    return -1
  }

  #indexes(table: Table, row: number, key: string): readonly number[] {
    const { onServers, elsewhere } = this.#recorded(key)
    return table === this.#store.spans && isServer(this.#store, row) ? onServers : elsewhere
  }

  #recorded(key: string): RecordedKeys {
    let recorded = this.#wanted.get(key)
    if (!recorded) {
      recorded = recordedKeys(this.#store, key)
      this.#wanted.set(key, recorded)
    }
    return recorded
  }
}
