/** Settings: limits are tried on the open trace, taken back or kept beside it; the wheel does what the preset says. */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, incident, test } from './app.ts'
import { drives } from './drives.ts'

const folder = mkdtempSync(join(tmpdir(), 'interleave-settings-'))
const trace = join(folder, 'blocked.otlp.jsonl')
const config = join(folder, 'interleave.config.json')
copyFileSync(incident('blocked-loop'), trace)
writeFileSync(config, '{\n  // ours\n  "thresholds": { "herdCount": 4 }\n}\n')

test.use({ options: { files: [trace] } })

test('a limit is tried, taken back, and kept', async ({ app }) => {
  const { page } = app
  const findings = page.getByRole('listbox', { name: 'Findings' })
  await expect(findings).toContainText('blocked the event loop documents#main')
  const openSettings = async () => {
    await page.getByRole('button', { name: 'Settings' }).click()
    return page.getByRole('textbox', { name: 'stall in ms', exact: true })
  }
  const stall = await openSettings()
  await expect(stall).toHaveValue('100')
  await stall.fill('5000')
  await page.getByRole('button', { name: 'Try', exact: true }).click()
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('with these limits')
  await app.idle()
  await page.keyboard.press('Escape')
  await app.idle()
  await expect(findings).toContainText('blocked the event loop documents#main')

  await (await openSettings()).fill('5000')
  await page.getByRole('button', { name: 'Keep' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await app.idle()
  await expect(findings).not.toContainText('blocked the event loop documents#main')
  const kept = readFileSync(config, 'utf8')
  expect(kept).toContain('// ours')
  expect(kept).toContain('"stallNs": 5000000000')
  expect(kept).toContain('"herdCount": 4')
})

test('under the keys of DevTools the wheel zooms', async ({ app }) => {
  drives('settings')
  const { page } = app
  await page.keyboard.press('Control+,')
  await page.getByRole('radio', { name: /DevTools/ }).check()
  await page.keyboard.press('Escape')
  const length = () =>
    page.evaluate(() => {
      const { view } = (window as unknown as { __interleave: { view(): { startNs: number; endNs: number } } })
        .__interleave
      return view().endNs - view().startNs
    })
  const before = await length()
  const box = (await page.locator('.lanes-canvas').boundingBox())!
  await page.mouse.move(box.x + 400, box.y + 300)
  await page.mouse.wheel(0, -300)
  await expect.poll(length).toBeLessThan(before)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText('Wheel, pinch')
})
