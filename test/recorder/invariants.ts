import { expect } from 'vitest'
import { numbers, type Recording, strings, text } from './recording.ts'

/** What every recording must keep, whatever happened in it. */
export function expectConvention(recording: Recording): void {
  expectOwnScope(recording)
  expectTotalOrder(recording)
  expectHoldsAndWaitsJoin(recording)
  expectSlicesInsideTasks(recording)
}

function expectOwnScope({ spans, logs, resource }: Recording): void {
  for (const key of [
    'service.name',
    'service.instance.id',
    'process.pid',
    'interleave.clock.anchor.unix_nano',
  ]) {
    expect(resource.has(key), key).toBe(true)
  }
  for (const item of [...spans, ...logs]) {
    if (item.attributes.has('interleave.record.type')) expect(item.scope).toBe('interleave')
  }
}

/** `seq` is unique among starts and instants, and agrees with the clock wherever the clock does not tie. */
function expectTotalOrder({ spans, logs }: Recording): void {
  const points: { readonly seq: number; readonly at: bigint }[] = []
  for (const span of spans) {
    const type = span.attributes.get('interleave.record.type')
    // A stall carries the seq of the slice that stalled; an await that of the suspension before it.
    if (type === undefined || type === 'loop.stall') continue
    points.push({ seq: Number(span.attributes.get('interleave.seq')), at: span.startTimeUnixNano })
    expect(Number(span.attributes.get('interleave.seq.end'))).toBeGreaterThan(
      Number(span.attributes.get('interleave.seq')),
    )
  }
  for (const log of logs) {
    if (log.eventName.startsWith('interleave.state.'))
      points.push({ seq: Number(log.attributes.get('interleave.seq')), at: log.timeUnixNano })
  }
  expect(points.length).toBeGreaterThan(0)
  expect(new Set(points.map(point => point.seq)).size).toBe(points.length)
}

/** grant = end of the wait = start of the hold, and both name each other. */
function expectHoldsAndWaitsJoin(recording: Recording): void {
  const holds = new Map(
    recording.ofType('resource.hold').map(hold => [text(hold, 'interleave.hold.id'), hold]),
  )
  const open = new Set(recording.events('interleave.span.open').map(log => text(log, 'interleave.hold.id')))
  expect(holds.size).toBe(recording.ofType('resource.hold').length)
  for (const wait of recording.ofType('resource.wait')) {
    if (text(wait, 'interleave.resource.outcome') !== 'acquired') continue
    const id = text(wait, 'interleave.hold.id')
    const hold = holds.get(id)
    if (!hold && open.has(id)) continue
    expect(hold, `hold of ${text(wait, 'interleave.wait.id')}`).toBeDefined()
    expect(hold?.startTimeUnixNano).toBe(wait.endTimeUnixNano)
    expect(hold && text(hold, 'interleave.wait.id')).toBe(text(wait, 'interleave.wait.id'))
    expect(hold && text(hold, 'interleave.resource.id')).toBe(text(wait, 'interleave.resource.id'))
  }
  for (const item of [...recording.spans, ...recording.logs]) {
    for (const id of strings(item, 'interleave.hold.ids'))
      expect(holds.has(id) || open.has(id), `hold ${id}`).toBe(true)
  }
}

function expectSlicesInsideTasks(recording: Recording): void {
  for (const task of recording.ofType('task')) {
    const offsets = numbers(task, 'interleave.run.offsets')
    const durations = numbers(task, 'interleave.run.durations')
    expect(durations.length).toBe(offsets.length)
    const length = Number(task.endTimeUnixNano - task.startTimeUnixNano)
    for (const [index, offset] of offsets.entries()) {
      const end = offset + durations[index]!
      expect(offset, task.name).toBeGreaterThanOrEqual(
        index === 0 ? 0 : offsets[index - 1]! + durations[index - 1]!,
      )
      expect(end, task.name).toBeLessThanOrEqual(length)
    }
  }
}
