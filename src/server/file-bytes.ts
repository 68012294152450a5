import { type FileHandle, open } from 'node:fs/promises'

/** Big reads: the page's side reads fastest in large chunks. */
const chunkBytes = 1024 * 1024

/**
 * Bytes `start` … `end` (exclusive) of a file, one buffer read ahead while the other is sent: memory of its own for every
 * chunk would take as long as reading and sending it. A chunk is good until the next is asked for, which a `pipeline` does
 * when all that it wrote has left.
 */
export async function* fileBytes(path: string, start: number, end: number): AsyncGenerator<Buffer> {
  const file = await open(path)
  const size = Math.min(chunkBytes, end - start)
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
  const read = (turn: number, at: number): Promise<number> => {
    const filled = fill(file, buffers[turn]!, at, end)
    // Told when it is waited for: nobody listens while the chunk before it is sent.
    filled.catch(() => {})
    return filled
  }
  let ahead = read(0, start)
  try {
    for (let at = start, turn = 0; at < end; turn = 1 - turn) {
      const bytes = await ahead
      if (bytes === 0) return
      at += bytes
      ahead = read(1 - turn, at)
      yield buffers[turn]!.subarray(0, bytes)
    }
  } finally {
    await ahead.catch(() => {})
    await file.close()
  }
}

/** Reads until the buffer is full or the end is reached, and returns how many bytes it holds. */
async function fill(file: FileHandle, buffer: Buffer, at: number, end: number): Promise<number> {
  const wanted = Math.min(buffer.length, end - at)
  let filled = 0
  while (filled < wanted) {
    const { bytesRead } = await file.read(buffer, filled, wanted - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}
