import { useEffect, useRef } from 'react'
import type { ImportPreview } from '../../src/core/import/preview.ts'
import { buildPreview, countsOf } from '../../src/core/scene/preview-scene.ts'
import { themeNow } from '../state/theme.ts'
import { screenPainter } from '../timeline/canvas.ts'
import { measureText } from '../timeline/measure-text.ts'
import { gutterWithin } from '../timeline/viewport.ts'
import { useApp } from '../widgets/app-context.ts'
import { plural } from '../widgets/format.ts'

/** Whoever wants little motion sees the lanes grow in steps this far apart. */
const CALM_MS = 1000

/** The lanes of a trace that is still being read, as far as it is read. */
export function LoadingLanes({
  preview,
  isAll,
}: {
  readonly preview: ImportPreview
  readonly isAll: boolean
}) {
  const app = useApp()
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const painter = useRef<ReturnType<typeof screenPainter>>(null)
  const paintedAtMs = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    if (calm && !isAll && performance.now() - paintedAtMs.current < CALM_MS) return
    const { clientWidth: widthPx, clientHeight: heightPx } = box.current!
    const gutterPx = gutterWithin(app.settings.getState().gutterPx, widthPx)
    painter.current ??= screenPainter(canvas.current!)
    painter.current(
      buildPreview({ preview, widthPx, heightPx, gutterPx, theme: themeNow(app), measure: measureText }),
    )
    paintedAtMs.current = performance.now()
  }, [app, preview, isAll])
  const { lanes, by } = preview
  return (
    <div className="loading-lanes" ref={box}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Spans by ${by} over time, as far as they are read: ${plural(lanes.length, by)}`}
      />
      <ul className="sr-only" aria-label="Read so far">
        {lanes.map(lane => (
          <li key={lane.name}>
            {lane.name || `other ${by}s`}: {countsOf(lane)}
          </li>
        ))}
      </ul>
    </div>
  )
}
