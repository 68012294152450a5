/** The scanner's texts → what they mean to the trace: indices of its string table, attributes, processes, scopes. */
import { type ProcessAttributes, StoreBuilder } from '../../store/builder.ts'
import { AttributeType } from '../../store/store.ts'
import { type Foreign, isObject, textOf } from '../formats/foreign.ts'
import { parseJson } from '../json/json-parse.ts'
import type { OtlpBatch } from './otlp-batch.ts'
import { keepScope, type ReadValue, readAnyValue, readAttributes } from './otlp-value.ts'

/** Kinds of texts, as `src/scanner/texts.ts` has them; the last is a scope. */
const plain = 0
const odd = 1
const anyValue = 2
const resource = 3
const resourceKeys = new Set(['attributes', 'droppedAttributesCount', 'entityRefs'])
const scopeKeys = new Set(['name', 'version', 'attributes', 'droppedAttributesCount'])

/** An attribute's value as `AttributeTable` keeps it. */
export interface TypedValue {
  readonly type: number
  readonly value: number
}

interface ScannedScope {
  readonly json: Foreign
  /** Processes the builder knows it of. */
  readonly keptFor: Set<number>
}

export class OtlpScanTexts {
  readonly #builder: StoreBuilder
  /** By the meaning of a text that is an AnyValue. */
  readonly #values: TypedValue[] = []
  /** By text. */
  readonly #resources = new Map<number, ProcessAttributes>()
  readonly #scopes = new Map<number, ScannedScope>()
  /** Takes the issues of values that are looked at on trial. */
  readonly #trial = new StoreBuilder()
  #known = 1

  constructor(builder: StoreBuilder) {
    this.#builder = builder
  }

  /** The scanner has forgotten its texts. */
  forget(): void {
    this.#known = 1
    this.#values.length = 0
    this.#resources.clear()
    this.#scopes.clear()
  }

  /** Gives the texts that are new their meanings. False when one of them is for the reader. */
  takeIn(batch: OtlpBatch): boolean {
    const count = batch.number('textCount')
    const { text } = this.#builder
    let good = true
    for (let at = this.#known; at < count; at++) {
      const start = batch.startOf(at)
      const end = start + batch.lengthOf(at)
      const kind = batch.kindOf(at)
      if (kind === plain) batch.setMeaning(at, text.addBytes(batch.view, start, end))
      else if (!this.#look(batch, at, kind, start, end)) {
        batch.refuse(at)
        good = false
      }
    }
    this.#known = count
    return good
  }

  /** The value that a text of JSON stands for. */
  value(batch: OtlpBatch, at: number): TypedValue {
    return this.#values[batch.meaningOf(at)]!
  }

  /** Gives a resource's text its meaning: the builder's process. */
  registerResource(batch: OtlpBatch, at: number): void {
    const attributes = this.#resources.get(at)
    if (!attributes) return
    this.#resources.delete(at)
    batch.setMeaning(at, this.#builder.process(attributes))
  }

  /** Gives the builder what that scope of a process has besides its name. */
  registerScope(batch: OtlpBatch, at: number, resourceText: number): void {
    const scope = this.#scopes.get(at)
    const process = batch.meaningOf(resourceText)
    if (!scope || scope.keptFor.has(process)) return
    scope.keptFor.add(process)
    keepScope(scope.json, process, this.#builder, () => '')
  }

  /** Whether this text, which is not plain, has a meaning. */
  #look(batch: OtlpBatch, at: number, kind: number, start: number, end: number): boolean {
    // The quotes stand around a string.
    const json = jsonOf(batch.bytes, start, end, kind === odd ? '"' : '')
    if (kind === odd) {
      if (typeof json !== 'string') return false
      batch.setMeaning(at, this.#builder.intern(json))
      return true
    }
    if (kind === anyValue) {
      const read = json === undefined ? null : this.#onTrial(place => readAnyValue(json, this.#trial, place))
      if (read !== null) batch.setMeaning(at, this.#values.push(this.#typed(read)) - 1)
      return read !== null
    }
    if (kind === resource) {
      const attributes = hasOnly(json, resourceKeys) ? this.#attributesOf(json) : null
      if (attributes) this.#resources.set(at, attributes)
      return attributes !== null
    }
    if (!hasOnly(json, scopeKeys)) return false
    const named = this.#onTrial(place => {
      keepScope(json, 0, this.#trial, place)
      return textOf(json.name)
    })
    if (named === null) return false
    batch.setMeaning(at, this.#builder.intern(named))
    this.#scopes.set(at, { json, keptFor: new Set() })
    return true
  }

  #attributesOf(json: Foreign): ProcessAttributes | null {
    const attributes: ProcessAttributes = new Map()
    return this.#onTrial(place => {
      readAttributes(json.attributes, this.#trial, place, (key, value) => attributes.set(key, value))
      return attributes
    })
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

/** Members by other names, or a value of another kind, are for the reader. */
function hasOnly(value: unknown, keys: ReadonlySet<string>): value is Foreign {
  return isObject(value) && Object.keys(value).every(key => keys.has(key))
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
