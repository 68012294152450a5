import { describe, expect, it } from 'vitest'
import { buffersOf } from '../../renderer/transfer.ts'
import { sessionOf } from '../support/scene.ts'

describe('buffersOf', () => {
  it('finds every column of a session once, so that it crosses whole', () => {
    const session = sessionOf(`
      T1  R────··W
      T2     R──W
    `)
    const buffers = buffersOf(session)
    expect(new Set(buffers).size).toBe(buffers.length)
    expect(buffers).toContain(session.store.spans.startNs.buffer)
    for (const lane of session.lanes) expect(buffers).toContain(lane.items.startNs.buffer)
    const before = session.store.spans.startNs.slice()
    const crossed = structuredClone(session, { transfer: buffers })
    expect(crossed.store.spans.startNs).toEqual(before)
    expect(session.lanes[0]!.items.startNs.byteLength).toBe(0)
  })

  it('leaves shared memory alone and does not follow circles', () => {
    const shared = new Float64Array(new SharedArrayBuffer(16))
    const circle: { self?: unknown; shared: unknown } = { shared }
    circle.self = circle
    expect(buffersOf(circle)).toEqual([])
  })

  it('finds a column that stands beside its number', () => {
    const column = new Uint8Array(1)
    expect(buffersOf([[7, { column }]])).toEqual([column.buffer])
  })

  it('does not care how deep the data is', () => {
    let deep: object = { column: new Uint8Array(1) }
    for (let level = 0; level < 100_000; level++) deep = { deep }
    expect(buffersOf(deep)).toHaveLength(1)
  })
})
