/**
 * The one entry: sources → frozen store and report.
 *
 *     source ─ bytes ─► gunzip, UTF-8 ─► head ─► importer chosen ─► builder ─► (next source) … ─► freeze
 */
import { StoreBuilder } from '../store/builder.ts'
import { gunzip, isGzip } from './gzip.ts'
import {
  type ByteSource,
  ImportError,
  type Imported,
  type ImportInput,
  type ImportOptions,
} from './import.ts'
import { type Head, type ImportContext, Unreadable } from './importer.ts'
import { clip } from './issues.ts'
import { jsonShape } from './json-shape.ts'
import { accepted, nearMiss } from './near-miss.ts'
import { teller } from './preview.ts'
import { importerFor } from './registry.ts'
import { toUtf8 } from './utf16.ts'
import { isFramedZstd, isZstd, unzstd, unzstdFrames } from './zstd.ts'

const headBytes = 64 * 1024
const maxLayers = 3
const pieceBytes = 16 * 1024 * 1024
/** How long reading may hold the thread. */
const sliceMs = 25
/** How often progress is told: whoever shows it pays for that. */
const tellMs = 100

/**
 * Reads all sources into one store. Throws `ImportError` (its message is the line the user sees) when a source cannot be
 * read at all or nothing was found in any, and the signal's reason when cancelled. Everything else is in the report.
 */
export async function importTrace(
  sources: readonly ByteSource[],
  options: ImportOptions = {},
): Promise<Imported> {
  if (sources.length === 0) throw new ImportError('', 'no file given')
  const builder = new StoreBuilder()
  const inputs: ImportInput[] = []
  const problems: ImportError[] = []
  const size = sources.reduce((sum, source) => (source.size < 0 ? Number.NaN : sum + source.size), 0)
  const tellPreview = options.onPreview ? teller(builder, options.onPreview) : () => {}
  let bytesBefore = 0
  for (const source of sources) {
    const spansBefore = builder.spans.count
    const recordsBefore = builder.records.count
    const pointsBefore = builder.gaugePoints
    builder.beginInput(source.name)
    const { format, bytes, empty } = await readSource(source, builder, options, tellPreview, read => {
      builder.readShare = Math.min(1, (bytesBefore + read) / size) || 0
    })
    tellPreview(true)
    bytesBefore += bytes
    const spans = builder.spans.count - spansBefore
    inputs.push({ file: source.name, format, bytes, spans })
    if (spans === 0 && builder.records.count === recordsBefore) {
      problems.push(new ImportError(clip(source.name), empty))
      if (builder.gaugePoints === pointsBefore)
        builder.issues.add('empty-input', () => `${source.name}: ${empty}`)
    }
  }
  if (builder.spans.count === 0 && builder.records.count === 0) throw problems[0]!
  if (builder.spans.count === 0)
    builder.issues.add('no-spans', () => sources.map(source => source.name).join(', '))
  const { store, issues } = builder.freeze(options)
  return { store, report: { inputs, issues } }
}

interface SourceResult {
  readonly format: string
  readonly bytes: number
  /** What to say when it held nothing. */
  readonly empty: string
}

async function readSource(
  source: ByteSource,
  builder: StoreBuilder,
  options: ImportOptions,
  tellPreview: () => void,
  onRead: (bytes: number) => void,
): Promise<SourceResult> {
  let bytesRead = 0
  let breathedAt = now()
  let toldAt = Number.NEGATIVE_INFINITY
  const tell = (): void => {
    options.onProgress?.({
      file: source.name,
      bytesRead,
      bytesTotal: source.size,
      spans: builder.spans.count,
    })
    tellPreview()
  }
  const breathe = async (): Promise<void> => {
    options.signal?.throwIfAborted()
    if (now() - breathedAt < sliceMs) return
    if (now() - toldAt >= tellMs) {
      tell()
      toldAt = now()
    }
    await new Promise(resolve => setTimeout(resolve, 0))
    options.signal?.throwIfAborted()
    breathedAt = now()
  }
  async function* raw(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.open()) {
      options.signal?.throwIfAborted()
      if (chunk.length === 0) continue
      bytesRead += chunk.length
      onRead(bytesRead)
      yield chunk
    }
  }
  try {
    const opened = await openLayers(raw(), builder, source.name)
    if (opened.head.text.trim() === '' && !opened.head.partial) {
      tell()
      return {
        format: 'empty',
        bytes: bytesRead,
        empty: `the file is empty; Interleave reads ${accepted}`,
      }
    }
    const importer = importerFor(opened.head)
    if (!importer) throw new Unreadable(nearMiss(opened.head))
    const badBefore = builder.issues.count('bad-line')
    const metricsBefore = builder.issues.count('metrics-skipped') + builder.gauges.size
    const cutBefore = builder.issues.count('truncated-tail')
    const context: ImportContext = {
      builder,
      file: source.name,
      head: opened.head,
      pieceBytes: options.pieceBytes ?? pieceBytes,
      place: line => (line > 0 ? `${source.name} line ${line}` : source.name),
      breathe,
    }
    await importer.read(opened.bytes, context)
    tell()
    return {
      format: importer.id,
      bytes: bytesRead,
      empty: emptyReason(importer.label, builder, badBefore, metricsBefore, cutBefore, opened.head),
    }
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason
    if (error instanceof Unreadable) throw new ImportError(clip(source.name), clip(error.message, 400))
    throw new ImportError(
      clip(source.name),
      `cannot be read: ${clip(error instanceof Error ? error.message : String(error))}`,
    )
  }
}

