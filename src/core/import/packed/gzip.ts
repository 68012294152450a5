/** Streamed decompression with a cap: a small file must not become all of the memory. */
import { Gunzip } from 'fflate'
import { Unreadable } from '../importer.ts'
import type { IssueLog } from '../issues.ts'

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b

/** Real traces shrink 5 to 60 times. Deflate can reach 1032 times, which only bombs do. */
const maxRatio = 200
const freeBytes = 16 * 1024 * 1024
/** One input slice gives at most 1032 times as much at once. */
const sliceBytes = 16 * 1024

export async function* gunzip(
  bytes: AsyncIterable<Uint8Array>,
  issues: IssueLog,
  file: string,
): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = []
  let read = 0
  let written = 0
  let ended = false
  const stream = new Gunzip((chunk, final) => {
    if (chunk.length > 0) out.push(chunk)
    written += chunk.length
    ended = final
  })
  try {
    for await (const chunk of bytes) {
      for (let at = 0; at < chunk.length; at += sliceBytes) {
        const slice = chunk.subarray(at, at + sliceBytes)
        read += slice.length
        stream.push(slice.slice())
        yield* out.splice(0)
        checkRatio(read, written)
      }
    }
    stream.push(new Uint8Array(0), true)
    yield* out.splice(0)
  } catch (error) {
    if (error instanceof Unreadable || isAbort(error)) throw error
    yield* out.splice(0)
    if (written === 0) throw new Unreadable(`gzip data is broken at byte ${read}: ${reasonOf(error)}`)
    issues.add('truncated-gzip', () => `${file}: ${reasonOf(error)} near compressed byte ${read}`)
    return
  }
  if (!ended && written === 0) throw new Unreadable('gzip data ends before anything could be read')
}

export function checkRatio(read: number, written: number): void {
  if (written > freeBytes && written > read * maxRatio) {
    throw new Unreadable(
      `unpacks to more than ${maxRatio} times its size (${written} bytes from ${read}), which no trace does; unpack it yourself if it is one`,
    )
  }
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
