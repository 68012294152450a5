import { type FileHandle, open } from 'node:fs/promises'

/** A file that grows by whole lines: they are written one after another, and are on the disk when it is closed. */
export interface LineFile {
  /** Resolves when the line is in the file. False when the file has reached its limit: then nothing is written. */
  append(line: string): Promise<boolean>
  close(): Promise<void>
}

/** Begins an empty file. Rejects when it can not be written. */
export async function openLineFile(path: string, maxBytes: number): Promise<LineFile> {
  const file: FileHandle = await open(path, 'w')
  let bytes = 0
  let last: Promise<void> = Promise.resolve()
  return {
    async append(line) {
      const content = Buffer.from(`${line}\n`)
      if (bytes + content.length > maxBytes) return false
      bytes += content.length
      const written = last.then(() => file.appendFile(content))
      // A full disk is told to this request; the next one tries again.
      last = written.catch(() => {})
      await written
      return true
    },
    async close() {
      await last
      await file.sync()
      await file.close()
    },
  }
}
