import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Receiving } from '../../src/host/host.ts'
import { channels } from '../../src/host/methods.ts'
import { freePort } from '../support/free-port.ts'
import { otlp } from '../support/otlp.ts'
import { electron, type FakeContents, FakeWindow, fake } from './fake-electron.ts'

vi.mock('electron', () => electron)

let folder = ''
let window: FakeWindow
const trace = (): string => join(folder, 'a.jsonl')

/** As the page asks: through the channel's handler, from our frame. */
const ask = async (method: string, args: unknown[], event?: unknown): Promise<unknown> => {
  const handler = fake.handlers.get(channels.request) as (...given: unknown[]) => Promise<unknown>
  const { webContents } = window
  return handler(event ?? { sender: webContents, senderFrame: webContents.mainFrame }, method, args)
}
const get = async (url: string, init: RequestInit = {}): Promise<Response> =>
  (fake.protocols.get('app') as unknown as (request: Request) => Promise<Response>)(new Request(url, init))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave main '))
  await writeFile(trace(), '0123456789')
  vi.stubEnv('INTERLEAVE_DATA_DIR', join(folder, 'data'))
  process.argv = ['/electron', '/app', '--no-sandbox', `${trace()}#finding=F2`]
  const loaded = once(fake.app, 'test-loaded')
  await import('../../src/main/index.ts')
  fake.app.ready.resolve()
  ;[window] = (await loaded) as [FakeWindow]
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the window', () => {
  test('is sandboxed and isolated, in so many words', () => {
    expect(fake.app.sandboxed).toBe(true)
    expect(window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      preload: expect.stringMatching(/out.preload.index\.cjs$/),
    })
    expect(fake.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
    ])
    expect(window.loaded).toEqual(['app://interleave/#finding=F2'])
  })

  test('stays on its page and opens no other', () => {
    const contents: FakeContents = window.webContents
    const leave = (event: string, url: string): boolean => {
      let prevented = false
      contents.emit(event, { url, preventDefault: () => (prevented = true) })
      return !prevented
    }
    for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
      expect(leave(event, 'https://evil.example/')).toBe(false)
      expect(leave(event, 'file:///etc/passwd')).toBe(false)
      expect(leave(event, 'app://evil/')).toBe(false)
      expect(leave(event, 'app://interleave/')).toBe(true)
    }
    expect(leave('will-attach-webview', 'app://interleave/')).toBe(false)
    expect(contents.openHandler({ url: 'https://example.org/' })).toEqual({ action: 'deny' })
    expect(contents.openHandler({ url: 'file:///bin/sh' })).toEqual({ action: 'deny' })
    expect(contents.openHandler({ url: 'javascript:alert(1)' })).toEqual({ action: 'deny' })
    expect(fake.external).toEqual(['https://example.org/'])
  })

  test('is granted nothing but copying', () => {
    const request = fake.permissions.request as unknown as (...given: unknown[]) => void
    const granted = (permission: string): boolean => {
      let answer = false
      request(window.webContents, permission, (yes: boolean) => {
        answer = yes
      })
      return answer
    }
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'fileSystem',
      'openExternal',
      'clipboard-read',
    ]) {
      expect(granted(permission)).toBe(false)
    }
    expect(granted('clipboard-sanitized-write')).toBe(true)
    const check = fake.permissions.check as unknown as (...given: unknown[]) => boolean
    expect(check(null, 'clipboard-sanitized-write', 'https://evil.example')).toBe(false)
  })
})

