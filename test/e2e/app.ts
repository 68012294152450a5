/** The built app for a test: its own process, its own data folder, its own page. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { test as base, expect, type Page } from 'playwright/test'
import type { Hit } from '../../src/core/scene/scene.ts'

export { expect }
export const project = resolve(import.meta.dirname, '../..')
export const cli = join(project, 'out', 'main', 'cli.js')

export const incident = (name: string, variant: 'bug' | 'fixed' = 'bug'): string =>
  join(project, 'fixtures', 'incidents', name, `${variant}.otlp.jsonl`)

export interface App {
  readonly page: Page
  /** Address of the page, with its token. */
  readonly url: string
  /** Resolves when no load, frame or save is under way. */
  idle(): Promise<void>
  /** Drops files on the window as a person does. */
  drop(...paths: string[]): Promise<void>
}

export interface Options {
  /** Files named on the command line. */
  readonly files: readonly string[]
}

/** A host that a test starts, and kills, itself. */
export interface ServedApp {
  readonly url: string
  drop(page: Page, paths: readonly string[]): Promise<void>
  /** SIGKILL: no good-bye, no flush. */
  kill(): Promise<void>
}

interface Fixtures {
  readonly app: App
  /** Hosts of one machine share a home folder; another machine has its own, and nothing of the first. */
  readonly serveApp: (files: readonly string[], machine?: string) => Promise<ServedApp>
  /** What the page logged as an error, broken security rules among it: nothing, at the end of every test. */
  readonly problems: string[]
}

export const test = base.extend<Fixtures & { options: Options }>({
  options: [{ files: [] }, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
  problems: async ({}, use) => {
    const problems: string[] = []
    await use(problems)
    expect(problems).toEqual([])
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
  serveApp: async ({}, use) => {
    const homes = new Map<string, string>()
    const children: ChildProcess[] = []
    await use(async (files, machine = 'here') => {
      const home = homes.get(machine) ?? (await mkdtemp(join(tmpdir(), 'interleave-e2e-')))
      homes.set(machine, home)
      const { child, url } = await serve(files, home)
      children.push(child)
      return { url, drop, kill: () => end(child, 'SIGKILL') }
    })
    for (const child of children) await end(child, 'SIGINT')
    for (const home of homes.values()) await rm(home, { recursive: true, force: true })
  },
  app: async ({ page, options, problems }, use) => {
    const data = await mkdtemp(join(tmpdir(), 'interleave-e2e-'))
    const { child, url } = await serve(options.files, data)
    page.on('console', message => message.type() === 'error' && problems.push(message.text()))
    page.on('pageerror', error => problems.push(String(error)))
    await page.goto(url)
    const app: App = {
      page,
      url,
      idle: () => idle(page),
      drop: async (...paths) => {
        await drop(page, paths)
        await idle(page)
      },
    }
    await app.idle()
    await use(app)
    // From here on the host is gone, and the page may say so.
    page.removeAllListeners('console')
    await end(child, 'SIGINT')
    await rm(data, { recursive: true, force: true })
  },
})

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(done => child.once('close', done))
  child.kill(signal)
  await gone
}

async function serve(files: readonly string[], home: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [cli, 'open', '--browser', ...files], {
    env: { ...process.env, BROWSER: 'none', HOME: home, INTERLEAVE_DATA_DIR: join(home, 'data') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const url = await new Promise<string>((done, failed) => {
    const hear = (text: string): void => {
      said += text
      const found = /http:\S+/.exec(said)?.[0]
      if (found !== undefined && said.endsWith('\n')) done(found)
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.once('close', code => failed(new Error(`interleave open ended with ${code}: ${said}`)))
  })
  return { child, url }
}

/** What is looked at, as `renderer/start.ts` tells tests. */
export interface View {
  readonly startNs: number
  readonly endNs: number
  readonly scrollPx: number
  readonly playheadNs: number
  readonly playing: boolean
  readonly selected: { readonly lane: string; readonly item: number } | null
  readonly range: {
    readonly startNs: number
    readonly endNs: number
    readonly lanes: readonly string[]
  } | null
  readonly finding: string
  readonly lanes: readonly string[]
  readonly collapsed: readonly string[]
  readonly opened: readonly string[]
}

interface Hooked {
  readonly __interleave: { idle(): Promise<void>; view(): View; hits(): readonly Hit[] }
}

export const viewOf = (page: Page): Promise<View> =>
  page.evaluate(() => (window as unknown as Hooked).__interleave.view())

/** What can be pointed at on the lanes, px of their canvas. */
export const hitsOf = (page: Page): Promise<readonly Hit[]> =>
  page.evaluate(() => (window as unknown as Hooked).__interleave.hits())

/** Resolves when no load, frame or save is under way. */
export async function idle(page: Page): Promise<void> {
  await page.waitForFunction(() => '__interleave' in window)
  await page.evaluate(() => (window as unknown as Hooked).__interleave.idle())
}

/** Drags over the lanes as a person does, in pixels of their canvas. */
export async function dragLanes(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const box = (await page.locator('.lanes-canvas').boundingBox())!
  await page.mouse.move(box.x + from[0], box.y + from[1])
  await page.mouse.down()
  await page.mouse.move(box.x + to[0], box.y + to[1], { steps: 6 })
  await page.mouse.up()
  await idle(page)
}

async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const files = await Promise.all(
    paths.map(async path => ({ name: basename(path), base64: (await readFile(path)).toString('base64') })),
  )
  const transfer = await page.evaluateHandle(async given => {
    const data = new DataTransfer()
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), char => char.charCodeAt(0))
      data.items.add(new File([bytes], name))
    }
    return data
  }, files)
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('.drop-target', type, { dataTransfer: transfer })
  }
  await transfer.dispose()
}
