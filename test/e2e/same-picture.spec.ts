/** The app in Chromium and `interleave shot` in Node make one picture: the same marks, and pixels as near as two builds of Skia come. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createCanvas, type ImageData, loadImage } from '@napi-rs/canvas'
import { type App, expect, incident, project, test } from './app.ts'

const trace = incident('frozen-app')

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
  const folder = await mkdtemp(join(tmpdir(), 'interleave-shot-'))
  const output = join(folder, `a.${suffix}`)
  const cli = join(project, 'out', 'main', 'cli.js')
  await promisify(execFile)(process.execPath, [
    ...[cli, 'shot', trace, '-o', output, '--finding', 'F1', '--embed', 'none'],
    ...options,
  ])
  const bytes = await readFile(output)
  await rm(folder, { recursive: true })
  return bytes
}

async function pixels(png: Buffer): Promise<ImageData> {
  const image = await loadImage(png)
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  return context.getImageData(0, 0, image.width, image.height)
}

/** Of pixels whose worst channel differs by more than `from`, the share of all. */
function differing(a: ImageData, b: ImageData, from: number): number {
  let count = 0
  for (let at = 0; at < a.data.length; at += 4) {
    const worst = Math.max(...[0, 1, 2].map(part => Math.abs(a.data[at + part]! - b.data[at + part]!)))
    if (worst > from) count++
  }
  return count / (a.data.length / 4)
}

for (const theme of ['light', 'dark']) {
  test(`a finding as the app exports it and as shot draws it, ${theme}`, async ({ app }) => {
    test.slow()
    const { page } = app
    await app.drop(trace)
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Share' })
    await dialog.getByRole('radio', { name: 'Finding F1' }).click()
    await dialog.getByRole('radio', { name: theme, exact: false }).click()
    await dialog.getByRole('radio', { name: 'Nothing' }).click()
    for (const scale of [1, 2]) {
      await dialog.getByRole('radio', { name: `${scale}×` }).click()
      const inApp = await pixels(await exported(app, 'PNG'))
      const size = ['--width', String(inApp.width / scale), '--theme', theme]
      const inNode = await pixels(await shot('png', ...size, '--scale', String(scale)))
      expect([inNode.width, inNode.height]).toEqual([inApp.width, inApp.height])
      // Blending rounds differently; edges, and letters more than edges, are smoothed differently.
      expect(differing(inApp, inNode, 2)).toBeLessThan(0.07)
      expect(differing(inApp, inNode, 64)).toBeLessThan(0.001)
      expect(differing(inApp, inNode, 128)).toBeLessThan(0.0001)
      if (scale === 1) {
        const svg = (bytes: Buffer): string =>
          bytes.toString().replace(/<style>[\s\S]*?<\/style>|<title>[\s\S]*?<\/title>/g, '')
        expect(svg(await shot('svg', ...size))).toBe(svg(await exported(app, 'SVG')))
      }
    }
  })
}
