/** What a tab costs, as the operating system and the browser tell. */
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright'

export interface Tab {
  /** Of all threads of its process. */
  readonly processorSeconds: number
  readonly residentMb: number
  readonly peakMb: number
}

/** The tab of a browser that has one: of its processes the largest. Memory is NaN where there is no /proc. */
export async function tabOf(browser: Browser): Promise<Tab> {
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo')
  const tabs = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id, cpuTime }) => ({ processorSeconds: cpuTime, ...residentMb(id) }))
  return tabs.toSorted((a, b) => b.peakMb - a.peakMb)[0] as Tab
}

function residentMb(pid: number): Pick<Tab, 'residentMb' | 'peakMb'> {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1])
    return { residentMb: kilobytes('VmRSS') / 1000, peakMb: kilobytes('VmHWM') / 1000 }
  } catch {
    return { residentMb: Number.NaN, peakMb: Number.NaN }
  }
}
