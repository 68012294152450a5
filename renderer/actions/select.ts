/** Choosing what is looked into: findings, items of lanes, ranges; and following who waits for whom. */
import { groupAlike } from '../../src/core/compare/alike.ts'
import type { Finding } from '../../src/core/detect/finding.ts'
import { findingRange } from '../../src/core/scene/finding-range.ts'
import type { ItemRef } from '../../src/core/scene/scene.ts'
import { firstAtOrAfter } from '../../src/core/sorted.ts'
import type { App } from '../state/app.ts'
import { involvedLanes } from '../state/involved-lanes.ts'
import { findItem, type Item, itemOf, lanesById } from '../state/lookup.ts'
import type { Range } from '../state/selection.ts'
import { findingNow, lanesNow, scrollFor, sessionNow } from '../state/shown.ts'
import { centreOn, fitStretch } from '../timeline/viewport.ts'
import { announce, describeItem } from './announce.ts'
import { expandLane, openForItem } from './fold-lanes.ts'
import { durationOf, flyTo, rememberPlace, windowNow } from './navigate.ts'

/** The instant that shows a finding best: the middle of its decisive interval. */
export const decisiveNs = (finding: Finding): number => (finding.startNs + finding.endNs) / 2

/** Selects a finding and flies to its decisive interval; `fly: false` only opens its card. */
export function selectFinding(app: App, id: string, fly = true): void {
  const session = sessionNow(app)
  const finding = session?.analysis.findings.find(one => one.id === id)
  if (!session || !finding) return
  if (fly) rememberPlace(app)
  app.selection.setState({ finding: id, selected: null, range: null, inspect: 'finding' })
  app.view.setState({ playheadNs: decisiveNs(finding) })
  announce(app, `Finding ${finding.id}: ${finding.text.title}`)
  if (!fly) return
  const lanes = new Set(involvedLanes(session, finding).map(lane => lane.id))
  flyTo(app, findingRange(finding, durationOf(app)), scrollFor(app, lanes))
}

/** `N` and `Shift+N`: round through the defects of the list. */
export function stepFinding(app: App, by: 1 | -1): void {
  const groups = groupAlike(sessionNow(app)?.analysis.findings ?? [])
  if (groups.length === 0) return
  const { finding } = app.selection.getState()
  const at = groups.findIndex(group => group.some(({ id }) => id === finding))
  const next = at < 0 ? (by > 0 ? 0 : groups.length - 1) : (at + by + groups.length) % groups.length
  selectFinding(app, groups[next]![0].id)
}

/** `keepRange`: a selected area stays, as when the item was chosen from its tables. */
export function selectItem(app: App, ref: ItemRef | null, keepRange = false): void {
  const session = sessionNow(app)
  const item = session ? itemOf(session, ref) : null
  app.selection.setState({
    selected: item ? ref : null,
    range: keepRange ? app.selection.getState().range : null,
    inspect: item ? 'selection' : 'finding',
  })
  if (session && item) announce(app, describeItem(app, session, item))
}

/** Selects an item and brings it into sight; zooms only when it would be a speck or far too wide. */
export function goToItem(app: App, ref: ItemRef, keepRange = false): void {
  const session = sessionNow(app)
  const item = session ? itemOf(session, ref) : null
  if (!item) return
  rememberPlace(app)
  showLane(app, ref.lane)
  openForItem(app, ref)
  selectItem(app, ref, keepRange)
  const window = windowNow(app)
  const length = window.endNs - window.startNs
  const size = item.endNs - item.startNs
  const visible = item.startNs >= window.startNs && item.endNs <= window.endNs
  const speck = size > 0 && size < length / 400
  const target =
    visible && !speck
      ? window
      : speck || size > length
        ? fitStretch(item.startNs, item.endNs, durationOf(app), 1)
        : centreOn(window, (item.startNs + item.endNs) / 2, durationOf(app))
  flyTo(app, target, scrollFor(app, new Set([ref.lane])))
}

/** A lane that a filter hides comes back when something in it is asked for. */
export function showLane(app: App, lane: string): void {
  if (lanesNow(app).some(shown => shown.id === lane)) return
  app.view.setState({ laneFilter: '', onlyInvolved: false })
  app.search.setState({ onlyMatching: false })
}

/** Selects what is nearest in the lane: it shows which one it is, and the keys go on from there. */
export function goToLane(app: App, lane: string, keepRange = false): void {
  const session = sessionNow(app)
  const items = session && lanesById(session).get(lane)?.items
  if (!session || !items) return
  rememberPlace(app)
  showLane(app, lane)
  expandLane(app, lane)
  const { startNs, endNs } = windowNow(app)
  if (items.count > 0)
    selectItem(app, { lane, item: nearest(items.startNs, (startNs + endNs) / 2) }, keepRange)
  flyTo(app, windowNow(app), scrollFor(app, new Set([lane])))
  announce(app, `Lane ${lanesById(session).get(lane)!.label}`)
}

/** Double click: select and zoom. */
export function zoomToItem(app: App, ref: ItemRef): void {
  const session = sessionNow(app)
  const item = session ? itemOf(session, ref) : null
  if (!item) return
  rememberPlace(app)
  selectItem(app, ref)
  flyTo(app, fitStretch(item.startNs, item.endNs, durationOf(app)))
}

