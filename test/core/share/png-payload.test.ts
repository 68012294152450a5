import { crc32, deflateSync } from 'node:zlib'
import { createCanvas } from '@napi-rs/canvas'
import { strToU8 } from 'fflate'
import { describe, expect, test } from 'vitest'
import { emptyContent } from '../../../src/core/notebook/note.ts'
import { wholeView } from '../../../src/core/notebook/restore.ts'
import { looksLikeBundle, readBundle, writeBundle } from '../../../src/core/share/bundle.ts'
import { readPayload, type SharePayload, writePayload } from '../../../src/core/share/payload.ts'
import { embedPayload, extractPayload } from '../../../src/core/share/png-payload.ts'
import { noteOf } from '../../support/notes.ts'

const picture = (): Uint8Array => {
  const canvas = createCanvas(8, 8)
  canvas.getContext('2d').fillRect(0, 0, 4, 4)
  return new Uint8Array(canvas.toBuffer('image/png'))
}

/** A chunk as another tool would write it, put right after the header chunk. */
function withChunk(png: Uint8Array, type: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  chunk.set(data, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)])
}

const payload: SharePayload = {
  version: 1,
  notebook: {
    ...emptyContent,
    version: 2,
    source: { fingerprint: 'f', files: ['a.jsonl'] },
    notes: [
      noteOf({
        anchor: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), lane: 'task:1', fromNs: '1', toNs: '2' },
        text: 'naïve – 🙂 </script>',
      }),
    ],
    view: { ...wholeView, fromNs: '1', toNs: '9', finding: 'F1' },
  },
  slice: '{"resourceSpans":[]}',
  startUnixNano: '1767225600000000000',
}

describe('a picture that carries its view', () => {
  test('gives back what was put in, and stays a picture', () => {
    const png = embedPayload(picture(), writePayload(payload))
    const found = extractPayload(png)
    expect(found.kind).toBe('ok')
    expect(readPayload((found as { json: string }).json)).toEqual({ kind: 'ok', payload, problems: [] })
  })

  test('embedding again replaces the first payload', () => {
    const twice = embedPayload(embedPayload(picture(), '{"n":1}'), '{"n":2}')
    expect(extractPayload(twice)).toEqual({ kind: 'ok', json: '{"n":2}' })
    expect(Buffer.from(twice).toString('latin1').split('interleave\0')).toHaveLength(2)
  })

  test("another tool's text chunk before ours does not hide it", () => {
    const png = withChunk(embedPayload(picture(), '{}'), 'iTXt', strToU8('XML:com.adobe.xmp\0\0\0\0\0<x/>'))
    expect(extractPayload(png)).toEqual({ kind: 'ok', json: '{}' })
  })

  test('no view inside, a broken view and no picture are told apart', () => {
    expect(extractPayload(picture())).toEqual({ kind: 'none' })
    expect(extractPayload(strToU8('hello'))).toEqual({ kind: 'not-png' })
    const cut = withChunk(
      picture(),
      'iTXt',
      Buffer.concat([strToU8('interleave\0\x01\0\0\0', true), deflateSync(strToU8('{}')).subarray(0, 4)]),
    )
    expect(extractPayload(cut).kind).toBe('broken')
    const whole = embedPayload(picture(), '{"a":1}')
    const at = Buffer.from(whole).indexOf('interleave') + 20
    whole[at] = whole[at]! ^ 0xff
    expect(extractPayload(whole)).toMatchObject({ kind: 'broken', why: expect.stringContaining('checksum') })
  })

  test('a bomb is stopped before it is in memory', () => {
    const bomb = deflateSync(new Uint8Array(300 * 1024 * 1024), { level: 1 })
    const png = withChunk(picture(), 'iTXt', Buffer.concat([strToU8('interleave\0\x01\0\0\0', true), bomb]))
    expect(extractPayload(png)).toEqual({ kind: 'broken', why: 'it inflates to more than 256 MiB' })
  })

  test('a newer version and foreign JSON are refused in words', () => {
    expect(readPayload('{"version":2,"notebook":{}}')).toEqual({
      kind: 'newer',
      version: 2,
      known: 1,
    })
    expect(readPayload('[]').kind).toBe('broken')
    expect(readPayload('{"version":1,"notebook":{"version":9}}')).toEqual({
      kind: 'newer',
      version: 9,
      known: 2,
    })
  })
})

describe('a bundle', () => {
  test('round trip', () => {
    const bytes = writeBundle(payload)
    expect(looksLikeBundle(bytes)).toBe(true)
    expect(readBundle(bytes)).toEqual({ kind: 'ok', payload, problems: [] })
  })

  test('cut anywhere it is told to be cut short', () => {
    const bytes = writeBundle(payload)
    for (let length = 30; length < bytes.length - 8; length++) {
      expect(readBundle(bytes.subarray(0, length))).toEqual({ kind: 'broken', why: 'it is cut short' })
    }
  })
})
