import type { Host, StartInfo } from '../src/host/host.ts'
import { pickHost } from './host.ts'

/** The shell, and what it was started with. */
export interface Started {
  readonly host: Host
  readonly info: StartInfo
  /** Why the shell does not say, or null. */
  readonly error: unknown
}

/** Asks before the app's own code is here, which the answer would otherwise wait for. */
export async function askWhatStarted(page: Window): Promise<Started> {
  const host = pickHost(page)
  try {
    return { host, info: await host.start(), error: null }
  } catch (error) {
    return { host, info: { version: '', files: [], author: '' }, error }
  }
}
