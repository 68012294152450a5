/** Keys and gestures that the walk through `gestures.spec.ts` does not pass: nesting, matches, notes by mouse, blocks, flags. */
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import type { Hit } from '../../src/core/scene/scene.ts'
import { type App, expect, hitsOf, incident, project, test, viewOf } from './app.ts'
import { drives } from './drives.ts'

test.use({ contextOptions: { reducedMotion: 'reduce' } })

const findingsOf = (page: Page) => page.getByRole('listbox', { name: 'Findings' }).getByRole('option')
const notesOf = (page: Page) => page.getByRole('list', { name: 'Notes', exact: true })

async function open(app: App, file: string): Promise<void> {
  await app.drop(file)
  await expect(findingsOf(app.page).first()).toBeVisible()
  await app.idle()
}

async function command(app: App, name: string): Promise<void> {
  await app.page.keyboard.press('Control+Shift+p')
  await app.page.keyboard.type(name)
  await app.page.keyboard.press('Enter')
  await app.idle()
}

test('a lane opens into the tasks that its task started, by key and by its triangle', async ({ app }) => {
  drives('open-lane', 'lane-triangle')
  const { page } = app
  await open(app, join(project, 'fixtures', 'python', 'lying-clock', 'bug.otlp.jsonl'))
  const session = (lanes: readonly string[]): number => lanes.findIndex(lane => /^task:.*:t2$/.test(lane))
  const closed = (await viewOf(page)).lanes
  const id = closed[session(closed)]!
  const status = page.getByRole('status').filter({ hasText: /(Opened|Closed) session/ })
  const listed = page
    .getByRole('list', { name: 'Lanes' })
    .getByRole('listitem')
    .filter({ hasText: /^session/ })
  await expect(listed.last()).toContainText(/opens into \d+ child tasks/)

  await test.step('E on something in the lane', async () => {
    await page.keyboard.press('Control+p')
    await page.keyboard.type('session')
    await page.keyboard.press('Enter')
    await app.idle()
    while ((await viewOf(page)).selected?.lane !== id) {
      await page.keyboard.press((await viewOf(page)).selected === null ? '.' : 'ArrowDown')
      await app.idle()
    }
    await page.keyboard.press('e')
    await app.idle()
    const view = await viewOf(page)
    expect(view.opened).toEqual([id])
    expect([...view.lanes].sort()).toEqual([...closed].sort())
    expect(view.lanes[session(view.lanes) + 1]).not.toBe(closed[session(closed) + 1])
    await expect(status).toContainText(/Opened session: \d+ child tasks below it/)
    await expect(listed.last()).toContainText(/open into \d+ child tasks/)
  })

  await test.step('with a note kept, it is open again after a reload', async () => {
    await page.keyboard.press('Enter')
    await page.keyboard.type('here')
    await page.keyboard.press('Enter')
    await app.idle()
    await page.reload()
    await app.idle()
    await expect(findingsOf(page).first()).toBeVisible()
    expect((await viewOf(page)).opened).toEqual([id])
  })

  await test.step('the triangle closes it', async () => {
    await page.locator('.lanes-canvas').hover()
    await page.mouse.wheel(0, -5000)
    await app.idle()
    const triangle = await middleOf(page, ({ target }) => target.kind === 'opener' && target.lane === id)
    await page.mouse.move(...triangle)
    await expect(page.locator('.tooltip')).toContainText(/^Close: \d+ child tasks/)
    await page.mouse.click(...triangle)
    await app.idle()
    expect(await viewOf(page)).toMatchObject({ opened: [], lanes: closed })
  })
})

