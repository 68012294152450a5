import './styles/fonts.css'
import './styles/base.css'
import { keepEngineReady } from './spare-engine.ts'

// Before anything of the page: it takes a processor of its own.
keepEngineReady()

// Module graphs of their own: evaluating all in one go would hold up the page, and files are read meanwhile.
const coming = import('./show-window.tsx')
const { startApp } = await import('./start.ts')
const app = await startApp(window)
const { showWindow } = await app.pending.track(coming)
showWindow(app)
