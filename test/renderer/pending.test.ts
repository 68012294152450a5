import { describe, expect, it } from 'vitest'
import { createPending } from '../../renderer/state/pending.ts'

describe('pending', () => {
  it('is idle at once when there is nothing to do', async () => {
    await createPending(async () => {}).idle()
  })

  it('waits for everything, and for what it causes', async () => {
    let settle = async (): Promise<void> => {}
    const pending = createPending(() => settle())
    const log: string[] = []
    const first = pending.begin()
    settle = async () => {
      settle = async () => {}
      const second = pending.begin()
      setImmediate(() => {
        log.push('second')
        second()
      })
    }
    const idle = pending.idle().then(() => log.push('idle'))
    log.push('first')
    first()
    await idle
    expect(log).toEqual(['first', 'second', 'idle'])
  })

  it('counts an end once however often it is told', () => {
    const pending = createPending(async () => {})
    const end = pending.begin()
    pending.begin()
    end()
    end()
    expect(pending.count()).toBe(1)
  })

  it('ends what fails as well', async () => {
    const pending = createPending(async () => {})
    await expect(pending.track(Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(pending.count()).toBe(0)
  })
})