test('matches are stepped through from anywhere', async ({ app }) => {
  drives('next-match', 'previous-match')
  const { page } = app
  await open(app, incident('frozen-app'))
  await page.keyboard.press('/')
  await page.keyboard.type('role:hold dur>1s')
  await app.idle()
  const selectedBy = async (key: string): Promise<unknown> => {
    await page.keyboard.press(key)
    await app.idle()
    return (await viewOf(page)).selected
  }
  const first = await selectedBy('Control+g')
  expect(first).not.toBeNull()
  expect(await selectedBy('Control+g')).not.toEqual(first)
  expect(await selectedBy('Control+Shift+g')).toEqual(first)
})

test('a hypothesis, everything taken over, the notebook as a file, the gallery', async ({ app }) => {
  drives('hypothesis', 'take-over', 'save-notebook', 'gallery')
  const { page } = app
  await open(app, incident('frozen-app'))
  await page.keyboard.press('y')
  await expect(page.getByRole('textbox', { name: /^(Note text|Text of)/ })).toBeFocused()
  await page.keyboard.type('the pool is too small')
  await page.keyboard.press('Enter')
  const atoms = page.getByRole('list', { name: 'Investigation' })
  await expect(atoms).toContainText('the pool is too small')
  await command(app, 'Take over findings')
  await expect(atoms).toContainText('thread-pool')
  const downloading = page.waitForEvent('download')
  await command(app, 'Save the notebook')
  expect((await downloading).suggestedFilename()).toMatch(/\.interleave\.json$/)
  await command(app, 'Gallery')
  await expect(page.getByRole('contentinfo')).toContainText('lanes')
  await expect(page.getByRole('list', { name: 'Lanes' })).toContainText('a pool of three')
})

test('notes by mouse: moved, out of sight and back', async ({ app }) => {
  drives('drag-note', 'veil-notes')
  const { page } = app
  await open(app, incident('frozen-app'))
  await page.keyboard.press('i')
  await page.keyboard.type('here')
  await page.keyboard.press('Enter')
  await app.idle()
  const place = notesOf(page).getByRole('listitem').locator('button.note-place')
  const before = await place.textContent()
  const [x, y] = await middleOf(page, ({ target }) => target.kind === 'note')
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x - 120, y, { steps: 6 })
  await page.mouse.up()
  await app.idle()
  await expect(place).not.toHaveText(before ?? '')
  const notesDrawn = async (): Promise<number> =>
    (await hitsOf(page)).filter(({ target }) => target.kind === 'note').length
  expect(await notesDrawn()).toBeGreaterThan(0)
  await page.keyboard.press('h')
  await app.idle()
  expect(await notesDrawn()).toBe(0)
  await page.keyboard.press('h')
  await app.idle()
  expect(await notesDrawn()).toBeGreaterThan(0)
})

test('a flag leads to its finding, a block of many to its area', async ({ app }) => {
  drives('flag', 'click-block')
  const { page } = app
  await open(app, incident('frozen-app'))
  await page.keyboard.press('0')
  await app.idle()
  await page.mouse.click(
    ...(await middleOf(page, ({ target }) => target.kind === 'finding' && target.finding === 'F2')),
  )
  await app.idle()
  expect((await viewOf(page)).finding).toBe('F2')
  await page.keyboard.press('0')
  await app.idle()
  await page.mouse.click(
    ...(await middleOf(page, ({ target }) => target.kind === 'item' && target.block !== undefined)),
  )
  await app.idle()
  const { range } = await viewOf(page)
  expect(range?.endNs).toBeGreaterThan(range!.startNs)
  expect(range?.lanes).toHaveLength(1)
})

/** Middle of the topmost thing of its sort that can be pointed at. */
async function middleOf(page: Page, wanted: (hit: Hit) => boolean): Promise<[number, number]> {
  const box = (await page.locator('.lanes-canvas').boundingBox())!
  const inSight = ({ y, h }: Hit): boolean => y >= 0 && y + h < box.height
  const hit = (await hitsOf(page)).findLast(one => inSight(one) && wanted(one))
  if (!hit) throw new Error('nothing of the sort is drawn')
  return [box.x + hit.x + hit.w / 2, box.y + hit.y + hit.h / 2]
}
