/** Where everything is drawn: of each row of the model, of each span and of each task the first lane and item. */
import { itemKinds } from '../../src/core/lanes/lane.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { memoOn } from './memo.ts'

/** Lane and item numbers, -1 for none. Typed columns rather than maps: a million items cost two passes and no garbage. */
export interface Places {
  readonly lane: Int32Array
  readonly item: Int32Array
}

export interface SessionPlaces {
  /** Of the rows of each model table, by kind in the order of `itemKinds`. */
  readonly ofKind: readonly Places[]
  readonly ofSpan: Places
  /** Lane that a task has for itself or shares with its like, -1 for none. */
  readonly laneOfTask: Int32Array
}

export const placesOf = memoOn((session: Session): SessionPlaces => {
  const { lanes, model, store } = session
  const longest = new Array<number>(itemKinds.length).fill(0)
  for (const { items } of lanes) {
    for (let item = 0; item < items.count; item++) {
      const kind = items.kind[item]!
      longest[kind] = Math.max(longest[kind]!, items.ref[item]! + 1)
    }
  }
  const ofKind = longest.map(nowhere)
  const ofSpan = nowhere(store.spans.count)
  const laneOfTask = new Int32Array(model.tasks.length).fill(-1)
  const taskKind = itemKinds.indexOf('task')
  for (const [lane, { kind: laneKind, items }] of lanes.entries()) {
    const hasTasks = laneKind === 'task'
    for (let item = 0; item < items.count; item++) {
      const kind = items.kind[item]!
      const ref = items.ref[item]!
      take(ofKind[kind]!, ref, lane, item)
      take(ofSpan, items.span[item]!, lane, item)
      if (hasTasks && kind === taskKind && laneOfTask[ref] === -1) laneOfTask[ref] = lane
    }
  }
  return { ofKind, ofSpan, laneOfTask }
})

const nowhere = (count: number): Places => ({
  lane: new Int32Array(count).fill(-1),
  item: new Int32Array(count).fill(-1),
})

function take(places: Places, at: number, lane: number, item: number): void {
  if (at < 0 || places.lane[at] !== -1) return
  places.lane[at] = lane
  places.item[at] = item
}
