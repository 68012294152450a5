import { gaugeLimit, gaugeText } from '../convention/gauges.ts'
import type { Frame } from './frame.ts'
import type { PlacedLane } from './geometry.ts'
import { drawStepArea } from './step-area.ts'

/** A metric as steps: each value holds until the next one is told. */
export function drawGaugeLane(frame: Frame, placed: PlacedLane): void {
  const { gauges } = frame.input.session.store
  const gauge = gauges[placed.lane.subject]
  if (!gauge) return
  const limit = gaugeLimit(gauges, gauge)
  drawStepArea(frame, {
    atNs: gauge.atNs,
    value: gauge.value,
    topPx: placed.y + placed.geometry.rowTop(0),
    heightPx: placed.geometry.rowHeight(0),
    limit,
    text: value =>
      placed.fold === 'collapsed' ? '' : `${limit > 0 ? 'limit' : 'max'} ${gaugeText(gauge, value)}`,
  })
}
