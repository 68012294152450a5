import { open, stat } from 'node:fs/promises'
import type { ByteSource } from '../core/import/import.ts'
import { ImportError } from '../core/import/import.ts'
import { UsageError } from './usage-error.ts'

/** Small enough to stay near the processor until it is used. */
const readChunkBytes = 512 * 1024
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  ENOTDIR: 'no such file',
  ENAMETOOLONG: 'the name is too long',
}

/** Files named on the command line, `-` for stdin. Throws `UsageError` or `ImportError`, both one line. */
export async function sourcesOf(paths: readonly string[]): Promise<readonly ByteSource[]> {
  if (paths.filter(path => path === '-').length > 1) throw new UsageError('stdin (-) can be named once')
  return Promise.all(paths.map(path => (path === '-' ? stdinSource() : fileSource(path))))
}

async function fileSource(path: string): Promise<ByteSource> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new ImportError(path, reasons[error.code ?? ''] ?? `cannot be read (${error.code})`)
  })
  if (info.isDirectory()) throw new ImportError(path, 'is a folder; name the trace files in it')
  return {
    name: path,
    // Pipes and devices have no size.
    size: info.isFile() ? info.size : -1,
    async *open() {
      try {
        yield* chunksOf(path)
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? ''
        throw new ImportError(path, reasons[code] ?? `cannot be read (${code || error})`)
      }
    },
  }
}

/** Two buffers by turns: one is read into while the other is used. */
export async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path)
  try {
    let [used, next] = [new Uint8Array(readChunkBytes), new Uint8Array(readChunkBytes)]
    for (let reading = file.read(next); ; ) {
      const { bytesRead } = await reading
      if (bytesRead === 0) return
      ;[used, next] = [next, used]
      reading = file.read(next)
      // Thrown where it is awaited; nobody may be waiting yet.
      reading.catch(() => {})
      yield used.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

function stdinSource(): ByteSource {
  if (process.stdin.isTTY) throw new UsageError('stdin (-) is a terminal; pipe a trace into it')
  return { name: '-', size: -1, open: () => process.stdin as AsyncIterable<Uint8Array> }
}
