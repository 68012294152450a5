import { beforeAll, describe, expect, it } from 'vitest'
import { expectConvention } from './invariants.ts'
import { durationMs, type Recording, readRecording, strings, text } from './recording.ts'
import { runProgram } from './run-program.ts'

describe('waits and holds', () => {
  let recording: Recording
  beforeAll(async () => {
    const finished = await runProgram('locks.ts')
    expect(finished).toMatchObject({ code: 0, stderr: '' })
    recording = readRecording(finished.file)
  })

  const task = (name: string): string => {
    const found = recording.ofType('task').find(span => text(span, 'interleave.task.name') === name)
    return found ? text(found, 'interleave.task.id') : 'missing'
  }

  it('keeps the convention', () => expectConvention(recording))

  it('gives the second task a wait that ends when the first releases', () => {
    const waits = recording
      .ofType('resource.wait')
      .filter(span => text(span, 'interleave.resource.name') === 'stock')
    expect(waits).toHaveLength(1)
    expect(text(waits[0]!, 'interleave.task.id')).toBe(task('second'))
    expect(durationMs(waits[0]!)).toBeGreaterThan(14)
    const holds = recording
      .ofType('resource.hold')
      .filter(span => text(span, 'interleave.resource.name') === 'stock')
    expect(holds.map(hold => text(hold, 'interleave.task.id'))).toEqual([task('first'), task('second')])
    expect(holds[0]!.endTimeUnixNano <= holds[1]!.startTimeUnixNano).toBe(true)
  })

  it('names the acquire site', () => {
    const hold = recording
      .ofType('resource.hold')
      .find(span => text(span, 'interleave.resource.name') === 'stock')!
    expect(text(hold, 'code.function.name')).toBe('buy')
    expect(text(hold, 'code.file.path')).toBe('locks.ts')
  })

  it('makes an await of a contended acquire, ready at the grant', () => {
    const awaits = recording
      .ofType('await')
      .filter(span => text(span, 'interleave.task.id') === task('second'))
    const wait = recording
      .ofType('resource.wait')
      .find(span => text(span, 'interleave.task.id') === task('second'))!
    const onLock = awaits.find(span => text(span, 'interleave.await.target.type') === 'resource')!
    expect(text(onLock, 'interleave.await.target.id')).toBe(text(wait, 'interleave.resource.id'))
    expect(BigInt(text(onLock, 'interleave.await.ready_unix_nano'))).toBe(wait.endTimeUnixNano)
    expect(onLock.endTimeUnixNano >= wait.endTimeUnixNano).toBe(true)
  })

  it('stamps spans and state records made inside a hold', () => {
    const ids = new Set(recording.ofType('resource.hold').map(hold => text(hold, 'interleave.hold.id')))
    const spans = recording.spans.filter(span => span.name === 'price')
    expect(spans).toHaveLength(2)
    const accesses = recording.logs.filter(log => text(log, 'interleave.state.key') === 'var:stock')
    expect(accesses.map(log => log.eventName)).toEqual([
      'interleave.state.read',
      'interleave.state.write',
      'interleave.state.read',
      'interleave.state.write',
    ])
    for (const item of [...spans, ...accesses]) {
      expect(strings(item, 'interleave.hold.ids')).toHaveLength(1)
      expect(ids.has(strings(item, 'interleave.hold.ids')[0]!)).toBe(true)
    }
    expect(accesses[1]!.attributes.get('interleave.state.read.seq')).toBe(
      accesses[0]!.attributes.get('interleave.seq'),
    )
  })

  it('tells a wait that timed out', () => {
    const wait = recording
      .ofType('resource.wait')
      .find(span => text(span, 'interleave.resource.name') === 'gate')!
    expect(text(wait, 'interleave.resource.outcome')).toBe('timeout')
    expect(wait.status.code).toBe(2)
    const impatient = recording
      .ofType('task')
      .find(span => text(span, 'interleave.task.name') === 'impatient')!
    expect(text(impatient, 'interleave.task.outcome')).toBe('failed')
  })

  it('wraps a pool that has acquire and release', () => {
    const holds = recording
      .ofType('resource.hold')
      .filter(span => text(span, 'interleave.resource.name') === 'items')
    const waits = recording
      .ofType('resource.wait')
      .filter(span => text(span, 'interleave.resource.name') === 'items')
    expect([holds.length, waits.length]).toEqual([2, 1])
    expect(holds[0]!.endTimeUnixNano <= holds[1]!.startTimeUnixNano).toBe(true)
  })

  it('wraps a pool whose items are no objects, and that hands them out without a promise', () => {
    const holds = recording
      .ofType('resource.hold')
      .filter(span => text(span, 'interleave.resource.name') === 'tokens')
    expect(holds.map(hold => text(hold, 'interleave.resource.release.type'))).toEqual([
      'released',
      'released',
    ])
  })

  it('records a lock that somebody else keeps, without a wait when it was free', () => {
    const hold = recording
      .ofType('resource.hold')
      .find(span => text(span, 'interleave.resource.type') === 'transaction')!
    expect(text(hold, 'interleave.resource.name')).toBe('row:jobs/1')
    expect(text(hold, 'interleave.resource.scope')).toBe('cluster')
    expect(hold.attributes.has('interleave.wait.id')).toBe(false)
  })
})
