/** The whole main job on a recorded incident: load, see, scrub, annotate, share, reopen. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import { type App, expect, incident, test } from './app.ts'
import { drives } from './drives.ts'

const frozen = incident('frozen-app')
const canvasOf = (page: Page) => page.getByRole('img', { name: /^Swimlanes\. / })
const stateOf = (page: Page) => page.getByRole('region', { name: 'State at playhead' })
const findingsOf = (page: Page) => page.getByRole('listbox', { name: 'Findings' })
const notesOf = (page: Page) => page.getByRole('list', { name: 'Notes' })

/** What the lanes show right now. */
async function picture(app: App): Promise<string> {
  await app.idle()
  return (await canvasOf(app.page).screenshot()).toString('base64')
}

/** Drops the frozen app on an empty window. */
async function openFrozen(app: App): Promise<void> {
  await app.drop(frozen)
  await expect(findingsOf(app.page).getByRole('option').first()).toBeVisible()
}

test('drop, find, fly, scrub, annotate, reload, share, reopen', async ({ app }) => {
  const { page } = app
  await expect(page.getByRole('heading', { name: 'See who blocked whom.' })).toBeVisible()

  await test.step('a dropped trace shows its findings, the worst selected', async () => {
    await openFrozen(app)
    const worst = findingsOf(page).getByRole('option', { selected: true })
    await expect(worst).toContainText('db-pool')
    const card = page.getByRole('article', { name: 'Finding' })
    await expect(card).toContainText('10 of 10 held')
    await expect(card).toContainText(/auth\.ts:\d+/)
    await expect(card).toContainText('timed out')
    await page.getByText('Ruled out', { exact: true }).first().click()
    await expect(page.getByRole('list', { name: 'Ruled out' })).toContainText('thread-pool')
  })

  await test.step('a click on a finding moves the view', async () => {
    const before = await picture(app)
    await findingsOf(page).getByRole('option').first().click()
    expect(await picture(app)).not.toBe(before)
  })

  await test.step('scrubbing moves the playhead, and the state follows', async () => {
    await page.getByRole('button', { name: 'Step forward' }).click()
    await app.idle()
    const playhead = page.getByRole('status', { name: 'Playhead' })
    const at = await playhead.textContent()
    const state = await stateOf(page).textContent()
    const box = await canvasOf(page).boundingBox()
    if (box === null) throw new Error('no lanes')
    // On the ruler, past the middle of what is shown: there the pool is exhausted.
    await page.mouse.move(box.x + box.width * 0.4, box.y + 8)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.62, box.y + 8, { steps: 6 })
    await page.mouse.up()
    await app.idle()
    expect(await playhead.textContent()).not.toBe(at)
    expect(await stateOf(page).textContent()).not.toBe(state)
    await expect(stateOf(page)).toContainText('10 of 10')
    await expect(stateOf(page).getByRole('table', { name: 'Waiting for db-pool' })).toBeVisible()
  })

  await test.step('a note is kept over a reload', async () => {
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('textbox', { name: 'Note text' }).fill('The pool is gone **here**.')
    await page.keyboard.press('Enter')
    await app.idle()
    await expect(notesOf(page).getByRole('listitem')).toHaveCount(1)
    await page.reload()
    await app.idle()
    await expect(findingsOf(page).getByRole('option').first()).toBeVisible()
    await expect(notesOf(page)).toContainText('The pool is gone here.')
    await expect(notesOf(page).locator('strong')).toHaveText('here')
  })

  const shared = await test.step('the view is shared as a picture', async () => {
    await page.getByRole('button', { name: 'Share' }).click()
    const dialog = page.getByRole('dialog', { name: 'Share' })
    await expect(dialog).toBeVisible()
    // The trace travels along, so that the picture opens where the trace is not.
    await dialog.getByRole('radio', { name: 'View and spans' }).click()
    await app.idle()
    const downloading = page.waitForEvent('download')
    await dialog.getByRole('button', { name: /PNG/ }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toMatch(/\.png$/)
    return { path: await download.path(), name: download.suggestedFilename() }
  })

  await test.step('the picture is a PNG of twice the size that carries the view', async () => {
    const bytes = await readFile(shared.path)
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
    expect(bytes.readUInt32BE(16)).toBeGreaterThan(1500)
    expect(bytes.includes('iTXt')).toBe(true)
  })

  await test.step('dropped on an empty window, it opens the same view', async () => {
    // A slice begins later than the whole trace, so that relative times differ; the instant must not.
    await page.keyboard.press('Escape')
    await page.getByRole('radio', { name: 'UTC' }).click()
    const playhead = await page.getByRole('status', { name: 'Playhead' }).textContent()
    const title = await page
      .getByRole('article', { name: 'Finding' })
      .getByRole('heading')
      .first()
      .textContent()
    await page.evaluate(() => sessionStorage.clear())
    await page.goto(app.url)
    await app.idle()
    await expect(page.getByRole('heading', { name: 'See who blocked whom.' })).toBeVisible()
    await app.drop(shared.path)
    await expect(findingsOf(page).getByRole('option').first()).toBeVisible()
    await expect(notesOf(page)).toContainText('The pool is gone here.')
    await expect(page.getByRole('status', { name: 'Playhead' })).toHaveText(playhead ?? '')
    await expect(page.getByRole('article', { name: 'Finding' }).getByRole('heading').first()).toHaveText(
      title ?? '',
    )
  })
})

