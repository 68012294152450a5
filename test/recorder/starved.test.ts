import { beforeEach, describe, expect, it, vi } from 'vitest'

/** What the kernel counts: time on a processor, time ready without one, slices. */
const kernel = vi.hoisted(() => ({ ranNs: 5000, readyNs: 0, missing: false }))
vi.mock('node:fs', () => ({
  openSync: () => {
    if (kernel.missing) throw new Error('ENOENT')
    return 7
  },
  readSync: (_file: number, buffer: Buffer) =>
    buffer.write(`${kernel.ranNs} ${kernel.readyNs} 12\n`, 'latin1'),
}))

const { countsSince, lookBefore, watchStarving } = await import('../../src/recorder/starved.ts')

describe('time without a processor', () => {
  let nowNs = 0
  beforeEach(() => {
    kernel.missing = false
    kernel.readyNs = 1000
    watchStarving()
    nowNs += 1e9
    lookBefore(nowNs)
  })
  it('is what the kernel counted since the look before the slice', () => {
    kernel.readyNs += 70e6
    expect(countsSince(nowNs).starvedNs).toBe(70e6)
  })
  it('is not what the slice ran: at least so much of that is known, without what came before the slice', () => {
    kernel.ranNs += 90e6
    expect(countsSince(nowNs).ranNs).toBe(90e6)
    expect(countsSince(nowNs + 15e6).ranNs).toBe(75e6)
    expect(countsSince(nowNs + 95e6).ranNs).toBe(0)
  })
  it('is looked up again only when the last look is 20 ms old', () => {
    kernel.readyNs += 3e6
    lookBefore(nowNs + 19e6)
    expect(countsSince(nowNs).starvedNs).toBe(3e6)
    lookBefore(nowNs + 20e6)
    expect(countsSince(nowNs).starvedNs).toBe(0)
  })
  it('is none where the system does not tell', () => {
    kernel.missing = true
    watchStarving()
    lookBefore(nowNs + 1e9)
    kernel.readyNs += 70e6
    expect(countsSince(nowNs).starvedNs).toBe(0)
  })
})
