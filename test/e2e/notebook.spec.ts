/** Notes and the investigation in a real browser: every kind of note, two windows, a host that dies, pictures that reopen. */
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { type App, expect, incident, test } from './app.ts'
import { expectCleanInBothThemes } from './axe.ts'
import { drives } from './drives.ts'

const doubled = incident('double-completion')
const notesOf = (page: Page) => page.getByRole('list', { name: 'Notes', exact: true })
const tab = (page: Page, name: RegExp) =>
  page.getByRole('tablist', { name: 'Notebook' }).getByRole('tab', { name })

async function open(app: App): Promise<void> {
  await app.drop(doubled)
  await expect(app.page.getByRole('listbox', { name: 'Findings' }).getByRole('option').first()).toBeVisible()
}

async function write(app: App, text: string): Promise<void> {
  await expect(app.page.getByRole('textbox', { name: /^(Note text|Text of)/ })).toBeFocused()
  await app.page.keyboard.type(text)
  await app.page.keyboard.press('Enter')
  await app.idle()
}

test('every kind of note by keyboard alone; hidden, coloured, undone', async ({ app }) => {
  drives('annotate', 'annotate-range', 'annotate-box', 'pin', 'link', 'area-up', 'area-down', 'undo')
  test.slow()
  const { page } = app
  await open(app)
  await page.keyboard.press('.')
  await page.keyboard.press('Enter')
  await expectCleanInBothThemes(page, '.notebook')
  await write(app, 'a label')
  await page.keyboard.press('l')
  await page.keyboard.press('.')
  await page.keyboard.press('l')
  await write(app, 'a link')
  await page.keyboard.press('b')
  await write(app, 'a box')
  await page.keyboard.press('i')
  await write(app, 'a pin')
  await page.keyboard.press('Escape')
  await page.keyboard.press('r')
  await write(app, 'a range')
  for (const kind of ['label', 'link', 'box', 'pin', 'range']) {
    await expect(
      notesOf(page)
        .getByRole('listitem')
        .filter({ hasText: `a ${kind}` }),
    ).toContainText(kind)
  }
  // A box over other lanes: go to it, grow the area, move the note onto it.
  const box = notesOf(page).getByRole('listitem').filter({ hasText: 'a box' })
  const goToBox = async (): Promise<void> => {
    await box.locator('button.note-place').focus()
    await page.keyboard.press('Enter')
    await app.idle()
  }
  await goToBox()
  const area = page.getByRole('article', { name: 'Selected range' })
  await expect(area).toContainText('1 lane')
  await page.getByRole('img', { name: /^Swimlanes/ }).focus()
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowUp')
  await expect(area).toContainText('2 lanes')
  await box.getByRole('button', { name: 'Move note to the selection' }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await goToBox()
  await expect(area).toContainText('2 lanes')
  const label = notesOf(page).getByRole('listitem').filter({ hasText: 'a label' })
  await label.getByRole('button', { name: 'Hide note' }).focus()
  await page.keyboard.press('Enter')
  await expect(label).toContainText('hidden')
  await label.getByRole('combobox', { name: 'Colour of the note' }).selectOption('red')
  await label.getByRole('button', { name: 'Delete note' }).focus()
  await page.keyboard.press('Enter')
  await expect(label).toHaveCount(0)
  for (let step = 0; step < 3; step++) await page.keyboard.press('Control+z')
  await expect(label).toBeVisible()
  await expect(label).not.toContainText('hidden')
  await expect(label.getByRole('combobox', { name: 'Colour of the note' })).toHaveValue('violet')
})

test('a script in a note never runs, an image in it is never asked for', async ({ app, problems }) => {
  const { page } = app
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  await open(app)
  await page.getByRole('button', { name: 'Add note' }).click()
  await page
    .getByRole('textbox', { name: 'Note text' })
    .fill(
      '<script>document.title = "ran"</script><img src=x onerror="document.title = 1"> \n\n![p](https://example.com/p.png) [l](javascript:document.title=2) **bold**',
    )
  await page.keyboard.press('Enter')
  await app.idle()
  await expect(notesOf(page).locator('strong')).toHaveText('bold')
  expect(await notesOf(page).locator('script, img, [href^="javascript:"]').count()).toBe(0)
  await notesOf(page).getByText('l', { exact: true }).click()
  expect(await page.title()).not.toMatch(/^(ran|1|2)$/)
  expect(asked.filter(url => url.includes('example.com'))).toEqual([])
  expect(problems).toEqual([])
})

test.describe('of a file the host knows', () => {
  const folders: string[] = []
  const copied = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'interleave-notes-'))
    folders.push(folder)
    const path = join(folder, 'trace.otlp.jsonl')
    await writeFile(path, await readFile(doubled))
    return path
  }
  test.afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
  })

  test('a note being typed is there after the host was killed', async ({ page, serveApp }) => {
    const path = await copied()
    const first = await serveApp([path])
    await page.goto(first.url)
    await expect(page.getByRole('listbox', { name: 'Findings' }).getByRole('option').first()).toBeVisible()
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('textbox', { name: 'Note text' }).pressSequentially('half a sentence', { delay: 30 })
    const sidecar = `${path}.interleave.json`
    // The text box is still open: a draft is saved as it is typed.
    await expect(page.getByRole('textbox', { name: 'Note text' })).toBeVisible()
    await expect.poll(() => readFile(sidecar, 'utf8').catch(() => '')).toContain('half a sentence')
    await first.kill()
    const second = await serveApp([path])
    await page.goto(second.url)
    await expect(notesOf(page)).toContainText('half a sentence')
  })

  test('two windows edit: nothing is lost, and it is told', async ({ page, context, serveApp }) => {
    const path = await copied()
    const { url } = await serveApp([path])
    const other = await context.newPage()
    for (const one of [page, other]) {
      await one.goto(url)
      await expect(one.getByRole('listbox', { name: 'Findings' }).getByRole('option').first()).toBeVisible()
    }
    const add = async (one: Page, text: string): Promise<void> => {
      await one.getByRole('button', { name: 'Add note' }).click()
      await one.getByRole('textbox', { name: 'Note text' }).fill(text)
      await one.keyboard.press('Enter')
      await expect(one.getByText('saved', { exact: true })).toBeVisible()
    }
    await add(page, 'from the first window')
    await add(other, 'from the second window')
    await expect(notesOf(other)).toContainText('from the first window')
    await expect(
      other.getByRole('status').filter({ hasText: 'Another window changed this notebook: 1 added' }),
    ).toHaveCount(1)
    await page.bringToFront()
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await expect(notesOf(page)).toContainText('from the second window')
    const kept = JSON.parse(await readFile(`${path}.interleave.json`, 'utf8'))
    expect(kept.notes.map(({ text }: { text: string }) => text).sort()).toEqual([
      'from the first window',
      'from the second window',
    ])
  })

  test('two instances of the app edit the same notebook', async ({ page, context, serveApp }) => {
    const path = await copied()
    const other = await context.newPage()
    for (const [one, machine] of [
      [page, 'here'],
      [other, 'there'],
    ] as const) {
      await one.goto((await serveApp([path], machine)).url)
      await one.getByRole('button', { name: 'Add note' }).click()
      await one.getByRole('textbox', { name: 'Note text' }).fill(`written ${machine}`)
      await one.keyboard.press('Enter')
      await expect(one.getByText('saved', { exact: true })).toBeVisible()
    }
    await page.bringToFront()
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    for (const one of [page, other])
      for (const machine of ['here', 'there']) await expect(notesOf(one)).toContainText(`written ${machine}`)
  })

  test('a read-only trace: where notes will go is told before the first one', async ({ page, serveApp }) => {
    const path = await copied()
    await chmod(path, 0o444)
    await page.goto((await serveApp([path])).url)
    const notebook = page.getByRole('region', { name: 'Notebook' })
    await expect(notebook).toContainText("notes will go to the app's folder")
    await expect(notebook).toContainText('the trace is read-only')
    const downloading = page.waitForEvent('download')
    await notebook.getByRole('button', { name: 'Save elsewhere' }).click()
    expect((await downloading).suggestedFilename()).toMatch(/\.interleave\.json$/)
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('textbox', { name: 'Note text' }).fill('kept all the same')
    await page.keyboard.press('Enter')
    await expect(notebook).toContainText("saved in the app's folder")
    expect(await readdir(join(path, '..'))).toEqual(['trace.otlp.jsonl'])
    await page.reload()
    await expect(notesOf(page)).toContainText('kept all the same')
  })

  test('a damaged sidecar is told in one line and put aside, never overwritten', async ({
    page,
    serveApp,
  }) => {
    const path = await copied()
    const damaged = '{"version":2,"notes":[{"text":"half a no'
    await writeFile(`${path}.interleave.json`, damaged)
    await page.goto((await serveApp([path])).url)
    await expect(page.getByRole('complementary', { name: 'Message' })).toContainText(
      /The notes kept for this trace could not be read: .+\. They are put aside before yours are saved\./,
    )
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('textbox', { name: 'Note text' }).fill('a new beginning')
    await page.keyboard.press('Enter')
    await expect(page.getByText('saved', { exact: true })).toBeVisible()
    const names = await readdir(join(path, '..'))
    const aside = names.find(name => name.endsWith('.bak'))
    expect(await readFile(join(path, '..', aside!), 'utf8')).toBe(damaged)
    expect(await readFile(`${path}.interleave.json`, 'utf8')).toContain('a new beginning')
  })

  test("a colleague's notebook joins what is open, and can be taken back", async ({ page, serveApp }) => {
    const path = await copied()
    const { url, drop } = await serveApp([path])
    await page.goto(url)
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('textbox', { name: 'Note text' }).fill('mine')
    await page.keyboard.press('Enter')
    await expect(page.getByText('saved', { exact: true })).toBeVisible()
    const theirs = JSON.parse(await readFile(`${path}.interleave.json`, 'utf8'))
    const [note] = theirs.notes
    theirs.notes = [{ ...note, id: 'theirs', text: 'theirs', author: 'bo' }]
    const sent = join(path, '..', 'from-bo.interleave.json')
    await writeFile(sent, JSON.stringify(theirs))
    await drop(page, [sent])
    await expect(notesOf(page)).toContainText('mine')
    await expect(notesOf(page)).toContainText('theirs')
    await expect(page.getByRole('status').filter({ hasText: 'Notes taken in: 1 added' })).toHaveCount(1)
    await page.keyboard.press('Control+z')
    await expect(notesOf(page)).not.toContainText('theirs')
  })
})

