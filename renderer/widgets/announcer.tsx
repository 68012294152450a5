import { useEffect } from 'react'
import { useApp, useApps } from './app-context.ts'
import { Icon } from './icon.tsx'
import { IconButton } from './icon-button.tsx'

/** What changes on the canvas, said politely to screen readers. */
export function Announcer() {
  const text = useApps(
    app => app.dialogs,
    state => state.announcement,
  )
  return (
    <div className="sr-only" aria-live="polite" role="status">
      {text}
    </div>
  )
}

const SHOWN_MS = 6000

/** A short message at the foot of the window. The announcer has said it already. */
export function Toast() {
  const app = useApp()
  const toast = useApps(
    ({ dialogs }) => dialogs,
    state => state.toast,
  )
  useEffect(() => {
    if (!toast) return
    const timer = setTimeout(() => app.dialogs.setState({ toast: null }), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [app, toast])
  if (!toast) return null
  return (
    <aside className={`toast ${toast.kind}`} aria-label="Message" key={toast.id}>
      <Icon name={toast.kind === 'done' ? 'check' : 'warning'} />
      <span>{toast.text}</span>
      <IconButton icon="close" label="Dismiss" onClick={() => app.dialogs.setState({ toast: null })} />
    </aside>
  )
}