/** The stretch that is meant right now: the range, the selected item, or the selected finding. */
export function stretchNow(app: App): Range | null {
  const { range, selected } = app.selection.getState()
  if (range) return range
  const session = sessionNow(app)
  const item = session ? itemOf(session, selected) : null
  if (item) return { startNs: item.startNs, endNs: item.endNs, lanes: [] }
  const finding = findingNow(app)
  return finding ? { startNs: finding.startNs, endNs: finding.endNs, lanes: [] } : null
}

/** `F`: centre the selection; when it is centred already, fit it. */
export function focusSelection(app: App): void {
  const stretch = stretchNow(app)
  if (!stretch) return
  const window = windowNow(app)
  const middle = (stretch.startNs + stretch.endNs) / 2
  const centred = centreOn(window, middle, durationOf(app))
  const length = window.endNs - window.startNs
  const alreadyThere = Math.abs(centred.startNs - window.startNs) < length * 0.002
  rememberPlace(app)
  flyTo(app, alreadyThere ? fitStretch(stretch.startNs, stretch.endNs, durationOf(app)) : centred)
}

/** `.` and `,`: the neighbour in the lane; without a selection, the first item of the first lane in sight. */
export function stepInLane(app: App, by: 1 | -1): void {
  const session = sessionNow(app)
  if (!session) return
  const { selected } = app.selection.getState()
  const lane = selected
    ? lanesById(session).get(selected.lane)
    : lanesNow(app).find(one => one.items.count > 0)
  if (!lane || lane.items.count === 0) return
  const at = selected ? selected.item + by : 0
  goToItem(app, { lane: lane.id, item: Math.min(lane.items.count - 1, Math.max(0, at)) })
}

/** ↑ and ↓: the item at about the same time in the lane above or below. */
export function stepLane(app: App, by: 1 | -1): void {
  const session = sessionNow(app)
  const lanes = lanesNow(app).filter(lane => lane.items.count > 0)
  if (!session || lanes.length === 0) return
  const { selected } = app.selection.getState()
  const at = lanes.findIndex(lane => lane.id === selected?.lane)
  const lane = lanes[at < 0 ? 0 : Math.min(lanes.length - 1, Math.max(0, at + by))]!
  const from = itemOf(session, selected)?.startNs ?? app.view.getState().playheadNs
  goToItem(app, { lane: lane.id, item: nearest(lane.items.startNs, from) })
}

function nearest(startNs: Float64Array, ns: number): number {
  const after = firstAtOrAfter(startNs, ns)
  if (after === 0) return 0
  if (after === startNs.length) return after - 1
  return ns - startNs[after - 1]! <= startNs[after]! - ns ? after - 1 : after
}

/** `]`: from a waiter to what it waits for. */
export function followToHolder(app: App): void {
  const session = sessionNow(app)
  const item = session ? itemOf(session, app.selection.getState().selected) : null
  if (!session || !item) return
  const hold = holderFor(app, item)
  const ref = hold >= 0 ? findItem(session, 'hold', hold) : null
  if (ref) goToItem(app, ref)
  else announce(app, 'Nothing it waits for')
}

/** `[`: from a hold to the one that waited longest for it. */
export function followToWaiter(app: App): void {
  const session = sessionNow(app)
  const item = session ? itemOf(session, app.selection.getState().selected) : null
  if (!session || item?.kind !== 'hold') return
  const hold = session.model.holds[item.index]!
  let best = -1
  let longestNs = 0
  session.model.waits.forEach((wait, index) => {
    if (wait.resource !== hold.resource) return
    const overlapNs = Math.min(wait.endNs, hold.endNs) - Math.max(wait.startNs, hold.startNs)
    if (overlapNs > longestNs) {
      longestNs = overlapNs
      best = index
    }
  })
  const ref = best >= 0 ? findItem(session, 'wait', best) : null
  if (ref) goToItem(app, ref)
  else announce(app, 'Nobody waited for it')
}

/** The hold that a waiter's wait overlapped longest: its blocker. For a hold, the hold before its wait ended. */
function holderFor(app: App, item: Item): number {
  const model = sessionNow(app)?.model
  if (!model) return -1
  const waitIndex =
    item.kind === 'wait'
      ? item.index
      : item.kind === 'hold'
        ? model.holds[item.index]!.wait
        : item.row >= 0
          ? model.waits.findIndex(wait => wait.task === model.taskOfSpan[item.row])
          : -1
  const wait = model.waits[waitIndex]
  if (!wait) return -1
  let best = -1
  let longestNs = 0
  model.holds.forEach((hold, index) => {
    if (hold.resource !== wait.resource || index === wait.hold) return
    const overlapNs = Math.min(wait.endNs, hold.endNs) - Math.max(wait.startNs, hold.startNs)
    if (overlapNs > longestNs) {
      longestNs = overlapNs
      best = index
    }
  })
  return best
}

/** Esc, innermost first. Returns whether there was something to clear. */
export function clearSelection(app: App): boolean {
  const { range, selected } = app.selection.getState()
  if (selected) {
    app.selection.setState({ selected: null, inspect: range ? 'selection' : 'finding' })
    return true
  }
  if (range) {
    app.selection.setState({ range: null, inspect: 'finding' })
    return true
  }
  if (app.selection.getState().pathOf >= 0) {
    app.selection.setState({ pathOf: -1 })
    return true
  }
  const view = app.view.getState()
  if (view.playing) {
    app.view.setState({ playing: false })
    return true
  }
  if (view.onlyInvolved || view.laneFilter) {
    app.view.setState({ onlyInvolved: false, laneFilter: '' })
    return true
  }
  return false
}
