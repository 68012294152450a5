import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { linkedFile } from '../core/place-link.ts'
import { appRoot, dataDir, type RunningServer, startServer } from '../server/server.ts'
import { downloadElectron, findElectron, noDesktop } from './electron-binary.ts'
import { sourcesOf } from './sources.ts'
import { print } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export interface OpenOptions {
  readonly browser?: boolean
  readonly port?: string
}

/** A window that dies sooner than this never came up. */
const startsWithinMs = 10_000

const say = (line: string): void => {
  process.stderr.write(`interleave: ${line}\n`)
}

/** `interleave open`: the desktop app where it can run, else the same app in a browser tab. Ends when the user ends it. */
export async function open(words: readonly string[], options: OpenOptions): Promise<number> {
  const port = portOf(options.port)
  const named = words.map(linkedFile)
  const files = named.map(({ path }) => path)
  const link = named.find(one => one.link !== '')?.link ?? ''
  // Says what is wrong with a name before a window opens; what is in the file, the app says.
  const sources = await sourcesOf(files)
  const piped = sources.some(source => source.name === '-') ? await stdinFile() : null
  const paths = files.map(file => (file === '-' ? (piped?.path ?? '') : resolve(file)))
  try {
    const why = options.browser || port !== 0 ? 'as asked' : await openWindow(paths, link)
    return why === null ? 0 : await openTab(paths, link, port, why)
  } finally {
    await piped?.remove()
  }
}

/** Runs the desktop app to its end; otherwise says why it cannot. */
async function openWindow(paths: readonly string[], link: string): Promise<string | null> {
  const desktop = noDesktop()
  if (desktop !== null) return desktop
  let electron = findElectron()
  if ('why' in electron && electron.installer !== null) {
    electron = await downloadElectron(electron.installer, dataDir(), say)
  }
  if ('why' in electron) return electron.why
  const { path } = electron
  const startedMs = performance.now()
  const child = spawn(path, [appRoot(), ...paths.map((file, at) => (at === 0 ? `${file}${link}` : file))], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let lastLine = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastLine = text.trim().split('\n').at(-1) ?? lastLine
  })
  const stop = (): void => {
    child.kill('SIGTERM')
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const code = await new Promise<number | null>(done => {
    child.once('error', () => done(-1)).once('exit', done)
  })
  process.off('SIGINT', stop).off('SIGTERM', stop)
  const failed = code !== 0 && code !== null && performance.now() - startedMs < startsWithinMs
  return failed ? `Electron did not start: ${lastLine.slice(0, 200) || `exit ${code}`}` : null
}

/** Serves the app until Ctrl-C. */
async function openTab(paths: readonly string[], link: string, port: number, why: string): Promise<number> {
  const server: RunningServer = await startServer({ paths, port })
  const url = `${server.url}${link}`
  print(`Interleave is at ${url} (in the browser: ${why}; Ctrl-C ends it)`)
  showInBrowser(url)
  await new Promise<void>(done => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
  })
  await server.close()
  return 0
}

/** Best effort: the line with the address is there in any case. `BROWSER=none` keeps it away. */
function showInBrowser(url: string): void {
  const { DISPLAY, WAYLAND_DISPLAY, BROWSER } = process.env
  if (BROWSER === 'none' || (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY)) return
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url]
  const child = spawn(command ?? '', args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new UsageError(`--port ${text}: give 1 to 65535`)
  return port
}

/** A pipe can be read once; the app reads again on reload. */
async function stdinFile(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'interleave-'))
  const path = join(folder, 'stdin')
  await writeFile(path, process.stdin)
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}
