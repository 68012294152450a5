/**
 * Zooming and panning by wheel, pinch and drag with d3-zoom. d3 keeps a transform on the element; the view store is the
 * truth, so the transform is set from it before every gesture event and read back after.
 *
 *     screen(t) = k · W · t / duration + x       W = width of the time axis in px
 */
import { type D3ZoomEvent, select, ZoomTransform, zoom } from 'd3'
import { durationOf, scrollTo, setWindow, windowNow } from '../actions/navigate.ts'
import type { App } from '../state/app.ts'
import { keyPresets } from '../state/key-presets.ts'
import { gutterWithin, panBy, SHORTEST_NS } from './viewport.ts'

/** One notch of a mouse wheel, in powers of two. Pinches come as many small deltas and stay below it. */
const NOTCH = 0.36
/** A mouse wheel's notch is more than this; steps of a pinch are less. */
const PINCH_PX = 40

export function bindZoom(app: App, surface: HTMLElement): () => void {
  const axis = () => {
    const { widthPx } = app.surface
    const gutterPx = gutterWithin(app.settings.getState().gutterPx, widthPx)
    return { gutterPx, lengthPx: Math.max(1, widthPx - gutterPx), durationNs: Math.max(1, durationOf(app)) }
  }

  const transformNow = (): ZoomTransform => {
    const { gutterPx, lengthPx, durationNs } = axis()
    const { startNs, endNs } = windowNow(app)
    const k = durationNs / (endNs - startNs)
    return new ZoomTransform(k, gutterPx - (k * lengthPx * startNs) / durationNs, 0)
  }

  const apply = ({ transform }: D3ZoomEvent<HTMLElement, unknown>): void => {
    const { gutterPx, lengthPx, durationNs } = axis()
    const startNs = (((gutterPx - transform.x) / transform.k) * durationNs) / lengthPx
    setWindow(app, { startNs, endNs: startNs + durationNs / transform.k })
  }

  /** A pinch comes with Ctrl, and zooms in every preset. */
  const zooms = (event: WheelEvent): boolean => {
    const withKey = event.ctrlKey || event.metaKey
    const pinch = withKey && Math.abs(event.deltaY) < PINCH_PX && event.deltaMode === 0
    const byWheel = keyPresets[app.settings.getState().keyPreset].wheel === 'zoom'
    return (
      pinch ||
      (byWheel ? !withKey && !event.shiftKey && Math.abs(event.deltaY) > Math.abs(event.deltaX) : withKey)
    )
  }

  let dragFromY = 0
  let scrollFrom = 0
  const behaviour = zoom<HTMLElement, unknown>()
    .filter((event: Event) => {
      if (event instanceof WheelEvent) return zooms(event)
      if (event instanceof MouseEvent) return event.button === 1 || (event.button === 0 && event.shiftKey)
      return event instanceof TouchEvent && event.touches.length > 1
    })
    .wheelDelta(event => {
      const unit = event.deltaMode === 1 ? 0.06 : event.deltaMode === 2 ? 1 : 0.01
      return Math.max(-NOTCH, Math.min(NOTCH, -event.deltaY * unit))
    })
    .scaleExtent([0.9, 1e15 / SHORTEST_NS])
    .clickDistance(4)
    .on('start', (event: D3ZoomEvent<HTMLElement, unknown>) => {
      const source: unknown = event.sourceEvent
      dragFromY = source instanceof MouseEvent ? source.clientY : 0
      scrollFrom = app.view.getState().scrollPx
    })
    .on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => {
      apply(event)
      const source: unknown = event.sourceEvent
      // Dragging moves the lanes as well as the time, like a sheet of paper.
      if (source instanceof MouseEvent && !(source instanceof WheelEvent)) {
        app.view.setState({ scrollPx: Math.max(0, scrollFrom - (source.clientY - dragFromY)) })
      }
    })

  const selection = select(surface)
  const sync = (): void => {
    selection.property('__zoom', transformNow())
  }
  // Capture: before d3's own listeners read the transform.
  const events = ['wheel', 'mousedown', 'touchstart'] as const
  for (const name of events) surface.addEventListener(name, sync, { capture: true, passive: true })

  const pan = (event: WheelEvent): void => {
    if (zooms(event)) return
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      scrollTo(app, app.view.getState().scrollPx + event.deltaY)
      return
    }
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX
    if (Math.abs(sideways) < Math.abs(event.shiftKey ? 0 : event.deltaY)) return
    if (sideways === 0) return
    event.preventDefault()
    const { lengthPx, durationNs } = axis()
    const window = windowNow(app)
    const perPx = (window.endNs - window.startNs) / lengthPx
    setWindow(app, panBy(window, sideways * perPx * (event.deltaMode === 1 ? 30 : 1), durationNs))
  }
  surface.addEventListener('wheel', pan, { passive: false })

  selection.call(behaviour).on('dblclick.zoom', null)
  return () => {
    selection.on('.zoom', null)
    surface.removeEventListener('wheel', pan)
    for (const name of events) surface.removeEventListener(name, sync, { capture: true })
  }
}
