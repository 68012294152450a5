import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Where Electron is, or why it is not there: one clause that ends a sentence. */
export type Electron = { readonly path: string } | { readonly why: string; readonly installer: string | null }

/** Long enough for a slow line, too short to be taken for a hang. Without network it fails within a second. */
const downloadMs = 90_000
/** After a failed download the next starts do not try again for a while. */
const retryAfterMs = 24 * 3600_000

/** Looks for the binary without starting anything. `electron` is no dependency of an installed package, only of a clone. */
export function findElectron(from = import.meta.url): Electron {
  let folder: string
  try {
    folder = dirname(createRequire(from).resolve('electron/package.json'))
  } catch {
    return { why: 'Electron is not installed', installer: null }
  }
  const installer = join(folder, 'install.js')
  const missing: Electron = {
    why: "Electron's binary is not downloaded",
    installer: existsSync(installer) ? installer : null,
  }
  try {
    const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist')
    const path = join(dist, readFileSync(join(folder, 'path.txt'), 'utf8').trim())
    return existsSync(path) ? { path } : missing
  } catch {
    return missing
  }
}

/** Why a desktop window cannot be shown here whatever is installed, or null. */
export function noDesktop(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string | null {
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display'
  if (platform === 'linux' && process.getuid?.() === 0) return "Electron's sandbox does not start as root"
  return null
}

/** Downloads the binary with Electron's own installer. Returns what is there afterwards. */
export async function downloadElectron(
  installer: string,
  stateDir: string,
  say: (line: string) => void,
  find: () => Electron = findElectron,
): Promise<Electron> {
  const failed = join(stateDir, 'electron-download-failed')
  const since = await stat(failed).then(
    info => Date.now() - info.mtimeMs,
    () => Number.POSITIVE_INFINITY,
  )
  if (since < retryAfterMs) {
    return { why: 'downloading Electron failed before (npx install-electron tries again)', installer: null }
  }
  say('downloading Electron, once …')
  const ran = spawnSync(process.execPath, [installer], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: downloadMs,
  })
  const found = find()
  if ('path' in found) {
    await rm(failed, { force: true })
    return found
  }
  await mkdir(stateDir, { recursive: true })
  await writeFile(failed, '')
  const reason =
    ran.signal === null ? /^\w*(?:Error|error): (.*)$/m.exec(ran.stderr)?.[1] : 'it took too long'
  return { why: `Electron could not be downloaded (${reason ?? `exit ${ran.status}`})`, installer: null }
}
