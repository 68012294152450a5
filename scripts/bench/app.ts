/**
 * The app in a real browser beside speedscope, on the same spans in the same run: until the first picture, then zooming
 * and panning with the wheel.
 *
 *     frame work      CPU time of the page's own thread for one wheel step: handler, scene, painting commands
 *     input to paint  from the wheel event to the frame that shows it, waiting for the display included
 *
 * CPU time leaves out what else the machine does; wall times do not. Firefox Profiler has to be built from source; what
 * stands in for it is its time as a multiple of `JSON.parse` over the same spans, both measured on one machine once.
 */
import { spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright'
import { chromiumFlags, chromiumPath } from '../chromium.ts'
import type { Shape } from '../generate-trace.ts'
import { measure } from './child.ts'
import { chromeTraceOf } from './chrome-trace.ts'
import { measured, type Row, shown } from './statistics.ts'
import { generated } from './traces.ts'

const root = resolve(import.meta.dirname, '..', '..')
/** Speedscope takes minutes for a million spans (docs/benchmarks.md): the peer runs up to here. */
const MOST_FOR_PEER = 100_000
const STEPS = 60
/** Whoever has no picture after this long is said to have none. */
const MOST_MS = 150_000
/** From here on one run each: its sixty steps are many enough, and loading is most of the time. */
const LARGE = 1_000_000
/** Firefox Profiler's first picture ÷ `JSON.parse` of the spans as OTLP: 1.3 s ÷ 0.52 s and 7.1 s ÷ 5.2 s. */
const firefoxProfiler = new Map([
  [100_000, 2.5],
  [1_000_000, 1.37],
])

interface Run {
  readonly firstPaintSeconds: number
  readonly frameWorkMs: readonly number[]
  readonly inputToPaintMs: readonly number[]
}

export async function benchApp(
  sizes: readonly number[],
  shapes: readonly Shape[],
  runs: number,
): Promise<Row[]> {
  const executablePath = chromiumPath()
  if (executablePath === null)
    return [{ what: 'the app', measured: 'no Chromium here', budget: '', met: null }]
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
  const rows: Row[] = []
  for (const shape of shapes) {
    for (const spans of sizes) {
      const file = await generated(spans, shape)
      const peer = spans <= MOST_FOR_PEER ? await chromeTraceOf(file) : null
      const own: Run[] = []
      const theirs: Run[] = []
      for (let run = 0; run < (spans >= LARGE ? 1 : runs); run++) {
        own.push(...(await inTime('Interleave', interleave(browser, file))))
        if (peer !== null) theirs.push(...(await inTime('speedscope', speedscope(browser, peer))))
        process.stderr.write(`bench: ${spans.toLocaleString('en')} ${shape} spans drawn\n`)
      }
      const name = `Interleave, ${spans.toLocaleString('en')} ${shape}`
      if (own.length === 0) {
        rows.push({ what: name, measured: 'no picture in time', budget: '', met: false })
        continue
      }
      rows.push(...rowsOf(name, own, theirs))
      const multiple = firefoxProfiler.get(spans)
      if (multiple !== undefined) rows.push(againstFirefoxProfiler(name, own, file, multiple))
      if (theirs.length > 0) rows.push(...rowsOf(`speedscope, the same spans`, theirs, null))
    }
  }
  await browser.close()
  return rows
}

/** A run that fails or hangs is told and left out: the others count all the same. */
async function inTime(name: string, work: Promise<Run>): Promise<Run[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${MOST_MS / 1000} s`)), MOST_MS)
  })
  try {
    return [await Promise.race([work, late])]
  } catch (error) {
    process.stderr.write(`bench: ${name}: ${error instanceof Error ? error.message.split('\n')[0] : error}\n`)
    return []
  } finally {
    clearTimeout(timer)
  }
}

/** Budgets hold against the peer of the same run; without one (`[]`) only the limits on their own do. */
function rowsOf(name: string, runs: readonly Run[], peer: readonly Run[] | null): Row[] {
  const over = (of: readonly Run[], part: (run: Run) => number) => measured(of.map(part))
  const row = (what: string, part: (run: Run) => number, digits: number, budget: string, limit = 0): Row => {
    const value = over(runs, part)
    const against = peer && peer.length > 0 ? over(peer, part).median : Number.NaN
    const bound = limit > 0 ? limit : against
    return {
      what: `${name}: ${what}`,
      measured: shown(value, digits),
      budget: peer === null ? '' : budget,
      met: peer === null || Number.isNaN(bound) ? null : value.median <= bound,
    }
  }
  return [
    row('first picture after hand-over, s', run => run.firstPaintSeconds, 2, "≤ speedscope's"),
    row('frame work, median ms', run => part(run.frameWorkMs, 0.5), 1, '≤ 16.7 (60 frames/s)', 16.7),
    row('frame work, p95 ms', run => part(run.frameWorkMs, 0.95), 1, "≤ speedscope's"),
    row('input to paint, median ms', run => part(run.inputToPaintMs, 0.5), 0, "≤ speedscope's"),
    row('input to paint, p95 ms', run => part(run.inputToPaintMs, 0.95), 0, "≤ speedscope's"),
  ]
}

function againstFirefoxProfiler(name: string, runs: readonly Run[], file: string, multiple: number): Row {
  const standInSeconds = (measure('parse', file).seconds ?? Number.NaN) * multiple
  const ratio = measured(runs.map(({ firstPaintSeconds }) => firstPaintSeconds / standInSeconds))
  return {
    what: `${name}: first picture ÷ Firefox Profiler's (stand-in)`,
    measured: shown(ratio),
    budget: '≤ 0.7',
    met: ratio.median <= 0.7,
  }
}

