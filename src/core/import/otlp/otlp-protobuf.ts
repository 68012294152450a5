/**
 * OTLP as protobuf: one raw request (or several back to back), or the Collector's file exporter with a big-endian length
 * before each request. A request is a list (field 1) of ResourceSpans, ResourceLogs or ResourceMetrics; which of them is
 * told by the first element inside.
 */
import { type Head, type ImportContext, type Importer, Unreadable } from '../importer.ts'
import { OtlpReader } from './otlp-reader.ts'
import { resourceLogs, resourceMetrics, resourceSpans } from './otlp-schema.ts'
import { BrokenMessage, decodeMessage, varint } from './protobuf.ts'

const maxMessageBytes = 256 * 1024 * 1024
const listTag = 0x0a

export const otlpProtobuf: Importer = {
  id: 'otlp-protobuf',
  label: 'OTLP protobuf',
  sniff({ bytes, partial }: Head): number {
    if (beginsRequest(bytes, 0, partial)) return 0.8
    return bytes[0]! < 0x10 && framedLength(bytes, 0) > 4 && beginsRequest(bytes, 4, partial) ? 0.85 : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const framed = !beginsRequest(context.head.bytes, 0, context.head.partial)
    const reader = new OtlpReader(context)
    let rest: Uint8Array = new Uint8Array(0)
    let offset = 0
    const take = (end: number): void => {
      rest = rest.subarray(end)
      offset += end
    }
    for await (const chunk of bytes) {
      rest = join(rest, chunk)
      await context.breathe()
      for (;;) {
        const size = framed ? framedLength(rest, 0) : elementLength(rest, offset)
        if (size < 0 || rest.length < size) break
        if (framed) readRequest(rest.subarray(4, size), reader, context, offset)
        else readElement(rest.subarray(0, size), reader, context, offset)
        take(size)
      }
    }
    if (rest.length > 0) {
      context.builder.issues.add(
        'truncated-tail',
        () => `${context.file} byte ${offset}: the file ends inside a message`,
      )
    }
  },
}

/** Length of the frame with its 4 length bytes, -1 when that is not known yet. */
function framedLength(bytes: Uint8Array, at: number): number {
  if (bytes.length < at + 4) return -1
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0)
  if (length > maxMessageBytes)
    throw new Unreadable(
      `a protobuf message of ${length} bytes at byte ${at} is more than any exporter writes`,
    )
  return length + 4
}

/** Length of the list element that begins here, tag and length included; -1 when not known yet. */
function elementLength(bytes: Uint8Array, offset: number): number {
  if (bytes.length === 0) return -1
  if (bytes[0] !== listTag)
    throw new Unreadable(
      `not OTLP protobuf any more at byte ${offset}; a request or a length before each is needed`,
    )
  const cursor = { at: 1 }
  try {
    const length = varint(bytes, cursor)
    if (length > maxMessageBytes)
      throw new Unreadable(
        `a protobuf message of ${length} bytes at byte ${offset} is more than any exporter writes`,
      )
    return cursor.at + length
  } catch (error) {
    if (error instanceof BrokenMessage) return -1
    throw error
  }
}

function readRequest(bytes: Uint8Array, reader: OtlpReader, context: ImportContext, offset: number): void {
  let at = 0
  while (at < bytes.length) {
    const size = elementLength(bytes.subarray(at), offset + at)
    if (size < 0 || at + size > bytes.length) {
      context.builder.issues.add(
        'bad-line',
        () => `${context.file} byte ${offset + at}: broken protobuf message`,
      )
      return
    }
    readElement(bytes.subarray(at, at + size), reader, context, offset + at)
    at += size
  }
}

