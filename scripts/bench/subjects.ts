/** What is measured in a browser: the app, and a peer with the same spans. */
import { spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import type { Page } from 'playwright'
import { step } from './steps.ts'

const root = resolve(import.meta.dirname, '..', '..')

export interface Subject {
  readonly name: string
  /** Selector of the canvas that shows the spans. */
  readonly canvas: string
  /** Selector of what shows a part of them while the rest is read; `''`: there is no such thing. */
  readonly partial: string
  readonly ready: (page: Page) => Promise<void>
  /** Runs `use` while the page is served with the trace. */
  readonly served: <T>(trace: string, use: (url: string) => Promise<T>) => Promise<T>
}

/** The app served without a trace, too. */
interface Served extends Subject {
  readonly served: <T>(trace: string | null, use: (url: string) => Promise<T>) => Promise<T>
}

/** `interleave open --browser [FILE]`. */
export const interleave: Served = {
  name: 'Interleave',
  canvas: '.lanes-canvas',
  partial: '.loading-lanes canvas',
  // Until the whole trace is drawn and nothing is left to do.
  ready: async page => {
    await page.locator('.lanes-canvas').waitFor()
    await page.evaluate(() =>
      (window as unknown as { __interleave: { idle(): Promise<void> } }).__interleave.idle(),
    )
  },
  served: async (file, use) => {
    const data = mkdtempSync(join(tmpdir(), 'interleave-bench-'))
    const cli = join(root, 'out', 'main', 'cli.js')
    const server = spawn(process.execPath, [cli, 'open', '--browser', ...(file === null ? [] : [file])], {
      env: { ...process.env, BROWSER: 'none', INTERLEAVE_DATA_DIR: data },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = new Promise(done => server.once('close', done))
    try {
      const url = new Promise<string>(done =>
        server.stdout.once('data', line => done(/http:\S+/.exec(String(line))?.[0] ?? '')),
      )
      return await use(await step('interleave open', 60, url))
    } finally {
      server.kill('SIGKILL')
      await gone
      rmSync(data, { recursive: true, force: true })
    }
  },
}

/** Its release as npm has it. */
export const speedscope: Subject = {
  name: 'speedscope',
  // Its last canvas is the one that shows the spans; it is there once the profile is.
  canvas: 'canvas >> nth=-1',
  partial: '',
  ready: async page => {
    await page.getByText('Time Order').waitFor()
    await page.locator('canvas').last().waitFor()
  },
  served: (trace, use) =>
    servedFiles(join(root, 'node_modules', 'speedscope', 'dist', 'release'), trace, base =>
      use(`${base}/index.html#profileURL=${base}/trace.json`),
    ),
}

/** As built from its source into `dist` ; its chart of markers is what shows spans. */
export const firefoxProfiler = (dist: string): Subject => ({
  name: 'Firefox Profiler',
  canvas: '.chartCanvas',
  partial: '',
  ready: page => page.locator('.chartCanvas').waitFor(),
  served: (trace, use) =>
    servedFiles(dist, trace, base =>
      use(`${base}/from-url/${encodeURIComponent(`${base}/trace.json`)}/marker-chart/`),
    ),
})

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
}

/** A peer's built page and the trace beside it, from one server on this machine; other paths are the page's own. */
async function servedFiles<T>(folder: string, trace: string, use: (base: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const file = join(folder, path.replaceAll('..', ''))
    const from = path === '/trace.json' ? trace : extname(path) === '' ? join(folder, 'index.html') : file
    response.setHeader('content-type', types[extname(from)] ?? 'application/octet-stream')
    createReadStream(from)
      .on('error', () => response.writeHead(404).end())
      .pipe(response)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  try {
    return await use(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
