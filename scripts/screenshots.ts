/**
 * `npm run screenshots [-- NAME …]`: pictures of the built app for the README, 1440 × 900, light and dark, into
 * `docs/screenshots/`. Each comes from a process and a page of its own.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { generated } from './bench/traces.ts'
import { chromiumFlags, chromiumPath } from './chromium.ts'

const root = resolve(import.meta.dirname, '..')
const out = join(root, 'docs', 'screenshots')
const incident = (name: string): string => join(root, 'fixtures', 'incidents', name, 'bug.otlp.jsonl')

/** Three services after an incident: a wrong clock, lost spans, a file exported twice, one cut off. */
const messy = async (): Promise<readonly string[]> =>
  ['gateway', 'orders', 'stock'].map(name => join(root, 'fixtures', 'merged', 'messy', `${name}.otlp.jsonl`))

interface Shot {
  readonly name: string
  readonly files: () => Promise<readonly string[]>
  /** Brings the page to what is to be seen; by default, what is there when the app is idle. */
  readonly prepare: (page: Page) => Promise<void>
}

const idle = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => '__interleave' in window)
  await page.evaluate(() =>
    (window as unknown as { __interleave: { idle(): Promise<void> } }).__interleave.idle(),
  )
}

/** The worst finding chosen, as after a click: the view has flown to it. */
async function showWorst(page: Page): Promise<void> {
  await idle(page)
  await page.getByRole('listbox', { name: 'Findings' }).getByRole('option').first().click()
  await idle(page)
}

const shots: readonly Shot[] = [
  ...['frozen-app', 'double-completion', 'blocked-loop'].map(
    (name): Shot => ({ name, files: async () => [incident(name)], prepare: showWorst }),
  ),
  {
    name: 'lying-clock',
    files: async () => [incident('lying-clock')],
    prepare: async page => {
      await showWorst(page)
      // Only the finding's lanes, and one broadcast of the many from edge to edge.
      for (const key of ['v', '.', 'f', 'f']) await page.keyboard.press(key)
      await idle(page)
      await page.getByRole('tab', { name: /^Finding/ }).click()
    },
  },
  {
    name: 'search',
    files: async () => [incident('frozen-app')],
    prepare: async page => {
      await showWorst(page)
      await page.keyboard.press('/')
      await page.keyboard.type('role:wait dur>1s')
      await idle(page)
    },
  },
  {
    name: 'selection',
    files: async () => [incident('frozen-app')],
    prepare: async page => {
      await idle(page)
      const lanes = await page.locator('.lanes-canvas').boundingBox()
      if (lanes === null) throw new Error('no lanes')
      await page.mouse.move(lanes.x + 300, lanes.y + 150)
      await page.mouse.down()
      await page.mouse.move(lanes.x + 450, lanes.y + 330, { steps: 4 })
      await page.mouse.up()
      await idle(page)
      await page.getByRole('tab', { name: /Blame/ }).click()
    },
  },
  {
    name: 'gallery',
    files: async () => [join(root, 'fixtures', 'gallery', 'gallery.otlp.jsonl')],
    prepare: idle,
  },
  { name: 'huge', files: async () => [await generated(1_000_000, 'concurrent')], prepare: idle },
  { name: 'empty', files: async () => [], prepare: idle },
  {
    name: 'loading',
    files: async () => [await generated(1_000_000, 'concurrent')],
    prepare: async page => {
      await page.locator('.loading-lanes canvas').waitFor()
      // Lanes that have grown for a while.
      await page.waitForFunction(() => (document.querySelector('progress')?.position ?? 0) > 0.3)
    },
  },
  {
    name: 'import-report',
    files: messy,
    prepare: async page => {
      await idle(page)
      await page.getByRole('button', { name: /^Import:/ }).click()
    },
  },
  {
    name: 'clocks',
    files: messy,
    prepare: async page => {
      await idle(page)
      await page.getByRole('button', { name: /^Clock/ }).click()
      await page.getByRole('button', { name: 'Use suggested' }).click()
    },
  },
  {
    name: 'broken-input',
    files: async () => [join(root, 'fixtures', 'invalid', 'broken-json.json')],
    prepare: async page => {
      await page.getByRole('alert').waitFor()
      await idle(page)
    },
  },
]

async function take(browser: Browser, shot: Shot, colorScheme: 'light' | 'dark'): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'interleave-screenshots-'))
  const server = spawn(
    process.execPath,
    [join(root, 'out', 'main', 'cli.js'), 'open', '--browser', ...(await shot.files())],
    {
      env: { ...process.env, BROWSER: 'none', INTERLEAVE_DATA_DIR: data },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    colorScheme,
    reducedMotion: 'reduce',
  })
  page.setDefaultTimeout(300_000)
  try {
    const url = await new Promise<string>((done, failed) => {
      server.stdout.once('data', line => done(/http:\S+/.exec(String(line))?.[0] ?? ''))
      server.once('exit', code => failed(new Error(`interleave open ended with ${code}`)))
    })
    await page.goto(url)
    await shot.prepare(page)
    // The pointer would leave a tooltip.
    await page.mouse.move(720, 899)
    const path = join(out, `${shot.name}-${colorScheme}.png`)
    await page.screenshot({ path, animations: 'disabled' })
    console.log(path)
  } finally {
    await page.close()
    const gone = new Promise(done => server.once('close', done))
    server.kill('SIGINT')
    await gone
    rmSync(data, { recursive: true, force: true })
  }
}

const executablePath = chromiumPath()
if (executablePath === null) {
  console.error('no Chromium found: install chromium, or run npx playwright install chromium')
  process.exit(2)
}
const wanted = process.argv.slice(2)
const unknown = wanted.find(name => !shots.some(shot => shot.name === name))
if (unknown !== undefined) {
  console.error(`no picture is called ${unknown}; known: ${shots.map(shot => shot.name).join(', ')}`)
  process.exit(2)
}
mkdirSync(out, { recursive: true })
const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
for (const shot of shots) {
  if (wanted.length > 0 && !wanted.includes(shot.name)) continue
  for (const colorScheme of ['light', 'dark'] as const) await take(browser, shot, colorScheme)
}
await browser.close()
