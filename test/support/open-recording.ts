import { createReadStream, statSync } from 'node:fs'
import { type OpenedSession, openSession } from '../../src/core/session.ts'

/** A recording from the disk as a session. */
export const openRecording = (path: string): Promise<OpenedSession> =>
  openSession([{ name: path, size: statSync(path).size, open: () => createReadStream(path) }])
