/**
 * The one entry: sources → frozen store and report.
 *
 *     source ─ bytes ─► unpack, UTF-8 ─► head ─► importer chosen ─► builder ─► (next source) … ─► freeze
 */
import { StoreBuilder } from '../store/builder.ts'
import {
  type ByteSource,
  ImportError,
  type Imported,
  type ImportInput,
  type ImportOptions,
} from './import.ts'
import { type Head, Unreadable } from './importer.ts'
import { clip } from './issues.ts'
import { jsonShape } from './json/json-shape.ts'
import { accepted, nearMiss } from './near-miss.ts'
import { toUtf8 } from './otlp/utf16.ts'
import { archiveOf, type Member } from './packed/archive.ts'
import { gunzip, isGzip } from './packed/gzip.ts'
import { isFramedZstd, isZstd, unzstd, unzstdFrames } from './packed/zstd.ts'
import { peek } from './peek.ts'
import { teller } from './preview.ts'
import { importerFor } from './registry.ts'

const headBytes = 64 * 1024
const maxLayers = 3
const maxMembers = 10_000
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
    let bytesRead = 0
    const onRead = (read: number): void => {
      bytesRead = read
      builder.readShare = Math.min(1, (bytesBefore + read) / size) || 0
    }
    for await (const { format, file, bytes, empty, spans, adds } of readSource(
      source,
      builder,
      options,
      tellPreview,
      onRead,
    )) {
      tellPreview(true)
      inputs.push({ file, format, bytes, spans })
      if (adds === 'points') problems.push(new ImportError(clip(file), empty))
      else if (adds === 'nothing') {
        problems.push(new ImportError(clip(file), empty))
        builder.issues.add('empty-input', () => `${file}: ${empty}`)
      }
    }
    bytesBefore += bytesRead
  }
  if (builder.spans.count === 0 && builder.records.count === 0) throw problems[0]!
  if (builder.spans.count === 0)
    builder.issues.add('no-spans', () => sources.map(source => source.name).join(', '))
  const { store, issues } = builder.freeze(options)
  return { store, report: { inputs, issues } }
}

/** What was read of a file, or of one in an archive. */
interface InputResult extends ImportInput {
  readonly adds: 'rows' | 'points' | 'nothing'
  /** What to say when it held no spans and no logs. */
  readonly empty: string
}

/** First bytes, and all bytes, without compression. */
interface Opened {
  readonly head: Head
  readonly bytes: AsyncIterable<Uint8Array>
}

async function* readSource(
  source: ByteSource,
  builder: StoreBuilder,
  options: ImportOptions,
  tellPreview: () => void,
  onRead: (bytes: number) => void,
): AsyncGenerator<InputResult> {
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
    tellPreview()
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
  const bytes = raw()
  const read = async (file: string, opened: Opened): Promise<InputResult> => {
    const result = await readInput(file, opened, builder, options, breathe)
    tell()
    return result
  }
  try {
    builder.beginInput(source.name)
    const opened = await openLayers(bytes, builder, source.name)
    const archive = archiveOf(opened.head.bytes)
    if (!archive) yield { ...(await read(source.name, opened)), bytes: bytesRead }
    else {
      const onCut = (name: string): void =>
        builder.issues.add('truncated-tail', () => `${source.name}: the archive ends inside ${name}`)
      yield* readMembers(archive(opened.bytes, onCut), source.name, builder, read, options)
    }
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason
    if (error instanceof Unreadable) throw new ImportError(clip(source.name), clip(error.message, 400))
    throw new ImportError(
      clip(source.name),
      `cannot be read: ${clip(error instanceof Error ? error.message : String(error))}`,
    )
  } finally {
    // What was looked at and refused is not read to its end: its file would stay open.
    await bytes.return(undefined)
  }
}

/** Reads what can be read of an archive; what is no trace in it is counted. */
async function* readMembers(
  members: AsyncIterable<Member>,
  archive: string,
  builder: StoreBuilder,
  read: (file: string, opened: Opened) => Promise<InputResult>,
  options: ImportOptions,
): AsyncGenerator<InputResult> {
  let count = 0
  let found = 0
  let why = ''
  for await (const member of members) {
    if (++count > maxMembers)
      throw new Unreadable(`an archive of more than ${maxMembers} files; unpack it first`)
    const file = `${archive}/${member.name}`
    try {
      builder.beginInput(file)
      const opened = await openLayers(member.bytes, builder, file)
      if (archiveOf(opened.head.bytes)) throw new Unreadable('an archive inside the archive: unpack it first')
      const result = await read(file, opened)
      found++
      yield result
    } catch (error) {
      if (options.signal?.aborted || !(error instanceof Unreadable)) throw error
      const reason = `${member.name}: ${error.message.split('; Interleave reads ')[0]}`
      if (why === '') why = reason
      builder.issues.add('archive-member', () => reason)
    }
  }
  if (found > 0) return
  throw new Unreadable(
    count === 0
      ? `an archive without files; Interleave reads ${accepted}`
      : `an archive of ${count} file${count === 1 ? '' : 's'}, none of which is a trace (${why})`,
  )
}

async function readInput(
  file: string,
  { head, bytes }: Opened,
  builder: StoreBuilder,
  options: ImportOptions,
  breathe: () => Promise<void>,
): Promise<InputResult> {
  let length = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      length += chunk.length
      yield chunk
    }
  }
  if (head.text.trim() === '' && !head.partial) {
    const empty = `the file is empty; Interleave reads ${accepted}`
    return { file, format: 'empty', bytes: 0, spans: 0, adds: 'nothing', empty }
  }
  const importer = importerFor(head)
  if (!importer) throw new Unreadable(nearMiss(head))
  const before = {
    spans: builder.spans.count,
    records: builder.records.count,
    points: builder.gaugePoints,
    bad: builder.issues.count('bad-line'),
    metrics: builder.issues.count('metrics-skipped') + builder.gauges.size,
    cut: builder.issues.count('truncated-tail'),
  }
  await importer.read(counted(), {
    builder,
    file,
    head,
    pieceBytes: options.pieceBytes ?? pieceBytes,
    place: line => (line > 0 ? `${file} line ${line}` : file),
    breathe,
  })
  const spans = builder.spans.count - before.spans
  const rows = spans + builder.records.count - before.records
  return {
    file,
    format: importer.id,
    bytes: length,
    spans,
    adds: rows > 0 ? 'rows' : builder.gaugePoints > before.points ? 'points' : 'nothing',
    empty: emptyReason(importer.label, builder, before.bad, before.metrics, before.cut, head),
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
): Promise<Opened> {
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

const now = (): number => performance.now()
