import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const RETRY_MS = 8
const WRITTEN_MS = 200
/** Nobody holds a turn this long: saving a notebook takes milliseconds. */
const GIVE_UP_MS = 5_000

/**
 * Runs `work` while nobody else does under the same lock file, in this process or another. A holder that was killed is
 * told by its process id. Where no lock file can be written (a read-only home), the work is done without.
 */
export async function takeTurns<Result>(lock: string, work: () => Promise<Result>): Promise<Result> {
  const since = Date.now()
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx', mode: 0o600 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return work()
      if ((await isAbandoned(lock)) || Date.now() - since > GIVE_UP_MS) await rm(lock, { force: true })
      else await pause(RETRY_MS)
      continue
    }
    try {
      return await work()
    } finally {
      await rm(lock, { force: true })
    }
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  const pid = Number(await readFile(lock, 'utf8').catch(() => ''))
  // Empty: its holder is between making and writing it, or was killed just there.
  if (!Number.isInteger(pid) || pid <= 0) {
    const made = await stat(lock).catch(() => null)
    return made !== null && Date.now() - made.mtimeMs > WRITTEN_MS
  }
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
