import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReceivedCounts, Receiving } from '../host.ts'
import type { OpenFiles } from './files.ts'
import type { RecentFiles } from './recent-files.ts'

/** `startReceiver` of `src/receiver`, as the shells hand it in. Rejects with one line. */
export type StartReceiver = (options: {
  readonly file: string
  readonly port: number
  readonly maxFileBytes: number
  readonly onReceived: () => void
}) => Promise<RunningReceiver>

export interface RunningReceiver {
  readonly port: number
  received(): ReceivedCounts
  stop(): Promise<ReceivedCounts>
}

export interface ReceivingPlaces {
  readonly files: OpenFiles
  readonly recent: RecentFiles
  readonly dataDir: string
  readonly startReceiver: StartReceiver
}

/** All of it is read again each time more has come: beyond this, `interleave receive` writes a file to be opened later. */
const maxReceivedBytes = 256 * 1024 * 1024

/**
 * At most one receiver, whichever window asks. Each start writes a file of its own, request by request, so that a crash
 * loses nothing that was answered:
 *
 *     <data>/received/2026-08-01T09-30-00.000Z.otlp.jsonl
 *
 * It is among the recent files once something is in it; one that stayed empty goes when the receiver stops.
 */
export function receiving({ files, recent, dataDir, startReceiver }: ReceivingPlaces) {
  interface Running {
    readonly receiver: RunningReceiver
    readonly path: string
  }
  let running: Promise<Running> | null = null

  async function begin(port: number): Promise<Running> {
    const folder = join(dataDir, 'received')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.otlp.jsonl`)
    let first = true
    const receiver = await startReceiver({
      file: path,
      port,
      maxFileBytes: maxReceivedBytes,
      onReceived: () => {
        if (first) void files.open(path).then(({ token }) => recent.add(token))
        first = false
      },
    })
    return { receiver, path }
  }

  const told = async ({ receiver, path }: Running, counts: ReceivedCounts): Promise<Receiving> => ({
    address: `http://127.0.0.1:${receiver.port}`,
    file: await files.open(path),
    where: path,
    counts,
  })

  return {
    async start(port: number): Promise<Receiving> {
      running ??= begin(port).catch(error => {
        running = null
        throw error
      })
      const now = await running
      return told(now, now.receiver.received())
    },
    async state(): Promise<Receiving | null> {
      const now = await running
      return now && told(now, now.receiver.received())
    },
    /** What was received, null when that is nothing. */
    async stop(): Promise<Receiving | null> {
      const ending = running
      running = null
      const ended = await ending
      if (!ended) return null
      const counts = await ended.receiver.stop()
      if (counts.spans + counts.logs + counts.metrics > 0) return told(ended, counts)
      await rm(ended.path, { force: true })
      return null
    },
  }
}
