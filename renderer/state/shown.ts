/** The lanes on screen and where they stand: pure functions of the stores. */
import type { Finding } from '../../src/core/detect/finding.ts'
import type { Lane } from '../../src/core/lanes/lane.ts'
import { type PlacedLane, stackLanes } from '../../src/core/scene/geometry.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import type { App } from './app.ts'
import { chooseLanes, type LaneChoice } from './lane-choice.ts'

export const sessionNow = (app: App): Session | null => app.trace.getState().trace?.session ?? null

export function findingNow(app: App): Finding | undefined {
  return findingOf(sessionNow(app), app.selection.getState().finding)
}

export const findingOf = (session: Session | null, id: string): Finding | undefined =>
  id ? session?.analysis.findings.find(finding => finding.id === id) : undefined

const noLanes: readonly Lane[] = []

let last: { readonly session: Session; readonly choice: LaneChoice; readonly lanes: readonly Lane[] } | null =
  null

/** The lanes on screen. The same choice gives the same list: drawing and panels may compare by identity. */
export function lanesNow(app: App): readonly Lane[] {
  const session = sessionNow(app)
  if (!session) return noLanes
  const { laneFilter, onlyInvolved, laneOrder, pinned, opened } = app.view.getState()
  const { matches, onlyMatching } = app.search.getState()
  const choice: LaneChoice = {
    laneFilter,
    involvedIn: onlyInvolved ? findingNow(app) : undefined,
    matches: onlyMatching ? matches : null,
    order: laneOrder,
    pinned,
    opened,
  }
  if (last?.session !== session || !sameChoice(last.choice, choice)) {
    last = { session, choice, lanes: chooseLanes(session, choice) }
  }
  return last.lanes
}

const sameChoice = (a: LaneChoice, b: LaneChoice): boolean =>
  (Object.keys(a) as (keyof LaneChoice)[]).every(key => a[key] === b[key])

export const placedNow = (app: App): readonly PlacedLane[] =>
  stackLanes(lanesNow(app), app.view.getState()).placed

/** The first lane in sight, `''` at the very top. */
export function topLaneNow(app: App): string {
  const { scrollPx } = app.view.getState()
  if (scrollPx <= 0) return ''
  const first = placedNow(app).find(({ y, geometry }) => y + geometry.heightPx > scrollPx)
  return first?.lane.id ?? ''
}

/** Scroll position that has this lane on top; the very top for a lane that is not shown. */
export function scrollToTop(app: App, lane: string): number {
  const placed = placedNow(app).find(one => one.lane.id === lane)
  return placed ? placed.y - placed.headingPx : 0
}

/** Scroll position that shows these lanes: all of them in the middle when they fit, else the first one at the top. */
export function scrollFor(app: App, ids: ReadonlySet<string>): number | undefined {
  const placed = placedNow(app).filter(({ lane }) => ids.has(lane.id))
  const first = placed[0]
  const lastOne = placed.at(-1)
  if (!first || !lastOne) return undefined
  const { heightPx, rulerPx, contentPx } = app.surface
  const room = heightPx - rulerPx
  if (room <= 0) return undefined
  const top = first.y - first.headingPx
  const bottom = lastOne.y + lastOne.geometry.heightPx
  const scrollPx = app.view.getState().scrollPx
  if (top >= scrollPx && bottom <= scrollPx + room) return scrollPx
  const wanted = bottom - top <= room ? (top + bottom - room) / 2 : top - 8
  return Math.max(0, Math.min(wanted, Math.max(contentPx, bottom) - room))
}
