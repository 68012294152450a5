/** An area by keyboard: a stretch of time whose lanes grow and shrink, as lines of text are selected with Shift and arrows. */
import type { App } from '../state/app.ts'
import { lanesNow, scrollFor } from '../state/shown.ts'
import { announce } from './announce.ts'
import { flyTo, windowNow } from './navigate.ts'
import { stretchNow } from './select.ts'

/** `Shift+↑` and `Shift+↓`: moves the loose end of the area by one lane; the lane it began in stays. */
export function growArea(app: App, by: 1 | -1): void {
  const shown = lanesNow(app).map(({ id }) => id)
  const stretch = stretchNow(app)
  const { range, selected } = app.selection.getState()
  const lanes = (range?.lanes ?? []).filter(id => shown.includes(id))
  const origin = range?.origin ?? lanes[0] ?? selected?.lane
  const from = shown.indexOf(origin ?? '')
  if (!stretch || from < 0) return announce(app, 'Select something in a lane first')
  const first = lanes[0] ?? shown[from]!
  const last = lanes.at(-1) ?? shown[from]!
  const loose = shown.indexOf(first === origin ? last : first)
  const to = Math.min(shown.length - 1, Math.max(0, loose + by))
  const area = shown.slice(Math.min(from, to), Math.max(from, to) + 1)
  app.selection.setState({
    range: { ...stretch, lanes: area, origin: shown[from]! },
    selected: null,
    inspect: 'selection',
  })
  flyTo(app, windowNow(app), scrollFor(app, new Set([shown[to]!])))
  announce(app, `${area.length} ${area.length === 1 ? 'lane' : 'lanes'}`)
}
