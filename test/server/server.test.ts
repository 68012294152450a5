import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../../src/server/server.ts'

let folder = ''
let server: RunningServer
let origin = ''
let token = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave-server-'))
  await writeFile(join(folder, 'index.html'), '<p>page</p>')
  await writeFile(join(folder, 'a.jsonl'), '0123456789')
  server = await startServer({
    paths: [join(folder, 'a.jsonl')],
    pagesDir: folder,
    dataDir: join(folder, 'data'),
  })
  const url = new URL(server.url)
  origin = url.origin
  token = url.searchParams.get('token') ?? ''
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

interface Asked {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** `fetch` will not send a false `Host`; `node:http` will. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Asked> =>
  new Promise((resolve, reject) => {
    const asked = request(origin + path, { method, headers }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })

const call = (method: string, args: unknown, headers: Record<string, string> = {}) =>
  ask(
    `/api/${method}`,
    { 'content-type': 'application/json', 'x-interleave-token': token, ...headers },
    'POST',
    JSON.stringify({ args }),
  )

interface Started {
  ok: { files: { token: string; name: string; size: number }[]; version: string }
}
const start = async (): Promise<Started> => JSON.parse((await call('start', [])).text)

test('serves the page with isolation and without CORS', async () => {
  const page = await ask('/')
  expect(page).toMatchObject({ status: 200, text: '<p>page</p>' })
  expect(page.headers['cross-origin-embedder-policy']).toBe('require-corp')
  expect(page.headers['access-control-allow-origin']).toBeUndefined()
})

test('tells the page what was asked for on the command line, and gives its bytes by token', async () => {
  const { ok } = await start()
  const [file] = ok.files
  expect(file).toMatchObject({ name: 'a.jsonl', size: 10 })
  expect(JSON.stringify(ok)).not.toContain(folder)
  const path = `/file/${file?.token}?token=${token}`
  expect(await ask(path)).toMatchObject({ status: 200, text: '0123456789' })
  expect(await ask(path, { range: 'bytes=3-5' })).toMatchObject({ status: 206, text: '345' })
  expect(await ask(path, {}, 'HEAD')).toMatchObject({ status: 200, text: '' })
})

test('an empty file is an empty answer', async () => {
  await writeFile(join(folder, 'a.jsonl'), '')
  const { ok } = await start()
  expect(await ask(`/file/${ok.files[0]?.token}?token=${token}`)).toMatchObject({ status: 200, text: '' })
})

test('a large file arrives as it is, also where its reader takes its time', async () => {
  const bytes = Buffer.from(
    Int32Array.from({ length: 1_400_001 }, (_, at) => Math.imul(at, 0x9e3779b1)).buffer,
  )
  await writeFile(join(folder, 'a.jsonl'), bytes)
  const { ok } = await start()
  const url = `${origin}/file/${ok.files[0]?.token}?token=${token}`
  const parts: Uint8Array[] = []
  for await (const part of (await fetch(url)).body!) {
    parts.push(part)
    // Other work in between: what is not taken yet must not be written over.
    await new Promise(resolve => setImmediate(resolve))
  }
  expect(Buffer.concat(parts).equals(bytes)).toBe(true)
})

test('no token, no bytes, no requests, no events', async () => {
  const { ok } = await start()
  expect((await ask(`/file/${ok.files[0]?.token}`)).status).toBe(401)
  expect((await ask(`/file/${ok.files[0]?.token}?token=${token}x`)).status).toBe(401)
  expect((await ask('/api/events?token=wrong')).status).toBe(401)
  expect((await call('start', [], { 'x-interleave-token': 'wrong' })).status).toBe(401)
  expect((await call('start', [], { 'x-interleave-token': '' })).status).toBe(401)
})

test.each([
  [{ host: 'evil.example' }, 403],
  [{ host: 'evil.example:80' }, 403],
  [{ host: '127.0.0.1.evil.example' }, 403],
  [{ origin: 'http://evil.example' }, 403],
  [{ origin: 'null' }, 403],
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, 403],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 403],
  [{ 'sec-fetch-site': 'none' }, 200],
  // ssh -L 9000:127.0.0.1:PORT
  [{ host: 'localhost:9000', origin: 'http://localhost:9000' }, 200],
])('the page with %o → %i', async (headers, status) => {
  expect((await ask('/', headers as Record<string, string>)).status).toBe(status)
})

test('a form of another site cannot ask', async () => {
  expect((await call('start', [], { 'content-type': 'text/plain' })).status).toBe(415)
  expect((await call('start', [], { origin: 'http://evil.example' })).status).toBe(403)
})

test('messages are checked', async () => {
  expect(JSON.parse((await call('start', [1])).text)).toHaveProperty('error')
  expect(JSON.parse((await call('nothing', [])).text)).toEqual({ error: 'unknown request' })
  expect((await call('loadNotebook', [{ fingerprint: 'f', token: '../x' }])).text).toContain('error')
  const broken = await ask(
    '/api/start',
    { 'content-type': 'application/json', 'x-interleave-token': token },
    'POST',
    '{',
  )
  expect(JSON.parse(broken.text)).toHaveProperty('error')
})

test('other methods are not allowed, paths that climb are not found', async () => {
  expect((await ask('/', {}, 'PUT')).status).toBe(405)
  expect((await ask('/', {}, 'OPTIONS')).status).toBe(405)
  expect((await ask('/..%2f..%2fetc/passwd')).status).toBe(404)
})

test('a body that is too large is refused before it is read', async () => {
  const status = await new Promise<string>((resolve, reject) => {
    const socket = createConnection(Number(new URL(origin).port), '127.0.0.1', () => {
      socket.write(
        `POST /api/start HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Interleave-Token: ${token}\r\nContent-Length: 99999999999\r\n\r\n{`,
      )
    })
    socket.once('data', data => {
      resolve(String(data).split('\r\n', 1)[0] ?? '')
      socket.destroy()
    })
    socket.once('error', reject)
  })
  expect(status).toContain('413')
})

test('events tell every tab about files opened from outside; closing ends them', async () => {
  const response = await fetch(`${origin}/api/events?token=${token}`)
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  const more = async (): Promise<string> => decoder.decode((await reader.read()).value, { stream: true })
  let seen = await more()
  await server.openPaths([join(folder, 'a.jsonl')])
  while (!/event: .*\ndata: .*\n\n/.test(seen)) seen += await more()
  const data = /event: open-files\ndata: (.*)\n/.exec(seen)?.[1] ?? ''
  expect(JSON.parse(data)).toMatchObject([{ name: 'a.jsonl', size: 10 }])
  await server.close()
  await expect(reader.read()).resolves.toMatchObject({ done: true })
})

test('a taken port and an absent file are one line each', async () => {
  const port = Number(new URL(origin).port)
  await expect(startServer({ paths: [], port, pagesDir: folder })).rejects.toThrow(/^port \d+ is taken; /)
  await expect(startServer({ paths: [join(folder, 'absent')], pagesDir: folder })).rejects.toThrow(
    /no such file/,
  )
})
