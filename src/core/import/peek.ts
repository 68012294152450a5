import { concatBytes } from '../concat-bytes.ts'

export interface Peeked {
  /** As many bytes as were asked for, fewer only where there are no more. */
  readonly head: Uint8Array
  /** There may be more than the head. */
  readonly partial: boolean
  /** All bytes, the head again first: a stream such as stdin opens once. */
  readonly bytes: AsyncGenerator<Uint8Array>
}

/** Looks at the first `count` bytes of a stream whose chunks are good until the next one is asked for. */
export async function peek(stream: AsyncIterable<Uint8Array>, count: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let length = 0
  let done = false
  while (length < count && !done) {
    const next = await iterator.next()
    if (next.done) done = true
    else {
      length += next.value.length
      // The last one stays good, for no other is asked for; those before it do not.
      chunks.push(length < count ? new Uint8Array(next.value) : next.value)
    }
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
  return { head: concatBytes(chunks, count), partial: !done, bytes: all() }
}
