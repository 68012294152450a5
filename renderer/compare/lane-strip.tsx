import { useEffect, useRef } from 'react'
import type { Lane } from '../../src/core/lanes/lane.ts'
import { buildScene } from '../../src/core/scene/build-scene.ts'
import { HEADING_PX, noFolds, RULER_PX, stackLanes } from '../../src/core/scene/geometry.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { screenPainter } from '../timeline/canvas.ts'
import { measureText } from '../timeline/measure-text.ts'
import { useTheme } from '../widgets/app-context.ts'

const GUTTER_PX = 150

interface LaneStripProps {
  readonly session: Session
  readonly lane: Lane
  readonly startNs: number
  readonly endNs: number
  readonly widthPx: number
  readonly finding: string
  readonly side: 'before' | 'after'
}

/** One lane of one recording, drawn by the code of the timeline; its ruler and heading lie outside the strip. */
export function LaneStrip({ session, lane, startNs, endNs, widthPx, finding, side }: LaneStripProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const theme = useTheme()
  const alone = { ...lane, group: '' }
  const lanePx = stackLanes([alone], noFolds).heightPx - HEADING_PX
  useEffect(() => {
    const scene = buildScene({
      session,
      lanes: [{ ...lane, group: '' }],
      ...noFolds,
      viewport: {
        startNs,
        endNs,
        widthPx,
        heightPx: RULER_PX + lanePx,
        gutterPx: GUTTER_PX,
        scrollPx: HEADING_PX,
      },
      highlights: { finding, selected: null, hovered: null, playheadNs: -1, range: null },
      notes: [],
      theme,
      timeDisplay: 'relative',
      measure: measureText,
    })
    screenPainter(canvas.current!)(scene)
  }, [session, lane, startNs, endNs, widthPx, lanePx, finding, theme])
  return (
    <div className="compare-strip" style={{ height: lanePx }}>
      <canvas
        ref={canvas}
        style={{ marginTop: -RULER_PX }}
        role="img"
        aria-label={`${lane.label}, ${side}: ${lane.items.count} items`}
      />
    </div>
  )
}
