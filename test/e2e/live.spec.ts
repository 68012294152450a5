/** Live: the real SDK sends, and its spans appear in the app while it runs. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Page } from 'playwright/test'
import { exportTo } from '../support/export-to.ts'
import { freePort } from '../support/free-port.ts'
import { type App, expect, idle, incident, test } from './app.ts'
import { expectClean } from './axe.ts'
import { drives } from './drives.ts'

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Live' })
const spansShown = (page: Page) => page.getByRole('contentinfo')

/** By the keyboard alone. */
async function start(page: Page, port: number): Promise<void> {
  await page.keyboard.press('Control+Shift+p')
  await page.keyboard.type('live')
  await page.keyboard.press('Enter')
  const box = dialogOf(page).getByLabel('Port')
  await box.focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(String(port))
  await page.keyboard.press('Enter')
}

interface View {
  readonly startNs: number
  readonly endNs: number
  readonly playheadNs: number
  readonly selected: unknown
}

const view = ({ page }: App): Promise<View> =>
  page.evaluate(() => {
    const { startNs, endNs, playheadNs, selected } = (
      window as unknown as { __interleave: { view(): View } }
    ).__interleave.view()
    return { startNs, endNs, playheadNs, selected }
  })

test('spans appear as they come; what is looked at stays, and the end is followed by who sees it', async ({
  app,
}) => {
  const { page } = app
  const port = await freePort()
  await start(page, port)
  await expect(dialogOf(page)).toContainText(`http://127.0.0.1:${port}`)
  await expect(dialogOf(page).getByRole('status')).toHaveText('Nothing has come yet.')
  await expectClean(page)
  await exportTo(port)
  await expect(dialogOf(page).getByRole('status')).toHaveText('40 spans · 1 log record')
  await expect(spansShown(page)).toContainText('40 spans')
  await expectClean(page)
  await page.screenshot({ path: process.env.LIVE_SHOT ?? 'test-results/live.png' })
  await page.keyboard.press('Escape')
  await app.idle()

  await page.keyboard.press('.')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Note text' }).fill('the first order')
  await page.keyboard.press('Escape')
  await app.idle()
  const all = await view(app)
  for (let times = 0; times < 4; times++) await page.keyboard.press('w')
  // Out of sight of the end, wherever the first span lies.
  for (let times = 0; times < 8; times++) await page.keyboard.press('a')
  await page.keyboard.press('Shift+ArrowRight')
  await app.idle()
  const before = await view(app)
  expect(before.endNs).toBeLessThan(all.endNs * 0.9)
  expect(before.selected).not.toBeNull()
  await exportTo(port)
  await expect(spansShown(page)).toContainText('80 spans')
  await app.idle()
  expect(await view(app)).toEqual(before)
  await expect(page.getByRole('region', { name: 'Notebook' })).toContainText('the first order')

  await page.keyboard.press('0')
  await app.idle()
  const whole = await view(app)
  await exportTo(port)
  await expect(page.getByRole('button', { name: 'Live, 120 spans' })).toBeVisible()
  await expect(spansShown(page)).toContainText('120 spans')
  await app.idle()
  expect((await view(app)).endNs).toBeGreaterThan(whole.endNs)

  await page.getByRole('button', { name: 'Live, 120 spans' }).click()
  await page.getByRole('button', { name: 'Stop receiving' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save a copy' }).click()
  const saved = await readFile(await (await download).path(), 'utf8')
  expect(saved.match(/"place order"/g)).toHaveLength(60)
  await expectClean(page)
})

test('a port that is taken is one line; the app goes on', async ({ app }) => {
  drives('live')
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  await start(app.page, port)
  await expect(dialogOf(app.page).getByRole('alert')).toHaveText(new RegExp(`^port ${port} is in use; .+$`))
  await expectClean(app.page)
  taken.close()
  await dialogOf(app.page).getByRole('button', { name: 'Start receiving' }).click()
  await expect(dialogOf(app.page)).toContainText(`http://127.0.0.1:${port}`)
})

test('a trace that is open gives way to what comes, but not one that is opened afterwards', async ({
  app,
}) => {
  const { page } = app
  const port = await freePort()
  await start(page, port)
  await exportTo(port)
  await expect(spansShown(page)).toContainText('40 spans')
  await page.keyboard.press('Escape')
  await page.reload()
  await app.idle()
  await expect(page.getByRole('button', { name: 'Live, 40 spans' })).toBeVisible()
  await app.drop(incident('frozen-app'))
  const shown = await spansShown(page).textContent()
  await exportTo(port)
  await page.getByRole('button', { name: 'Live, 80 spans' }).click()
  expect(await spansShown(page).textContent()).toBe(shown)
  await dialogOf(page).getByRole('button', { name: 'Show it' }).click()
  await expect(spansShown(page)).toContainText('80 spans')
})

test('what was received is among the recent files after the app was killed', async ({ page, serveApp }) => {
  const port = await freePort()
  const first = await serveApp([])
  await page.goto(first.url)
  await idle(page)
  await start(page, port)
  await exportTo(port)
  await expect(dialogOf(page).getByRole('status')).toHaveText('40 spans · 1 log record')
  await first.kill()
  const second = await serveApp([])
  await page.goto(second.url)
  await page.getByRole('button', { name: /otlp\.jsonl/ }).click()
  await expect(spansShown(page)).toContainText('40 spans')
})
