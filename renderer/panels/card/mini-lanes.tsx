import { useEffect, useMemo, useRef, useState } from 'react'
import type { Finding } from '../../../src/core/detect/finding.ts'
import type { Lane } from '../../../src/core/lanes/lane.ts'
import { buildScene } from '../../../src/core/scene/build-scene.ts'
import { stepsRange } from '../../../src/core/scene/finding-range.ts'
import { HEADING_PX, noFolds, RULER_PX, stackLanes } from '../../../src/core/scene/geometry.ts'
import type { SceneInput, Session } from '../../../src/core/scene/scene.ts'
import { theme as tokensOf } from '../../../src/core/scene/theme.ts'
import { drawLegend, meaningsIn } from '../../../src/core/share/legend.ts'
import { shiftMark } from '../../../src/core/share/shift-marks.ts'
import { screenPainter } from '../../timeline/canvas.ts'
import { fontsReady, measureText } from '../../timeline/measure-text.ts'
import { useApp, useApps, useTheme } from '../../widgets/app-context.ts'

const GUTTER_PX = 104
/** The legend's distance from the edges, and from the lanes above it. */
const LEGEND_PX = 16
const LEGEND_TOP_PX = 8

interface MiniLanesProps {
  readonly session: Session
  readonly finding: Finding
  readonly lanes: readonly Lane[]
}

/** The decisive interval of a finding, drawn by the same code as the lanes. */
export function MiniLanes({ session, finding, lanes }: MiniLanesProps) {
  const app = useApp()
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [widthPx, setWidthPx] = useState(0)
  const [ready, setReady] = useState(false)
  const theme = useTheme()
  const display = useApps(
    ({ settings }) => settings,
    state => state.timeDisplay,
  )
  const heightPx = RULER_PX + stackLanes(lanes, noFolds).heightPx - HEADING_PX
  // Flags of other findings have no place on this one's card.
  const alone = useMemo(
    () => ({ ...session, analysis: { ...session.analysis, findings: [finding] } }),
    [session, finding],
  )

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidthPx(Math.floor(entry!.contentRect.width)))
    observer.observe(box.current!)
    void app.pending.track(fontsReady()).then(() => setReady(true))
    return () => observer.disconnect()
  }, [app])

  const picture = useMemo(() => {
    if (widthPx < 100 || !ready) return null
    const input: SceneInput = {
      session: alone,
      lanes,
      ...noFolds,
      viewport: {
        ...stepsRange(finding, alone.store.durationNs),
        widthPx,
        heightPx,
        gutterPx: GUTTER_PX,
        // The one heading above all lanes is scrolled away.
        scrollPx: HEADING_PX,
      },
      highlights: { finding: finding.id, selected: null, hovered: null, playheadNs: -1, range: null },
      notes: [],
      theme,
      timeDisplay: display,
      measure: measureText,
    }
    const scene = buildScene(input)
    const legend = drawLegend(tokensOf(theme), meaningsIn(input), widthPx - 2 * LEGEND_PX, measureText)
    const marks = legend.marks.map(mark => shiftMark(mark, LEGEND_PX, heightPx + LEGEND_TOP_PX))
    return {
      ...scene,
      heightPx: heightPx + LEGEND_TOP_PX + legend.heightPx + 6,
      marks: [...scene.marks, ...marks],
    }
  }, [alone, finding, lanes, widthPx, heightPx, theme, display, ready])

  useEffect(() => {
    if (picture) screenPainter(canvas.current!)(picture)
  }, [picture])

  return (
    <div ref={box} className="mini-lanes" style={{ height: picture?.heightPx ?? heightPx }}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Swimlanes of the decisive interval: ${finding.text.rule}`}
      />
    </div>
  )
}
