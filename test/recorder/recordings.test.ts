import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectConvention } from './invariants.ts'
import { durationMs, number, readRecording, strings, text } from './recording.ts'

const incidents = join(import.meta.dirname, '../../fixtures/incidents')
const recordings = ['frozen-app', 'double-completion', 'blocked-loop'].flatMap(name =>
  ['bug', 'fixed'].map(variant => join(name, `${variant}.otlp.jsonl`)),
)

describe.each(recordings)('%s', name => {
  const recording = readRecording(join(incidents, name))
  it('keeps the convention', () => expectConvention(recording))
  it('is small and holds no path of the machine it was made on', () => {
    expect(statSync(join(incidents, name)).size).toBeLessThan(2 * 1024 * 1024)
    expect(recording.text).not.toMatch(/"(?:file:\/\/)?\/(?:home|root|tmp|work|Users)\//)
    for (const item of [...recording.spans, ...recording.logs])
      expect(text(item, 'code.file.path')).not.toMatch(/^[/\\]/)
  })
  it('lost nothing', () => {
    const losses = recording.events('interleave.recorder.loss')
    expect(losses.map(log => number(log, 'interleave.loss.count'))).toEqual([0])
  })
})

describe('frozen-app', () => {
  it('queries of a pg client are the uses of its hold', () => {
    const recording = readRecording(join(incidents, 'frozen-app/bug.otlp.jsonl'))
    const leaked = recording
      .ofType('resource.hold')
      .filter(hold => text(hold, 'interleave.resource.name') === 'db-pool' && durationMs(hold) > 1000)
    expect(leaked).toHaveLength(10)
    for (const hold of leaked) {
      const id = text(hold, 'interleave.hold.id')
      const uses = recording.spans.filter(span => strings(span, 'interleave.hold.ids').includes(id))
      expect(uses.map(span => span.name)).toEqual(['SELECT conversations'])
      expect(durationMs(uses[0]!) / durationMs(hold)).toBeLessThan(0.05)
      expect(text(hold, 'code.function.name')).toBe('checkAccess')
    }
    const waits = recording
      .ofType('resource.wait')
      .filter(wait => text(wait, 'interleave.resource.outcome') === 'timeout')
    expect(waits).toHaveLength(5)
    expect(waits.map(wait => number(wait, 'interleave.resource.in_use'))).toEqual([10, 10, 10, 10, 10])
  })
})
