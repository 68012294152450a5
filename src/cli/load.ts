import { type OpenedSession, type OpenOptions, openSession } from '../core/session.ts'
import { progressBar } from './progress.ts'
import { sourcesOf } from './sources.ts'

/** Opens what the command line names, with a bar on the terminal. */
export async function load(
  paths: readonly string[],
  options: Pick<OpenOptions, 'detectors' | 'config'> = {},
): Promise<OpenedSession> {
  const progress = progressBar()
  try {
    return await openSession(await sourcesOf(paths), { ...options, onProgress: progress.onProgress })
  } finally {
    progress.done()
  }
}
