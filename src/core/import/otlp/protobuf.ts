/**
 * A reader of protobuf's wire format, driven by small schemas: bytes → the same plain objects that OTLP JSON parses to,
 * so that one reader gives both their meaning. Unknown fields are skipped; nesting is capped.
 * https://protobuf.dev/programming-guides/encoding/
 */
export type FieldType =
  | 'string'
  | 'hex'
  | 'base64'
  | 'fixed64'
  | 'sfixed64'
  | 'int64'
  | 'uint'
  | 'bool'
  | 'double'
  | Schema

export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly repeated?: true
}

/** Field number → field. Lazy, so that schemas may contain themselves. */
export interface Schema {
  readonly fields: () => ReadonlyMap<number, Field>
}

export type Message = { [name: string]: unknown }

const maxDepth = 64

export class BrokenMessage extends Error {
  override readonly name = 'BrokenMessage'
}

/** Decodes one message. Throws `BrokenMessage` when the bytes are none. */
export function decodeMessage(bytes: Uint8Array, schema: Schema, depth = 0): Message {
  if (depth > maxDepth) throw new BrokenMessage('nested too deeply')
  const fields = schema.fields()
  const out: Message = Object.create(null) as Message
  const cursor = { at: 0 }
  while (cursor.at < bytes.length) {
    const tag = varint(bytes, cursor)
    const field = fields.get(Math.floor(tag / 8))
    const wire = tag % 8
    if (tag < 8) throw new BrokenMessage(`field 0 at byte ${cursor.at}`)
    const value = readValue(bytes, cursor, wire, field, depth)
    if (!field || value === undefined) continue
    if (field.repeated) {
      const list = out[field.name] as unknown[] | undefined
      if (list) list.push(value)
      else out[field.name] = [value]
    } else out[field.name] = value
  }
  return out
}

interface Cursor {
  at: number
}

function readValue(
  bytes: Uint8Array,
  cursor: Cursor,
  wire: number,
  field: Field | undefined,
  depth: number,
): unknown {
  const type = field?.type
  switch (wire) {
    case 0: {
      const from = cursor.at
      const number = varint(bytes, cursor)
      if (type === 'bool') return number !== 0
      if (type === 'int64') return int64(bytes, from)
      return type === 'uint' ? number : undefined
    }
    case 1: {
      const view = take(bytes, cursor, 8)
      const data = new DataView(view.buffer, view.byteOffset, 8)
      if (type === 'double') return data.getFloat64(0, true)
      if (type === 'sfixed64') return data.getBigInt64(0, true).toString()
      return type === 'fixed64' ? data.getBigUint64(0, true).toString() : undefined
    }
    case 2: {
      const part = take(bytes, cursor, varint(bytes, cursor))
      if (type === 'string') return decoder.decode(part)
      if (type === 'hex') return hex(part)
      if (type === 'base64') return base64(part)
      return typeof type === 'object' ? decodeMessage(part, type, depth + 1) : undefined
    }
    case 5: {
      const view = take(bytes, cursor, 4)
      return type === 'uint' ? new DataView(view.buffer, view.byteOffset, 4).getUint32(0, true) : undefined
    }
    default:
      throw new BrokenMessage(`wire type ${wire} at byte ${cursor.at}`)
  }
}

const decoder = new TextDecoder()

/** Up to 2^53 exactly; larger ones only matter as int64, which is read apart. */
export function varint(bytes: Uint8Array, cursor: Cursor): number {
  let value = 0
  let scale = 1
  for (let i = 0; i < 10; i++) {
    if (cursor.at >= bytes.length) throw new BrokenMessage(`cut off at byte ${cursor.at}`)
    const byte = bytes[cursor.at++]!
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return value
    scale *= 128
  }
  throw new BrokenMessage(`number of more than 10 bytes at byte ${cursor.at}`)
}

function int64(bytes: Uint8Array, from: number): string {
  let value = 0n
  for (let at = from, shift = 0n; at < bytes.length; at++, shift += 7n) {
    value |= BigInt(bytes[at]! & 0x7f) << shift
    if (bytes[at]! < 0x80) break
  }
  return BigInt.asIntN(64, value).toString()
}

function take(bytes: Uint8Array, cursor: Cursor, length: number): Uint8Array {
  if (length > bytes.length - cursor.at) throw new BrokenMessage(`cut off at byte ${bytes.length}`)
  const part = bytes.subarray(cursor.at, cursor.at + length)
  cursor.at += length
  return part
}

function hex(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0')
  return out
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
