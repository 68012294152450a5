/**
 * OTLP JSON as the specification writes it, from bytes straight into the builder's columns: no object per span, and no
 * string for a text that was seen before.
 *
 *     bytes ─► scanner (WebAssembly) ─► rows of some values + texts that are new ─► the builder's columns
 *                     └─ near-OTLP, metrics, broken JSON ─► `OtlpReader`, with its repairs and issues
 *
 * So there is one meaning, and this is only its fast way.
 */
import type { ImportContext } from '../importer.ts'
import type { FastReader, ReadLines } from '../json/json-values.ts'
import { appendBatch } from './otlp-append.ts'
import { OtlpBatch } from './otlp-batch.ts'
import { OtlpScanTexts } from './otlp-scan-texts.ts'

/** The scanner's memory is not made larger than some times this. */
const maxValueBytes = 64 << 20

export class OtlpScanner implements FastReader {
  readonly #context: ImportContext
  readonly #texts: OtlpScanTexts
  readonly #batch = OtlpBatch.shared()
  /** The bytes that the scanner has, and where they begin in those it was given. */
  #loaded: Uint8Array | null = null
  #loadedFrom = 0
  #loadedTo = 0

  constructor(context: ImportContext) {
    this.#context = context
    this.#texts = new OtlpScanTexts(context.builder)
  }

  lines(bytes: Uint8Array, from: number, to: number, line: number): ReadLines {
    if (to - from > maxValueBytes) return { end: from, newlines: 0 }
    this.#borrow()
    const part = this.#load(bytes, from, to)
    let end = from - this.#loadedFrom
    let newlines = 0
    for (;;) {
      const read = this.#read(part, end, line + newlines, true)
      if (read === end) return { end: end + this.#loadedFrom, newlines }
      newlines = this.#batch.number('doneLine') - line
      end = read
    }
  }

  value(bytes: Uint8Array, line: number): boolean {
    if (bytes.length > maxValueBytes) return false
    this.#borrow()
    return this.#read(this.#load(bytes, 0, bytes.length), 0, line, false) === bytes.length
  }

  #borrow(): void {
    if (this.#batch.lendTo(this, () => this.#texts.forget())) this.#loaded = null
  }

  #load(bytes: Uint8Array, from: number, to: number): Uint8Array {
    if (bytes !== this.#loaded || from < this.#loadedFrom || to !== this.#loadedTo) {
      this.#batch.load(bytes.subarray(from, to))
      this.#loaded = bytes
      this.#loadedFrom = from
      this.#loadedTo = to
    }
    return bytes.subarray(this.#loadedFrom, to)
  }

  /** Reads what it can of the loaded bytes into the builder and returns where that ends: `from` when there is nothing. */
  #read(bytes: Uint8Array, from: number, line: number, several: boolean): number {
    const { builder } = this.#context
    const batch = this.#batch
    let end = batch.scan(bytes, from, line, several)
    if (end === from) return from
    if (!this.#texts.takeIn(batch)) end = batch.dropLast()
    appendBatch(batch, this.#texts, builder)
    builder.issues.add(
      'dropped-by-producer',
      () => this.#context.place(batch.number('droppedLine')),
      batch.number('dropped'),
    )
    return end
  }
}
