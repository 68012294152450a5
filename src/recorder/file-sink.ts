import { closeSync, openSync, writeSync } from 'node:fs'
import { countLoss } from './loss.ts'
import type { Sink } from './pipeline.ts'

/**
 * OTLP/JSON lines, traces and logs in one file, appended. Writes are synchronous: they go to the page cache in well under a
 * millisecond, and nothing is left in flight when the process dies.
 */
export function fileSink(path: string): Sink {
  let fd: number | null = null
  try {
    fd = openSync(path, 'a')
  } catch (error) {
    process.emitWarning(
      `nothing is recorded: ${error instanceof Error ? error.message : error}`,
      'InterleaveRecorder',
    )
    countLoss('file', 'cannot be opened')
  }
  return {
    write(_signal, body) {
      if (fd === null) throw new Error('file cannot be opened')
      // In one write: other processes may append to the same file.
      writeAll(fd, Buffer.from(`${body}\n`))
    },
    close() {
      if (fd !== null) closeSync(fd)
      fd = null
      return null
    },
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}
