import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openFiles } from '../../src/host/service/files.ts'
import { receiving } from '../../src/host/service/receiving.ts'
import { recentFiles } from '../../src/host/service/recent-files.ts'
import { startReceiver } from '../../src/receiver/receiver.ts'
import { freePort } from '../support/free-port.ts'
import { otlp } from '../support/otlp.ts'

let dataDir = ''
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'interleave-receiving-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

function host() {
  const files = openFiles()
  const recent = recentFiles(files, dataDir)
  return { files, recent, live: receiving({ files, recent, dataDir, startReceiver }) }
}

const send = (address: string): Promise<Response> =>
  fetch(`${address}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      otlp({ resource: { 'service.name': 'shop' }, spans: [{ id: 'a', name: 'order', start: 0, end: 5 }] }),
    ),
  })

test('what is answered is in the file, and the file among the recent ones, before anybody stops', async () => {
  const { live, files, recent } = host()
  const port = await freePort()
  const started = await live.start(port)
  expect(started).toMatchObject({ address: `http://127.0.0.1:${port}`, counts: { spans: 0 } })
  expect((await send(started.address)).status).toBe(200)
  const now = await live.state()
  expect(now).toMatchObject({ counts: { spans: 1 }, file: { token: started.file.token } })
  const text = await readFile(files.pathOf(started.file.token) ?? '', 'utf8')
  expect(text).toContain('"order"')
  expect(now?.file.size).toBe(Buffer.byteLength(text))
  await vi.waitFor(async () => expect(await recent.list()).toMatchObject([{ name: started.file.name }]))
  expect(await live.stop()).toMatchObject({ counts: { spans: 1 } })
  expect(await live.state()).toBeNull()
  await expect(send(started.address)).rejects.toThrow()
})

test('a second window joins the receiver that runs', async () => {
  const { live } = host()
  const port = await freePort()
  const [one, two] = await Promise.all([live.start(port), live.start(port)])
  expect(two.file.token).toBe(one.file.token)
  await live.stop()
})

test('nothing received leaves nothing behind', async () => {
  const { live } = host()
  const { where } = await live.start(await freePort())
  await access(where)
  expect(await live.stop()).toBeNull()
  await expect(access(where)).rejects.toThrow('ENOENT')
  expect(await live.stop()).toBeNull()
})

test('a port that is taken is one line, and another one can be tried at once', async () => {
  const [one, two] = [host().live, host().live]
  const port = await freePort()
  await one.start(port)
  await expect(two.start(port)).rejects.toThrow(/^port \d+ is in use; [^\n]+$/)
  expect(await two.state()).toBeNull()
  expect(await two.start(await freePort())).toMatchObject({ counts: { spans: 0 } })
  await Promise.all([one.stop(), two.stop()])
})
