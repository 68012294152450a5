/** The built app for a test: its own process, its own data folder, its own page. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { test as base, expect, type Page } from 'playwright/test'

export { expect }
export const project = resolve(import.meta.dirname, '../..')
const cli = join(project, 'out', 'main', 'cli.js')

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

/** A host that a test starts, and kills, itself. All of one test share a data folder. */
export interface ServedApp {
  readonly url: string
  drop(page: Page, paths: readonly string[]): Promise<void>
  /** SIGKILL: no good-bye, no flush. */
  kill(): Promise<void>
}

interface Fixtures {
  readonly app: App
  readonly serveApp: (files: readonly string[]) => Promise<ServedApp>
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
    const data = await mkdtemp(join(tmpdir(), 'interleave-e2e-'))
    const children: ChildProcess[] = []
    await use(async files => {
      const { child, url } = await serve(files, data)
      children.push(child)
      return { url, drop, kill: () => end(child, 'SIGKILL') }
    })
    for (const child of children) await end(child, 'SIGINT')
    await rm(data, { recursive: true, force: true })
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

async function serve(files: readonly string[], data: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [cli, 'open', '--browser', ...files], {
    env: { ...process.env, BROWSER: 'none', INTERLEAVE_DATA_DIR: data },
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

async function idle(page: Page): Promise<void> {
  await page.waitForFunction(() => '__interleave' in window)
  await page.evaluate(() =>
    (window as unknown as { __interleave: { idle(): Promise<void> } }).__interleave.idle(),
  )
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
