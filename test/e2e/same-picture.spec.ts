/** The app and `interleave shot` make one picture: the same bytes, of a finding, of a view and of a selection. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Locator, Page } from 'playwright/test'
import { type App, cli, expect, incident, test } from './app.ts'

const trace = incident('frozen-app')
let folder = ''
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave-shot-'))
})
test.afterAll(() => rm(folder, { recursive: true }))

async function shareDialog(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  return page.getByRole('dialog', { name: 'Share' })
}

async function exported(app: App, suffix: 'PNG' | 'SVG'): Promise<Buffer> {
  await app.idle()
  const downloading = app.page.waitForEvent('download')
  await app.page
    .getByRole('dialog', { name: 'Share' })
    .getByRole('button', { name: `Export ${suffix}` })
    .click()
  return readFile(await (await downloading).path())
}

async function shot(suffix: string, ...options: readonly string[]): Promise<Buffer> {
  const output = join(folder, `shot.${suffix}`)
  await promisify(execFile)(process.execPath, [
    ...[cli, 'shot', trace, '-o', output, '--embed', 'none'],
    ...options,
  ])
  return readFile(output)
}

const widthPx = (png: Buffer): number => png.readUInt32BE(16)

for (const theme of ['light', 'dark']) {
  test(`a finding as the app exports it and as shot draws it, ${theme}`, async ({ app }) => {
    test.slow()
    await app.drop(trace)
    const dialog = await shareDialog(app.page)
    await dialog.getByRole('radio', { name: 'Finding F1' }).click()
    await dialog.getByRole('radio', { name: theme, exact: false }).click()
    await dialog.getByRole('radio', { name: 'Nothing' }).click()
    for (const scale of [1, 2, 3]) {
      await dialog.getByRole('radio', { name: `${scale}×` }).click()
      const inApp = await exported(app, 'PNG')
      const size = ['--finding', 'F1', '--width', String(widthPx(inApp) / scale), '--theme', theme]
      expect(inApp.equals(await shot('png', ...size, '--scale', String(scale)))).toBe(true)
      if (scale === 1) {
        const svg = (bytes: Buffer): string =>
          bytes.toString().replace(/<style>[\s\S]*?<\/style>|<title>[\s\S]*?<\/title>/g, '')
        expect(svg(await shot('svg', ...size))).toBe(svg(await exported(app, 'SVG')))
      }
    }
  })
}

/** Exports what is chosen, with its view inside and without, and has `shot` draw that view on the trace. */
async function expectSame(app: App, subject: string): Promise<void> {
  const dialog = await shareDialog(app.page)
  await dialog.getByRole('radio', { name: subject, exact: true }).click()
  const carrier = join(folder, 'view.png')
  await writeFile(carrier, await exported(app, 'PNG'))
  await dialog.getByRole('radio', { name: 'Nothing' }).click()
  const inApp = await exported(app, 'PNG')
  const inNode = await shot('png', carrier, '--width', String(widthPx(inApp) / 2), '--time', 'utc')
  expect(inApp.equals(inNode)).toBe(true)
  await app.page.keyboard.press('Escape')
}

test('a view and a selection, drawn again by shot from what the picture carries', async ({ app }) => {
  test.slow()
  const { page } = app
  await app.drop(trace)
  await page.getByRole('radio', { name: 'UTC' }).click()
  await page.keyboard.press('w')
  await page.keyboard.press('.')
  await app.idle()
  await expectSame(app, 'On screen')
  await expectSame(app, 'Selection')
  // A range over all lanes, then what is dragged over some.
  await page.keyboard.press('m')
  await expectSame(app, 'Selection')
  await page.keyboard.press('0')
  await app.idle()
  const lanes = (await page.getByRole('img', { name: /^Swimlanes/ }).boundingBox())!
  await page.mouse.move(lanes.x + 400, lanes.y + 150)
  await page.mouse.down()
  await page.mouse.move(lanes.x + 700, lanes.y + 420, { steps: 4 })
  await page.mouse.up()
  await expect(page.getByRole('article', { name: 'Selected range' })).toContainText(/\d+ lanes/)
  await expectSame(app, 'Selection')
})
