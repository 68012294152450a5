import { useEffect } from 'react'
import { runCommand } from '../actions/run-command.ts'
import type { App } from '../state/app.ts'
import { commandFor, type KeyContext, motionOf } from '../state/key-map.ts'
import { keyPresets } from '../state/key-presets.ts'
import { useApp } from './app-context.ts'

/** The keyboard of the whole window. */
export function useKeys(): void {
  const app = useApp()
  useEffect(() => {
    const down = (event: KeyboardEvent): void => keyDown(app, event)
    const up = (event: KeyboardEvent): void => {
      app.held.delete(event.code)
      // Without the command keys' keyup reaching us, nothing may go on moving.
      if (event.key === 'Meta' || event.key === 'Control') app.held.clear()
    }
    const lost = (): void => app.held.clear()
    const control = new AbortController()
    const { signal } = control
    window.addEventListener('keydown', down, { signal })
    window.addEventListener('keyup', up, { signal })
    window.addEventListener('blur', lost, { signal })
    return () => control.abort()
  }, [app])
}

function keyDown(app: App, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  // A dialog has the keyboard to itself.
  const inDialog = app.dialogs.getState().open !== 'none'
  if (inDialog) return
  const command = commandFor(
    event,
    contextOf(event.target),
    keyPresets[app.settings.getState().keyPreset].keys,
  )
  if (!command) return
  const motion = motionOf(command)
  if (!event.repeat || !motion) {
    if (!event.repeat || repeatable.has(command)) runCommand(app, command)
    if (motion) {
      app.held.set(event.code, command)
      app.surface.invalidate()
    }
  }
  if (command !== 'escape') event.preventDefault()
}

const repeatable = new Set<string>([
  'next-item',
  'previous-item',
  'step-forward',
  'step-back',
  'next-finding',
  'previous-finding',
  'lane-up',
  'lane-down',
  'undo',
  'redo',
])

function contextOf(target: EventTarget | null): KeyContext {
  if (!(target instanceof HTMLElement)) return { typing: false, control: false }
  const typing =
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type))
  const control = target.closest(
    'button, a, select, input, summary, [role=option], [role=separator], [role=slider]',
  )
  return { typing, control: control !== null }
}
