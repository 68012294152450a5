/** The scanner's memory seen from here: what it exports, and the columns of the value it read last. Sources in `src/scanner/`. */
import { Carried } from '../convention/carried.ts'
import { scannerWasm } from './otlp-scanner-wasm.ts'

/** Pointers to columns, by what they hold: see `src/scanner/batch.ts`. */
const f64Columns = ['spanStartSec', 'spanEndSec', 'recordSec', 'recordBody', 'attributeValue'] as const
const i32Columns = [
  'spanStartNano',
  'spanEndNano',
  'spanName',
  'spanStatusMessage',
  'spanScope',
  'spanOwner',
  'spanAttrStart',
  'spanAttrEnd',
  'recordNano',
  'recordName',
  'recordSpan',
  'recordOwner',
  'recordScope',
  'recordAttrStart',
  'recordAttrEnd',
  'recordSeverityText',
  'linkFrom',
  'linkAttrStart',
  'linkAttrEnd',
  'attributeKey',
  'ownerResource',
  'scopeJson',
  'scopeOwner',
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
const counts = [
  'spans',
  'records',
  'links',
  'attributes',
  'owners',
  'scopes',
  'dropped',
  'textCount',
] as const

type F64 = (typeof f64Columns)[number]
type I32 = (typeof i32Columns)[number]
type U8 = (typeof u8Columns)[number]
type Name = F64 | I32 | U8 | (typeof counts)[number] | 'textEntries'

type Exports = { readonly [name in Name]: WebAssembly.Global } & {
  readonly memory: WebAssembly.Memory
  reserve(bytes: number, rows: number): number
  clear(): void
  scan(length: number): number
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
const noRoom = -2

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
  #user: object | undefined
  #forget = (): void => {}
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
    this.#reserve(1 << 20)
  }

  /** Says whose texts the scanner keeps from now on; `forget` is called when it loses them. */
  lendTo(user: object, forget: () => void): void {
    if (this.#user === user) return
    this.clear()
    this.#user = user
    this.#forget = forget
    this.clear()
  }

  /** Reads the value at the start of these bytes: returns its length, -1 when it is not plain OTLP or far too large. */
  scan(value: Uint8Array): number {
    if (value.length > this.#room) this.#reserve(value.length * 1.5)
    for (;;) {
      this.bytes.set(value, this.#input)
      const length = this.#wasm.scan(value.length)
      if (length !== noRoom) return length
      if (this.#rows >= maxRows) return -1
      this.#rows *= 2
      this.#reserve(this.#room)
      this.clear()
    }
  }

  count(name: (typeof counts)[number]): number {
    return this.#wasm[name].value as number
  }

  /** Where a text's bytes lie, and its kind. */
  textAt(text: number): { readonly start: number; readonly end: number; readonly kind: number } {
    const entry = (this.#wasm.textEntries.value as number) + text * 12
    const start = this.view.getUint32(entry, true)
    const lengthAndKind = this.view.getUint32(entry + 4, true)
    return { start, end: start + (lengthAndKind >>> 2), kind: lengthAndKind & 3 }
  }

  /** Empties the table of texts. */
  clear(): void {
    this.#wasm.clear()
    this.#forget()
  }

  #reserve(bytes: number): void {
    this.#room = Math.floor(bytes)
    this.#input = this.#wasm.reserve(this.#room, this.#rows)
    if (this.#input === 0) throw new RangeError(`no memory for a value of ${this.#room} bytes`)
    const { buffer } = this.#wasm.memory
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
    const at = (name: Name): number => this.#wasm[name].value as number
    this.columns = Object.fromEntries([
      ...f64Columns.map(name => [name, new Float64Array(buffer, at(name))]),
      ...i32Columns.map(name => [name, new Int32Array(buffer, at(name))]),
      ...u8Columns.map(name => [name, new Uint8Array(buffer, at(name))]),
    ]) as unknown as Columns
  }
}
