import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text as body } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readRecording, text } from './recording.ts'
import { runProgram } from './run-program.ts'

const auto = pathToFileURL(join(import.meta.dirname, '../../src/recorder/auto.ts')).href

describe('the end of a process', () => {
  it('leaves open records of what hung, when SIGTERM ends it', async () => {
    const finished = await runProgram('hangs.ts', { onMessage: child => child.kill('SIGTERM') })
    expect(finished.signal).toBe('SIGTERM')
    const recording = readRecording(finished.file)
    const open = recording.events('interleave.span.open')
    const ended = new Set(recording.spans.map(span => span.spanId))
    for (const name of ['task holder', 'task waiter', 'hold stuck', 'acquire stuck']) {
      const record = open.find(log => text(log, 'interleave.span.name') === name)
      expect(record, name).toBeDefined()
      expect(ended.has(record?.spanId ?? ''), `${name} never ended`).toBe(false)
      expect(BigInt(text(record!, 'interleave.span.start_unix_nano')) < record!.timeUnixNano).toBe(true)
    }
    expect(recording.events('interleave.mark').map(log => text(log, 'interleave.mark.text'))).toEqual([
      'SIGTERM',
    ])
    expect(recording.events('interleave.recorder.loss')).toHaveLength(1)
  })

  it('tells the error that killed it, on the request it happened in', async () => {
    const finished = await runProgram('throws.ts')
    expect(finished.code).toBe(1)
    expect(finished.stderr).toContain('TypeError: boom')
    const recording = readRecording(finished.file)
    const server = recording.spans.find(span => span.kind === 2)
    expect(server?.status).toMatchObject({ code: 2, message: 'boom' })
    expect(server?.events.map(event => event.name)).toEqual(['exception'])
    expect(recording.events('exception').map(log => text(log, 'exception.type'))).toEqual(['TypeError'])
    expect(recording.text).not.toContain(join(import.meta.dirname, '..', '..'))
  })
})

describe('a rejection that nobody handles', () => {
  it('is told where the host listens, and is the host’s again when it no longer does', async () => {
    const finished = await runProgram('rejects.ts')
    expect(finished).toMatchObject({ code: 0, stdout: 'SMTP 451 0' })
    const messages = readRecording(finished.file)
      .events('exception')
      .map(log => text(log, 'exception.message'))
    expect(messages).toEqual(['unhandled rejection: SMTP 451'])
  })
})

describe('preloading', () => {
  it('records a program that knows nothing of it', async () => {
    const finished = await runProgram('plain.ts', { nodeArgs: ['--import', auto] })
    expect(finished).toMatchObject({ code: 0, stdout: 'hello', stderr: '' })
    const recording = readRecording(finished.file)
    expect(recording.resource.get('service.name')).toBe('probe')
    expect(recording.ofType('task').map(span => span.name)).toEqual(['task GET /'])
  })

  it('does not disturb the program when the file cannot be written', async () => {
    const missing = join(import.meta.dirname, 'no-such-folder', 'out.jsonl')
    const finished = await runProgram('plain.ts', {
      nodeArgs: ['--import', auto],
      env: { INTERLEAVE_FILE: missing },
    })
    expect(finished).toMatchObject({ code: 0, stdout: 'hello' })
    expect(finished.stderr).toContain('nothing is recorded')
    expect(existsSync(missing)).toBe(false)
  })

  it('posts to a collector, the end of the recording included', async () => {
    const bodies: string[] = []
    const collector = createServer((request, response) => {
      void body(request).then(received => {
        bodies.push(`${request.url} ${received}`)
        response.end('{}')
      })
    })
    await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve))
    const { port } = collector.address() as AddressInfo
    const env = { INTERLEAVE_FILE: '', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }
    const finished = await runProgram('plain.ts', { nodeArgs: ['--import', auto], env })
    collector.closeAllConnections()
    collector.close()
    expect(finished).toMatchObject({ code: 0, stdout: 'hello', stderr: '' })
    const traces = bodies.filter(received => received.startsWith('/v1/traces ')).join()
    const logs = bodies.filter(received => received.startsWith('/v1/logs ')).join()
    expect(traces).toContain('"task GET /"')
    // The recorder's own requests are nobody's task.
    expect(traces).not.toContain('"/v1/traces"')
    expect(logs).toContain('interleave.recorder.loss')
  })

  it('does not disturb the program when the collector is not there', async () => {
    const env = { INTERLEAVE_FILE: '', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
    const finished = await runProgram('plain.ts', { nodeArgs: ['--import', auto], env })
    expect(finished).toMatchObject({ code: 0, stdout: 'hello', stderr: '' })
  })
})
