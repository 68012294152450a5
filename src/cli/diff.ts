import { diffJson } from '../core/report/diff-json.ts'
import { configOf } from './config-option.ts'
import { load } from './load.ts'
import { print } from './terminal.ts'

/** `interleave diff`. Returns the exit code: 1 when AFTER has findings that BEFORE has not. */
export async function diff(
  before: string,
  after: string,
  { json, config: path }: { readonly json?: boolean; readonly config?: string },
): Promise<number> {
  const config = await configOf(path)
  const found = diffJson(await load([before], config), await load([after], config))
  if (json) print(JSON.stringify(found, null, 2))
  else print((await import('./diff-text.ts')).diffText(found))
  return found.failed ? 1 : 0
}
