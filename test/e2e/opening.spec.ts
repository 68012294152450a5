/** How traces get in: by argument, by sample, by several at once; and what happens when they cannot. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lines, otlp } from '../support/otlp.ts'
import { expect, incident, project, test } from './app.ts'

const findings = { role: 'listbox', name: 'Findings' } as const

test.describe('by argument', () => {
  test.use({ options: { files: [incident('double-completion')] } })

  test('the named trace is open, its decisive moment told', async ({ app }) => {
    const { page } = app
    await expect(
      page.getByRole(findings.role, { name: findings.name }).getByRole('option').first(),
    ).toBeVisible()
    const card = page.getByRole('article', { name: 'Finding' })
    await expect(card).toContainText(/\d+(\.\d+)? ms apart/)
    await expect(card).toContainText('nothing held')
    const steps = card.getByRole('region', { name: 'What happened' }).getByRole('listitem')
    await expect(steps).not.toHaveCount(0)
    await expect(card).toContainText('in_progress')
  })
})

test.describe('three services, one with a wrong clock, after an incident', () => {
  const files = ['gateway', 'orders', 'stock'].map(name =>
    join(project, 'fixtures', 'merged', 'messy', `${name}.otlp.jsonl`),
  )
  test.use({ options: { files } })

  test('the report says what is lost, doubtful and repaired', async ({ app }) => {
    const { page } = app
    await page.getByRole('button', { name: /^Import: / }).click()
    const dialog = page.getByRole('dialog', { name: 'Import report' })
    await expect(dialog.getByRole('region', { name: 'Lost' })).toContainText('stock.otlp.jsonl line 6')
    await expect(dialog.getByRole('region', { name: 'Lost' })).toContainText('made-up parent')
    await expect(dialog.getByRole('region', { name: 'Doubtful' })).toContainText('clock of "orders"')
    await expect(dialog.getByRole('region', { name: 'Repaired' })).toContainText('identical copies')
  })

  test('the suggested offset is applied, and taken back', async ({ app }) => {
    const { page } = app
    const clock = page.getByRole('button', { name: /^Clock / })
    await expect(clock).toContainText('clocks disagree')
    await clock.click()
    const clocks = page.getByRole('dialog', { name: 'Clocks' })
    await expect(clocks.getByRole('row', { name: /^orders/ })).toContainText('ahead of gateway')
    await page.getByRole('button', { name: 'Use suggested' }).click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await app.idle()
    await expect(clock).toContainText('1 clock corrected')
    await clock.click()
    await page.getByRole('button', { name: 'As written' }).click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await app.idle()
    await expect(clock).toContainText('clocks disagree')
  })
})

test.describe('several by argument', () => {
  test.use({ options: { files: [incident('blocked-loop'), incident('double-completion')] } })

  test('become one trace', async ({ app }) => {
    await expect(app.page.getByRole('contentinfo')).toContainText('2 processes')
  })
})

test('a sample opens from the empty window, and is recent only when it was a file', async ({ app }) => {
  const { page } = app
  await page
    .getByRole('button', { name: /blocked loop/i })
    .first()
    .click()
  await app.idle()
  await expect(page.getByRole('listbox', { name: 'Findings' })).toContainText('documents#main')
})

test('the page is isolated, so that memory can be shared with the worker', async ({ app }) => {
  expect(await app.page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true)
})

test.describe('what cannot be read', () => {
  const invalid = (name: string): string => join(project, 'fixtures', 'invalid', name)

  for (const name of ['empty.json', 'binary.bin', 'broken-json.json']) {
    test(`${name}: a message, and the app goes on`, async ({ app }) => {
      const { page } = app
      await app.drop(invalid(name))
      const alert = page.getByRole('alert')
      await expect(alert).toContainText(`${name} could not be opened`)
      await expect(alert).toContainText(/Interleave reads|is needed/)
      await app.drop(incident('frozen-app'))
      await expect(alert).toBeHidden()
      await expect(page.getByRole('listbox', { name: 'Findings' }).getByRole('option').first()).toBeVisible()
      // With a trace open, a bad file leaves it open.
      await app.drop(invalid(name))
      await expect(alert).toBeVisible()
      await expect(page.getByRole('listbox', { name: 'Findings' }).getByRole('option').first()).toBeVisible()
    })
  }

  for (const name of ['cyclic-parents.json', 'end-before-start.json', 'deep-parent-chain.jsonl.gz']) {
    test(`${name} opens repaired, and the repairs are counted`, async ({ app }) => {
      const { page } = app
      await app.drop(invalid(name))
      await expect(page.getByRole('alert')).toBeHidden()
      await expect(page.getByRole('img', { name: /^Swimlanes\. / })).toBeVisible()
      await expect(page.getByRole('contentinfo')).toContainText(/\d spans?/)
    })
  }
})

test.describe('while a file is read', () => {
  /** Of two services, one of which fails now and then: large enough to be analysed for a while. */
  const many = (): string =>
    lines(
      ...Array.from({ length: 200 }, (_, batch) =>
        otlp({
          resource: { 'service.name': batch % 2 === 0 ? 'orders' : 'stock' },
          spans: Array.from({ length: 100 }, (_, at) => {
            const start = (batch * 100 + at) * 1e5
            return {
              id: (batch * 100 + at + 1).toString(16),
              name: 'op',
              start,
              end: start + 1e5,
              status: batch % 2 === 1 && at === 0 ? 2 : 0,
            }
          }),
        }),
      ),
    )

  test('what is read so far is drawn, and listed', async ({ app }, info) => {
    const { page } = app
    const file = info.outputPath('many.otlp.jsonl')
    await writeFile(file, many())
    await page.evaluate(() => {
      const seen = { list: '', picture: '' }
      Object.assign(window, { seen })
      new MutationObserver(() => {
        const canvas = document.querySelector('.loading-lanes canvas')
        if (!canvas) return
        seen.picture = canvas.getAttribute('aria-label') ?? ''
        seen.list = document.querySelector('.loading-lanes ul')?.textContent ?? ''
      }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
    })
    await app.drop(file)
    const seen = await page.evaluate(
      () => (window as unknown as { seen: { list: string; picture: string } }).seen,
    )
    expect(seen.picture).toContain('2 services')
    expect(seen.list).toBe('orders: 10,000 spansstock: 10,000 spans · 100 errors')
    await expect(page.getByRole('region', { name: 'Loading' })).toBeHidden()
  })

  test('reading can be given up: the window is as it was', async ({ page, serveApp }) => {
    const { url } = await serveApp([incident('frozen-app')])
    await page.route(/\/file\//, () => {})
    await page.goto(url)
    const loading = page.getByRole('region', { name: 'Loading' })
    await expect(loading).toContainText('bug.otlp.jsonl')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(loading).toBeHidden()
    await expect(page.getByRole('button', { name: /frozen app/i }).first()).toBeVisible()
  })
})
