import { type BrushBehavior, brushX, type D3BrushEvent, scaleLinear, select } from 'd3'
import { useEffect, useRef, useState } from 'react'
import { buildOverview, type OverviewInput, overviewWindow } from '../../src/core/scene/overview.ts'
import type { Scene, Session } from '../../src/core/scene/scene.ts'
import { setWindow, windowNow } from '../actions/navigate.ts'
import { selectFinding } from '../actions/select.ts'
import type { App } from '../state/app.ts'
import { themeNow } from '../state/theme.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { duration, plural } from '../widgets/format.ts'
import { screenPainter } from './canvas.ts'
import { centreOn, gutterWithin, type TimeWindow } from './viewport.ts'

const HEIGHT = 60
/** A deep zoom's window is shown at least this wide, so that it can be seen and grabbed. */
const NARROWEST = 8

/** The whole trace in one strip; the window of the lanes below is dragged and stretched on it. */
export function Overview() {
  const session = useSession()
  const box = useRef<HTMLDivElement>(null)
  const [widthPx, setWidthPx] = useState(0)
  const gutterPx = useApps(
    app => app.settings,
    state => state.gutterPx,
  )
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidthPx(Math.round(entry!.contentRect.width)))
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])
  return (
    <div className="overview" ref={box} style={{ height: HEIGHT }}>
      {session && widthPx > 60 && (
        <Strip session={session} left={gutterWithin(gutterPx, widthPx)} widthPx={widthPx} />
      )}
    </div>
  )
}

interface StripProps {
  readonly session: Session
  readonly left: number
  readonly widthPx: number
}

function Strip({ session, left, widthPx }: StripProps) {
  const app = useApp()
  const canvas = useRef<HTMLCanvasElement>(null)
  const brush = useRef<SVGGElement>(null)
  useEffect(() => {
    const paintLayers = screenPainter(canvas.current!)
    let still: { readonly input: OverviewInput; readonly scene: Scene } | null = null
    const paint = (): void => {
      const { finding } = app.selection.getState()
      const theme = themeNow(app)
      if (still?.input.theme !== theme || still.input.finding !== finding) {
        const input = { session, widthPx, heightPx: HEIGHT, gutterPx: left, theme, finding }
        still = { input, scene: buildOverview(input) }
      }
      paintLayers(still.scene, overviewWindow(still.input, app.view.getState()))
    }
    app.surface.alsoPaint.add(paint)
    paint()
    return () => {
      app.surface.alsoPaint.delete(paint)
    }
  }, [app, session, left, widthPx])
  useEffect(() => bindBrush(app, brush.current!, session, left, widthPx), [app, session, left, widthPx])
  const { store, model, lanes } = session
  return (
    <>
      <canvas
        ref={canvas}
        role="img"
        aria-label="Load, waits, errors, stalls and findings over the whole trace"
      />
      <svg aria-hidden="true">
        <g className="brush" ref={brush} />
      </svg>
      <div className="overview-legend" style={{ maxWidth: left - 20 }}>
        <strong>{duration(store.durationNs)}</strong>
        <span>
          {plural(store.spans.count, 'span')} · {plural(model.tasks.length, 'task')}
        </span>
        <span>{plural(lanes.length, 'lane')}</span>
      </div>
    </>
  )
}

/** d3's brush takes the gestures; the painted overview shows the window, so the brush itself is invisible. */
function bindBrush(
  app: App,
  element: SVGGElement,
  session: Session,
  left: number,
  widthPx: number,
): () => void {
  const durationNs = Math.max(1, session.store.durationNs)
  const x = scaleLinear([0, durationNs], [left, widthPx])
  const group = select(element)
  let moving = false

  const brush: BrushBehavior<unknown> = brushX<unknown>()
    .extent([
      [left, 0],
      [widthPx, HEIGHT],
    ])
    .handleSize(10)
    .on('brush end', (event: D3BrushEvent<unknown>) => {
      if (moving || !event.sourceEvent) return
      const chosen = event.selection as [number, number] | null
      if (!chosen) click(event)
      else if (event.mode === 'drag') {
        setWindow(app, centreOn(windowNow(app), x.invert((chosen[0] + chosen[1]) / 2), durationNs))
      } else if (event.type === 'brush') {
        setWindow(app, { startNs: x.invert(chosen[0]), endNs: x.invert(chosen[1]) })
      }
      if (event.type === 'end') {
        shown = null
        show()
      }
    })
  group.call(brush)

  /** On a flag: its finding. Elsewhere the window comes to where it was clicked. */
  const click = (event: D3BrushEvent<unknown>): void => {
    const source: unknown = event.sourceEvent
    if (!(source instanceof MouseEvent)) return
    const box = element.ownerSVGElement!.getBoundingClientRect()
    const px = source.clientX - box.left
    const flag = session.analysis.findings.find(
      finding => finding.product !== 'import' && Math.abs(x(finding.startNs) - px) < 8,
    )
    if (flag && source.clientY - box.top < 16) selectFinding(app, flag.id)
    else setWindow(app, centreOn(windowNow(app), x.invert(px), durationNs))
  }

  let shown: TimeWindow | null = null
  /** Moving the brush restyles the page: it follows the view when a pointer comes near, not in every frame. */
  const show = (): void => {
    const { startNs, endNs } = app.view.getState()
    if (shown?.startNs === startNs && shown.endNs === endNs) return
    shown = { startNs, endNs }
    const from = Math.max(left, Math.min(widthPx - NARROWEST, x(startNs)))
    const to = Math.max(from + NARROWEST, Math.min(widthPx, x(endNs)))
    moving = true
    // A window that shows everything leaves nothing to drag: dragging then draws a new one.
    group.call(brush.move, to - from > (widthPx - left) * 0.995 ? null : [from, to])
    moving = false
  }
  show()
  const near = ['pointerenter', 'pointermove', 'pointerdown'] as const
  const svg = element.ownerSVGElement!
  const follow = ({ buttons, type }: PointerEvent): void => {
    if (buttons === 0 || type === 'pointerdown') show()
  }
  for (const type of near) svg.addEventListener(type, follow, { capture: true })
  return () => {
    for (const type of near) svg.removeEventListener(type, follow, { capture: true })
    group.on('.brush', null)
    group.selectChildren().remove()
  }
}