function readElement(element: Uint8Array, reader: OtlpReader, context: ImportContext, offset: number): void {
  const cursor = { at: 1 }
  try {
    varint(element, cursor)
    const body = element.subarray(cursor.at)
    const kind = kindOf(body)
    if (kind === 'logs') reader.read({ resourceLogs: [decodeMessage(body, resourceLogs)] }, 0)
    else if (kind === 'metrics') reader.read({ resourceMetrics: [decodeMessage(body, resourceMetrics)] }, 0)
    else reader.read({ resourceSpans: [decodeMessage(body, resourceSpans)] }, 0)
  } catch (error) {
    if (!(error instanceof BrokenMessage)) throw error
    context.builder.issues.add('bad-line', () => `${context.file} byte ${offset}: ${error.message}`)
  }
}

interface Piece {
  readonly field: number
  readonly wire: number
  readonly bytes: Uint8Array
}

/** The fields of a message, one level, without their meaning. Throws `BrokenMessage`. */
function* pieces(bytes: Uint8Array): Generator<Piece> {
  const cursor = { at: 0 }
  while (cursor.at < bytes.length) {
    const tag = varint(bytes, cursor)
    const wire = tag % 8
    const from = cursor.at
    if (wire === 0) varint(bytes, cursor)
    else if (wire === 1) cursor.at += 8
    else if (wire === 5) cursor.at += 4
    else if (wire !== 2) throw new BrokenMessage(`wire type ${wire}`)
    let start = from
    if (wire === 2) {
      const length = varint(bytes, cursor)
      start = cursor.at
      cursor.at += length
    }
    if (cursor.at > bytes.length) throw new BrokenMessage(`cut off at byte ${bytes.length}`)
    yield { field: Math.floor(tag / 8), wire, bytes: bytes.subarray(start, cursor.at) }
  }
}

type Kind = 'spans' | 'logs' | 'metrics'

/** ResourceX.2 (scope…) → .2 (element): the first element that says what it is tells it of all. */
function kindOf(resource: Uint8Array): Kind {
  for (const scope of pieces(resource)) {
    if (scope.field !== 2 || scope.wire !== 2) continue
    for (const element of pieces(scope.bytes)) {
      const kind = element.field === 2 && element.wire === 2 ? kindOfElement(element.bytes) : undefined
      if (kind) return kind
    }
  }
  return 'spans'
}

/**
 * Spans have a 16-byte id, an 8-byte id and fixed times; log records a fixed time; metrics a name, and what is a fixed
 * time of spans is a message there. A name alone may be as long as an id: `jvm.thread.count`.
 */
function kindOfElement(element: Uint8Array): Kind | undefined {
  let kind: Kind | undefined
  for (const { field, wire, bytes } of pieces(element)) {
    if (wire === 1 && (field === 1 || field === 11)) return 'logs'
    if (wire === 1 && (field === 7 || field === 8)) return 'spans'
    if (field === 1 && wire === 2) kind = bytes.length === 16 && !isName(bytes) ? 'spans' : 'metrics'
    else if (field === 2 && kind === undefined)
      kind = wire !== 2 ? 'logs' : bytes.length === 8 ? 'spans' : 'metrics'
  }
  return kind
}

const isName = (bytes: Uint8Array): boolean => bytes.every(byte => byte >= 0x20 && byte < 0x7f)

/** Whether a request can begin at `at`: a list element whose own fields make sense as far as the bytes go. */
function beginsRequest(bytes: Uint8Array, at: number, partial: boolean): boolean {
  if (bytes[at] !== listTag) return false
  try {
    const cursor = { at: at + 1 }
    const length = varint(bytes, cursor)
    const whole = cursor.at + length <= bytes.length
    if (!whole && !partial && length > maxMessageBytes) return false
    const body = bytes.subarray(cursor.at, cursor.at + length)
    const inner = { at: 0 }
    const tag = varint(body, inner)
    // ResourceX has fields 1 (resource), 2 (scopes), 3 (schema), all length-delimited.
    if (![0x0a, 0x12, 0x1a].includes(tag)) return false
    const innerLength = varint(body, inner)
    return innerLength <= length - inner.at
  } catch {
    return false
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return new Uint8Array(b)
  const out = new Uint8Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}
