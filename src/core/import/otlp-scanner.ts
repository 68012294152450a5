/**
 * OTLP JSON as the specification writes it, from bytes straight into the builder's columns: no object per span, and no
 * string for a text that was seen before.
 *
 *     bytes ─► scanner (WebAssembly) ─► rows of one value + texts that are new ─► the builder's columns
 *                     └─ -1: near-OTLP, metrics, broken JSON ─► `OtlpReader`, with its repairs and issues
 *
 * So there is one meaning, and this is only its fast way.
 */
import type { ImportContext } from './importer.ts'
import { appendBatch } from './otlp-append.ts'
import { jsonType, OtlpBatch } from './otlp-batch.ts'
import { OtlpScanTexts } from './otlp-scan-texts.ts'

/** The scanner's memory is not made larger than some times this. */
const maxValueBytes = 64 << 20

export class OtlpScanner {
  readonly #context: ImportContext
  readonly #texts: OtlpScanTexts
  readonly #batch = OtlpBatch.shared()

  constructor(context: ImportContext) {
    this.#context = context
    this.#texts = new OtlpScanTexts(context.builder)
  }

  /** Reads the request at the start of these bytes and returns its length, or adds nothing and returns -1. */
  scan(value: Uint8Array, line: number): number {
    if (value.length > maxValueBytes) return -1
    const { builder } = this.#context
    this.#batch.lendTo(this, () => this.#texts.forget())
    const length = this.#batch.scan(value)
    if (length === -1) return -1
    if (!this.#texts.takeIn(this.#batch)) {
      this.#batch.clear()
      return -1
    }
    if (!this.#isPlain()) return -1
    builder.line = line
    appendBatch(this.#batch, this.#texts, builder)
    builder.issues.add('dropped-by-producer', () => this.#context.place(line), this.#batch.count('dropped'))
    return length
  }

  /** Whether nothing in the batch is worth an issue. */
  #isPlain(): boolean {
    const { ownerResource, scopeJson, attributeType, attributeValue, recordBodyType, recordBody } =
      this.#batch.columns
    const texts = this.#texts
    for (let owner = 0; owner < this.#batch.count('owners'); owner++) {
      if (texts.resource(this.#batch, ownerResource[owner]!) === null) return false
    }
    for (let scope = 0; scope < this.#batch.count('scopes'); scope++) {
      if (texts.scope(this.#batch, scopeJson[scope]!) === null) return false
    }
    return (
      this.#arePlain(attributeType.subarray(0, this.#batch.count('attributes')), attributeValue) &&
      this.#arePlain(recordBodyType.subarray(0, this.#batch.count('records')), recordBody)
    )
  }

  #arePlain(types: Uint8Array, values: Float64Array): boolean {
    for (let at = types.indexOf(jsonType); at !== -1; at = types.indexOf(jsonType, at + 1)) {
      if (this.#texts.value(this.#batch, values[at]!) === null) return false
    }
    return true
  }
}
