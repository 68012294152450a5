/**
 * What was open in this tab, so that a reload shows it again. The host's files are remembered by their tokens; files
 * dropped on the page only live in the page, so the browser keeps them in its own database until the tab opens
 * something else. Nothing here is needed for the app to work: every failure is silence.
 */
import type { InputFile } from './trace.ts'

const KEY = 'interleave.open'
const DATABASE = 'interleave'
const STORE = 'open-files'
/** Larger drops are not kept twice. */
const MOST_BYTES = 256 * 1024 * 1024
const OLDEST_MS = 24 * 3600 * 1000

interface Kept {
  readonly files: readonly Omit<InputFile, 'from'>[]
  /** Key of the blobs in the database, `''` when all files are the host's. */
  readonly blobs: string
}

export function rememberOpen(files: readonly InputFile[]): void {
  const session = storage()
  if (!session) return
  const old = read(session)
  if (old?.blobs) void withStore('readwrite', store => store.delete(old.blobs))
  const blobs = files.map(({ from }) => ('blob' in from ? from.blob : null))
  const size = files.reduce((sum, file) => sum + file.size, 0)
  const dropped = blobs.some(blob => blob !== null)
  if (dropped && size > MOST_BYTES) {
    session.removeItem(KEY)
    return
  }
  const key = dropped ? crypto.randomUUID() : ''
  const kept: Kept = { files: files.map(({ from: _, ...file }) => file), blobs: key }
  try {
    session.setItem(KEY, JSON.stringify(kept))
  } catch {
    return
  }
  if (dropped) void withStore('readwrite', store => store.put({ at: Date.now(), blobs }, key))
}

/** Files of this tab before it was reloaded; `urlOf` gives the address of a host's file. */
export async function reopenable(urlOf: (token: string) => string): Promise<readonly InputFile[]> {
  void forgetOld()
  const session = storage()
  const kept = session ? read(session) : null
  if (!kept) return []
  const held = kept.blobs ? await withStore<Held>('readonly', store => store.get(kept.blobs)) : null
  const files: InputFile[] = []
  for (const [at, file] of kept.files.entries()) {
    const blob = held?.blobs[at]
    if (file.token) files.push({ ...file, from: { url: urlOf(file.token) } })
    else if (blob) files.push({ ...file, from: { blob } })
    else return []
  }
  return files
}

interface Held {
  readonly at: number
  readonly blobs: readonly (Blob | null)[]
}

/** Tabs that were closed leave their files behind; a day later they go. */
async function forgetOld(): Promise<void> {
  await withStore('readwrite', store => {
    const walk = store.openCursor()
    walk.onsuccess = () => {
      const cursor = walk.result
      if (!cursor) return
      if (Date.now() - (cursor.value as Held).at > OLDEST_MS) cursor.delete()
      cursor.continue()
    }
    return walk
  })
}

function read(session: Storage): Kept | null {
  try {
    const value = JSON.parse(session.getItem(KEY) ?? 'null') as Kept | null
    return value && Array.isArray(value.files) && typeof value.blobs === 'string' ? value : null
  } catch {
    return null
  }
}

const storage = (): Storage | null => {
  try {
    return globalThis.sessionStorage ?? null
  } catch {
    return null
  }
}

function withStore<Result>(
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => IDBRequest,
): Promise<Result | null> {
  return new Promise(resolve => {
    if (!globalThis.indexedDB) return resolve(null)
    const opening = indexedDB.open(DATABASE, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
    opening.onerror = () => resolve(null)
    opening.onsuccess = () => {
      try {
        const transaction = opening.result.transaction(STORE, mode)
        const request = run(transaction.objectStore(STORE))
        transaction.oncomplete = () => {
          opening.result.close()
          resolve((request.result as Result | undefined) ?? null)
        }
        transaction.onerror = () => resolve(null)
        transaction.onabort = () => resolve(null)
      } catch {
        resolve(null)
      }
    }
  })
}
