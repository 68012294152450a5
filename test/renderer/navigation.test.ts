import { describe, expect, it } from 'vitest'
import { emptyHistory, goBack, goForward, leave, type Place } from '../../renderer/state/navigation.ts'

const at = (startNs: number): Place => ({
  startNs,
  endNs: startNs + 10,
  scrollPx: 0,
  playheadNs: 0,
  finding: '',
})

describe('navigation history', () => {
  it('goes back to where one left, and forward again', () => {
    const history = leave(leave(emptyHistory, at(1)), at(2))
    const back = goBack(history, at(3))!
    expect(back.to).toEqual(at(2))
    const further = goBack(back.history, back.to)!
    expect(further.to).toEqual(at(1))
    const forward = goForward(further.history, further.to)!
    expect(forward.to).toEqual(at(2))
    expect(goForward(forward.history, forward.to)!.to).toEqual(at(3))
  })

  it('forgets the way forward when one goes somewhere else', () => {
    const { history, to } = goBack(leave(emptyHistory, at(1)), at(2))!
    expect(goForward(leave(history, to), at(9))).toBeNull()
  })

  it('counts the same place once', () => {
    expect(leave(leave(emptyHistory, at(1)), at(1)).back).toHaveLength(1)
  })

  it('has no end to go beyond, and a bound', () => {
    expect(goBack(emptyHistory, at(1))).toBeNull()
    let history = emptyHistory
    for (let place = 0; place < 500; place++) history = leave(history, at(place))
    expect(history.back).toHaveLength(100)
    expect(history.back.at(-1)).toEqual(at(499))
  })
})
