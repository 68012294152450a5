import { annotateRange } from '../actions/annotate.ts'
import { showStretch } from '../actions/navigate.ts'
import { stepPlayhead, togglePlay } from '../actions/playback.ts'
import { speeds } from '../state/settings.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { duration, instant } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'
import { IconButton } from '../widgets/icon-button.tsx'
import { ZoomTrail } from './zoom-trail.tsx'

/** Playing and stepping the playhead; what stretch of time is selected. */
export function Transport() {
  const app = useApp()
  const session = useSession()
  const playheadNs = useApps(
    ({ view }) => view,
    state => state.playheadNs,
  )
  const playing = useApps(
    ({ view }) => view,
    state => state.playing,
  )
  const { speed, timeDisplay } = useApps(
    ({ settings }) => settings,
    state => state,
  )
  if (!session) return null
  return (
    // biome-ignore lint/a11y/useSemanticElements: the group of controls has no heading
    <div className="transport" role="group" aria-label="Playback">
      <IconButton
        icon="previous"
        label="Step back"
        title="To the event before (Shift ←)"
        onClick={() => stepPlayhead(app, -1)}
      />
      <IconButton
        icon={playing ? 'pause' : 'play'}
        label={playing ? 'Pause' : 'Play'}
        title="Play or pause (Space)"
        onClick={() => togglePlay(app)}
      />
      <IconButton
        icon="next"
        label="Step forward"
        title="To the next event (Shift →)"
        onClick={() => stepPlayhead(app, 1)}
      />
      <output className="transport-time" aria-label="Playhead">
        {playheadNs >= 0 ? instant(playheadNs, session.store.epochUnixNano, timeDisplay, 1e5) : '–'}
      </output>
      <select
        aria-label="Playback speed"
        value={speed}
        onChange={event => app.settings.setState({ speed: Number(event.target.value) })}
      >
        {speeds.map(times => (
          <option key={times} value={times}>
            {times}×
          </option>
        ))}
        <option value={0}>1 s per event</option>
      </select>
      <span className="spacer" />
      <ZoomTrail />
      <RangeBar />
    </div>
  )
}

function RangeBar() {
  const app = useApp()
  const range = useApps(
    ({ selection }) => selection,
    state => state.range,
  )
  if (!range) return null
  return (
    <span className="range">
      <span>
        <span className="muted">Range </span>
        <b>{duration(range.endNs - range.startNs)}</b>
      </span>
      <button
        type="button"
        className="button small quiet"
        title="Zoom to the range (Z)"
        onClick={() => showStretch(app, range.startNs, range.endNs)}
      >
        <Icon name="fit" /> Zoom
      </button>
      <button
        type="button"
        className="button small quiet"
        title="Note on the range (R)"
        onClick={() => annotateRange(app)}
      >
        <Icon name="note" /> Note
      </button>
      <IconButton
        icon="close"
        label="Clear range"
        onClick={() => app.selection.setState({ range: null, inspect: 'finding' })}
      />
    </span>
  )
}
