import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RowPacker, TreePacker } from '../../../src/core/lanes/pack.ts'

const intervals = fc.array(
  fc.record({ start: fc.nat(1000), length: fc.nat(100), height: fc.integer({ min: 1, max: 4 }) }),
  { maxLength: 60 },
)

describe('packing', () => {
  it('never puts two at a time into one row, and needs as many rows as there are at once', () => {
    fc.assert(
      fc.property(intervals, given => {
        const sorted = [...given].sort((a, b) => a.start - b.start)
        const packer = new RowPacker(1000)
        const placed = sorted.map(each => ({
          ...each,
          row: packer.place(each.start, each.start + each.length, each.height),
        }))
        placed.forEach((a, at) => {
          for (const b of placed.slice(at + 1)) {
            const together = a.row < b.row + b.height && b.row < a.row + a.height
            if (together) expect(a.start + a.length).toBeLessThanOrEqual(b.start)
          }
        })
        const flat = new RowPacker(1000)
        for (const { start, length } of sorted) flat.place(start, start + length)
        // An interval of no length needs a row as well where others are under way.
        const atOnce = sorted.map(
          ({ start }, at) => 1 + sorted.slice(0, at).filter(b => b.start + b.length > start).length,
        )
        expect(flat.rows).toBe(Math.max(0, ...atOnce))
      }),
    )
  })

  it('keeps to its cap', () => {
    const packer = new RowPacker(3)
    const rows = Array.from({ length: 20 }, (_, at) => packer.place(at, 1000))
    expect(packer.rows).toBe(3)
    expect(Math.max(...rows)).toBe(2)
    expect(new RowPacker(3).place(0, 1, 50)).toBe(0)
  })

  it('puts children below parents, and siblings that overlap below each other', () => {
    const packer = new TreePacker(10)
    expect(packer.place(0, 100, 0)).toBe(0)
    expect(packer.place(0, 40, 1)).toBe(1)
    expect(packer.place(20, 60, 1)).toBe(2)
    expect(packer.place(70, 90, 1)).toBe(1)
  })
})
