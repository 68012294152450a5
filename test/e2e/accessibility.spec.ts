/** axe over every state of the window, in both themes. */
import { expect, incident, test } from './app.ts'
import { expectClean } from './axe.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test('the empty window', async ({ app }) => {
      await expectClean(app.page)
    })

    test('an open trace with a note, and each dialog', async ({ app }) => {
      const { page } = app
      await app.drop(incident('frozen-app'))
      await page.getByRole('button', { name: 'Add note' }).click()
      await page.getByRole('textbox', { name: 'Note text' }).fill('a note')
      await page.keyboard.press('Enter')
      await app.idle()
      await expectClean(page)
      for (const [name, open] of [
        ['help', () => page.getByRole('button', { name: 'Keys and help' }).click()],
        ['report', () => page.getByRole('button', { name: /^Import/ }).click()],
        ['palette', () => page.keyboard.press('Control+Shift+p')],
        ['share', () => page.getByRole('button', { name: 'Share' }).click()],
      ] as const) {
        await test.step(name, async () => {
          await open()
          await expect(page.getByRole('dialog')).toBeVisible()
          await app.idle()
          await expectClean(page)
          await page.keyboard.press('Escape')
          await expect(page.getByRole('dialog')).toBeHidden()
        })
      }
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
      const box = (await page.locator('.lanes-canvas').boundingBox())!
      await page.mouse.move(box.x + 300, box.y + 150)
      await page.mouse.down()
      await page.mouse.move(box.x + 450, box.y + 330, { steps: 3 })
      await page.mouse.up()
      await app.idle()
      await page.getByRole('tab', { name: /Holds/ }).click()
      await page
        .getByRole('button', { name: /lanes$/ })
        .last()
        .click()
      await expect(page.getByRole('dialog', { name: 'Lanes shown' })).toBeVisible()
      await expectClean(page)
    })

    test('a problem', async ({ app }) => {
      await app.drop(`${import.meta.dirname}/../../fixtures/invalid/empty.json`)
      await expect(app.page.getByRole('alert')).toBeVisible()
      await expectClean(app.page)
    })
  })
}
