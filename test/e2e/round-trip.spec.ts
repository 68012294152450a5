/** Notes and a view go to another machine: its own host, home folder and browser profile, and no trace to be found. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright/test'
import { cli, expect, idle, incident, test, viewOf } from './app.ts'

/** What a person sees of it. */
async function seen(page: Page) {
  const { startNs, endNs } = await viewOf(page)
  const card = await page.getByRole('article', { name: 'Finding' }).innerText()
  return {
    findings: await page.getByRole('listbox', { name: 'Findings' }).getByRole('option').allInnerTexts(),
    // What was ruled out may rest on what lies outside of the stretch that travels.
    finding: card.split('Against it', 1)[0],
    playhead: await page.getByRole('status', { name: 'Playhead' }).innerText(),
    window: [Math.round(startNs), Math.round(endNs)],
    notes: await notesOf(page).getByRole('listitem').allInnerTexts(),
  }
}

const notesOf = (page: Page) => page.getByRole('list', { name: 'Notes', exact: true })

/** A profile without a past. */
async function freshPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(url)
  await idle(page)
  await page.getByRole('radio', { name: 'UTC' }).click()
  await idle(page)
  return page
}

/** A label on a span, a box over lanes, a pin and a range, at the worst finding. */
async function annotate(page: Page): Promise<void> {
  await page.keyboard.press('.')
  await page.getByRole('button', { name: 'Add note' }).click()
  await write(page, 'a label')
  await page.getByRole('listbox', { name: 'Findings' }).getByRole('option').first().click()
  for (const [key, text] of [
    ['b', 'a box'],
    ['i', 'the pool is gone **here**'],
    ['r', 'a range'],
  ] as const) {
    await idle(page)
    await page.keyboard.press(key)
    await write(page, text)
  }
  await expect(notesOf(page).getByRole('listitem')).toHaveCount(4)
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Note text' }).fill(text)
  await page.keyboard.press('Enter')
  await idle(page)
}

async function share(page: Page, embed: string, button: string, path: string): Promise<void> {
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Share' })
  await dialog.getByRole('radio', { name: embed, exact: true }).click()
  await idle(page)
  const downloading = page.waitForEvent('download')
  await dialog.getByRole('button', { name: button }).click()
  await (await downloading).saveAs(path)
  await page.keyboard.press('Escape')
}

test.describe('between machines', () => {
  let folder = ''
  let trace = ''
  test.beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interleave-round-trip-'))
    trace = join(folder, 'trace.otlp.jsonl')
    await writeFile(trace, await readFile(incident('frozen-app')))
  })
  test.afterEach(() => rm(folder, { recursive: true, force: true }))

  test('picture and bundle, opened without the trace: same view, notes, findings', async ({
    browser,
    serveApp,
  }) => {
    // Four profiles and four hosts.
    test.slow()
    const here = await serveApp([trace])
    const page = await freshPage(browser, here.url)
    await annotate(page)
    const before = await seen(page)
    const shared: string[] = []
    for (const suffix of ['PNG', 'SVG', '.interleave']) {
      const path = join(folder, `shared.${suffix.replace('.', '').toLowerCase()}`)
      await share(page, 'View and spans', `Export ${suffix}`, path)
      shared.push(path)
    }
    // Nothing of the first machine is left: host, profile, trace, sidecar.
    await page.context().close()
    await here.kill()
    await rm(trace)
    await rm(`${trace}.interleave.json`)

    for (const path of shared) {
      const there = await serveApp([path], path)
      const other = await freshPage(browser, there.url)
      expect(await seen(other), path).toEqual(before)
      await other.context().close()
      await there.kill()
    }
  })

  test('a picture with the view alone, on the trace exported again in another format', async ({
    browser,
    serveApp,
  }) => {
    const shared = join(folder, 'shared.png')
    const again = join(folder, 'again.chrome.json')
    const here = await serveApp([trace])
    const page = await freshPage(browser, here.url)
    await annotate(page)
    const before = await seen(page)
    await share(page, 'View', 'Export PNG', shared)
    await page.context().close()
    await promisify(execFile)(process.execPath, [cli, 'convert', trace, '-o', again])
    await rm(trace)

    const there = await serveApp([again, shared], 'elsewhere')
    const other = await freshPage(browser, there.url)
    const after = await seen(other)
    expect(after.notes).toEqual(before.notes)
    expect(after.findings).toEqual(before.findings)
    expect(after.window).toEqual(before.window)
    await other.context().close()
  })

  test('a trace that was moved without its sidecar finds its notes', async ({ browser, serveApp }) => {
    const page = await freshPage(browser, (await serveApp([trace])).url)
    await annotate(page)
    const { notes } = await seen(page)
    await page.context().close()
    await mkdir(join(folder, 'archive'))
    const moved = join(folder, 'archive', 'renamed.jsonl')
    await rename(trace, moved)
    const other = await freshPage(browser, (await serveApp([moved])).url)
    expect((await seen(other)).notes).toEqual(notes)
    await other.context().close()
  })
})
