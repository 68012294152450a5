import { useEffect, useMemo, useRef, useState } from 'react'
import type { Finding } from '../../src/core/detect/finding.ts'
import type { Lane } from '../../src/core/lanes/lane.ts'
import { buildScene } from '../../src/core/scene/build-scene.ts'
import { findingRange } from '../../src/core/scene/finding-range.ts'
import { laneGeometry, RULER_PX, stackLanes } from '../../src/core/scene/geometry.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { involvedLanes } from '../state/involved-lanes.ts'
import { screenPainter } from '../timeline/canvas.ts'
import { createMeasure, fontsReady } from '../timeline/measure-text.ts'
import { useApp, useApps, useTheme } from '../widgets/app-context.ts'

const MOST_PX = 230
const GUTTER = 92

/** The decisive interval of a finding, drawn by the same code as the lanes: its subject first, then its tasks. */
export function MiniLanes({ session, finding }: { readonly session: Session; readonly finding: Finding }) {
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
  const { lanes, heightPx } = useMemo(() => fittingLanes(session, finding), [session, finding])

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidthPx(Math.floor(entry!.contentRect.width)))
    observer.observe(box.current!)
    void app.pending.track(fontsReady()).then(() => setReady(true))
    return () => observer.disconnect()
  }, [app])

  useEffect(() => {
    if (widthPx < 100 || !ready) return
    const window = findingRange(finding, session.store.durationNs)
    const scene = buildScene({
      session,
      lanes,
      collapsed: new Set(),
      viewport: { ...window, widthPx, heightPx, gutterPx: GUTTER, scrollPx: 0 },
      highlights: { finding: finding.id, selected: null, hovered: null, playheadNs: -1, range: null },
      notes: [],
      theme,
      timeDisplay: display,
      measure: createMeasure(),
    })
    screenPainter(canvas.current!)(scene)
  }, [session, finding, lanes, widthPx, heightPx, theme, display, ready])

  return (
    <div ref={box} className="mini-lanes" style={{ height: heightPx }}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Swimlanes of the decisive interval: ${finding.text.rule}`}
      />
    </div>
  )
}

/** As many of the lanes as fit, what the finding is about before the tasks. */
function fittingLanes(session: Session, finding: Finding): { lanes: readonly Lane[]; heightPx: number } {
  const all = involvedLanes(session, finding)
  const ranked = [...all.filter(lane => lane.kind !== 'task'), ...all.filter(lane => lane.kind === 'task')]
  const kept: Lane[] = []
  let usedPx = 0
  for (const lane of ranked) {
    const { heightPx } = laneGeometry(lane, false)
    if (kept.length > 0 && usedPx + heightPx > MOST_PX) continue
    kept.push(lane)
    usedPx += heightPx
  }
  // Without headings: every lane alone in its group would get one.
  const lanes = kept.map(lane => ({ ...lane, group: '' }))
  const { heightPx } = stackLanes(lanes, new Set())
  return { lanes, heightPx: RULER_PX + Math.min(heightPx, MOST_PX + 60) }
}
