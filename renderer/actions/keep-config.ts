/** Writes a change to the config beside the trace; where that can't be, hands the file over. */
import { configName } from '../../src/core/config/config-name.ts'
import { configBeside } from '../config-beside.ts'
import type { App } from '../state/app.ts'
import type { OpenTrace } from '../state/trace.ts'

/** `edit` makes the new text of the old one. @returns where it is kept. @throws Error with the reason, in words for the user */
export async function keepConfig(
  app: App,
  { files }: OpenTrace,
  edit: (before: string) => string,
): Promise<string> {
  const end = app.pending.begin()
  try {
    const file = files.find(each => each.token !== '')
    const before = file ? await configBeside(app.host.fileUrl(file.token)) : ''
    if (before === null) throw new Error('the trace is gone from where it was')
    const text = edit(before)
    const result = file
      ? await app.host.saveConfig(file.token, text)
      : await app.host.saveFile(configName, new TextEncoder().encode(text), 'application/json')
    if (!result.saved) throw new Error(result.why)
    return result.where
  } finally {
    end()
  }
}
