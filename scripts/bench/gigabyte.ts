/** A file of 1 GB through everything that is shipped: the commands as whole processes, and the app in a browser. */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { chromiumFlags, chromiumPath } from '../chromium.ts'
import { painted } from './drive.ts'
import type { Row } from './statistics.ts'
import { interleave } from './subjects.ts'
import { tabOf } from './tab.ts'
import { generated, megabytes } from './traces.ts'

const root = resolve(import.meta.dirname, '..', '..')
const mostMinutes = 10

/** Once each: whether it works at all is the question here, budgets are held against files of a million spans. */
export async function benchGigabyte(spans: number): Promise<Row[]> {
  const file = await generated(spans, 'concurrent')
  const name = `${(megabytes(file) / 1000).toFixed(2)} GB`
  const rows = ['analyze', 'check'].flatMap(command =>
    rowsOf(`interleave ${command}, ${name}`, wholeProcess(command, file)),
  )
  const executablePath = chromiumPath()
  if (executablePath === null) return rows
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
  try {
    return [...rows, ...rowsOf(`the app, ${name}`, await inBrowser(browser, file))]
  } finally {
    await browser.close()
  }
}

/** By what was measured, with its unit. */
type Numbers = Readonly<Record<string, number>>

function rowsOf(name: string, numbers: Numbers): Row[] {
  return Object.entries(numbers).map(([what, value]) => ({
    what: `${name}: ${what}`,
    measured: value.toFixed(what.endsWith(', s') ? 1 : 0),
    budget: what === longestTask ? '≤ 50' : '',
    met: what === longestTask ? value <= 50 : null,
  }))
}

/** Says at its end what the process used. */
const usage = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\nusage '+JSON.stringify(process.resourceUsage())))`

function wholeProcess(command: string, file: string): Numbers {
  const startedMs = performance.now()
  const cli = join(root, 'out', 'main', 'cli.js')
  const ran = spawnSync(process.execPath, ['--import', usage, cli, command, file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: mostMinutes * 60_000,
  })
  const seconds = (performance.now() - startedMs) / 1000
  const used = /\nusage (\{.*\})/.exec(ran.stderr)?.[1]
  if (used === undefined) throw new Error(`${command} ended with ${ran.status ?? ran.signal}: ${ran.stderr}`)
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(used) as NodeJS.ResourceUsage
  return {
    'whole process, s': seconds,
    'processor time, s': (userCPUTime + systemCPUTime) / 1e6,
    'peak resident, MB': maxRSS / 1000,
  }
}

const longestTask = 'longest task of the page, ms'

function inBrowser(browser: Browser, file: string): Promise<Numbers> {
  return interleave.served(file, async url => {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, reducedMotion: 'reduce' })
    page.setDefaultTimeout(mostMinutes * 60_000)
    await page.addInitScript(() => {
      const longest = { ms: 0 }
      Object.assign(window, { longest })
      new PerformanceObserver(list => {
        for (const { duration } of list.getEntries()) longest.ms = Math.max(longest.ms, duration)
      }).observe({ type: 'longtask' })
    })
    const startedMs = performance.now()
    await page.goto(url)
    await interleave.ready(page)
    await painted(page)
    const seconds = (performance.now() - startedMs) / 1000
    const tab = await tabOf(browser)
    return {
      'handed over → drawn with findings, s': seconds,
      'processor time of the tab, s': tab.processorSeconds,
      'tab resident, MB': tab.residentMb,
      'tab peak resident, MB': tab.peakMb,
      [longestTask]: await page.evaluate(() => (window as unknown as { longest: { ms: number } }).longest.ms),
    }
  })
}