test('an investigation: take over, test, contradict, resolve, fix; without barriers', async ({ app }) => {
  drives('investigation')
  // axe looks at six states of it, twice.
  test.slow()
  const { page } = app
  await open(app)
  await tab(page, /^Investigation/).click()
  await page.getByRole('button', { name: /^Take over \d+ finding/ }).click()
  const list = page.getByRole('list', { name: 'Investigation' })
  const first = list.getByRole('listitem').first()
  await expect(first).toContainText('hypothesis')
  await expect(first.getByRole('button', { name: 'F1', exact: true })).toBeVisible()
  await first.getByRole('combobox', { name: 'Verdict of the hypothesis' }).selectOption('supported')

  await first.getByRole('button', { name: '+ outcome' }).click()
  await expectCleanInBothThemes(page, '.notebook')
  await write(app, 'it also fails with the lock')
  const outcome = list.getByRole('listitem').filter({ hasText: 'it also fails with the lock' })
  await outcome.getByRole('combobox', { name: 'Verdict of the outcome' }).selectOption('refutes')
  const open1 = page.getByRole('region', { name: 'Contradictions' })
  await expect(open1).toContainText('the outcome refutes it, but it is called supported')
  await expectCleanInBothThemes(page, '.notebook')
  await outcome.getByRole('combobox', { name: 'Verdict of the outcome' }).selectOption('supports')
  await expect(open1).toHaveCount(0)

  await tab(page, /^To fix/).click()
  const queue = page.getByRole('list', { name: 'Still to fix' })
  const before = await queue.getByRole('listitem').count()
  expect(before).toBeGreaterThan(0)
  await expectCleanInBothThemes(page, '.notebook')
  // Choosing the root cause takes nothing off the queue: the two facts are independent.
  const card = page.getByRole('article', { name: 'Finding' })
  await card.getByRole('combobox', { name: 'Explains the symptom' }).selectOption('yes')
  await expect(queue.getByRole('listitem')).toHaveCount(before)
  await queue
    .getByRole('button', { name: /^\+ fix/ })
    .first()
    .click()
  await write(app, ' in one transaction')
  const fix = list.getByRole('listitem').filter({ hasText: 'in one transaction' })
  await fix.getByRole('combobox', { name: 'Verdict of the fix' }).selectOption('verified')
  await tab(page, /^To fix/).click()
  await expect(page.getByRole('list', { name: 'Still to fix' }).getByRole('listitem')).toHaveCount(before - 1)

  await page.keyboard.press('Shift+y')
  const dialog = page.getByRole('dialog', { name: 'Investigation' })
  await expect(dialog.getByRole('table', { name: 'Investigation' })).toContainText(
    'it also fails with the lock',
  )
  await expectCleanInBothThemes(page)
  await dialog.getByRole('tab', { name: 'Timeline' }).click()
  await expectCleanInBothThemes(page)
  await dialog
    .getByRole('list', { name: 'Incident in the order of time' })
    .getByRole('button', { name: /finding/ })
    .first()
    .click()
  await expect(dialog).toBeHidden()
  await app.idle()

  await page.reload()
  await app.idle()
  await tab(page, /^Investigation/).click()
  await expect(page.getByRole('list', { name: 'Investigation' })).toContainText('in one transaction')
})
