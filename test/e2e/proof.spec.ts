/** Evidence that leaves the app: compare, redact, reports. */
import { readFile } from 'node:fs/promises'
import { unzipSync } from 'fflate'
import type { Locator, Page } from 'playwright/test'
import { extractPayload } from '../../src/core/share/png-payload.ts'
import { type App, expect, incident, test, viewOf } from './app.ts'
import { expectClean } from './axe.ts'
import { drives } from './drives.ts'

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
  drives('compare')
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
  await expect(dialog).toContainText(/\d+ findings?, the same as before/)
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

/** The recording of the fix, beside the open one. */
async function compareWithFixed(app: App, name: string): Promise<void> {
  const choosing = app.page.waitForEvent('filechooser')
  await app.page.keyboard.press('c')
  await (await choosing).setFiles(incident(name, 'fixed'))
  await app.idle()
  // Its code is loaded when it is first asked for.
  await expect(app.page.getByRole('dialog', { name: 'Compare' })).toBeVisible()
  await app.page.keyboard.press('Escape')
}

test('the report is validated by the compared recording: HTML, Markdown with its pictures, and redacted', async ({
  app,
  page,
}) => {
  test.slow()
  await open(app, frozen)
  await compareWithFixed(app, 'frozen-app')
  const dialog = await share(page)
  const validated = /recorded after the fix: 2 of 2 findings gone, 0 still there, 0 new/
  const html = await download(app, dialog.getByRole('button', { name: 'HTML report' }))
  expect(html.name).toMatch(/-report\.html$/)
  const markup = await readFile(html.path, 'utf8')
  expect(markup).toMatch(validated)
  expect(markup).not.toContain('Not validated yet')

  const zip = await download(app, dialog.getByRole('button', { name: 'Markdown report' }))
  expect(zip.name).toMatch(/-report\.zip$/)
  const files = unzipSync(await readFile(zip.path))
  const text = Buffer.from(files['report.md']!).toString()
  expect(text).toMatch(validated)
  expect(text).toContain('db-pool held')
  // Each picture is in it, and opens on the trace.
  const pictures = [...text.matchAll(/\]\(<?(report-F\d+\.png)>?/g)].map(([, name]) => name!)
  expect(pictures.length).toBeGreaterThan(0)
  expect(Object.keys(files).sort()).toEqual(['report.md', ...pictures].sort())
  for (const name of pictures) expect(extractPayload(files[name]!).kind).toBe('ok')

  await dialog.getByRole('checkbox', { name: /^Redact/ }).check()
  const redacted = await download(app, dialog.getByRole('button', { name: 'Markdown report' }))
  const hidden = Buffer.from(unzipSync(await readFile(redacted.path))['report.md']!).toString()
  expect(hidden).toMatch(validated)
  expect(hidden).not.toContain('fixed.otlp')
})

const message = (page: Page) => page.getByRole('complementary', { name: 'Message' })
const clipboardText = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText())

test.describe('with a clipboard', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

  test('a copied picture is a picture elsewhere and a view here', async ({ app, page }) => {
    await open(app, frozen)
    await addNote(app, 'copied along')
    await page.getByRole('listbox', { name: 'Findings' }).getByRole('option').nth(1).click()
    await app.idle()
    const dialog = await share(page)
    await dialog.getByRole('radio', { name: /^Finding/ }).click()
    await dialog.getByRole('radio', { name: 'View and spans' }).click()
    await dialog.getByRole('button', { name: 'Copy picture' }).click()
    await expect(message(page)).toContainText('Picture copied')
    const size = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read()
      const image = await createImageBitmap(await item!.getType('image/png'))
      return [image.width, image.height]
    })
    expect(size[0]).toBeGreaterThan(1000)
    await page.keyboard.press('Escape')

    // A page that never saw the trace.
    await page.evaluate(() => sessionStorage.clear())
    await page.reload()
    await app.idle()
    await expect(findingsOf(page)).toBeHidden()
    await page.keyboard.press('Control+v')
    await expect(findingsOf(page).getByRole('option').first()).toBeVisible()
    await app.idle()
    await expect(page.getByRole('list', { name: 'Notes', exact: true })).toContainText('copied along')
    expect((await viewOf(page)).finding).toBe('F2')
  })

  test('one finding as Markdown and as a prompt, validated by the compared recording', async ({
    app,
    page,
  }) => {
    await open(app, frozen)
    await compareWithFixed(app, 'frozen-app')
    await page.getByRole('button', { name: 'Copy as Markdown' }).click()
    await expect(message(page)).toContainText('Finding copied as Markdown')
    const markdown = await clipboardText(page)
    for (const part of ['Issue identified', 'Fix applied', 'Validation', 'checkAccess (auth.ts:21)'])
      expect(markdown).toContain(part)
    expect(markdown).toContain('fixed.otlp.jsonl')
    await page.getByRole('button', { name: 'Copy as prompt' }).click()
    await expect(message(page)).toContainText('Finding copied as a prompt')
    const prompt = await clipboardText(page)
    expect(prompt.length).toBeGreaterThan(markdown.length)
    expect(prompt).toContain('checkAccess (auth.ts:21)')
  })
})
