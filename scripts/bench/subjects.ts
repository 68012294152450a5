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

/** `interleave open --browser FILE`. */
export const interleave: Subject = {
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
    const server = spawn(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'open', '--browser', file], {
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

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
}

/** Its release as npm has it, and the trace beside it, from one server on this machine. */
export const speedscope: Subject = {
  name: 'speedscope',
  // Its last canvas is the one that shows the spans; it is there once the profile is.
  canvas: 'canvas >> nth=-1',
  partial: '',
  ready: async page => {
    await page.getByText('Time Order').waitFor()
    await page.locator('canvas').last().waitFor()
  },
  served: async (trace, use) => {
    const release = join(root, 'node_modules', 'speedscope', 'dist', 'release')
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
      const from = path === '/trace.json' ? trace : join(release, path.replaceAll('..', ''))
      createReadStream(from)
        .on('error', () => response.writeHead(404).end())
        .pipe(response)
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    try {
      return await use(`${base}/index.html#profileURL=${base}/trace.json`)
    } finally {
      server.close()
      server.closeAllConnections()
    }
  },
}
