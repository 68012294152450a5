/** The scanner's texts → indices of the trace's string table; and what a text of JSON means: an attribute, a resource, a scope. */
import { type ProcessAttributes, StoreBuilder } from '../store/builder.ts'
import { AttributeType } from '../store/store.ts'
import { type Foreign, isObject, textOf } from './foreign.ts'
import { parseJson } from './json-parse.ts'
import type { OtlpBatch } from './otlp-batch.ts'
import { keepScope, type ReadValue, readAnyValue, readAttributes } from './otlp-value.ts'

/** Kinds of texts, as `src/scanner/texts.ts` has them; a third is any JSON value. */
const plain = 0
const odd = 1
const resourceKeys = new Set(['attributes', 'droppedAttributesCount', 'entityRefs'])
const scopeKeys = new Set(['name', 'version', 'attributes', 'droppedAttributesCount'])

/** An attribute's value as `AttributeTable` keeps it. */
export interface TypedValue {
  readonly type: number
  readonly value: number
}

interface ScannedScope {
  /** Index in the string table. */
  readonly name: number
  readonly json: Foreign
  /** Processes the builder knows it of. */
  readonly keptFor: Set<number>
}

export class OtlpScanTexts {
  /** By the scanner's text: index in the string table. Texts of JSON have none. */
  index = new Int32Array(1 << 12)
  readonly #builder: StoreBuilder
  /** What texts of JSON mean; null for what is the reader's to judge. */
  readonly #values = new Map<number, TypedValue | null>()
  readonly #resources = new Map<number, ProcessAttributes | null>()
  readonly #processes = new Map<number, number>()
  readonly #scopes = new Map<number, ScannedScope | null>()
  /** Takes the issues of values that are looked at on trial. */
  readonly #trial = new StoreBuilder()
  #known = 1

  constructor(builder: StoreBuilder) {
    this.#builder = builder
  }

  /** The scanner has forgotten its texts. */
  forget(): void {
    this.#known = 1
    this.#values.clear()
    this.#resources.clear()
    this.#processes.clear()
    this.#scopes.clear()
  }

  /** Takes in the texts that are new. False when one of them is no JSON or no UTF-8. */
  takeIn(batch: OtlpBatch): boolean {
    const count = batch.count('textCount')
    if (count > this.index.length) {
      const grown = new Int32Array(count * 2)
      grown.set(this.index)
      this.index = grown
    }
    const { text } = this.#builder
    for (let at = this.#known; at < count; at++) {
      const { start, end, kind } = batch.textAt(at)
      if (kind === plain) this.index[at] = text.addBytes(batch.view, start, end)
      else if (kind === odd) {
        // The quotes stand around it.
        const decoded = jsonOf(batch.bytes, start, end, '"')
        if (typeof decoded !== 'string') return false
        this.index[at] = text.add(decoded)
      }
    }
    this.#known = count
    return true
  }

  /** The AnyValue in a text of JSON. */
  value(batch: OtlpBatch, at: number): TypedValue | null {
    return remembered(this.#values, at, () => {
      const json = valueAt(batch, at)
      if (json === undefined) return null
      const read = this.#onTrial(place => readAnyValue(json, this.#trial, place))
      return read === null ? null : this.#typed(read)
    })
  }

  /** Attributes of the resource in a text of JSON; none for text 0. */
  resource(batch: OtlpBatch, at: number): ProcessAttributes | null {
    return remembered(this.#resources, at, () => {
      const resource = at === 0 ? {} : valueAt(batch, at)
      if (!hasOnly(resource, resourceKeys)) return null
      const attributes: ProcessAttributes = new Map()
      return this.#onTrial(place => {
        readAttributes(resource.attributes, this.#trial, place, (key, value) => attributes.set(key, value))
        return attributes
      })
    })
  }

  /** Builder's process of that resource, which must be one. */
  process(batch: OtlpBatch, at: number): number {
    return remembered(this.#processes, at, () => this.#builder.process(this.resource(batch, at)!))
  }

  /** The scope in a text of JSON; without a name for text 0. */
  scope(batch: OtlpBatch, at: number): ScannedScope | null {
    return remembered(this.#scopes, at, () => {
      const json = at === 0 ? {} : valueAt(batch, at)
      if (!hasOnly(json, scopeKeys)) return null
      return this.#onTrial(place => {
        keepScope(json, 0, this.#trial, place)
        return { name: this.#builder.intern(textOf(json.name)), json, keptFor: new Set<number>() }
      })
    })
  }

  /** Gives the builder what that scope of a process has besides its name. */
  keepScope(batch: OtlpBatch, at: number, process: number): void {
    const { json, keptFor } = this.scope(batch, at)!
    if (keptFor.has(process)) return
    keptFor.add(process)
    keepScope(json, process, this.#builder, () => '')
  }

  /** Null when reading was worth an issue. */
  #onTrial<T>(read: (place: () => string) => T): T | null {
    const before = this.#trial.issues.total
    const value = read(() => '')
    return this.#trial.issues.total === before ? value : null
  }

  #typed(read: ReadValue): TypedValue {
    switch (typeof read) {
      case 'string':
        return { type: AttributeType.string, value: this.#builder.intern(read) }
      case 'boolean':
        return { type: AttributeType.bool, value: read ? 1 : 0 }
      case 'number':
        return { type: Number.isSafeInteger(read) ? AttributeType.int : AttributeType.double, value: read }
      default:
        return 'json' in read
          ? { type: AttributeType.json, value: this.#builder.intern(read.json) }
          : { type: AttributeType.double, value: read.double }
    }
  }
}

function remembered<T>(known: Map<number, T>, at: number, make: () => T): T {
  let value = known.get(at)
  if (value === undefined) {
    value = make()
    known.set(at, value)
  }
  return value
}

/** Members by other names, or a value of another kind, are for the reader. */
function hasOnly(value: unknown, keys: ReadonlySet<string>): value is Foreign {
  return isObject(value) && Object.keys(value).every(key => keys.has(key))
}

function valueAt(batch: OtlpBatch, at: number): unknown {
  const { start, end } = batch.textAt(at)
  return jsonOf(batch.bytes, start, end, '')
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The JSON value in these bytes, with `around` on both sides; undefined when it is none. */
function jsonOf(bytes: Uint8Array, start: number, end: number, around: string): unknown {
  try {
    return parseJson(around + strict.decode(bytes.subarray(start, end)) + around)
  } catch {
    return undefined
  }
}
