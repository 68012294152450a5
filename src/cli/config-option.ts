import type { Config } from '../core/config/config.ts'
import { sourcesOf } from './sources.ts'

/** What `--config FILE` adds to the options of a load: nothing when it was not given. */
export async function configOf(path: string | undefined): Promise<{ readonly config?: Config }> {
  if (path === undefined) return {}
  const [source] = await sourcesOf([path])
  const { readConfig } = await import('../core/config/parse-config.ts')
  return { config: await readConfig(source!) }
}
