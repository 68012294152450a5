/** Files inside a ZIP or tar archive, one after the other, as they stream by. */
import { Unzip, UnzipInflate } from 'fflate'
import { Unreadable } from '../importer.ts'
import { checkRatio } from './gzip.ts'

export interface Member {
  readonly name: string
  /** To be read before the next member is asked for; what is left is skipped. */
  readonly bytes: AsyncIterable<Uint8Array>
}

type Bytes = AsyncIterable<Uint8Array>
/** `onCut` is told the member that an archive ends in. */
export type Archive = (bytes: Bytes, onCut: (name: string) => void) => AsyncGenerator<Member>

/** How to read these bytes when they begin an archive; null when they do not. */
export function archiveOf(head: Uint8Array): Archive | null {
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 0x03 || head[2] === 0x05)) return zipMembers
  return String.fromCharCode(...head.subarray(257, 262)) === 'ustar' ? tarMembers : null
}

/** What a system adds on its own. */
const isClutter = (name: string): boolean => /(?:^|\/)(?:__MACOSX\/|\._|\.DS_Store$)|\/$/.test(name)

/** One slice gives at most 1032 times as much at once. */
const sliceBytes = 16 * 1024

/** Of a ZIP: a file begins, gives bytes, ends. `failure` is set before its end. */
interface Entry {
  readonly name: string
  failure: string
}
type ZipEvent = Entry | { readonly data: Uint8Array } | 'end'

async function* zipMembers(bytes: Bytes, onCut: (name: string) => void): AsyncGenerator<Member> {
  const events: ZipEvent[] = []
  let read = 0
  let written = 0
  const unzip = new Unzip(file => {
    const entry: Entry = { name: file.name, failure: '' }
    events.push(entry)
    file.ondata = (error, data, final) => {
      if (error) entry.failure = `broken inside the archive: ${error.message}`
      else if (data.length > 0) events.push({ data })
      written += data?.length ?? 0
      if (error || final) events.push('end')
    }
    if (file.compression === 0 || file.compression === 8) file.start()
    else {
      entry.failure = `compressed by method ${file.compression} inside the archive: unpack it first`
      events.push('end')
    }
  })
  unzip.register(UnzipInflate)
  const slices = slicesOf(bytes)
  const next = async (): Promise<ZipEvent | null> => {
    while (events.length === 0) {
      const slice = await slices.next()
      if (slice.done) return null
      read += slice.value.length
      try {
        unzip.push(slice.value)
      } catch (error) {
        throw new Unreadable(`the ZIP archive is broken near byte ${read}: ${String(error)}`)
      }
      checkRatio(read, written)
    }
    return events.shift() ?? null
  }
  for (let event = await next(); event; event = await next()) {
    if (event === 'end' || !('name' in event)) continue
    let open = true
    const entry = event
    const contents = async function* (): AsyncGenerator<Uint8Array> {
      while (open) {
        const part = await next()
        if (part === null) onCut(entry.name)
        if (part === null || part === 'end') open = false
        else if ('data' in part) yield part.data
      }
      if (entry.failure !== '') throw new Unreadable(entry.failure)
    }
    if (!isClutter(entry.name)) yield { name: entry.name, bytes: contents() }
    while (open) {
      const part = await next()
      if (part === null || part === 'end') open = false
    }
  }
}

async function* slicesOf(bytes: Bytes): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes)
    for (let at = 0; at < chunk.length; at += sliceBytes) yield chunk.slice(at, at + sliceBytes)
}

const blockBytes = 512
/** Of a name that does not fit a header. */
const maxNameBytes = 64 * 1024

async function* tarMembers(bytes: Bytes, onCut: (name: string) => void): AsyncGenerator<Member> {
  const reader = new BlockReader(bytes)
  /** Given by a header of its own for the next member. */
  let longName = ''
  for (let header = await reader.take(blockBytes); header; header = await reader.take(blockBytes)) {
    if (header.every(byte => byte === 0)) continue
    const size = sizeOf(header)
    const padding = (blockBytes - (size % blockBytes)) % blockBytes
    const type = String.fromCharCode(header[156]!)
    if ((type === 'L' || type === 'x') && size <= maxNameBytes) {
      const text = textOf((await reader.take(size)) ?? new Uint8Array())
      await reader.skip(padding)
      longName = type === 'L' ? text : (/^\d+ path=(.*)$/m.exec(text)?.[1] ?? longName)
      continue
    }
    const prefix = textOf(header.subarray(345, 500))
    const name = longName || `${prefix === '' ? '' : `${prefix}/`}${textOf(header.subarray(0, 100))}`
    longName = ''
    const isFile = (type === '0' || type === '\0') && size > 0 && !isClutter(name)
    let left = size
    if (isFile) {
      const contents = async function* (): AsyncGenerator<Uint8Array> {
        while (left > 0) {
          const chunk = await reader.some(left)
          if (!chunk) return onCut(name)
          left -= chunk.length
          yield chunk
        }
      }
      yield { name: name.replace(/^\.\//, ''), bytes: contents() }
    }
    await reader.skip(left + padding)
  }
}

/** Octal digits, or a big-endian number after a byte of 0x80. */
function sizeOf(header: Uint8Array): number {
  const field = header.subarray(124, 136)
  const size =
    field[0] === 0x80
      ? field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
      : Number.parseInt(textOf(field).trim() || '0', 8)
  if (!Number.isSafeInteger(size)) throw new Unreadable('the tar archive is broken: a file without a size')
  return size
}

const textOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end))
}

class BlockReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()

  constructor(bytes: Bytes) {
    this.#chunks = bytes[Symbol.asyncIterator]()
  }

  /** At least one byte and at most `count`; null at the end. */
  async some(count: number): Promise<Uint8Array | null> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next()
      if (next.done) return null
      this.#rest = next.value
    }
    const part = this.#rest.subarray(0, count)
    this.#rest = this.#rest.subarray(part.length)
    return part
  }

  /** A copy of exactly `count` bytes; null when fewer are left. */
  async take(count: number): Promise<Uint8Array | null> {
    const out = new Uint8Array(count)
    for (let at = 0; at < count; ) {
      const part = await this.some(count - at)
      if (!part) return null
      out.set(part, at)
      at += part.length
    }
    return out
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const part = await this.some(left)
      if (!part) return
      left -= part.length
    }
  }
}
