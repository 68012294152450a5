import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFiles } from '../../src/host/service/files.ts'
import { answerPage, byteRange } from '../../src/host/service/pages.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave-pages-'))
  await mkdir(join(folder, 'out', 'assets'), { recursive: true })
  await writeFile(join(folder, 'out', 'index.html'), '<p>')
  await writeFile(join(folder, 'out', 'assets', 'main-abcd1234.js'), 'x')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await mkdir(join(folder, 'out-of-reach'))
  await writeFile(join(folder, 'out-of-reach', 'a.txt'), 'secret')
  await symlink(join(folder, 'secret.txt'), join(folder, 'out', 'link.txt'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const get = (pathname: string, range: string | null = null, files = openFiles()) =>
  answerPage({ root: join(folder, 'out'), files }, pathname, range)

describe('static files', () => {
  test('the page, isolated and locked down', async () => {
    const page = await get('/')
    expect(page.status).toBe(200)
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cache-control': 'no-store',
    })
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none';/)
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/)
    expect(page.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test('hashed assets may be kept', async () => {
    expect((await get('/assets/main-abcd1234.js')).headers['cache-control']).toContain('immutable')
  })

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/../../secret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '//../secret.txt',
    '/../out-of-reach/a.txt',
    '/link.txt',
    '/index.html%00.png',
    '/%',
    '/assets',
    '/absent.js',
    '/file/../secret.txt',
  ])('%s is not found', async pathname => {
    expect((await get(pathname)).status).toBe(404)
  })
})

describe('opened files', () => {
  test('are read by token, whole or by range', async () => {
    const files = openFiles()
    const path = join(folder, 'secret.txt')
    const { token, name, size } = await files.open(path)
    expect({ name, size }).toEqual({ name: 'secret.txt', size: 6 })
    expect(await get(`/file/${token}`, null, files)).toMatchObject({
      status: 200,
      body: { start: 0, end: 6 },
    })
    const part = await get(`/file/${token}`, 'bytes=2-3', files)
    expect(part).toMatchObject({ status: 206, body: { start: 2, end: 4 } })
    expect(part.headers).toMatchObject({ 'content-range': 'bytes 2-3/6', 'content-length': '2' })
    expect(await get(`/file/${token}`, 'bytes=9-', files)).toMatchObject({ status: 416 })
  })

  test('an unknown token is not found, a vanished file is gone', async () => {
    const files = openFiles()
    expect((await get('/file/abc', null, files)).status).toBe(404)
    const path = join(folder, 'short-lived.txt')
    await writeFile(path, 'x')
    const { token } = await files.open(path)
    await rm(path)
    expect((await get(`/file/${token}`, null, files)).status).toBe(410)
  })

  test('the config beside a file can be read over the file, and nothing else there', async () => {
    const files = openFiles()
    const dir = join(folder, 'traces')
    await mkdir(dir)
    await writeFile(join(dir, 'a.otlp.jsonl'), '{}')
    const { token } = await files.open(join(dir, 'a.otlp.jsonl'))
    expect(await get(`/file/${token}/config`, null, files)).toMatchObject({ body: '{}' })
    const config = join(dir, 'interleave.config.json')
    await writeFile(config, '{"allow":[]}')
    expect(await get(`/file/${token}/config`, null, files)).toMatchObject({
      status: 200,
      body: { path: config, start: 0, end: 12 },
    })
    expect((await get(`/file/${token}/a.otlp.jsonl`, null, files)).status).toBe(404)
  })

  test('folders and absent files are refused with one line', async () => {
    const files = openFiles()
    await expect(files.open(folder)).rejects.toThrow(/is a folder/)
    await expect(files.open(join(folder, 'absent'))).rejects.toThrow(/no such file$/)
  })
})

test.each([
  ['bytes=0-3', { start: 0, end: 4 }],
  ['bytes=4-', { start: 4, end: 10 }],
  ['bytes=-4', { start: 6, end: 10 }],
  ['bytes=-40', { start: 0, end: 10 }],
  ['bytes=4-400', { start: 4, end: 10 }],
  ['bytes=5-4', null],
  ['bytes=10-', null],
  ['bytes=-', null],
  ['bytes=-0', null],
  ['bytes=0-1,3-4', null],
  ['lines=0-1', null],
])('range %s of ten bytes', (header, expected) => {
  expect(byteRange(header, 10)).toEqual(expected)
})
