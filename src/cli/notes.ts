import { readFile } from 'node:fs/promises'
import type { Notebook } from '../core/notebook/note.ts'
import { restoreNotebook } from '../core/notebook/restore.ts'
import { UsageError } from './usage-error.ts'

/** `--notes FILE`: a notebook sidecar. Throws `UsageError` with what is wrong with it. */
export async function readNotes(path: string): Promise<Notebook> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw new UsageError(`${path}: cannot be read (${error.code})`)
  })
  const restored = restoreNotebook(text)
  if (restored.kind === 'ok') return restored.notebook
  const why = restored.kind === 'newer' ? `made by a newer version (${restored.version})` : restored.why
  throw new UsageError(`${path}: no notebook: ${why}`)
}
