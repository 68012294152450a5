/** "Treat spans like this as …": tried on the lanes, kept in the config beside the trace, applied when it is opened again. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { otlp, type SpanInput } from '../support/otlp.ts'
import { type App, expect, test } from './app.ts'

const ms = 1e6
const folder = mkdtempSync(join(tmpdir(), 'interleave-rules-'))
const trace = join(folder, 'orders.otlp.jsonl')
const config = join(folder, 'interleave.config.json')

/** Two orders at a time in a critical section that only the application knows of. */
const spans: SpanInput[] = [0, 1].flatMap(order => [
  {
    id: `a${order}`,
    trace: `${order + 1}`,
    name: 'POST /orders',
    start: order * 20 * ms,
    end: (order * 20 + 100) * ms,
    kind: 2,
  },
  {
    id: `b${order}`,
    trace: `${order + 1}`,
    parent: `a${order}`,
    name: 'with stock lock',
    start: (order * 20 + 10) * ms,
    end: (order * 20 + 70) * ms,
    attributes: { 'lock.name': 'stock' },
  },
])
writeFileSync(trace, `${JSON.stringify(otlp({ resource: { 'service.name': 'shop' }, spans }))}\n`)
writeFileSync(config, '{\n  // ours\n  "thresholds": { "herdCount": 4 }\n}\n')

test.use({ options: { files: [trace] } })

/** Selects the first span of the search. */
async function pick({ page, idle }: App, name: string): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
  await idle()
  await page.keyboard.press('Escape')
}

test.describe.configure({ mode: 'serial' })

test('a rule shows in the lanes while it is made, and not when it is given up', async ({ app }) => {
  const { page } = app
  await pick(app, 'with stock lock')
  await page.getByRole('button', { name: 'Treat as…' }).click()
  await app.idle()
  const rule = page.getByRole('form', { name: 'Rule' })
  await expect(rule.getByRole('status')).toHaveText('2 spans of this trace follow it.')
  await expect(page.getByRole('listbox', { name: 'Findings' })).toContainText('stock')
  await rule.getByLabel('Name').fill('nothing like this')
  await app.idle()
  await expect(rule.getByRole('status')).toHaveText('0 spans of this trace follow it.')
  await expect(page.getByRole('listbox', { name: 'Findings' })).not.toContainText('stock')
  await rule.getByRole('button', { name: 'Cancel' }).click()
  await expect(rule).toBeHidden()
  expect(readFileSync(config, 'utf8')).not.toContain('rules')
})

test('a rule that is kept stands in the config, beside what was there, and counts from then on', async ({
  app,
}) => {
  const { page } = app
  await pick(app, 'with stock lock')
  await page.getByRole('button', { name: 'Treat as…' }).click()
  await app.idle()
  const rule = page.getByRole('form', { name: 'Rule' })
  await rule.getByLabel('Name').fill('with * lock')
  await app.idle()
  await expect(rule.getByRole('status')).toHaveText('2 spans of this trace follow it.')
  await page.screenshot({ path: process.env.RULE_SHOT ?? 'test-results/rule-editor.png' })
  await rule.getByRole('button', { name: 'Keep rule' }).click()
  await app.idle()
  await expect(rule).toBeHidden()
  const text = readFileSync(config, 'utf8')
  expect(text).toContain('// ours')
  expect(JSON.parse(text.replace('// ours', ''))).toEqual({
    thresholds: { herdCount: 4 },
    rules: [{ match: { name: 'with * lock' }, role: 'hold', resource: '{lock.name}' }],
  })
  await page.reload()
  await app.idle()
  await expect(page.getByRole('listbox', { name: 'Findings' })).toContainText('stock')
})

test('a rule is edited and removed where it shows, and the comments stay', async ({ app }) => {
  const { page } = app
  await pick(app, 'with stock lock')
  await page.getByRole('button', { name: 'Edit rule' }).click()
  await app.idle()
  const rule = page.getByRole('form', { name: 'Rule' })
  await expect(rule.getByLabel('Name')).toHaveValue('with * lock')
  await rule.getByLabel('At a time').fill('2')
  await app.idle()
  await rule.getByRole('button', { name: 'Keep rule' }).click()
  await expect(rule).toBeHidden()
  const edited = readFileSync(config, 'utf8')
  expect(JSON.parse(edited.replace('// ours', '')).rules).toEqual([
    { match: { name: 'with * lock' }, role: 'hold', resource: '{lock.name}', type: 'pool', capacity: 2 },
  ])
  await page.getByRole('button', { name: 'Edit rule' }).click()
  await rule.getByRole('button', { name: 'Remove rule' }).click()
  await expect(rule).toBeHidden()
  await app.idle()
  const removed = readFileSync(config, 'utf8')
  expect(removed).toContain('// ours')
  expect(JSON.parse(removed.replace('// ours', '')).rules).toEqual([])
  await expect(page.getByRole('button', { name: 'Edit rule' })).toBeHidden()
})
