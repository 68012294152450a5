import { type OpenedSession, type OpenOptions, openSession } from '../core/session.ts'
import { progressBar } from './progress.ts'
import { sourcesOf } from './sources.ts'
import { UsageError } from './usage-error.ts'

/** `clocks` as typed. */
export type LoadOptions = Pick<OpenOptions, 'detectors' | 'config'> & { readonly clocks?: string | undefined }

/** Opens what the command line names, with a bar on the terminal. */
export async function load(
  paths: readonly string[],
  { clocks = 'raw', ...options }: LoadOptions = {},
): Promise<OpenedSession> {
  if (clocks !== 'raw' && clocks !== 'suggested') throw new UsageError('--clocks is raw or suggested')
  if (clocks === 'suggested' && paths.includes('-'))
    throw new UsageError('--clocks suggested reads twice, and stdin (-) can be read once; name a file')
  const progress = progressBar()
  try {
    return await openSession(await sourcesOf(paths), {
      ...options,
      clocks,
      onProgress: progress.onProgress,
    })
  } finally {
    progress.done()
  }
}
