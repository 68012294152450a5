import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { ByteSource } from '../core/import/import.ts'
import { ImportError } from '../core/import/import.ts'
import { UsageError } from './usage-error.ts'

const readChunkBytes = 4 * 1024 * 1024
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
        yield* createReadStream(path, { highWaterMark: readChunkBytes }) as AsyncIterable<Uint8Array>
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? ''
        throw new ImportError(path, reasons[code] ?? `cannot be read (${code || error})`)
      }
    },
  }
}

function stdinSource(): ByteSource {
  if (process.stdin.isTTY) throw new UsageError('stdin (-) is a terminal; pipe a trace into it')
  return { name: '-', size: -1, open: () => process.stdin as AsyncIterable<Uint8Array> }
}
