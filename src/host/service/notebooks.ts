import { createHash } from 'node:crypto'
import { access, constants, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import type { KeptNotebook, NotebookLoaded, NotebookSaved, NotebookSource } from '../host.ts'
import { maxNotebookLength } from '../messages.ts'
import type { OpenFiles } from './files.ts'
import { takeTurns } from './take-turns.ts'
import { writeAtomically } from './write-atomically.ts'
import { codeOf, writeProblem } from './write-problem.ts'

export const sidecarSuffix = '.interleave.json'

export interface Notebooks {
  load(source: NotebookSource): Promise<NotebookLoaded>
  save(source: NotebookSource, json: string, seen: string): Promise<NotebookSaved>
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
 * trace's fingerprint (dropped files, samples, read-only folders); the result says where. A trace that was moved without
 * its sidecar finds it through a pointer that is kept under its fingerprint.
 *
 *     trace.jsonl  trace.jsonl.interleave.json          ← sidecar
 *     <data>/notebooks/<fingerprint>.interleave.json    ← own
 *     <data>/notebooks/<fingerprint>.where              ← path of the last sidecar
 */
export function notebooks({ files, dataDir, readOnlyDirs }: NotebookPlaces): Notebooks {
  const folder = join(dataDir, 'notebooks')
  const ownPath = (fingerprint: string, suffix = sidecarSuffix): string =>
    join(folder, `${fingerprint.replace(/[^\w-]/g, '_').slice(0, 120)}${suffix}`)
  const sidecarPath = (token: string): string | null => {
    const path = files.pathOf(token)
    if (path === undefined || readOnlyDirs.some(dir => path.startsWith(dir + sep))) return null
    return path + sidecarSuffix
  }
  const pointed = new Map<string, string>()
  const pointTo = async (fingerprint: string, sidecar: string): Promise<void> => {
    if (pointed.get(fingerprint) === sidecar) return
    pointed.set(fingerprint, sidecar)
    // Only a help for the day the trace moves: without it, all else works.
    await writeAtomically(ownPath(fingerprint, '.where'), sidecar).catch(() => {})
  }

  async function saveTo(
    path: string,
    json: string,
    seen: string,
    mode: number,
  ): Promise<KeptNotebook | null> {
    const before = await read(path)
    if (before.text !== null) {
      const was = parsed(before.text)
      const etag = etagOf(before.text)
      if (was && etag !== seen) return { json: before.text, etag }
      if (!was || was.version > (parsed(json)?.version ?? 0)) await putAside(path)
    }
    await writeAtomically(path, json, mode)
    return null
  }

  return {
    async load({ token, fingerprint }) {
      const sidecar = sidecarPath(token)
      const own = ownPath(fingerprint)
      // A folder may have been read-only when the notes were made: the newer of the two is the user's last word.
      const [beside, inApp] = await Promise.all([read(sidecar), read(own)])
      await Promise.all([sidecar, own].map(sweep))
      const newest = beside.savedMs >= inApp.savedMs ? beside : inApp
      const text = newest.text ?? (await read((await read(ownPath(fingerprint, '.where'))).text)).text
      const kept = text === null ? null : { json: text, etag: etagPair(beside.text, inApp.text) }
      const aside = sidecar === null ? '' : await refuseReadOnly(sidecar).then(() => '', writeProblem)
      return { kept, aside }
    },
    async save({ token, fingerprint }, json, seen) {
      if (parsed(json) === null) return { kind: 'failed', why: 'the notebook is not JSON' }
      const sidecar = sidecarPath(token)
      const own = ownPath(fingerprint)
      const [besideSeen = '', ownSeen = ''] = seen.split('.')
      await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => {})
      return takeTurns(ownPath(fingerprint, '.lock'), async () => {
        let aside = ''
        if (sidecar !== null) {
          try {
            await refuseReadOnly(sidecar)
            const theirs = await saveTo(sidecar, json, besideSeen, 0o644)
            if (theirs) return { kind: 'conflict', theirs: { ...theirs, etag: `${theirs.etag}.${ownSeen}` } }
            await pointTo(fingerprint, sidecar)
            return { kind: 'saved', where: basename(sidecar), aside, etag: `${etagOf(json)}.${ownSeen}` }
          } catch (error) {
            aside = writeProblem(error)
          }
        }
        try {
          const theirs = await saveTo(own, json, ownSeen, 0o600)
          if (theirs) return { kind: 'conflict', theirs: { ...theirs, etag: `${besideSeen}.${theirs.etag}` } }
          return { kind: 'saved', where: own, aside, etag: `${besideSeen}.${etagOf(json)}` }
        } catch (error) {
          const beside = aside && ` (beside the trace: ${aside})`
          return { kind: 'failed', why: `cannot write ${own}: ${writeProblem(error)}${beside}` }
        }
      })
    },
  }
}

/** Throws where nothing may be written, and beside a trace that nobody may write: it is kept for what it is. */
async function refuseReadOnly(sidecar: string): Promise<void> {
  const { mode } = await stat(sidecar.slice(0, -sidecarSuffix.length))
  if ((mode & 0o222) === 0) throw new Error('the trace is read-only')
  await access(dirname(sidecar), constants.W_OK)
}

const etagOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
const etagPair = (...texts: readonly (string | null)[]): string =>
  texts.map(text => (text === null ? '' : etagOf(text))).join('.')

async function read(path: string | null): Promise<{ text: string | null; savedMs: number }> {
  if (path === null) return { text: null, savedMs: -1 }
  try {
    const { size, mtimeMs } = await stat(path)
    // UTF-8: at most three bytes a character of the limit.
    if (size > maxNotebookLength * 3) throw new Error(`${basename(path)}: too large for a notebook`)
    return { text: await readFile(path, 'utf8'), savedMs: mtimeMs }
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(codeOf(error))) return { text: null, savedMs: -1 }
    throw error
  }
}

/** What cannot be read as a notebook of this version (damaged, or written by a newer app) is put aside, never lost. */
const putAside = (path: string): Promise<void> =>
  rename(path, `${path}.${new Date().toISOString().replaceAll(':', '-')}.bak`)

const LEFT_BEHIND_MS = 60_000

/** A writer that was killed leaves its temporary file: swept once it is surely nobody's. */
async function sweep(path: string | null): Promise<void> {
  if (path === null) return
  const names = await readdir(dirname(path)).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(`.${basename(path)}.`) || !name.endsWith('.tmp')) continue
    const left = join(dirname(path), name)
    const info = await stat(left).catch(() => null)
    if (info && Date.now() - info.mtimeMs > LEFT_BEHIND_MS) await rm(left, { force: true }).catch(() => {})
  }
}

function parsed(text: string): { readonly version: number } | null {
  try {
    const value: unknown = JSON.parse(text)
    const isNotebook = typeof value === 'object' && value !== null && 'version' in value
    return isNotebook && typeof value.version === 'number' ? { version: value.version } : null
  } catch {
    return null
  }
}
