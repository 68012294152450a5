/** Notes and views that come back: by argument, dialog and paste; a hostile one runs nothing and loses nothing. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import { createCanvas } from '@napi-rs/canvas'
import type { Locator, Page } from 'playwright/test'
import type { ByteSource } from '../../src/core/import/import.ts'
import { rangeAnchor } from '../../src/core/notebook/anchors.ts'
import { type Anchor, emptyContent, type Notebook } from '../../src/core/notebook/note.ts'
import { wholeView } from '../../src/core/notebook/restore.ts'
import { openSession } from '../../src/core/session.ts'
import { writePayload } from '../../src/core/share/payload.ts'
import { embedPayload } from '../../src/core/share/png-payload.ts'
import { noteOf } from '../support/notes.ts'
import { expect, incident, test } from './app.ts'

let folder = ''
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave-reopen-'))
})
test.afterAll(() => rm(folder, { recursive: true, force: true }))

const picture = (): Uint8Array => createCanvas(60, 40).toBuffer('image/png')

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

const doubled = incident('double-completion')

/** The trace that is open, as notes from elsewhere name it. */
async function traceOf(): Promise<{ readonly fingerprint: string; readonly anchor: Anchor }> {
  const bytes = await readFile(doubled)
  const source: ByteSource = {
    name: 'bug',
    size: bytes.length,
    async *open() {
      yield bytes
    },
  }
  const { session } = await openSession([source])
  return { fingerprint: session.store.fingerprint, anchor: rangeAnchor(session, 1e6, 2e6) }
}

const notebook: Notebook = {
  ...emptyContent,
  version: 2,
  source: { fingerprint: 'f'.repeat(32), files: ['elsewhere.otlp.jsonl'] },
  view: wholeView,
}
const payload = (change: Partial<Notebook>): string =>
  writePayload({ version: 1, notebook: { ...notebook, ...change }, slice: '', startUnixNano: '' })

/** Zeros that inflate to more than any view: the cap must stop them. */
function bomb(): Uint8Array {
  const marked = embedPayload(picture(), 'x')
  const at = Buffer.from(marked).indexOf('iTXt')
  const data = Buffer.concat([
    Buffer.from('interleave\0\x01\0\0\0', 'latin1'),
    deflateSync(Buffer.alloc(300 * 1024 * 1024)),
  ])
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write('iTXt', 4, 'latin1')
  data.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return Buffer.concat([marked.subarray(0, at - 4), chunk, marked.subarray(at - 4)])
}

const svg = (inside: string): Uint8Array =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">${inside}<rect width="60" height="40"/><script>alert(1)</script><image href="https://example.com/x.png"/></svg>`,
  )
const newer = '{"version":9,"notebook":{}}'
const bundle = Buffer.from(gzipSync(payload({ notes: [noteOf({ text: 'a note '.repeat(1_000) })] })))
const damaged = embedPayload(picture(), payload({}))
damaged[Buffer.from(damaged).indexOf('iTXt') + 24]! ^= 0xff

