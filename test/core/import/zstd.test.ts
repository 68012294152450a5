import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ZstdDecoder } from '../../../src/core/import/packed/zstd-decoder.ts'
import { ZstdError } from '../../../src/core/import/packed/zstd-entropy.ts'

function unpack(packed: Uint8Array, chunkBytes: number): Buffer {
  const decoder = new ZstdDecoder()
  const parts: Uint8Array[] = []
  for (let at = 0; at < packed.length; at += chunkBytes)
    parts.push(...decoder.push(packed.subarray(at, at + chunkBytes)))
  decoder.end()
  return Buffer.concat(parts)
}

/** Text with repeats near and far, runs, and bytes nothing can be said about. */
const contents = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(4000)).map(([piece, times]) => {
        return Buffer.alloc(piece.length * times, piece)
      }),
      fc.stringMatching(/^[a-f]{200,4000}$/).map(text => Buffer.from(text)),
    ),
    { maxLength: 12 },
  )
  .map(pieces => Buffer.concat([...pieces, ...pieces.slice(0, 3)]))

const settings = fc.record({
  [constants.ZSTD_c_compressionLevel]: fc.integer({ min: 1, max: 19 }),
  [constants.ZSTD_c_windowLog]: fc.integer({ min: 10, max: 20 }),
  [constants.ZSTD_c_checksumFlag]: fc.nat(1),
  [constants.ZSTD_c_contentSizeFlag]: fc.nat(1),
})

const packs = fc.tuple(contents, settings).map(([bytes, params]) => zstdCompressSync(bytes, { params }))

test('unpacks what zstd packs, in chunks of any size, frame after frame', () => {
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
  fc.assert(
    fc.property(contents, settings, fc.integer({ min: 1, max: 5000 }), (bytes, params, chunkBytes) => {
      const packed = zstdCompressSync(bytes, { params })
      expect(unpack(packed, packed.length).equals(bytes)).toBe(true)
      expect(
        unpack(Buffer.concat([packed, skippable, packed]), chunkBytes).equals(Buffer.concat([bytes, bytes])),
      ).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('damaged data gives at most 128 KiB a block, or a ZstdError', () => {
  fc.assert(
    fc.property(packs, fc.nat(), fc.nat(255), (packed, where, byte) => {
      packed[12 + (where % packed.length)] = byte
      const decoder = new ZstdDecoder()
      try {
        for (const part of decoder.push(packed)) expect(part.length).toBeLessThanOrEqual(128 * 1024)
      } catch (error) {
        expect(error).toBeInstanceOf(ZstdError)
      }
    }),
    { numRuns: 300 },
  )
})

test('sequences that would copy for seconds are refused before they do', () => {
  // 98,000 sequences of the longest match each, all written as codes that take no bits: 12 GB out of 24 bytes.
  const sequences = [0xff, 0xff, 0xff, 0b01_01_01_00, 0, 0, 52, 0x80]
  const literals = [0x08, 0x41]
  const block = [...literals, ...sequences]
  const head = (block.length << 3) | 0b101
  const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, head & 0xff, head >> 8, 0, ...block)
  expect(() => [...new ZstdDecoder().push(frame)]).toThrow(ZstdError)
})

test('a cut file gives what is complete and says that it breaks off', () => {
  const bytes = Buffer.from('x y z '.repeat(100_000))
  const packed = zstdCompressSync(bytes)
  expect(() => unpack(packed.subarray(0, -3), 100)).toThrow('breaks off')
})
