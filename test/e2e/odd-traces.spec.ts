/** Traces that no service should write, and some do: all drawn, all to be moved through. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lines, otlp, type SpanInput } from '../support/otlp.ts'
import { type App, dragLanes, expect, test, viewOf } from './app.ts'

const day = 86_400e9

const of = (service: string, ...spans: readonly SpanInput[]) =>
  otlp({ resource: { 'service.name': service }, spans })

const odd: Readonly<Record<string, () => string>> = {
  'one span': () => lines(of('api', { id: '1', name: 'only', start: 0, end: 5e6 })),
  'one instant': () => lines(of('api', { id: '1', name: 'only', start: 0, end: 0 })),
  'an instant beside thirty days': () =>
    lines(
      of(
        'api',
        { id: '1', name: 'instant', start: 0, end: 0 },
        { id: '2', name: 'thirty days', start: 0, end: 30 * day },
        { id: '3', name: 'a nanosecond', start: 15 * day, end: 15 * day + 1 },
      ),
    ),
  'ten thousand identical spans': () =>
    lines(
      of(
        'api',
        ...Array.from({ length: 10_000 }, (_, at) => ({ id: `${at + 1}`, name: 'same', start: 0, end: 1e6 })),
      ),
    ),
  'five thousand services': () =>
    lines(
      ...Array.from({ length: 5000 }, (_, at) =>
        of(`service-${at}`, { id: `${at + 1}`, name: `op ${at}`, start: at * 1e4, end: at * 1e4 + 5e5 }),
      ),
    ),
  'names of ten thousand characters, right to left, emoji, controls': () =>
    lines(
      of(
        'x'.repeat(10_000),
        { id: '1', name: 'lorem '.repeat(1700), start: 0, end: 5e6 },
        { id: '2', name: 'שלום עולם — בקשה למסד הנתונים', start: 1e6, end: 6e6 },
        { id: '3', name: '🚀🔥 👩‍👩‍👧‍👦 🏳️‍🌈', start: 2e6, end: 9e6 },
        { id: '4', name: 'a\u202Eevil\u202C\nline\tbreak\u0000', start: 0, end: 1e6 },
      ),
    ),
}

/** Zooms to the bottom and back, steps, searches, selects an area; the view stays a view. */
async function walk(app: App): Promise<void> {
  const { page } = app
  for (const key of [
    'w',
    'w',
    'd',
    's',
    '.',
    'f',
    'f',
    'Z',
    'ArrowDown',
    ',',
    'Shift+ArrowRight',
    'v',
    '0',
  ]) {
    await page.keyboard.press(key)
    await app.idle()
    const { startNs, endNs } = await viewOf(page)
    expect(endNs - startNs, key).toBeGreaterThan(0)
    expect(Number.isFinite(startNs), key).toBe(true)
  }
  await page.keyboard.press('/')
  await page.keyboard.type('dur>=0ns')
  await app.idle()
  await expect(page.getByRole('status', { name: 'Matches' })).toContainText(/\d/)
  await page.keyboard.press('Escape')
  await dragLanes(page, [260, 60], [600, 300])
  await expect(page.getByRole('article', { name: 'Selected range' })).toBeVisible()
}

test.use({ contextOptions: { reducedMotion: 'reduce' } })

for (const [name, content] of Object.entries(odd)) {
  test(name, async ({ app }) => {
    const folder = await mkdtemp(join(tmpdir(), 'interleave-odd-'))
    const file = join(folder, 'odd.otlp.jsonl')
    await writeFile(file, content())
    await app.drop(file)
    await expect(app.page.getByRole('alert')).toBeHidden()
    await expect(app.page.locator('.lanes-canvas')).toBeVisible()
    await walk(app)
    await rm(folder, { recursive: true })
  })
}
