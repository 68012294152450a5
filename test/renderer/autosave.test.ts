import { describe, expect, it } from 'vitest'
import { createAutosave } from '../../renderer/state/autosave.ts'
import { createPending } from '../../renderer/state/pending.ts'
import { fakeClock, setTimerOn } from './app-of.ts'

function setUp() {
  const clock = fakeClock()
  const pending = createPending(async () => {})
  const saves: { readonly at: number; readonly finish: () => void; readonly fail: () => void }[] = []
  const autosave = createAutosave({
    quietMs: 350,
    maxMs: 900,
    save: () =>
      new Promise((resolve, reject) =>
        saves.push({ at: clock.now, finish: resolve, fail: () => reject(new Error('disk full')) }),
      ),
    now: () => clock.now,
    setTimer: setTimerOn(clock),
    begin: pending.begin,
  })
  return { clock, pending, saves, autosave }
}

describe('autosave', () => {
  it('waits for a pause', () => {
    const { clock, saves, autosave } = setUp()
    autosave.touch()
    clock.advance(300)
    autosave.touch()
    clock.advance(300)
    expect(saves).toHaveLength(0)
    clock.advance(50)
    expect(saves).toHaveLength(1)
  })

  it('does not wait longer than its limit for a pause that does not come', () => {
    const { clock, saves, autosave } = setUp()
    for (let at = 0; at < 1000; at += 100) {
      autosave.touch()
      clock.advance(100)
    }
    expect(saves[0]?.at).toBe(900)
  })

  it('is pending from the first change to the end of the save', async () => {
    const { clock, pending, saves, autosave } = setUp()
    autosave.touch()
    expect(pending.count()).toBe(1)
    clock.advance(350)
    expect(pending.count()).toBe(1)
    saves[0]!.finish()
    await pending.idle()
    expect(pending.count()).toBe(0)
  })

  it('saves again what changed during a save', async () => {
    const { clock, saves, autosave, pending } = setUp()
    autosave.touch()
    clock.advance(350)
    autosave.touch()
    saves[0]!.finish()
    clock.advance(350)
    await Promise.resolve()
    const done = autosave.flush()
    await new Promise<void>(resolve => setImmediate(resolve))
    expect(saves).toHaveLength(2)
    saves[1]!.finish()
    await done
    expect(pending.count()).toBe(0)
  })

  it('flushes at once, and only when there is something', async () => {
    const { saves, autosave } = setUp()
    await autosave.flush()
    expect(saves).toHaveLength(0)
    autosave.touch()
    const flushed = autosave.flush()
    expect(saves).toHaveLength(1)
    saves[0]!.finish()
    await flushed
  })
})
