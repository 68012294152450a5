import { describe, expect, it } from 'vitest'
import { pinLane } from '../../renderer/actions/fold-lanes.ts'
import { ask, clearSearch, rankOfSelected, searchOn, stepMatch } from '../../renderer/actions/search.ts'
import { itemOf } from '../../renderer/state/lookup.ts'
import { lanesNow, sessionNow } from '../../renderer/state/shown.ts'
import { starved } from '../support/scene.ts'
import { appOf } from './app-of.ts'

const asked = async (query: string) => {
  const { app } = appOf(starved())
  ask(app, query)
  await app.pending.idle()
  return app
}

describe('searching', () => {
  it('finds, hides lanes on Enter, and shows them again', async () => {
    const app = await asked('role:hold')
    const all = sessionNow(app)!.lanes.length
    expect(app.search.getState().matches?.count).toBe(2)
    expect(lanesNow(app)).toHaveLength(all)
    searchOn(app, 1)
    expect(lanesNow(app).map(lane => lane.id)).toEqual(['resource:db'])
    clearSearch(app)
    expect(lanesNow(app)).toHaveLength(all)
  })

  it('goes round through the matches in time, both ways', async () => {
    const app = await asked('role:hold')
    const ranks: number[] = []
    const starts: number[] = []
    for (const by of [1, 1, 1, -1] as const) {
      stepMatch(app, by)
      ranks.push(rankOfSelected(app))
      starts.push(itemOf(sessionNow(app)!, app.selection.getState().selected)!.startNs)
    }
    expect(ranks).toEqual([1, 2, 1, 2])
    expect(starts[0]).toBeLessThan(starts[1]!)
  })

  it('tells where a query is wrong and dims nothing then', async () => {
    const app = await asked('role:hold')
    ask(app, 'role:hol')
    expect(app.search.getState()).toMatchObject({ matches: null, problem: { at: 0, length: 8 } })
  })

  it('a later query wins over one that is still running', async () => {
    const { app } = appOf(starved())
    ask(app, 'role:hold')
    ask(app, 'role:wait')
    await app.pending.idle()
    expect(app.search.getState().matches?.count).toBe(1)
  })
})

describe('the choice of lanes', () => {
  it('filters by name, orders inside groups, keeps pinned lanes on top', async () => {
    const app = await asked('role:task task:T3')
    stepMatch(app, 1)
    pinLane(app)
    const pinned = app.selection.getState().selected!.lane
    expect(lanesNow(app)[0]!.id).toBe(pinned)
    app.view.setState({ laneFilter: 'db' })
    expect(lanesNow(app).map(lane => lane.id)).toEqual([pinned, 'resource:db'])
    pinLane(app)
    app.view.setState({ laneFilter: '', laneOrder: 'name' })
    const tasks = lanesNow(app).filter(lane => lane.kind === 'task')
    expect(tasks.map(lane => lane.label)).toEqual(tasks.map(lane => lane.label).toSorted())
  })
})
