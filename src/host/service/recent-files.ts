import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { OpenedFile } from '../host.ts'
import type { OpenFiles } from './files.ts'
import { writeAtomically } from './write-atomically.ts'

const kept = 10
const schema = z.object({ version: z.literal(1), paths: z.array(z.string().min(1).max(4096)).max(100) })

export interface RecentFiles {
  /** Last opened first; files that are gone are left out. */
  list(): Promise<readonly OpenedFile[]>
  /** Puts a file on top. A list that cannot be written is no error: it is a convenience. */
  add(token: string): Promise<void>
}

export function recentFiles(files: OpenFiles, dataDir: string): RecentFiles {
  const path = join(dataDir, 'recent.json')
  const readPaths = async (): Promise<readonly string[]> => {
    try {
      return schema.parse(JSON.parse(await readFile(path, 'utf8'))).paths
    } catch {
      return []
    }
  }
  let writing = Promise.resolve()
  return {
    async list() {
      await writing
      const opened = (await readPaths()).map(each => files.open(each).catch(() => null))
      return (await Promise.all(opened)).filter(file => file !== null)
    },
    add(token) {
      const added = files.pathOf(token)
      if (added === undefined) return Promise.resolve()
      writing = writing.then(async () => {
        const paths = [added, ...(await readPaths()).filter(each => each !== added)].slice(0, kept)
        try {
          await mkdir(dirname(path), { recursive: true, mode: 0o700 })
          await writeAtomically(path, `${JSON.stringify({ version: 1, paths }, null, 2)}\n`)
        } catch {
          // Read-only home: the list stays as it is.
        }
      })
      return writing
    },
  }
}