const picturesOnly: readonly (readonly [name: string, bytes: () => Uint8Array, words: RegExp])[] = [
  ['plain.png', picture, /a PNG picture without a view inside/],
  ['damaged.png', () => damaged, /view inside this picture is broken: its checksum is wrong/],
  ['newer.png', () => embedPayload(picture(), newer), /picture was made by a newer Interleave \(format 9/],
  [
    'not-json.png',
    () => embedPayload(picture(), '{"version":'),
    /view inside this picture is broken: not JSON/,
  ],
  ['bomb.png', bomb, /view inside this picture is broken: it inflates to more than 256 MiB/],
  ['plain.svg', () => svg(''), /an SVG picture without a view inside/],
  [
    'damaged.svg',
    () => svg('<metadata id="interleave">{"version":1</metadata>'),
    /view inside this picture is broken: not JSON/,
  ],
  [
    'newer.svg',
    () => svg(`<metadata id="interleave">${newer}</metadata>`),
    /picture was made by a newer Interleave \(format 9/,
  ],
]

const others: typeof picturesOnly = [
  [
    'cut.svg',
    () => svg('<metadata id="interleave">{"version":1').subarray(0, 120),
    /broken: its metadata is cut short.*The picture itself cannot be shown either/,
  ],
  ['cut.interleave', () => bundle.subarray(0, -20), /view inside this bundle is broken: it is cut short/],
  ['newer.interleave', () => gzipSync(newer), /bundle was made by a newer Interleave \(format 9/],
  ['nothing.interleave', () => gzipSync('{"version":1,"notebook":7}'), /view inside this bundle is broken/],
]

// Its snapshots ask for pictures in a way that the page's rules refuse.
test.use({ trace: 'off' })

test('what cannot be reopened is told apart, its image is shown, nothing of it runs, and the app goes on', async ({
  app,
  problems,
}) => {
  // Inflating as far as the cap allows is seconds of work, more where others work as well.
  test.slow()
  const { page } = app
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  page.on('dialog', dialog => problems.push(dialog.message()))
  const widthOf = (image: Locator) => image.evaluate((shown: HTMLImageElement) => shown.naturalWidth)
  await app.drop(doubled)
  const alert = page.getByRole('alert')
  const image = alert.getByRole('img', { name: 'As it was given' })
  for (const [at, [name, bytes, words]] of [...picturesOnly, ...others].entries()) {
    await test.step(name, async () => {
      await app.drop(await file(name, bytes()))
      await expect(alert).toContainText(name)
      await expect(alert).toContainText(words)
      if (at < picturesOnly.length) await expect.poll(() => widthOf(image)).toBe(60)
      else await expect(image).toHaveCount(0)
    })
  }
  expect(asked.filter(url => url.includes('example.com'))).toEqual([])
  // What was open still is, and can be worked with.
  await alert.getByRole('button', { name: 'Dismiss' }).click()
  await page.getByRole('button', { name: 'Add note' }).click()
  await page.getByRole('textbox', { name: 'Note text' }).fill('still here')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('list', { name: 'Notes', exact: true })).toContainText('still here')
  expect(problems).toEqual([])
})

test('a hostile view: its script is text, its wrong anchors are listed, nothing is lost', async ({
  app,
  problems,
}) => {
  const { page } = app
  const trace = await traceOf()
  await app.drop(doubled)
  const wrong = {
    traceId: 'e'.repeat(32),
    spanId: 'e'.repeat(16),
    lane: '<img src=x>',
    fromNs: '9',
    toNs: '1',
  }
  const hostile = embedPayload(
    picture(),
    payload({
      source: { fingerprint: trace.fingerprint, files: [] },
      notes: [
        noteOf({
          id: '__proto__',
          anchor: wrong,
          text: '<script>document.title = "ran"</script>\n\nread me',
        }),
      ],
    }),
  )
  await app.drop(await file('hostile.png', hostile))
  const orphans = page.getByRole('list', { name: 'Notes without a place' })
  await expect(orphans).toContainText('read me')
  expect(await page.title()).not.toBe('ran')
  expect(await orphans.locator('script, img').count()).toBe(0)
  expect(problems).toEqual([])
})

async function paste(page: Page, bytes: Uint8Array): Promise<void> {
  await page.evaluate(base64 => {
    const data = Uint8Array.from(atob(base64), char => char.charCodeAt(0))
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File([data], 'pasted.png', { type: 'image/png' }))
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  }, Buffer.from(bytes).toString('base64'))
}

test('a picture copied as pixels says that it lost its view on the way', async ({ app }) => {
  await paste(app.page, picture())
  const alert = app.page.getByRole('alert')
  await expect(alert).toContainText('a PNG picture without a view inside')
  await expect(alert).toContainText('Copying a picture keeps its pixels, not the view inside')
  await expect(alert.getByRole('img', { name: 'As it was given' })).toBeVisible()
})

test('by argument, by dialog and by paste', async ({ page, serveApp }) => {
  const { fingerprint, anchor } = await traceOf()
  const withNote = (text: string) => ({
    source: { fingerprint, files: [] },
    notes: [noteOf({ id: text, kind: 'range', anchor, text })],
  })
  const sent = JSON.stringify({ version: 2, ...withNote('by argument') })
  const { url } = await serveApp([
    await file('trace.otlp.jsonl', await readFile(doubled)),
    await file('notes.interleave.json', Buffer.from(sent)),
  ])
  await page.goto(url)
  const list = page.getByRole('list', { name: /^Notes/ })
  await expect(list).toContainText('by argument')

  const picked = embedPayload(picture(), payload(withNote('by dialog')))
  const choosing = page.waitForEvent('filechooser')
  await page.keyboard.press('Control+o')
  await (await choosing).setFiles(await file('picked.png', picked))
  await expect(list).toContainText('by dialog')

  const pasted = embedPayload(picture(), payload(withNote('by paste')))
  await paste(page, pasted)
  await expect(list).toContainText('by paste')
  await expect(list).toContainText('by argument')
})