test('a picture without its trace shows its view on the trace it was made from', async ({ app }) => {
  const { page } = app
  await openFrozen(app)
  await page.getByRole('button', { name: 'Add note' }).click()
  await page.getByRole('textbox', { name: 'Note text' }).fill('only the view')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Share' }).click()
  const dialog = page.getByRole('dialog', { name: 'Share' })
  await dialog.getByRole('radio', { name: 'View', exact: true }).click()
  await app.idle()
  const downloading = page.waitForEvent('download')
  await dialog.getByRole('button', { name: /PNG/ }).click()
  const path = await (await downloading).path()
  await page.keyboard.press('Escape')
  await page.evaluate(() => sessionStorage.clear())
  await page.goto(app.url)
  await app.idle()
  await app.drop(path)
  await expect(page.getByRole('alert')).toContainText('but not their trace')
  await app.drop(frozen)
  await expect(page.getByRole('alert')).toBeHidden()
  await app.drop(path)
  await expect(notesOf(page)).toContainText('only the view')
})

test('everything by keyboard', async ({ app }) => {
  drives('open', 'redo', 'share')
  const { page } = app
  const choosing = page.waitForEvent('filechooser')
  await page.keyboard.press('Control+o')
  await (await choosing).setFiles(frozen)
  await expect(findingsOf(page).getByRole('option').first()).toBeVisible()
  await app.idle()

  const before = await picture(app)
  await page.keyboard.press('n')
  expect(await picture(app)).not.toBe(before)

  const playhead = page.getByRole('status', { name: 'Playhead' })
  const at = await playhead.textContent()
  await page.keyboard.press('Shift+ArrowRight')
  await app.idle()
  expect(await playhead.textContent()).not.toBe(at)

  await page.keyboard.press('r')
  await page.keyboard.type('made without a mouse')
  await page.keyboard.press('Enter')
  await expect(notesOf(page)).toContainText('made without a mouse')
  await page.keyboard.press('Control+z')
  await expect(notesOf(page)).not.toContainText('made without a mouse')
  await page.keyboard.press('Control+Shift+z')
  await expect(notesOf(page)).toContainText('made without a mouse')

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()

  await page.keyboard.press('Control+s')
  await expect(page.getByRole('dialog', { name: 'Share' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('where nothing is held the state panel names who is alive, what they await, and leads there', async ({
  app,
}) => {
  const { page } = app
  await app.drop(incident('lying-clock'))
  await page.keyboard.press('n')
  await app.idle()
  const live = stateOf(page).getByRole('table', { name: 'Other live tasks' })
  await expect(stateOf(page).getByRole('heading', { name: /^Live tasks/ })).toBeVisible()
  const session = live.getByRole('row', { name: /^session/ })
  await expect(session).toContainText('awaits broadcast #')
  await session.getByRole('button').click()
  await app.idle()
  await expect(page.getByRole('tabpanel', { name: 'Selection' })).toContainText('session')
})
