import { defineConfig } from 'playwright/test'
import { chromiumFlags, chromiumPath } from './scripts/chromium.ts'

const executablePath = chromiumPath()

/** The built app in a real browser over the loopback host. `npm run build` first; `npm test` does. */
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  // For a machine with other work: nothing here measures time, so waiting longer hides nothing.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env.CI !== undefined,
  // What passes only the second time is broken.
  retries: 0,
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      args: [...chromiumFlags],
      ...(executablePath !== null && { executablePath }),
    },
  },
})
