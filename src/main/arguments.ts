import { resolve } from 'node:path'

/**
 * Files named on Electron's command line. Electron's own and Chromium's switches begin with `-`; unpackaged, the first
 * word is the app's folder. The `interleave` command passes absolute paths.
 */
export function filesOf(argv: readonly string[], packaged: boolean, cwd: string): readonly string[] {
  return argv
    .slice(1)
    .filter(word => word !== '' && !word.startsWith('-'))
    .slice(packaged ? 0 : 1)
    .map(word => resolve(cwd, word))
}
