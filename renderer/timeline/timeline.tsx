import './timeline.css'
import { useEffect, useMemo, useRef, useState } from 'react'
import { clampGutter } from '../state/settings.ts'
import { themeNow } from '../state/theme.ts'
import { useApp } from '../widgets/app-context.ts'
import { createHoverStore } from './hover.ts'
import { LaneList } from './lane-list.tsx'
import { Overview } from './overview.tsx'
import { bindPointer } from './pointer.ts'
import { mountTimeline } from './timeline-view.ts'
import { Tooltip } from './tooltip.tsx'
import { Transport } from './transport.tsx'
import { bindZoom } from './zoom-gestures.ts'

/** Overview, lanes and transport: the middle column of the window. */
export function Timeline() {
  return (
    <section className="timeline" aria-label="Timeline">
      <Overview />
      <Lanes />
      <Transport />
    </section>
  )
}

function Lanes() {
  const app = useApp()
  const scroller = useRef<HTMLDivElement>(null)
  const spacer = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const hover = useMemo(createHoverStore, [])

  useEffect(() => {
    const elements = { scroller: scroller.current!, spacer: spacer.current!, canvas: canvas.current! }
    const mounted = mountTimeline(app, elements, () => themeNow(app))
    const unbindPointer = bindPointer(app, elements.canvas, hover)
    const unbindZoom = bindZoom(app, elements.canvas)
    return () => {
      unbindPointer()
      unbindZoom()
      mounted.dispose()
    }
  }, [app, hover])

  return (
    <div className="lanes">
      <div className="lanes-scroll" ref={scroller}>
        <div ref={spacer}>
          {/* The arrow keys and everything else work through the window's keys; focus shows where they go. */}
          <canvas
            ref={canvas}
            className="lanes-canvas"
            tabIndex={0}
            role="img"
            aria-label="Swimlanes. Arrow up and down change lanes, comma and full stop step within a lane, N steps through findings; what is selected is announced and shown in the inspector."
          />
        </div>
      </div>
      <GutterSplitter />
      <Tooltip hover={hover} />
      <LaneList />
    </div>
  )
}

/** Drags the border between lane names and lanes; arrow keys move it as well. */
function GutterSplitter() {
  const app = useApp()
  const [gutterPx, setGutterPx] = useState(app.settings.getState().gutterPx)
  const set = (px: number): void => {
    const next = clampGutter(px)
    setGutterPx(next)
    app.settings.setState({ gutterPx: next })
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a splitter is no horizontal rule
    <div
      className="gutter-splitter"
      role="separator"
      aria-label="Width of lane names"
      aria-orientation="vertical"
      aria-valuenow={gutterPx}
      aria-valuemin={96}
      aria-valuemax={480}
      tabIndex={0}
      style={{ left: gutterPx - 4 }}
      onPointerDown={event => {
        event.preventDefault()
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={event => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
        set(event.clientX - event.currentTarget.parentElement!.getBoundingClientRect().left)
      }}
      onKeyDown={event => {
        if (event.key === 'ArrowLeft') set(gutterPx - 16)
        else if (event.key === 'ArrowRight') set(gutterPx + 16)
        else return
        event.preventDefault()
      }}
    />
  )
}
