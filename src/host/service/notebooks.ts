import { mkdir, readFile, rename, stat } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import type { NotebookSource, SaveResult } from '../host.ts'
import { maxNotebookLength } from '../messages.ts'
import type { OpenFiles } from './files.ts'
import { writeAtomically } from './write-atomically.ts'

export const sidecarSuffix = '.interleave.json'

export interface Notebooks {
  load(source: NotebookSource): Promise<string | null>
  save(source: NotebookSource, json: string): Promise<SaveResult>
}

export interface NotebookPlaces {
  readonly files: OpenFiles
  /** The app's own folder; notebooks without a place beside their trace go to `notebooks/` in it. */
  readonly dataDir: string
  /** Folders that belong to the app (its samples): nothing is written there. */
  readonly readOnlyDirs: readonly string[]
}

/**
 * Keeps the notebook of a trace: beside the file where its folder can be written, else in the app's folder under the
 * trace's fingerprint (dropped files, samples, read-only folders); the result says where.
 */
export function notebooks({ files, dataDir, readOnlyDirs }: NotebookPlaces): Notebooks {
  const ownPath = (fingerprint: string): string => {
    const name = fingerprint.replace(/[^\w-]/g, '_').slice(0, 120)
    return join(dataDir, 'notebooks', `${name}${sidecarSuffix}`)
  }
  const sidecarPath = (token: string): string | null => {
    const path = files.pathOf(token)
    if (path === undefined || readOnlyDirs.some(dir => path.startsWith(dir + sep))) return null
    return path + sidecarSuffix
  }
  return {
    async load({ token, fingerprint }) {
      const sidecar = sidecarPath(token)
      // A folder may have been read-only when the notes were made: the newer of the two is the user's last word.
      const found = await Promise.all([sidecar, ownPath(fingerprint)].map(read))
      return found.sort((a, b) => b.savedMs - a.savedMs)[0]?.text ?? null
    },
    async save({ token, fingerprint }, json) {
      if (parsed(json) === null) return { saved: false, why: 'the notebook is not JSON' }
      const sidecar = sidecarPath(token)
      let why = ''
      if (sidecar !== null) {
        try {
          await replace(sidecar, json, 0o644)
          return { saved: true, where: basename(sidecar) }
        } catch (error) {
          why = ` (beside the trace: ${codeOf(error)})`
        }
      }
      const own = ownPath(fingerprint)
      try {
        await mkdir(join(dataDir, 'notebooks'), { recursive: true, mode: 0o700 })
        await replace(own, json, 0o600)
        return { saved: true, where: `${own}${why}` }
      } catch (error) {
        return { saved: false, why: `cannot write ${own}: ${codeOf(error)}${why}` }
      }
    },
  }
}

async function read(path: string | null): Promise<{ text: string | null; savedMs: number }> {
  if (path === null) return { text: null, savedMs: -1 }
  try {
    const { size, mtimeMs } = await stat(path)
    // UTF-8: at most three bytes a character of the limit.
    if (size > maxNotebookLength * 3) throw new Error(`${basename(path)}: too large for a notebook`)
    return { text: await readFile(path, 'utf8'), savedMs: mtimeMs }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES') return { text: null, savedMs: -1 }
    throw error
  }
}

/** What cannot be read as a notebook of this version (damaged, or written by a newer app) is put aside, never lost. */
async function replace(path: string, json: string, mode: number): Promise<void> {
  const before = await read(path)
  if (before.text !== null && parsed(before.text)?.version !== parsed(json)?.version) {
    await rename(path, `${path}.${new Date().toISOString().replaceAll(':', '-')}.bak`)
  }
  await writeAtomically(path, json, mode)
}

function parsed(text: string): { readonly version: unknown } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'version' in value ? value : null
  } catch {
    return null
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
