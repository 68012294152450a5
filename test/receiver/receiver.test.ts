import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession } from '../../src/core/session.ts'
import { startReceiver } from '../../src/receiver/receiver.ts'
import { maxBodyBytes } from '../../src/receiver/request-body.ts'
import { cliPath, interleave } from '../cli/run-cli.ts'
import { exportTo } from '../support/export-to.ts'
import { otlp, sourceOf } from '../support/otlp.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'interleave-receive-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

let files = 0
const newFile = (): string => join(directory, `${++files}.otlp.jsonl`)

async function sessionOf(file: string) {
  return (await openSession([sourceOf(file, await readFile(file))])).session
}

describe('the real SDK and its exporter', () => {
  test.each([
    ['http/json', 'none'],
    ['http/protobuf', 'none'],
    ['http/protobuf', 'gzip'],
  ])('%s, compression %s', async (protocol, compression) => {
    const file = newFile()
    const receiver = await startReceiver({ port: 0, file })
    await exportTo(receiver.port, protocol, compression)
    expect(await receiver.stop()).toMatchObject({ spans: 40, logs: 1, rejected: 0 })
    const { store } = await sessionOf(file)
    expect(store.spans.count).toBe(40)
    expect(store.records.count).toBe(1)
    expect(store.processes[0]!.service).toBe('orders-api')
    expect(store.spans.parent.filter(parent => parent >= 0)).toHaveLength(20)
  })

  test('the command: one line when it listens, whole lines in the file, a sum after Ctrl+C', async () => {
    const file = newFile()
    const child = spawn(process.execPath, [cliPath, 'receive', '--port', '0', '-o', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8')
    const port = await new Promise<number>(resolve => {
      child.stderr.on('data', (text: string) => {
        said += text
        const match = /127\.0\.0\.1:(\d+)/.exec(said)
        if (match) resolve(Number(match[1]))
      })
    })
    await exportTo(port, 'http/protobuf', 'gzip')
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    expect(said).toMatch(/40 spans, 1 log record, 0 metrics from \d+ requests in /)
    expect((await sessionOf(file)).store.spans.count).toBe(40)
  })
})

describe('requests', () => {
  const body = JSON.stringify(otlp({ spans: [{ id: 'a', name: 'x', start: 0, end: 1 }] }))

  async function post(port: number, path: string, content: BodyInit, headers: Record<string, string> = {}) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body: content,
      headers: { 'content-type': 'application/json', ...headers },
    })
    return { status: response.status, text: await response.text() }
  }

  test('JSON keeps its text, on one line, and is answered with a partial success', async () => {
    const file = newFile()
    const receiver = await startReceiver({ port: 0, file })
    const pretty = JSON.stringify(JSON.parse(body), null, 2).replaceAll(
      '"1767225600000000001"',
      '1767225600000000001',
    )
    expect(await post(receiver.port, '/v1/traces', pretty)).toEqual({
      status: 200,
      text: '{"partialSuccess":{}}',
    })
    await receiver.stop()
    const text = await readFile(file, 'utf8')
    expect(text.trim().split('\n')).toHaveLength(1)
    expect(text).toContain('1767225600000000001')
  })

  test('what can not be taken gets a status and a reason, and nothing is written', async () => {
    const file = newFile()
    const receiver = await startReceiver({ port: 0, file })
    const { port } = receiver
    const zeros = gzipSync(Buffer.alloc(maxBodyBytes + 1))
    expect(await post(port, '/v1/traces', 'no json')).toEqual({
      status: 400,
      text: '{"code":3,"message":"the body is no JSON"}',
    })
    expect(await post(port, '/v1/traces', '[]')).toMatchObject({ status: 400 })
    expect(await post(port, '/v1/traces', 'x', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
    })
    expect(await post(port, '/v1/traces', 'x', { 'content-encoding': 'br' })).toMatchObject({ status: 415 })
    expect(await post(port, '/v1/traces', 'x', { 'content-encoding': 'gzip' })).toMatchObject({ status: 400 })
    expect(await post(port, '/v1/traces', zeros, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 413,
    })
    expect(
      await post(port, '/v1/traces', '\xff\xff', { 'content-type': 'application/x-protobuf' }),
    ).toMatchObject({ status: 400 })
    expect(await post(port, '/v1/profiles', body)).toMatchObject({ status: 404 })
    expect((await fetch(`http://127.0.0.1:${port}/v1/traces`)).status).toBe(405)
    expect(await receiver.stop()).toMatchObject({ requests: 0 })
    expect(await readFile(file, 'utf8')).toBe('')
  })

  test('a file that is full is told as rejected spans', async () => {
    const receiver = await startReceiver({ port: 0, file: newFile(), maxFileBytes: body.length + 10 })
    expect((await post(receiver.port, '/v1/traces', body)).text).toBe('{"partialSuccess":{}}')
    expect(JSON.parse((await post(receiver.port, '/v1/traces', body)).text)).toMatchObject({
      partialSuccess: { rejectedSpans: '1' },
    })
    expect(await receiver.stop()).toMatchObject({ requests: 2, spans: 1, rejected: 1 })
  })

  test('a port in use is one line and exit code 2; the file is left alone', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const file = newFile()
    const ran = await interleave(['receive', '--port', String(port), '-o', file])
    taken.close()
    expect(ran).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^interleave: port \d+ is in use; .*\n$/),
    })
    await expect(readFile(file)).rejects.toThrow('ENOENT')
    const unwritable = await interleave(['receive', '--port', '0', '-o', join(directory, 'none', 'x.jsonl')])
    expect(unwritable).toMatchObject({
      code: 2,
      err: expect.stringMatching(/cannot be written \(ENOENT\)\n$/),
    })
  })
})
