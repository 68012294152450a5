/** axe over every state of the window, in both themes. */
import { type App, dragLanes, expect, incident, test } from './app.ts'
import { expectClean } from './axe.ts'

async function expectCleanDialogs(
  { page, idle }: App,
  ways: Readonly<Record<string, () => Promise<void>>>,
): Promise<void> {
  for (const [name, open] of Object.entries(ways)) {
    await test.step(name, async () => {
      await open()
      await expect(page.getByRole('dialog')).toBeVisible()
      await idle()
      await expectClean(page)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toBeHidden()
    })
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test('the empty window', async ({ app }) => {
      await expectClean(app.page)
    })

    test('an open trace with a note, and its dialogs', async ({ app }) => {
      const { page } = app
      await app.drop(incident('frozen-app'))
      await page.getByRole('button', { name: 'Add note' }).click()
      await page.getByRole('textbox', { name: 'Note text' }).fill('a note')
      await page.keyboard.press('Enter')
      await app.idle()
      await expectClean(page)
      await expectCleanDialogs(app, {
        help: () => page.getByRole('button', { name: 'Keys and help' }).click(),
        report: () => page.getByRole('button', { name: /^Import/ }).click(),
        palette: () => page.keyboard.press('Control+Shift+p'),
        share: () => page.getByRole('button', { name: 'Share' }).click(),
      })
    })

    test('settings, clocks and investigation', async ({ app }) => {
      const { page } = app
      await app.drop(incident('frozen-app'))
      await expectCleanDialogs(app, {
        settings: () => page.keyboard.press('Control+,'),
        clocks: () => page.getByRole('button', { name: /^Clock/ }).click(),
        investigation: () => page.keyboard.press('Shift+Y'),
      })
    })

    test('a search, its problem, a selected area, the choice of lanes', async ({ app }) => {
      const { page } = app
      await app.drop(incident('frozen-app'))
      await page.keyboard.press('/')
      await page.keyboard.type('role:ho')
      await app.idle()
      await expectClean(page)
      await page.keyboard.type('ld dur>1s')
      await page.keyboard.press('Enter')
      await app.idle()
      await expectClean(page)
      await page.keyboard.press('Escape')
      await dragLanes(page, [300, 150], [450, 330])
      await page.getByRole('tab', { name: /Holds/ }).click()
      await page
        .getByRole('button', { name: /lanes$/ })
        .last()
        .click()
      await expect(page.getByRole('dialog', { name: 'Lanes shown' })).toBeVisible()
      await expectClean(page)
    })

    test('the gallery with a queue, a critical path, a rule, a record', async ({ app }) => {
      const { page } = app
      await app.drop(`${import.meta.dirname}/../../fixtures/gallery/gallery.otlp.jsonl`)
      await page.keyboard.press('/')
      await page.keyboard.type('role:wait')
      await page.keyboard.press('Enter')
      await app.idle()
      await page.keyboard.press('Escape')
      await page.keyboard.press('k')
      await expect(page.getByRole('region', { name: 'Critical path' })).toBeVisible()
      await expect(page.getByRole('table', { name: 'Queues' })).toBeVisible()
      await expectClean(page)
      await page.keyboard.press('/')
      await page.keyboard.type('GET /ordinary')
      await page.keyboard.press('Enter')
      await app.idle()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Treat as…' }).click()
      await app.idle()
      await expectClean(page)
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+p')
      await page.keyboard.type('Errors and marks')
      await page.keyboard.press('Enter')
      await app.idle()
      await expect(page.getByRole('region', { name: 'Record' })).toBeVisible()
      await expectClean(page)
    })

    test('a problem', async ({ app }) => {
      await app.drop(`${import.meta.dirname}/../../fixtures/invalid/empty.json`)
      await expect(app.page.getByRole('alert')).toBeVisible()
      await expectClean(app.page)
    })
  })
}

// At 200 % zoom a window has half as many CSS pixels: of 2000 × 1200, 1440 × 900, 1280 × 720.
for (const [width, height] of [
  [1000, 600],
  [720, 450],
  [640, 360],
] as const) {
  test(`at 200 % zoom of ${2 * width} × ${2 * height} nothing scrolls sideways, and every part can be reached`, async ({
    app,
  }) => {
    const { page } = app
    await page.setViewportSize({ width, height })
    await app.drop(incident('frozen-app'))
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(await overflow()).toBeLessThanOrEqual(0)
    for (const name of ['Open', 'Merge', 'Compare', 'Live', 'Keys and help', 'Settings', 'Share']) {
      await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 })
    }
    await expect(page.getByRole('combobox', { name: 'Search' })).toBeInViewport()
    await expect(page.locator('.lanes-canvas')).toBeInViewport()
    for (const key of ['?', 'Control+,']) {
      await page.keyboard.press(key)
      const dialog = page.getByRole('dialog')
      const box = (await dialog.boundingBox())!
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(width)
      expect(box.y + box.height).toBeLessThanOrEqual(height)
      await page.keyboard.press('Escape')
    }
    expect(await overflow()).toBeLessThanOrEqual(0)
  })
}

test.describe('with reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } })

  test('a jump is there at once, and nothing in the page moves by itself', async ({ app }) => {
    const { page } = app
    await app.drop(incident('frozen-app'))
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    const flights = await page.evaluate(async () => {
      const { view } = (window as unknown as { __interleave: { view(): { startNs: number } } }).__interleave
      const before = view().startNs
      window.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyN', key: 'n', bubbles: true }))
      const after = view().startNs
      await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
      return { before, after, later: view().startNs }
    })
    expect(flights.after).not.toBe(flights.before)
    expect(flights.later).toBe(flights.after)
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 1)
        .map(animation => (animation.effect as KeyframeEffect).target?.className),
    )
    expect(moving).toEqual([])
  })
})

test('arrows choose among tabs and segments, Tab reaches the chosen one', async ({ app }) => {
  const { page } = app
  await app.drop(incident('frozen-app'))
  const notes = page.getByRole('tab', { name: /^Notes/ })
  const toFix = page.getByRole('tab', { name: /^To fix/ })
  await notes.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(toFix).toBeFocused()
  await expect(toFix).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('tabpanel', { name: /^To fix/ })).toBeVisible()
  await expect(notes).toHaveAttribute('tabindex', '-1')

  const displays = page.getByRole('radiogroup', { name: 'Time display' }).getByRole('radio')
  await displays.first().focus()
  await page.keyboard.press('End')
  await expect(displays.last()).toBeFocused()
  await expect(displays.last()).toBeChecked()
})