const part = (values: readonly number[], of: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * of)] ?? Number.NaN

function interleave(browser: Browser, file: string): Promise<Run> {
  return served(file, url => run(browser, url, '.lanes-canvas', complete))
}

/** Until the whole trace is drawn and nothing is left to do. */
export async function complete(page: Page): Promise<void> {
  await page.locator('.lanes-canvas').waitFor()
  await page.evaluate(() =>
    (window as unknown as { __interleave: { idle(): Promise<void> } }).__interleave.idle(),
  )
}

/** Runs `use` while `interleave open --browser` serves the file. */
export async function served<T>(file: string, use: (url: string) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'interleave-bench-'))
  const server = spawn(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'open', '--browser', file], {
    env: { ...process.env, BROWSER: 'none', INTERLEAVE_DATA_DIR: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = await new Promise<string>(done =>
      server.stdout.once('data', line => done(/http:\S+/.exec(String(line))?.[0] ?? '')),
    )
    return await use(url)
  } finally {
    const gone = new Promise(done => server.once('close', done))
    server.kill('SIGINT')
    await gone
    rmSync(data, { recursive: true, force: true })
  }
}

/** Its release as npm has it, and the trace beside it, from one server on this machine. */
async function speedscope(browser: Browser, trace: string): Promise<Run> {
  const release = join(root, 'node_modules', 'speedscope', 'dist', 'release')
  const types: Readonly<Record<string, string>> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.wasm': 'application/wasm',
  }
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
  const port = typeof address === 'object' && address ? address.port : 0
  const base = `http://127.0.0.1:${port}`
  try {
    // Its last canvas is the one that shows the spans; it is there once the profile is.
    return await run(
      browser,
      `${base}/index.html#profileURL=${base}/trace.json`,
      'canvas >> nth=-1',
      async page => {
        await page.getByText('Time Order').waitFor()
        await page.locator('canvas').last().waitFor()
      },
    )
  } finally {
    server.close()
  }
}

async function run(
  browser: Browser,
  url: string,
  canvas: string,
  ready: (page: Page) => Promise<void>,
): Promise<Run> {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, reducedMotion: 'reduce' })
  page.setDefaultTimeout(MOST_MS)
  try {
    const startedMs = performance.now()
    await page.goto(url)
    await ready(page)
    await painted(page)
    const firstPaintSeconds = (performance.now() - startedMs) / 1000
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    const box = await page.locator(canvas).boundingBox()
    if (!box) throw new Error('nothing to zoom')
    await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.4)
    const frameWorkMs: number[] = []
    const inputToPaintMs: number[] = []
    for (let step = 0; step < STEPS; step++) {
      const before = await taskSeconds(session)
      inputToPaintMs.push(await wheel(page, step))
      frameWorkMs.push(((await taskSeconds(session)) - before) * 1000)
    }
    return { firstPaintSeconds, frameWorkMs, inputToPaintMs }
  } finally {
    await page.close()
  }
}

/** In by a third, panned by a third, out by a third; both apps zoom with Ctrl and pan with a sideways wheel. */
async function wheel(page: Page, step: number): Promise<number> {
  const third = Math.floor((step / STEPS) * 3)
  const shown = page.evaluate(
    () =>
      new Promise<number>(done => {
        window.addEventListener(
          'wheel',
          ({ timeStamp }) =>
            // A message that is posted in the frame arrives when the frame has been handed to the screen.
            requestAnimationFrame(() => {
              const { port1, port2 } = new MessageChannel()
              port1.onmessage = () => done(performance.now() - timeStamp)
              port2.postMessage(null)
            }),
          { once: true, capture: true, passive: true },
        )
      }),
  )
  if (third !== 1) await page.keyboard.down('Control')
  await page.mouse.wheel(third === 1 ? 60 : 0, third === 0 ? -60 : third === 2 ? 60 : 0)
  const took = await shown
  if (third !== 1) await page.keyboard.up('Control')
  return took
}

export const painted = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>(done => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  )

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
}