describe('requests', () => {
  test('tell the page its files, by token', async () => {
    const reply = (await ask('start', [])) as { ok: { files: { token: string; name: string }[] } }
    expect(reply.ok.files).toMatchObject([{ name: 'a.jsonl', size: 10 }])
    expect(JSON.stringify(reply)).not.toContain(folder)
    const url = `app://interleave/file/${reply.ok.files[0]?.token}`
    const whole = await get(url)
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789'])
    const part = await get(url, { headers: { range: 'bytes=2-4' } })
    expect([part.status, await part.text()]).toEqual([206, '234'])
    expect((await get(url, { method: 'POST' })).status).toBe(405)
    expect((await get(url.replace('interleave', 'elsewhere'))).status).toBe(404)
    expect((await get('app://interleave/..%2f..%2fpackage.json')).status).toBe(404)
  })

  test('are answered to our own top frame only', async () => {
    const { webContents } = window
    const refused = { error: 'not allowed' }
    const foreign = { url: 'https://evil.example/' }
    expect(await ask('start', [], { sender: { mainFrame: foreign }, senderFrame: foreign })).toEqual(refused)
    expect(
      await ask('start', [], { sender: webContents, senderFrame: { url: 'app://interleave/' } }),
    ).toEqual(refused)
    expect(await ask('start', [], { sender: webContents, senderFrame: null })).toEqual(refused)
    expect(await ask('openSample', [7])).toHaveProperty('error')
  })

  test('open what the dialog chose, nothing when it was cancelled', async () => {
    fake.choose = { canceled: false, filePaths: [trace()] }
    expect(await ask('openDialog', [])).toMatchObject({ ok: [{ name: 'a.jsonl' }] })
    fake.choose = { canceled: true, filePaths: [] }
    expect(await ask('openDialog', [])).toEqual({ ok: [] })
  })

  test('save where the dialog says; a suggested path is only a name', async () => {
    const target = join(folder, 'saved.png')
    fake.save = { canceled: false, filePath: target }
    const suggested = once(fake.app, 'test-save-dialog')
    const bytes = new Uint8Array([1, 2, 3])
    expect(await ask('saveFile', ['../../etc/x.png', bytes, 'image/png'])).toEqual({
      ok: { saved: true, where: target },
    })
    expect(await suggested).toEqual(['x.png'])
    expect([...(await readFile(target))]).toEqual([1, 2, 3])
    fake.save = { canceled: true, filePath: '' }
    expect(await ask('saveFile', ['x.png', bytes, ''])).toEqual({ ok: { saved: false, why: 'cancelled' } })
    fake.save = { canceled: false, filePath: join(folder, 'absent', 'x.png') }
    expect(await ask('saveFile', ['x.png', bytes, ''])).toMatchObject({ ok: { saved: false } })
  })
})

test('live: what the receiver takes is a file that the page reads by its token', async () => {
  const port = await freePort()
  const started = (await ask('startReceiving', [port])) as { ok: Receiving }
  expect(started).toMatchObject({ ok: { address: `http://127.0.0.1:${port}` } })
  expect(await ask('startReceiving', [70_000])).toHaveProperty('error')
  const body = JSON.stringify(otlp({ spans: [{ id: 'a', name: 'order', start: 0, end: 5 }] }))
  const headers = { 'content-type': 'application/json' }
  await fetch(`${started.ok.address}/v1/traces`, { method: 'POST', headers, body })
  expect(await ask('receiving', [])).toMatchObject({ ok: { counts: { spans: 1 } } })
  expect(await (await get(`app://interleave/file/${started.ok.file.token}`)).text()).toContain('order')
  expect(await ask('stopReceiving', [])).toMatchObject({ ok: { counts: { spans: 1 } } })
  expect(await ask('receiving', [])).toEqual({ ok: null })
})

describe('files from outside', () => {
  const sent = () => window.webContents.sent.at(-1)

  test('a second instance shows its files in the first one', async () => {
    fake.app.emit('second-instance', {}, [], '/', { paths: [trace()], link: '#finding=F2' })
    await vi.waitFor(() =>
      expect(sent()).toMatchObject([channels.openFiles, [{ name: 'a.jsonl' }], '#finding=F2']),
    )
    expect(window.focused).toBe(1)
    expect(FakeWindow.all).toHaveLength(1)
  })

  test('a file that cannot be opened is told, and the app goes on', async () => {
    const prevent = vi.fn()
    fake.app.emit('open-file', { preventDefault: prevent }, join(folder, 'absent.jsonl'))
    await vi.waitFor(() => expect(fake.errors.at(-1)).toContain('no such file'))
    expect(prevent).toHaveBeenCalled()
  })

  test('the menu opens as well', async () => {
    fake.choose = { canceled: false, filePaths: [trace()] }
    const before = window.webContents.sent.length
    const file = fake.menu.find(item => item.label === '&File')
    const [open] = (file?.submenu ?? []) as { click?: () => void }[]
    open?.click?.()
    await vi.waitFor(() => expect(window.webContents.sent.length).toBe(before + 1))
  })
})
