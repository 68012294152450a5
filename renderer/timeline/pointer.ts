/**
 * The left button and the hovering pointer on the lanes.
 *
 *     ruler    click, drag: playhead · click on a flag: finding
 *     gutter   click: collapse or expand the lane · on its triangle: open or close it · Alt+click: pin it on top, or not
 *     lanes    click: select; on a block of many: its area · drag: time × the lanes covered · drag an edge: move it ·
 *              double click: select and zoom · drag of a note's paper: move the note
 *
 * Shift and the middle button belong to panning (`zoom-gestures.ts`).
 */
import type { StoreApi } from 'zustand/vanilla'
import { anchorOf } from '../../src/core/notebook/anchors.ts'
import { RULER_PX } from '../../src/core/scene/geometry.ts'
import type { Hit, ItemRef } from '../../src/core/scene/scene.ts'
import { finishLink } from '../actions/annotate.ts'
import { dragNote, goToNote } from '../actions/edit-notes.ts'
import { toggleCollapsed, toggleOpened, togglePin } from '../actions/fold-lanes.ts'
import { durationOf, showStretch } from '../actions/navigate.ts'
import { putPlayhead } from '../actions/playback.ts'
import { selectFinding, selectItem, zoomToItem } from '../actions/select.ts'
import type { App } from '../state/app.ts'
import { itemOf } from '../state/lookup.ts'
import { placedNow, sessionNow } from '../state/shown.ts'
import { type HoverState, hitAt, nothingHovered } from './hover.ts'
import { gutterWithin, nsAt, pxAt } from './viewport.ts'

/** Less than this is a click with a trembling hand. */
const DRAG_PX = 4
const EDGE_PX = 4

type Drag =
  | { readonly kind: 'playhead' }
  | {
      readonly kind: 'note'
      readonly note: string
      readonly fromNs: number
      readonly fromXPx: number
      readonly fromYPx: number
    }
  | {
      readonly kind: 'range'
      readonly fromNs: number
      readonly fromXPx: number
      /** Where it began in the column of lanes, so that scrolling meanwhile does no harm. */
      readonly fromY: number
      /** An edge that is moved keeps the lanes. */
      readonly lanes: readonly string[] | null
      started: boolean
    }

