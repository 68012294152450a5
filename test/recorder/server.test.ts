import { beforeAll, describe, expect, it } from 'vitest'
import { expectConvention } from './invariants.ts'
import { durationMs, number, type Recording, readRecording, text } from './recording.ts'
import { runProgram } from './run-program.ts'

describe('an HTTP server', () => {
  let recording: Recording
  beforeAll(async () => {
    const finished = await runProgram('server.ts')
    expect(finished).toMatchObject({ code: 0, stderr: '' })
    recording = readRecording(finished.file)
  })

  const server = (path: string) =>
    recording.spans.find(span => span.kind === 2 && text(span, 'url.path') === path)!
  const task = (path: string) =>
    recording.ofType('task').find(span => text(span, 'interleave.task.name') === `GET ${path}`)!

  it('keeps the convention', () => expectConvention(recording))

  it('makes a SERVER span and a task of each request, in one trace', () => {
    for (const path of ['/a', '/b', '/fail', '/spin', '/beside']) {
      expect(text(task(path), 'interleave.task.type')).toBe('request')
      expect(task(path).parentSpanId).toBe(server(path).spanId)
      expect(task(path).traceId).toBe(server(path).traceId)
      expect(number(server(path), 'http.response.status_code')).toBe(path === '/fail' ? 500 : 200)
    }
    expect(server('/fail').status.code).toBe(2)
    expect(text(task('/fail'), 'interleave.task.outcome')).toBe('failed')
  })

  it('makes the SERVER span the parent of what the handler records, and puts that into the task', () => {
    const inner = recording.spans.filter(span => span.name === 'in handler')
    expect(inner).toHaveLength(5)
    const parents = new Set(inner.map(span => span.parentSpanId))
    expect(parents).toEqual(new Set(recording.spans.filter(span => span.kind === 2).map(span => span.spanId)))
    for (const span of inner) expect(text(span, 'interleave.task.id')).not.toBe('')
  })

  it('has no time that is rounded to milliseconds', () => {
    const rounded = recording.spans.filter(span => span.startTimeUnixNano % 1_000_000n === 0n)
    expect(rounded.map(span => span.name)).toEqual([])
  })

  it('sees a sleep as an await with the time it was ready', () => {
    const asleep = recording
      .ofType('await')
      .filter(span => text(span, 'interleave.await.target.type') === 'timer')
    expect(asleep.length).toBeGreaterThanOrEqual(5)
    for (const span of asleep) {
      const ready = BigInt(text(span, 'interleave.await.ready_unix_nano'))
      expect(ready >= span.startTimeUnixNano && ready <= span.endTimeUnixNano).toBe(true)
    }
  })

  const stall = () =>
    recording
      .ofType('loop.stall')
      .find(span => text(span, 'interleave.task.id') === text(task('/spin'), 'interleave.task.id'))!

  it('tells the stall, its task and the function that had the loop', () => {
    expect(durationMs(stall())).toBeGreaterThan(140)
    expect(text(stall(), 'code.function.name')).toBe('spinFor')
    expect(text(stall(), 'code.file.path')).toBe('server.ts')
  })

  it('tells the heartbeat that came late because of it', () => {
    const ticks = recording.ofType('timer').filter(span => span.name === 'timer heartbeat')
    // Due before the stall was over, fired after it; the others were on time enough to fire before.
    const victim = ticks.find(span => {
      const expected = BigInt(text(span, 'interleave.timer.expected_unix_nano'))
      return expected < stall().endTimeUnixNano && span.startTimeUnixNano >= stall().endTimeUnixNano
    })!
    expect(number(victim, 'interleave.timer.lateness')).toBeGreaterThan(0.05)
    expect(text(victim, 'interleave.timer.style')).toBe('heartbeat')
  })

  it('ends with a shutdown mark and a loss report of nothing', () => {
    expect(recording.events('interleave.mark').map(log => text(log, 'interleave.mark.kind'))).toEqual([
      'shutdown',
    ])
    const losses = recording.events('interleave.recorder.loss')
    expect(losses.map(log => number(log, 'interleave.loss.count'))).toEqual([0])
  })
})

it('a server that is instrumented by OpenTelemetry as well has one SERVER span a request, with its task below', async () => {
  const finished = await runProgram('instrumented.ts')
  expect(finished).toMatchObject({ code: 0, stderr: '' })
  const recording = readRecording(finished.file)
  expectConvention(recording)
  const servers = recording.spans.filter(span => span.kind === 2)
  expect(servers).toHaveLength(2)
  const tasks = recording.ofType('task')
  for (const server of servers) {
    expect(tasks.filter(task => task.parentSpanId === server.spanId)).toHaveLength(1)
    const inner = recording.spans.filter(
      span => span.name === 'in handler' && span.parentSpanId === server.spanId,
    )
    expect(inner).toHaveLength(1)
    expect(text(inner[0]!, 'interleave.task.id')).toBe(text(server, 'interleave.task.id'))
  }
  expect(tasks.map(task => text(task, 'interleave.task.name'))).toEqual(['GET /a', 'GET /b'])
})
