import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import { fromPage, openFiles } from '../actions/open.ts'
import { useApp } from './app-context.ts'
import { Icon } from './icon.tsx'

/** The whole window takes files. Several at once are merged into one trace; with Shift they join what is open. */
export function DropTarget({ children }: { readonly children: ReactNode }) {
  const app = useApp()
  const [over, setOver] = useState(false)
  const depth = useRef(0)
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has a keyboard twin, the Open button
    <div
      className="drop-target"
      onDragEnter={event => {
        if (!hasFiles(event)) return
        depth.current += 1
        setOver(true)
      }}
      onDragLeave={event => {
        if (!hasFiles(event)) return
        depth.current -= 1
        if (depth.current <= 0) setOver(false)
      }}
      onDragOver={event => {
        if (hasFiles(event)) event.preventDefault()
      }}
      onDrop={event => {
        if (!hasFiles(event)) return
        event.preventDefault()
        depth.current = 0
        setOver(false)
        void openFiles(app, [...event.dataTransfer.files].map(fromPage), event.shiftKey)
      }}
    >
      {children}
      {over && (
        <div className="drop-veil" aria-hidden="true">
          <div className="drop-veil-card">
            <Icon name="drop" />
            <strong>Drop to open</strong>
            <span className="muted">Several files become one trace · Shift adds to the open one</span>
          </div>
        </div>
      )}
    </div>
  )
}