export function bindPointer(app: App, surface: HTMLElement, hover: StoreApi<HoverState>): () => void {
  let drag: Drag | null = null

  const place = (event: PointerEvent | MouseEvent) => {
    const box = surface.getBoundingClientRect()
    const xPx = event.clientX - box.left
    const yPx = event.clientY - box.top
    const { widthPx } = app.surface
    const gutterPx = gutterWithin(app.settings.getState().gutterPx, widthPx)
    const ns = nsAt(app.view.getState(), xPx, gutterPx, widthPx)
    return { xPx, yPx, gutterPx, widthPx, ns }
  }

  const hitUnder = (xPx: number, yPx: number): Hit | null => hitAt(app.surface.hits, xPx, yPx)

  /** Edge of the selected range under the pointer: the instant of the other edge, which stays. */
  const otherEdge = (xPx: number, gutterPx: number, widthPx: number): number | null => {
    const { range } = app.selection.getState()
    if (!range || range.endNs === range.startNs) return null
    const at = (ns: number): number => pxAt(app.view.getState(), ns, gutterPx, widthPx)
    if (Math.abs(at(range.startNs) - xPx) <= EDGE_PX) return range.endNs
    return Math.abs(at(range.endNs) - xPx) <= EDGE_PX ? range.startNs : null
  }

  const down = (event: PointerEvent): void => {
    if (event.button !== 0 || event.shiftKey) return
    const { xPx, yPx, ns, gutterPx, widthPx } = place(event)
    if (xPx < gutterPx) return
    if (yPx < RULER_PX) {
      if (hitUnder(xPx, yPx)?.target.kind === 'finding') return
      drag = { kind: 'playhead' }
      putPlayhead(app, ns)
    } else {
      drag = noteDrag(xPx, yPx, ns) ?? rangeDrag(xPx, yPx, ns, gutterPx, widthPx)
    }
    surface.setPointerCapture(event.pointerId)
  }

  const noteDrag = (xPx: number, yPx: number, ns: number): Drag | null => {
    const target = hitUnder(xPx, yPx)?.target
    return target?.kind === 'note'
      ? { kind: 'note', note: target.note, fromNs: ns, fromXPx: xPx, fromYPx: yPx }
      : null
  }

  const rangeDrag = (xPx: number, yPx: number, ns: number, gutterPx: number, widthPx: number): Drag => {
    const fixedNs = otherEdge(xPx, gutterPx, widthPx)
    const { range } = app.selection.getState()
    return {
      kind: 'range',
      fromNs: fixedNs ?? ns,
      fromXPx: xPx,
      fromY: contentY(yPx),
      lanes: fixedNs === null ? null : (range?.lanes ?? []),
      started: fixedNs !== null,
    }
  }

  const move = (event: PointerEvent): void => {
    const { xPx, yPx, ns, gutterPx, widthPx } = place(event)
    app.surface.pointerNs = xPx >= gutterPx ? ns : null
    if (drag?.kind === 'playhead') putPlayhead(app, ns)
    if (drag?.kind === 'range') {
      drag.started ||= Math.abs(xPx - drag.fromXPx) >= DRAG_PX
      if (drag.started) select(drag.fromNs, ns, drag.lanes ?? lanesBetween(drag.fromY, contentY(yPx)))
    }
    const hit = drag ? null : hitUnder(xPx, yPx)
    hover.setState({ target: hit?.target ?? null, xPx, yPx, inside: xPx >= gutterPx })
    setHovered(hit?.target.kind === 'item' ? hit.target.ref : null)
    surface.style.cursor = cursorAt(hit, xPx, yPx, gutterPx, widthPx)
  }

  const cursorAt = (hit: Hit | null, xPx: number, yPx: number, gutterPx: number, widthPx: number): string => {
    if (drag?.kind === 'note') return 'grabbing'
    if (drag?.kind === 'range' || (yPx > RULER_PX && otherEdge(xPx, gutterPx, widthPx) !== null))
      return 'ew-resize'
    if (hit && (hit.target.kind !== 'lane' || xPx < gutterPx)) return 'pointer'
    return yPx < RULER_PX && xPx > gutterPx ? 'col-resize' : 'default'
  }

  const contentY = (yPx: number): number => yPx - RULER_PX + app.view.getState().scrollPx

  const lanesBetween = (aY: number, bY: number): readonly string[] =>
    placedNow(app)
      .filter(({ y, geometry }) => y + geometry.heightPx > Math.min(aY, bY) && y < Math.max(aY, bY))
      .map(({ lane }) => lane.id)

  const select = (aNs: number, bNs: number, lanes: readonly string[]): void => {
    const within = (ns: number): number => Math.min(durationOf(app), Math.max(0, ns))
    app.selection.setState({
      range: { startNs: within(Math.min(aNs, bNs)), endNs: within(Math.max(aNs, bNs)), lanes },
      selected: null,
      inspect: 'selection',
    })
  }

  /** What is clicked inside a selected area belongs to its tables: the area stays. */
  const inRange = (ref: ItemRef): boolean => {
    const session = sessionNow(app)
    const { range } = app.selection.getState()
    const item = session && range ? itemOf(session, ref) : null
    if (!range || !item) return false
    const covered = range.lanes.length === 0 || range.lanes.includes(ref.lane)
    return covered && item.startNs <= range.endNs && item.endNs >= range.startNs
  }

  const setHovered = (ref: ItemRef | null): void => {
    const { hovered } = app.selection.getState()
    if (hovered?.lane === ref?.lane && hovered?.item === ref?.item) return
    app.selection.setState({ hovered: ref })
  }

  const up = (event: PointerEvent): void => {
    const was = drag
    drag = null
    if (event.button !== 0 || event.shiftKey || was?.kind === 'playhead') return
    if (was?.kind === 'range' && was.started) return
    const { xPx, yPx, ns } = place(event)
    const hit = hitUnder(xPx, yPx)
    if (was?.kind === 'note' && Math.hypot(xPx - was.fromXPx, yPx - was.fromYPx) >= DRAG_PX) {
      return dropNote(was.note, ns - was.fromNs, hit)
    }
    click(hit, event.altKey)
  }

  const dropNote = (note: string, byNs: number, hit: Hit | null): void => {
    const session = sessionNow(app)
    const onto = hit?.target.kind === 'item' && session ? anchorOf(session, hit.target.ref) : null
    dragNote(app, note, byNs, onto)
  }

  const click = (hit: Hit | null, pins: boolean): void => {
    switch (hit?.target.kind) {
      case 'item':
        if (hit.target.block) {
          return select(hit.target.block.startNs, hit.target.block.endNs, [hit.target.ref.lane])
        }
        selectItem(app, hit.target.ref, inRange(hit.target.ref))
        return finishLink(app)
      case 'finding':
        return selectFinding(app, hit.target.finding)
      case 'note':
        return goToNote(app, hit.target.note)
      case 'lane':
        return pins ? togglePin(app, hit.target.lane) : toggleCollapsed(app, hit.target.lane)
      case 'opener':
        return toggleOpened(app, hit.target.lane)
      default:
        app.selection.setState({ selected: null, range: null, inspect: 'finding' })
    }
  }

  const doubleClick = (event: MouseEvent): void => {
    if (event.shiftKey) return
    const { xPx, yPx } = place(event)
    const hit = hitUnder(xPx, yPx)
    if (hit?.target.kind !== 'item') return
    if (hit.target.block) showStretch(app, hit.target.block.startNs, hit.target.block.endNs)
    else zoomToItem(app, hit.target.ref)
  }

  const leave = (): void => {
    app.surface.pointerNs = null
    hover.setState(nothingHovered)
    setHovered(null)
  }

  const lost = (): void => {
    drag = null
  }

  const control = new AbortController()
  const { signal } = control
  surface.addEventListener('pointerdown', down, { signal })
  surface.addEventListener('pointermove', move, { signal })
  surface.addEventListener('pointerup', up, { signal })
  surface.addEventListener('pointercancel', lost, { signal })
  surface.addEventListener('pointerleave', leave, { signal })
  surface.addEventListener('dblclick', doubleClick, { signal })
  return () => control.abort()
}
