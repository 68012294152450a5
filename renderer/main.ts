import './styles/fonts.css'
import './styles/base.css'
import { keepEngineReady } from './spare-engine.ts'
import { askWhatStarted } from './started.ts'

// Before anything of the page: it takes a processor of its own.
keepEngineReady()
const started = askWhatStarted(window)

// Module graphs of their own: evaluating all in one go would hold up the page, and files are read meanwhile.
const coming = import('./show-window.tsx')
void begin()

/** Not awaited: code that comes later imports from this file, and so waits until all of it has run. */
async function begin(): Promise<void> {
  const { startApp } = await import('./start.ts')
  const app = startApp(window, await started)
  const { showWindow } = await app.pending.track(coming)
  showWindow(app)
}