function emptyReason(
  label: string,
  builder: StoreBuilder,
  badBefore: number,
  metricsBefore: number,
  cutBefore: number,
  head: Head,
): string {
  const bad = builder.issues.count('bad-line') - badBefore
  const metrics = builder.issues.count('metrics-skipped') + builder.gauges.size - metricsBefore
  const cut = builder.issues.count('truncated-tail') - cutBefore
  if (metrics > 0)
    return `${label} with ${metrics} metric${metrics === 1 ? '' : 's'} but 0 spans and 0 logs; a file with spans (resourceSpans) is needed`
  if (cut > 0)
    return `${label} that ends before its first span is complete (truncated); a complete file is needed`
  if (bad > 0)
    return `${label}, but ${bad === 1 ? 'its only line is' : `all of its ${bad} lines are`} broken; line 1 begins ${JSON.stringify(head.text.slice(0, 40))}; one complete JSON value a line is needed`
  return `${label} with 0 spans and 0 logs; a file with spans (resourceSpans) is needed`
}

/** Takes off compression and odd encodings, and looks at the first bytes. */
async function openLayers(
  raw: AsyncIterable<Uint8Array>,
  builder: StoreBuilder,
  file: string,
): Promise<{ head: Head; bytes: AsyncIterable<Uint8Array> }> {
  let stream = raw
  for (let layer = 0; ; layer++) {
    const peeked = await peek(stream, headBytes)
    stream = peeked.bytes
    if (isGzip(peeked.head)) {
      if (layer === maxLayers) throw new Unreadable('compressed more than three times over; unpack it first')
      stream = gunzip(stream, builder.issues, file)
      continue
    }
    if (isZstd(peeked.head) || isFramedZstd(peeked.head)) {
      if (layer === maxLayers) throw new Unreadable('compressed more than three times over; unpack it first')
      stream = (isZstd(peeked.head) ? unzstd : unzstdFrames)(stream, builder.issues, file)
      continue
    }
    const utf8 = toUtf8(peeked.head, stream)
    if (utf8) {
      stream = utf8
      continue
    }
    return { head: headOf(peeked.head, peeked.partial), bytes: stream }
  }
}

export function headOf(bytes: Uint8Array, partial: boolean): Head {
  const text = new TextDecoder().decode(bytes)
  return { bytes, text, partial, json: jsonShape(text) }
}

/** The first `count` bytes (or all, if fewer) and a stream that still has them. */
async function peek(
  stream: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{ head: Uint8Array; partial: boolean; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = stream[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let length = 0
  let done = false
  while (length < count && !done) {
    const next = await iterator.next()
    if (next.done) done = true
    else {
      // The last one is good until the next is asked for; those before it are not.
      chunks.push(length + next.value.length < count ? new Uint8Array(next.value) : next.value)
      length += next.value.length
    }
  }
  const head = new Uint8Array(Math.min(length, count))
  let at = 0
  for (const chunk of chunks) {
    const part = chunk.subarray(0, head.length - at)
    head.set(part, at)
    at += part.length
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks
      while (!done) {
        const next = await iterator.next()
        if (next.done) return
        yield next.value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { head, partial: !done, bytes: all() }
}

const now = (): number => performance.now()
