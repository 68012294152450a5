import { useEffect, useState } from 'react'
import { durationOf, flyTo, rememberPlace, showAll, windowNow } from '../actions/navigate.ts'
import type { History, Place } from '../state/navigation.ts'
import type { ViewState } from '../state/view.ts'
import { useApp } from '../widgets/app-context.ts'
import { duration } from '../widgets/format.ts'
import type { TimeWindow } from './viewport.ts'

const MOST = 4

/** Places on the way here that contain what is seen now, widest first: where a step out leads. */
export function trailOf({ back }: History, now: TimeWindow, durationNs: number): readonly Place[] {
  const trail: Place[] = []
  let inner = now
  for (const place of back.toReversed()) {
    const contains = place.startNs <= inner.startNs && place.endNs >= inner.endNs
    const length = place.endNs - place.startNs
    if (!contains || length < (inner.endNs - inner.startNs) * 1.5 || length >= durationNs) continue
    trail.unshift(place)
    inner = place
  }
  return trail.slice(-MOST)
}

/** So long after the last move. */
const RESTS_MS = 80

/** The view once it rests: text that changes with every frame of a zoom has the page laid out in every frame. */
function useRestingView(): ViewState {
  const app = useApp()
  const [view, setView] = useState(app.view.getState)
  useEffect(() => {
    let timer = 0
    let end: (() => void) | null = null
    const rest = (): void => {
      setView(app.view.getState())
      end?.()
      end = null
    }
    const stop = app.view.subscribe((now, before) => {
      if (now.startNs === before.startNs && now.endNs === before.endNs && now.history === before.history)
        return
      end ??= app.pending.begin()
      clearTimeout(timer)
      timer = window.setTimeout(rest, RESTS_MS)
    })
    rest()
    return () => {
      stop()
      clearTimeout(timer)
      end?.()
    }
  }, [app])
  return view
}

/** `Whole trace › 4.4 s › 120 ms`: how the view got here, and back out again. */
export function ZoomTrail() {
  const app = useApp()
  const { history, startNs, endNs } = useRestingView()
  const durationNs = durationOf(app)
  if (endNs - startNs >= durationNs) return null
  const trail = trailOf(history, windowNow(app), durationNs)
  return (
    <nav className="zoom-trail" aria-label="Zoom trail">
      <ol>
        <li>
          <button type="button" onClick={() => showAll(app)}>
            Whole trace
          </button>
        </li>
        {trail.map(place => (
          <li key={`${place.startNs} ${place.endNs}`}>
            <button
              type="button"
              onClick={() => {
                rememberPlace(app)
                flyTo(app, { startNs: place.startNs, endNs: place.endNs }, place.scrollPx)
              }}
            >
              {duration(place.endNs - place.startNs)}
            </button>
          </li>
        ))}
        <li aria-current="location">{duration(endNs - startNs)}</li>
      </ol>
    </nav>
  )
}
