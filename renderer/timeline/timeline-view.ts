/**
 * The lanes on their canvas: carries out what moves (flights, held keys, playback), builds one scene per frame and
 * paints it. Knows the stores and the elements; gestures and React stand beside it.
 */
import type { SceneLayers } from '../../src/core/scene/build-scene.ts'
import { RULER_PX } from '../../src/core/scene/geometry.ts'
import type { ThemeName } from '../../src/core/scene/scene.ts'
import { panByPart, zoomBy } from '../actions/navigate.ts'
import { advance } from '../actions/playback.ts'
import type { App } from '../state/app.ts'
import { pathOf } from '../state/critical-path.ts'
import { drawnNotes } from '../state/drawn-notes.ts'
import { lanesNow, sessionNow } from '../state/shown.ts'
import { screenPainter } from './canvas.ts'
import { keptLayers } from './kept-layers.ts'
import { fontsReady, measureText } from './measure-text.ts'
import { createScheduler } from './scheduler.ts'
import { between, gutterWithin } from './viewport.ts'

export interface TimelineElements {
  /** Scrolls; the canvas stands still in it. */
  readonly scroller: HTMLElement
  /** As high as all lanes together, so that the scroll bar tells the truth. */
  readonly spacer: HTMLElement
  readonly canvas: HTMLCanvasElement
}

export interface TimelineView {
  invalidate(): void
  dispose(): void
}

/** Held keys take over from the single step after this long. */
const HOLD_MS = 180

export function mountTimeline(
  app: App,
  elements: TimelineElements,
  themeName: () => ThemeName,
): TimelineView {
  const { scroller, spacer, canvas } = elements
  const paintScene = screenPainter(canvas)
  let layersOf = keptLayers()
  const heldForMs = new Map<string, number>()
  /** What the scroll bar shows. Asking the page for it, or for its size, would make it lay itself out in every frame. */
  let scrolledToPx = Number.NaN

  const fly = (nowMs: number): boolean => {
    const { flight } = app.view.getState()
    if (!flight) return false
    const startedMs = flight.startedMs < 0 ? nowMs : flight.startedMs
    const t = Math.min(1, (nowMs - startedMs) / flight.durationMs)
    const eased = 1 - (1 - t) ** 3
    app.view.setState({
      ...between(flight.from, flight.to, eased),
      scrollPx: flight.fromScrollPx + (flight.toScrollPx - flight.fromScrollPx) * eased,
      flight: t < 1 ? { ...flight, startedMs } : null,
    })
    return t < 1
  }

  const moveByKeys = (sinceMs: number): boolean => {
    for (const code of heldForMs.keys()) if (!app.held.has(code)) heldForMs.delete(code)
    for (const [code, command] of app.held) {
      const forMs = (heldForMs.get(code) ?? 0) + sinceMs
      heldForMs.set(code, forMs)
      if (forMs < HOLD_MS) continue
      // Speeds up over half a second, so that short presses stay exact and long ones get there.
      const speed = Math.min(1, (forMs - HOLD_MS) / 500) * 0.75 + 0.25
      const step = (sinceMs / 1000) * speed
      if (command === 'zoom-in') zoomBy(app, Math.exp(-4 * step), app.surface.pointerNs ?? undefined)
      else if (command === 'zoom-out') zoomBy(app, Math.exp(4 * step), app.surface.pointerNs ?? undefined)
      else if (command === 'pan-left') panByPart(app, -1.4 * step)
      else if (command === 'pan-right') panByPart(app, 1.4 * step)
    }
    return app.held.size > 0
  }

  const paint = (): void => {
    const session = sessionNow(app)
    const { widthPx, heightPx } = app.surface
    if (!session || widthPx < 40 || heightPx < 40) {
      app.surface.hits = []
      return
    }
    const view = app.view.getState()
    const { finding, selected, hovered, range, pathOf: path } = app.selection.getState()
    const { timeDisplay, gutterPx } = app.settings.getState()
    const build = (scrollPx: number): SceneLayers =>
      layersOf({
        session,
        lanes: lanesNow(app),
        collapsed: view.collapsed,
        opened: view.opened,
        viewport: {
          startNs: view.startNs,
          endNs: view.endNs,
          widthPx,
          heightPx,
          gutterPx: gutterWithin(gutterPx, widthPx),
          scrollPx,
        },
        highlights: { finding, selected, hovered, playheadNs: -1, range },
        notes: drawnNotes(app),
        matches: app.search.getState().matches,
        criticalPath: path < 0 ? null : pathOf(session, path),
        theme: themeName(),
        timeDisplay,
        measure: measureText,
      })
    let layers = build(view.scrollPx)
    const highest = Math.max(0, layers.still.contentPx + RULER_PX - heightPx)
    if (view.scrollPx > highest) {
      // Lanes went away below: never show emptiness where lanes are.
      app.view.setState({ scrollPx: highest })
      layers = build(highest)
    }
    const { still: scene, following } = layers
    app.surface.hits = scene.hits
    app.surface.contentPx = scene.contentPx
    app.surface.rulerPx = RULER_PX
    const spacerHeight = `${Math.max(heightPx, Math.ceil(scene.contentPx + RULER_PX))}px`
    if (spacer.style.height !== spacerHeight) {
      spacer.style.height = spacerHeight
      scrolledToPx = Number.NaN
    }
    const { scrollPx } = app.view.getState()
    if (!(Math.abs(scrolledToPx - scrollPx) < 1)) {
      scroller.scrollTop = scrollPx
      scrolledToPx = scrollPx
    }
    paintScene(scene, following(view.playheadNs))
    for (const also of app.surface.alsoPaint) also()
  }

  const scheduler = createScheduler({
    frame: (nowMs, sinceMs) => {
      const flying = fly(nowMs)
      const moving = moveByKeys(sinceMs)
      const playing = advance(app, sinceMs)
      paint()
      return flying || moving || playing
    },
    request: run => requestAnimationFrame(run),
    cancel: handle => cancelAnimationFrame(handle),
    begin: app.pending.begin,
  })

  const { invalidate } = scheduler
  app.surface.invalidate = invalidate
  const stops = [
    app.trace.subscribe((now, before) => now.trace !== before.trace && invalidate()),
    app.view.subscribe(invalidate),
    app.selection.subscribe(invalidate),
    app.search.subscribe(invalidate),
    app.settings.subscribe(invalidate),
    app.notebook.subscribe(invalidate),
  ]
  const measureSize = (): void => {
    app.surface.widthPx = scroller.clientWidth
    app.surface.heightPx = scroller.clientHeight
    invalidate()
  }
  const resized = new ResizeObserver(measureSize)
  resized.observe(scroller)
  const scrolled = (): void => {
    const { flight, scrollPx } = app.view.getState()
    scrolledToPx = scroller.scrollTop
    if (flight || Math.abs(scrolledToPx - scrollPx) < 1) return
    app.view.setState({ scrollPx: scrolledToPx })
  }
  scroller.addEventListener('scroll', scrolled, { passive: true })
  void app.pending.track(fontsReady()).then(() => {
    // What was measured before was measured in another font.
    layersOf = keptLayers()
    invalidate()
  })
  measureSize()

  return {
    invalidate,
    dispose: () => {
      for (const stop of stops) stop()
      resized.disconnect()
      scroller.removeEventListener('scroll', scrolled)
      scheduler.stop()
      app.surface.invalidate = () => {}
    },
  }
}
