/**
 * Live: the host writes what exporters send into a file, the page asks how large it is, and reads it again when data
 * has settled.
 *
 *     file size   ▁▂▃▄▄▄▄▄▅▆▇█████
 *     asked       ┬ ┬ ┬ ┬ ┬ ┬ ┬ ┬
 *     read again          ▲       ▲   twice the same, or too long ago
 */
import type { Receiving } from '../../src/host/host.ts'
import type { App } from '../state/app.ts'
import { plural } from '../widgets/format.ts'
import { announce, toast } from './announce.ts'
import { fromHost, openFiles } from './open.ts'
import { readAgain } from './read-again.ts'

const ASK_MS = 500
/** Data that never pauses is shown at least this often, unless reading it takes a good part of that. */
const LONGEST_UNSEEN_MS = 3000
const MOST_OF_THE_TIME = 4

export async function startLive(app: App, port: number): Promise<void> {
  app.live.setState({ problem: '' })
  try {
    const receiving = await app.pending.track(app.host.startReceiving(port))
    follow(app, receiving, 0)
    announce(app, `Receiving at ${receiving.address}`)
  } catch (error) {
    app.live.setState({ problem: lineOf(error) })
  }
}

/** After a reload, or when another window began it: what runs in the host is told here too. */
export async function resumeLive(app: App): Promise<void> {
  const receiving = await app.pending.track(app.host.receiving()).catch(() => null)
  if (receiving) follow(app, receiving, receiving.file.size)
}

export async function stopLive(app: App): Promise<void> {
  try {
    const receiving = await app.pending.track(app.host.stopReceiving())
    app.live.setState({ on: false, receiving })
    announce(app, receiving ? `Stopped after ${plural(receiving.counts.spans, 'span')}` : 'Stopped')
    if (receiving && receiving.file.size > app.live.getState().shownBytes) await show(app, receiving)
  } catch (error) {
    toast(app, `Receiving could not be stopped: ${lineOf(error)}`, 'problem')
  }
}

/** Puts what was received on screen, in place of what is open. */
export async function openLive(app: App): Promise<void> {
  const { receiving } = app.live.getState()
  if (!receiving) return
  app.live.setState({ shownBytes: receiving.file.size })
  app.dialogs.setState({ open: 'none' })
  await openFiles(app, [fromHost(app, receiving.file)])
}

/** A copy where the user wants it. */
export async function saveLive(app: App): Promise<void> {
  const { receiving } = app.live.getState()
  if (!receiving) return
  const end = app.pending.begin()
  try {
    const response = await fetch(app.host.fileUrl(receiving.file.token))
    if (!response.ok) throw new Error(`the file is gone (${response.status})`)
    const bytes = new Uint8Array(await response.arrayBuffer())
    const result = await app.host.saveFile(receiving.file.name, bytes, 'application/x-ndjson')
    if (result.saved) toast(app, `Saved as ${result.where}`)
    else if (result.why !== 'cancelled') toast(app, `Not saved: ${result.why}`, 'problem')
  } catch (error) {
    toast(app, `Not saved: ${lineOf(error)}`, 'problem')
  } finally {
    end()
  }
}

function follow(app: App, receiving: Receiving, shownBytes: number): void {
  const { on } = app.live.getState()
  app.live.setState({ on: true, receiving, problem: '', ...(!on && { shownBytes }) })
  if (!on) void listen(app)
}

async function listen(app: App): Promise<void> {
  let readMs = 0
  let readAtMs = 0
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, ASK_MS))
    const before = app.live.getState()
    if (!before.on) return
    // A host that does not answer now may answer next time.
    const receiving = await app.host.receiving().catch(() => before.receiving)
    if (!app.live.getState().on) return
    app.live.setState(receiving ? { receiving } : { on: false })
    if (!receiving || receiving.file.size <= before.shownBytes) continue
    const settled = receiving.file.size === before.receiving?.file.size
    const nowMs = performance.now()
    if (!settled && nowMs - readAtMs < Math.max(LONGEST_UNSEEN_MS, readMs * MOST_OF_THE_TIME)) continue
    await show(app, receiving)
    readAtMs = performance.now()
    readMs = readAtMs - nowMs
  }
}

/** The first data opens as any file does; later it grows where it is shown. Whoever looks at something else is let alone. */
async function show(app: App, { file, counts }: Receiving): Promise<void> {
  const { loading } = app.trace.getState()
  const { open } = app.dialogs.getState()
  if (loading || app.rules.getState().draft || (open !== 'none' && open !== 'live')) return
  const isFirst = app.live.getState().shownBytes === 0 && counts.spans + counts.logs > 0
  if (isShown(app, file.token)) {
    if (!(await readAgain(app, fromHost(app, file)))) return
  } else if (isFirst) await openFiles(app, [fromHost(app, file)])
  else return
  app.live.setState({ shownBytes: file.size })
}

/** What was received is what is open, and nothing else with it. */
export function isShown(app: App, token: string): boolean {
  const files = app.trace.getState().trace?.files
  return files?.length === 1 && files[0]!.token === token
}

const lineOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
