import { access, constants } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { SaveResult } from '../host.ts'
import type { OpenFiles } from './files.ts'
import { writeAtomically } from './write-atomically.ts'
import { writeProblem } from './write-problem.ts'

export const configFile = 'interleave.config.json'

export interface ConfigPlaces {
  readonly files: OpenFiles
  /** Folders that belong to the app (its samples): nothing is written there. */
  readonly readOnlyDirs: readonly string[]
}

/** Writes the config beside a trace, for it and all others in that folder. */
export function configs({ files, readOnlyDirs }: ConfigPlaces): {
  save(token: string, text: string): Promise<SaveResult>
} {
  return {
    async save(token, text) {
      const path = files.pathOf(token)
      if (path === undefined) return { saved: false, why: 'the trace has no place on the disk that is known' }
      if (readOnlyDirs.some(dir => path.startsWith(dir + sep)))
        return { saved: false, why: 'samples are not written to' }
      const folder = dirname(path)
      try {
        await access(folder, constants.W_OK)
        await writeAtomically(join(folder, configFile), text, 0o644)
        return { saved: true, where: configFile }
      } catch (error) {
        return {
          saved: false,
          why: `${configFile} cannot be written beside the trace: ${writeProblem(error)}`,
        }
      }
    },
  }
}
