import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Folder of the app itself: the nearest one above this module that holds its package.json. The same from sources and from `out/`. */
export function appRoot(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'interleave')
      return folder
    if (folder === dirname(folder)) throw new Error(`no package.json of interleave above ${from}`)
  }
}

export const appVersion = (root: string): string =>
  String(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version)

/** Where the app keeps notebooks and recent files. `INTERLEAVE_DATA_DIR` overrides it. */
export function dataDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.INTERLEAVE_DATA_DIR) return env.INTERLEAVE_DATA_DIR
  const home = homedir()
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Interleave')
  if (platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Interleave')
  return join(env.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'interleave')
}
