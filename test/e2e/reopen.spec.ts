/** Notes and views that come back: by argument, dialog and paste; a hostile one runs nothing and loses nothing. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCanvas } from '@napi-rs/canvas'
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
  await page.evaluate(base64 => {
    const bytes = Uint8Array.from(atob(base64), char => char.charCodeAt(0))
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File([bytes], 'pasted.png', { type: 'image/png' }))
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  }, Buffer.from(pasted).toString('base64'))
  await expect(list).toContainText('by paste')
  await expect(list).toContainText('by argument')
})
