/** Lanes pinned, collapsed and opened into what is nested in them. */
import { deepLevels } from '../../src/core/scene/geometry.ts'
import { nestedText } from '../../src/core/scene/nested.ts'
import type { ItemRef } from '../../src/core/scene/scene.ts'
import type { App } from '../state/app.ts'
import { itemOf, lanesById } from '../state/lookup.ts'
import { placedNow, sessionNow } from '../state/shown.ts'
import { announce } from './announce.ts'

/** `P`: the lane of the selected item stays on top, or goes back to its place. */
export function pinLane(app: App): void {
  const { selected } = app.selection.getState()
  if (selected) togglePin(app, selected.lane)
  else announce(app, 'Select something in a lane to pin it')
}

export function togglePin(app: App, lane: string): void {
  app.view.setState(({ pinned }) => ({ pinned: toggled(pinned, lane) }))
}

export function toggleCollapsed(app: App, lane: string): void {
  app.view.setState(({ collapsed }) => ({ collapsed: toggled(collapsed, lane) }))
}

export function expandLane(app: App, lane: string): void {
  if (app.view.getState().collapsed.has(lane)) toggleCollapsed(app, lane)
}

/** `E`: the lane of the selected item opens, or closes again. */
export function openSelectedLane(app: App): void {
  const { selected } = app.selection.getState()
  if (selected) toggleOpened(app, selected.lane)
  else announce(app, 'Select something in a lane to open it')
}

/** Opens a task into its child tasks and all levels of its spans, or closes it. The lane itself stays where it is on screen. */
export function toggleOpened(app: App, lane: string): void {
  const session = sessionNow(app)
  const found = session && lanesById(session).get(lane)
  if (!found) return
  const inside = nestedText(session.lanes, found)
  if (!inside) return announce(app, `Nothing is nested in ${found.label}`)
  const topOf = (): number => placedNow(app).find(one => one.lane.id === lane)?.y ?? 0
  const before = topOf()
  expandLane(app, lane)
  app.view.setState(({ opened }) => ({ opened: toggled(opened, lane) }))
  const movedPx = topOf() - before
  app.view.setState(({ scrollPx }) => ({ scrollPx: Math.max(0, scrollPx + movedPx), flight: null }))
  const isOpen = app.view.getState().opened.has(lane)
  announce(app, isOpen ? `Opened ${found.label}: ${inside} below it` : `Closed ${found.label}`)
}

/** Opens the lane of a deep span: a level that is squeezed shows nobody what was asked for. */
export function openForItem(app: App, ref: ItemRef): void {
  const session = sessionNow(app)
  const item = session && itemOf(session, ref)
  if (!item || app.view.getState().opened.has(ref.lane)) return
  const { lane } = item
  if (lane.items.row[ref.item]! >= lane.rows - deepLevels(lane)) {
    app.view.setState(({ opened }) => ({ opened: toggled(opened, ref.lane) }))
  }
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(id)) next.add(id)
  return next
}
