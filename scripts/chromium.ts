import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** A Chromium to drive: the system's, else the one that Playwright downloaded; null when there is none. */
export function chromiumPath(): string | null {
  const found = places.find(path => path !== undefined && existsSync(path))
  if (found !== undefined) return found
  const own = chromium.executablePath()
  return existsSync(own) ? own : null
}

/** How it is started: nothing of its own on the network, and no sandbox for root, who cannot have one. */
export const chromiumFlags: readonly string[] = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--force-color-profile=srgb',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]
