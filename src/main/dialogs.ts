import { basename } from 'node:path'
import type { BrowserWindow, Dialog } from 'electron'
import type { OpenedFile, SaveResult } from '../host/host.ts'
import { writeAtomically } from '../host/service/write-atomically.ts'

/** What the open dialog offers first; "all files" stays, because exports come under any name. */
const traceFilters = [
  {
    name: 'Traces, bundles and pictures',
    extensions: ['json', 'jsonl', 'ndjson', 'gz', 'interleave', 'png', 'pb', 'log', 'txt'],
  },
  { name: 'All files', extensions: ['*'] },
]

export type Dialogs = Pick<Dialog, 'showOpenDialog' | 'showSaveDialog'>

/** Files that the user chose; none when they thought better of it. */
export async function chooseFiles(
  dialog: Dialogs,
  window: BrowserWindow,
  openPaths: (paths: readonly string[]) => Promise<readonly OpenedFile[]>,
): Promise<readonly OpenedFile[]> {
  const chosen = await dialog.showOpenDialog(window, {
    title: 'Open traces',
    properties: ['openFile', 'multiSelections'],
    filters: traceFilters,
  })
  return chosen.canceled ? [] : openPaths(chosen.filePaths)
}

/** Asks where and writes. The page suggests a name only; a path in it is cut off. */
export async function saveBytes(
  dialog: Dialogs,
  window: BrowserWindow,
  suggestedName: string,
  bytes: Uint8Array,
): Promise<SaveResult> {
  const defaultPath = basename(suggestedName.replaceAll('\\', '/')) || 'interleave.png'
  const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath })
  if (canceled || filePath === '') return { saved: false, why: 'cancelled' }
  try {
    await writeAtomically(filePath, bytes, 0o644)
    return { saved: true, where: filePath }
  } catch (error) {
    return {
      saved: false,
      why: `cannot write ${filePath}: ${(error as NodeJS.ErrnoException).code ?? error}`,
    }
  }
}
