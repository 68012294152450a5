import type { App } from '../state/app.ts'
import type { InputFile } from '../state/trace.ts'
import { toast } from './announce.ts'
import { fromHost, fromPage, openFiles } from './open.ts'

/** Asks for files with the host's own dialog, or with the browser's where the host has none. */
export async function openDialog(app: App, merge: boolean): Promise<void> {
  try {
    await openFiles(app, await chooseFiles(app), merge)
  } catch (error) {
    toast(app, `The files could not be opened: ${error instanceof Error ? error.message : error}`, 'problem')
  }
}

/** What the user chooses; empty when the dialog is dismissed. */
export async function chooseFiles(app: App): Promise<readonly InputFile[]> {
  const chosen = await app.host.openDialog()
  return chosen ? chosen.map(file => fromHost(app, file)) : (await browserDialog()).map(fromPage)
}

/** The browser's own dialog. Resolves empty when it is dismissed. */
function browserDialog(): Promise<readonly File[]> {
  return new Promise(resolve => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}

export async function openSample(app: App, id: string): Promise<void> {
  try {
    await openFiles(app, [fromHost(app, await app.host.openSample(id))])
  } catch (error) {
    toast(app, `The sample could not be opened: ${error instanceof Error ? error.message : error}`, 'problem')
  }
}
