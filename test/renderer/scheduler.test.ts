import { describe, expect, it } from 'vitest'
import { createPending } from '../../renderer/state/pending.ts'
import { createScheduler } from '../../renderer/timeline/scheduler.ts'

function setUp(frame: (nowMs: number, sinceMs: number) => boolean) {
  const asked: ((nowMs: number) => void)[] = []
  const pending = createPending(async () => {})
  const scheduler = createScheduler({
    frame,
    request: run => asked.push(run),
    cancel: () => {
      asked.length = 0
    },
    begin: pending.begin,
  })
  return { scheduler, asked, pending }
}

describe('frame scheduler', () => {
  it('asks for one frame however often something changes', () => {
    const { scheduler, asked } = setUp(() => false)
    scheduler.invalidate()
    scheduler.invalidate()
    expect(asked).toHaveLength(1)
    asked.shift()!(0)
    expect(asked).toHaveLength(0)
  })

  it('goes on while a frame asks for the next, and never looks idle in between', () => {
    let left = 2
    const { scheduler, asked, pending } = setUp(() => left-- > 0)
    scheduler.invalidate()
    for (const now of [0, 16, 32]) {
      expect(pending.count()).toBe(1)
      asked.shift()!(now)
    }
    expect(pending.count()).toBe(0)
  })

  it('never looks idle while a frame is asked for by the one before it', () => {
    let left = 2
    const { scheduler, asked, pending } = setUp(() => {
      if (left > 0) scheduler.invalidate()
      return left-- > 0
    })
    scheduler.invalidate()
    for (const now of [0, 16, 32]) {
      expect(pending.count()).toBe(1)
      asked.shift()!(now)
    }
    expect(pending.count()).toBe(0)
  })

  it('tells the time since the last frame of the same motion, bounded', () => {
    const since: number[] = []
    const { scheduler, asked } = setUp((_, sinceMs) => {
      since.push(sinceMs)
      return since.length < 3
    })
    scheduler.invalidate()
    asked.shift()!(1000)
    asked.shift()!(1016)
    asked.shift()!(60_000)
    expect(since).toEqual([0, 16, 64])
  })

  it('ends its frame when the drawing fails', () => {
    const { scheduler, asked, pending } = setUp(() => {
      throw new Error('no canvas')
    })
    scheduler.invalidate()
    expect(() => asked.shift()!(0)).toThrow('no canvas')
    expect(pending.count()).toBe(0)
  })

  it('draws nothing after it was stopped', () => {
    const { scheduler, asked, pending } = setUp(() => false)
    scheduler.invalidate()
    scheduler.stop()
    scheduler.invalidate()
    expect(asked).toHaveLength(0)
    expect(pending.count()).toBe(0)
  })
})
