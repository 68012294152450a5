/** The scanner's memory seen from here: what it exports, and the columns of the values it read last. Sources in `src/scanner/`. */
import { Carried } from '../../convention/attributes/carried.ts'
import { scannerWasm } from './otlp-scanner-wasm.ts'

/** Pointers to columns, by what they hold: see `src/scanner/batch.ts`. */
const f64Columns = ['spanStartSec', 'spanEndSec', 'recordSec', 'recordBody', 'attributeValue'] as const
const i32Columns = [
  'spanStartNano',
  'spanEndNano',
  'spanName',
  'spanStatusMessage',
  'spanScope',
  'spanResource',
  'spanLine',
  'spanAttrStart',
  'spanAttrEnd',
  'recordNano',
  'recordName',
  'recordSpan',
  'recordResource',
  'recordScope',
  'recordAttrStart',
  'recordAttrEnd',
  'recordSeverityText',
  'linkFrom',
  'linkAttrStart',
  'linkAttrEnd',
  'attributeKey',
  'ownerResource',
  'scopeText',
  'scopeResource',
] as const
const u8Columns = [
  'spanTraceId',
  'spanSpanId',
  'spanParentId',
  'spanKind',
  'spanStatus',
  'recordTraceId',
  'recordSpanId',
  'recordSeverity',
  'recordBodyType',
  'linkTraceId',
  'linkSpanId',
  'attributeType',
] as const
const numbers = [
  'spans',
  'records',
  'links',
  'attributes',
  'owners',
  'scopes',
  'dropped',
  'droppedLine',
  'carried',
  'crowded',
  'textsFull',
  'textCount',
  'doneAt',
  'doneLine',
] as const

type F64 = (typeof f64Columns)[number]
type I32 = (typeof i32Columns)[number]
type U8 = (typeof u8Columns)[number]
type Name = F64 | I32 | U8 | (typeof numbers)[number] | 'textEntries'

type Exports = { readonly [name in Name]: WebAssembly.Global } & {
  readonly memory: WebAssembly.Memory
  reserve(bytes: number, rows: number): number
  loaded(bytes: number): void
  clear(): void
  scan(from: number, line: number, several: number): void
  dropLast(): void
  settle(firstSpan: number, firstAttribute: number): void
}

export type Columns = { readonly [name in F64]: Float64Array } & {
  readonly [name in I32]: Int32Array
} & { readonly [name in U8]: Uint8Array }

/** Types beyond `AttributeType`: a text of JSON, and no value at all. */
export const jsonType = 5
export const noType = 255

/** Keys below 0 stand for these: what a span has besides its attributes and the store keeps among them. */
export const carriedKeys = [
  Carried.traceState,
  Carried.droppedAttributes,
  Carried.droppedEvents,
  Carried.droppedLinks,
] as const

/** Rows of each kind there is room for at first. */
const firstRows = 4096
const maxRows = 1 << 20
/** Words of a text's entry: see `src/scanner/texts.ts`. */
const entryWords = 4
const kindBits = 3
/** Meaning of a text that values may not have: they are the reader's. */
const refused = -2

let compiled: WebAssembly.Module | undefined

function instance(): Exports {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(scannerWasm), letter => letter.charCodeAt(0)))
  const abort = (): never => {
    throw new Error('the scanner gave up')
  }
  return new WebAssembly.Instance(compiled, { env: { abort } }).exports as unknown as Exports
}

let last: WeakRef<OtlpBatch> | undefined

export class OtlpBatch {
  /** Views from each column's begin to the end of memory; of use until the next `scan`. */
  columns!: Columns
  bytes = new Uint8Array(0)
  view = new DataView(this.bytes.buffer)
  readonly #wasm = instance()
  #words = new Uint32Array(0)
  #user: object | undefined
  #forget = (): void => {}
  /** First of `#words` that is an entry. */
  #entries = 0
  #input = 0
  #room = 0
  #rows = firstRows

  /** One for all imports of this thread, as long as nobody needs its memory. */
  static shared(): OtlpBatch {
    const shared = last?.deref() ?? new OtlpBatch()
    last = new WeakRef(shared)
    return shared
  }

  private constructor() {
    this.#reserve(1 << 19)
  }

  /** Says whose texts the scanner keeps from now on; `forget` is called when it loses them. True when they were another's. */
  lendTo(user: object, forget: () => void): boolean {
    if (this.#user === user) return false
    this.clear()
    this.#user = user
    this.#forget = forget
    this.clear()
    return true
  }

  /** Hands over the bytes for the next `scan`s. */
  load(bytes: Uint8Array): void {
    if (bytes.length > this.#room) this.#reserve(bytes.length * 1.25)
    this.bytes.set(bytes, this.#input)
    this.#wasm.loaded(bytes.length)
  }

  /**
   * Reads one value of the loaded bytes, or several that lie on a line each, and returns where they end: `from` when there is none
   * that is plain OTLP.
   */
  scan(bytes: Uint8Array, from: number, line: number, several: boolean): number {
    for (let cleared = false; ; ) {
      this.#wasm.scan(from, line, several ? 1 : 0)
      const end = this.number('doneAt')
      if (end !== from) return end
      if (this.number('textsFull') !== 0 && !cleared) {
        this.clear()
        cleared = true
      } else if (this.number('crowded') !== 0 && this.#rows < maxRows) {
        this.#rows *= 2
        this.#reserve(this.#room)
        this.load(bytes)
      } else return from
    }
  }

  /** Takes back the last value and returns where it begins. */
  dropLast(): number {
    this.#wasm.dropLast()
    return this.number('doneAt')
  }

  /** Makes the columns ready to be copied. All texts in them need meanings. */
  settle(firstSpan: number, firstAttribute: number): void {
    this.#wasm.settle(firstSpan, firstAttribute)
  }

  number(name: (typeof numbers)[number]): number {
    return this.#wasm[name].value as number
  }

  startOf(text: number): number {
    return this.#words[this.#entry(text)]!
  }

  lengthOf(text: number): number {
    return this.#words[this.#entry(text) + 1]! >>> kindBits
  }

  kindOf(text: number): number {
    return this.#words[this.#entry(text) + 1]! & ((1 << kindBits) - 1)
  }

  meaningOf(text: number): number {
    return this.#words[this.#entry(text) + 3]! | 0
  }

  setMeaning(text: number, meaning: number): void {
    this.#words[this.#entry(text) + 3] = meaning
  }

  /** Values with this text will not be read. */
  refuse(text: number): void {
    this.setMeaning(text, refused)
  }

  /** Empties the table of texts. */
  clear(): void {
    this.#wasm.clear()
    this.#forget()
  }

  #entry(text: number): number {
    return this.#entries + text * entryWords
  }

  #reserve(bytes: number): void {
    this.#room = Math.floor(bytes)
    this.#input = this.#wasm.reserve(this.#room, this.#rows)
    if (this.#input === 0) throw new RangeError(`no memory for a value of ${this.#room} bytes`)
    const { buffer } = this.#wasm.memory
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
    this.#words = new Uint32Array(buffer)
    const at = (name: Name): number => this.#wasm[name].value as number
    this.#entries = at('textEntries') / 4
    this.columns = Object.fromEntries([
      ...f64Columns.map(name => [name, new Float64Array(buffer, at(name))]),
      ...i32Columns.map(name => [name, new Int32Array(buffer, at(name))]),
      ...u8Columns.map(name => [name, new Uint8Array(buffer, at(name))]),
    ]) as unknown as Columns
  }
}
