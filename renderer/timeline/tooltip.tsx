import type { StoreApi } from 'zustand'
import { useStore } from 'zustand'
import { nestedText } from '../../src/core/scene/nested.ts'
import { itemTitle, kindWord, taskOfItem } from '../actions/announce.ts'
import { itemOf, lanesById, taskLabel } from '../state/lookup.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { duration, instant, plural } from '../widgets/format.ts'
import type { HoverState } from './hover.ts'

/** The whole name and the numbers of what the pointer is over, and a hair line through all lanes. */
export function Tooltip({ hover }: { readonly hover: StoreApi<HoverState> }) {
  const { target, xPx, yPx, inside } = useStore(hover)
  const app = useApp()
  const { widthPx, heightPx } = app.surface
  if (!inside && !target) return null
  const right = xPx > widthPx * 0.6
  const low = yPx > heightPx * 0.7
  return (
    <>
      {inside && <div className="hair" style={{ left: xPx }} />}
      {target && target.kind !== 'finding' && (
        <div
          className="tooltip"
          aria-hidden="true"
          style={{
            ...(right ? { right: widthPx - xPx + 14 } : { left: xPx + 14 }),
            ...(low ? { bottom: heightPx - yPx + 14 } : { top: yPx + 14 }),
          }}
        >
          <TooltipText target={target} />
        </div>
      )}
    </>
  )
}

/** Kinds whose title names the task already. */
const named = new Set<string>(['task', 'hold', 'wait', 'slice'])

function TooltipText({ target }: { readonly target: NonNullable<HoverState['target']> }) {
  const session = useSession()
  const notes = useApps(
    app => app.notebook,
    state => state.notes,
  )
  const display = useApps(
    app => app.settings,
    state => state.timeDisplay,
  )
  const opened = useApps(
    app => app.view,
    view => view.opened,
  )
  if (!session) return null
  switch (target.kind) {
    case 'lane': {
      const lane = lanesById(session).get(target.lane)
      if (!lane) return null
      return (
        <>
          <strong>{lane.label}</strong>
          <span className="muted">{lane.group}</span>
          <span className="muted">{plural(lane.items.count, 'item')} · click collapses, Alt+click pins</span>
        </>
      )
    }
    case 'opener': {
      const lane = lanesById(session).get(target.lane)
      return lane ? (
        <span>{`${opened.has(lane.id) ? 'Close' : 'Open'}: ${nestedText(session.lanes, lane)}`}</span>
      ) : null
    }
    case 'note':
      return <strong>{notes.find(note => note.id === target.note)?.text || 'Note without text'}</strong>
    case 'item': {
      const item = itemOf(session, target.ref)
      if (!item) return null
      const task = taskOfItem(session, item)
      const length = item.endNs - item.startNs
      return (
        <>
          <strong>{itemTitle(session, item)}</strong>
          <span className="tooltip-numbers">
            <span>{instant(item.startNs, session.store.epochUnixNano, display, 1e3)}</span>
            {length > 0 && <b>{item.open ? `≥ ${duration(length)}, never ended` : duration(length)}</b>}
          </span>
          <span className="muted">
            {[
              kindWord(item),
              task >= 0 && !named.has(item.kind) ? taskLabel(session, task) : '',
              item.error ? 'failed' : '',
              item.inferred ? 'inferred' : '',
              target.count > 1 ? `${plural(target.count, 'item')} merged here` : '',
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </>
      )
    }
    default:
      return null
  }
}
