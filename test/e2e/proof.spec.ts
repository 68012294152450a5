/** Evidence that leaves the app: compare, redact, reports. */
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright/test'
import { extractPayload } from '../../src/core/share/png-payload.ts'
import { type App, expect, incident, test } from './app.ts'
import { expectClean } from './axe.ts'

const frozen = incident('frozen-app')
const findingsOf = (page: Page) => page.getByRole('listbox', { name: 'Findings' })

async function open(app: App, path: string): Promise<void> {
  await app.drop(path)
  await expect(findingsOf(app.page).getByRole('option').first()).toBeVisible()
}

async function addNote(app: App, text: string): Promise<void> {
  await app.page.getByRole('button', { name: 'Add note' }).click()
  await app.page.getByRole('textbox', { name: 'Note text' }).fill(text)
  await app.page.keyboard.press('Enter')
  await app.idle()
}

async function share(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  return page.getByRole('dialog', { name: 'Share' })
}

async function download(app: App, button: Locator): Promise<{ path: string; name: string }> {
  await app.idle()
  const downloading = app.page.waitForEvent('download')
  await button.click()
  const file = await downloading
  return { path: await file.path(), name: file.suggestedFilename() }
}

test('compare with the fixed recording: gone, times, lanes side by side; by keyboard, without barriers', async ({
  app,
}) => {
  const { page } = app
  await open(app, frozen)
  const choosing = page.waitForEvent('filechooser')
  await page.keyboard.press('c')
  await (await choosing).setFiles(incident('frozen-app', 'fixed'))
  await app.idle()
  const dialog = page.getByRole('dialog', { name: 'Compare' })
  await expect(dialog).toContainText('2 findings gone, 0 still there, nothing new.')
  await expect(dialog.getByRole('list', { name: 'Gone' })).toContainText('leaked-hold')
  await expect(dialog.getByRole('list', { name: 'Gone' })).toContainText('checkAccess (auth.ts:21)')
  await expect(dialog.getByRole('img', { name: /^db-pool, before/ })).toBeVisible()
  await expect(dialog.getByRole('img', { name: /^db-pool, after/ })).toBeVisible()
  await expect(dialog.getByRole('table', { name: 'Times' })).toContainText('db-pool held')
  await expect(dialog.getByRole('table', { name: 'Peaks' })).toContainText('10')
  await expectClean(page)
  await dialog.getByRole('button', { name: 'Swap' }).click()
  await expect(dialog).toContainText('2 findings appeared.')
  await expect(dialog.getByRole('list', { name: 'New' })).toContainText('leaked-hold')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

test('redacted: neither picture nor notes tell what was replaced, and what stays is listed', async ({
  app,
}) => {
  const { page } = app
  await open(app, incident('double-completion'))
  await addNote(app, 'job 4521 was completed twice, ask Ada')
  const dialog = await share(page)
  await dialog.getByRole('checkbox', { name: /^Redact/ }).check()
  await app.idle()
  await dialog.getByText('What stays visible').click()
  const words = dialog.getByRole('list', { name: 'Words that stay visible' })
  await expect(words).toContainText(/job #\d+ was .+ twice, ask Ada/)
  await dialog.getByRole('radio', { name: 'View and spans' }).click()
  const file = await download(app, dialog.getByRole('button', { name: 'Export PNG' }))
  expect(file.name).toMatch(/^redacted-/)
  const found = extractPayload(await readFile(file.path))
  const json = found.kind === 'ok' ? found.json : ''
  expect(json).toContain('ask Ada')
  expect(json).not.toMatch(/\b4521\b/)
  expect(json).not.toContain('in_progress')
  expect(json).not.toContain('double-completion')
})

test('the report is one file that runs and fetches nothing', async ({ app, browser }) => {
  const { page } = app
  await open(app, frozen)
  await addNote(app, '<script>document.title = "run"</script> seen at the pool')
  const dialog = await share(page)
  const file = await download(app, dialog.getByRole('button', { name: 'HTML report' }))
  expect(file.name).toMatch(/\.html$/)
  const html = await readFile(file.path, 'utf8')
  const context = await browser.newContext()
  const reader = await context.newPage()
  const asked: string[] = []
  reader.on('request', request => asked.push(request.url()))
  await reader.setContent(html)
  await expect(reader.getByRole('heading', { name: 'Root cause' })).toBeVisible()
  await expect(reader.getByRole('figure').first()).toBeVisible()
  await expect(reader.locator('body')).toContainText('seen at the pool')
  expect(await reader.title()).toBe('Incident report: chat-api')
  expect(asked.filter(url => !url.startsWith('data:'))).toEqual([])
  await expectClean(reader)
  await context.close()
})
