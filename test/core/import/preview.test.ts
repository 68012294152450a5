import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { importTrace } from '../../../src/core/import/import-trace.ts'
import { type ImportPreview, PreviewReader, previewBins } from '../../../src/core/import/preview.ts'
import { StoreBuilder, spanFields } from '../../../src/core/store/builder.ts'
import { lines, otlp, sourceOf } from '../../support/otlp.ts'

interface Told {
  readonly service: string
  readonly name: string
  /** ms after the start of the test epoch. */
  readonly ms: number
  readonly failed: boolean
}

const epochSec = 1_767_225_600

function push(builder: StoreBuilder, { service, name, ms, failed }: Told): void {
  const sec = Math.floor(ms / 1000)
  builder.addSpan({
    ...spanFields(),
    name: builder.intern(name),
    process: builder.process(new Map([['service.name', service]])),
    status: failed ? 2 : 0,
    startSec: epochSec + sec,
    startNano: Math.round((ms - sec * 1000) * 1e6),
  })
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)
const lane = (preview: ImportPreview, name: string) => preview.lanes.find(each => each.name === name)

/** Times that grow, jump back and jump far ahead; read in batches of any size. */
const spans = fc.array(
  fc.record({
    service: fc.constantFrom('a', 'b', 'c'),
    name: fc.constantFrom('x', 'y'),
    ms: fc.oneof(fc.integer({ min: -5, max: 50 }), fc.integer({ min: 0, max: 1e9 })),
    failed: fc.boolean(),
  }),
  { minLength: 1, maxLength: 80 },
)

test('every span is counted in the bin of its start, in whatever batches it came', () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 1, max: 9 }), (told, batch) => {
      const builder = new StoreBuilder()
      const reader = new PreviewReader(builder)
      told.forEach((span, at) => {
        push(builder, span)
        if (at % batch === 0) reader.look()
      })
      const preview = reader.look()
      const services = new Set(told.map(span => span.service))
      expect(preview.by).toBe(services.size > 1 ? 'service' : 'operation')
      for (const { name, starts, errorStarts, spans, errors } of preview.lanes) {
        const own = told.filter(span => name === (services.size > 1 ? span.service : span.name))
        expect(spans).toBe(own.length)
        expect(errors).toBe(own.filter(span => span.failed).length)
        expect(starts.length).toBeLessThanOrEqual(previewBins)
        const expected = new Float64Array(starts.length)
        const failures = new Float64Array(starts.length)
        for (const { ms, failed } of own) {
          const bin = Math.floor(((ms - told[0]!.ms) * 1e6 - preview.startNs) / preview.binNs)
          expected[bin]!++
          if (failed) failures[bin]!++
        }
        expect(starts).toEqual(expected)
        expect(errorStarts).toEqual(failures)
      }
      expect(sum(preview.lanes.map(each => each.spans))).toBe(told.length)
    }),
  )
})

test('more services or operations than there is room for share the last lane', () => {
  for (const by of ['service', 'operation'] as const) {
    const builder = new StoreBuilder()
    for (let at = 0; at < 100; at++) {
      const own = `n${at}`
      push(builder, {
        service: by === 'service' ? own : 'api',
        name: by === 'service' ? 'op' : own,
        ms: at,
        failed: false,
      })
    }
    const preview = new PreviewReader(builder).look()
    expect(preview.lanes.length).toBeLessThanOrEqual(16)
    expect(preview.lanes.at(-1)!.name).toBe('')
    expect(sum(preview.lanes.map(each => each.spans))).toBe(100)
  }
})

test('wild and missing times are counted and do not stretch the axis', () => {
  const builder = new StoreBuilder()
  push(builder, { service: 'a', name: 'x', ms: 0, failed: false })
  push(builder, { service: 'a', name: 'x', ms: 2, failed: false })
  push(builder, { service: 'a', name: 'x', ms: 9e12, failed: false })
  builder.addSpan({ ...spanFields(), name: builder.intern('x'), process: 0 })
  const preview = new PreviewReader(builder).look()
  expect(preview.binNs * previewBins).toBeLessThan(10e6)
  expect(lane(preview, 'x')).toMatchObject({ spans: 4 })
  expect(sum(lane(preview, 'x')!.starts)).toBe(2)
})

test('the import tells what it has, and at the end all of it', async () => {
  const text = lines(
    ...Array.from({ length: 50 }, (_, at) =>
      otlp({
        spans: [{ id: `${at + 1}`, name: 'op', start: at * 1e6, end: at * 1e6, status: at === 7 ? 2 : 0 }],
      }),
    ),
  )
  const told: ImportPreview[] = []
  await importTrace([sourceOf('a', text, 100)], { onPreview: preview => told.push(preview) })
  expect(lane(told.at(-1)!, 'op')).toMatchObject({ spans: 50, errors: 1 })
  expect(sum(lane(told.at(-1)!, 'op')!.starts)).toBe(50)
})
