import { describe, expect, it } from 'vitest'
import { followLink, linkToView } from '../../renderer/actions/deep-link.ts'
import { setWindow, windowNow } from '../../renderer/actions/navigate.ts'
import { putPlayhead } from '../../renderer/actions/playback.ts'
import { selectFinding } from '../../renderer/actions/select.ts'
import { trailOf } from '../../renderer/timeline/zoom-trail.tsx'
import { sessionOf } from '../support/scene.ts'
import { appOf } from './app-of.ts'

const race = () =>
  sessionOf(
    `
    T1  R────····W
    T2     R···W
    `,
    { key: 'row:jobs/4521' },
  )

describe('a link', () => {
  it('leads back to finding, window and instant', () => {
    const { app } = appOf(race())
    selectFinding(app, 'F1')
    setWindow(app, { startNs: 1e6, endNs: 5e6 })
    putPlayhead(app, 3e6)
    const there = windowNow(app)
    const link = linkToView(app)
    app.selection.setState({ finding: '' })
    setWindow(app, { startNs: 0, endNs: 12e6 })
    putPlayhead(app, 0)
    expect(followLink(app, link)).toBe(true)
    expect(app.selection.getState().finding).toBe('F1')
    expect(windowNow(app).startNs).toBeCloseTo(there.startNs, 0)
    expect(windowNow(app).endNs).toBeCloseTo(there.endNs, 0)
    expect(app.view.getState().playheadNs).toBeCloseTo(3e6, 0)
  })

  it.each(['', '#', '#finding=F99', '#at=soon', '#span=xyz', '#from=9&to=1', '#%E0%A4%A'])(
    'that points nowhere does no harm: %s',
    hash => {
      const { app } = appOf(race())
      const before = windowNow(app)
      expect(followLink(app, hash)).toBe(false)
      expect(windowNow(app)).toEqual(before)
    },
  )
})

describe('the zoom trail', () => {
  const place = (startNs: number, endNs: number) => ({
    startNs,
    endNs,
    scrollPx: 0,
    playheadNs: 0,
    finding: '',
  })

  it('keeps the places that contain the view, widest first, and no siblings', () => {
    const back = [place(0, 500), place(600, 700), place(100, 300), place(120, 180)]
    const trail = trailOf({ back, forward: [] }, { startNs: 130, endNs: 150 }, 1000)
    expect(trail.map(({ startNs, endNs }) => [startNs, endNs])).toEqual([
      [0, 500],
      [100, 300],
      [120, 180],
    ])
  })

  it('has no step that hardly changes anything', () => {
    const back = [place(0, 500), place(10, 490)]
    expect(trailOf({ back, forward: [] }, { startNs: 20, endNs: 480 }, 1000)).toEqual([])
  })
})
