import './styles/fonts.css'
import './styles/base.css'
import { startApp } from './start.ts'

// A module graph of its own: evaluating all in one go would hold up the page, and files are read meanwhile.
const coming = import('./show-window.tsx')
const app = await startApp(window)
const { showWindow } = await app.pending.track(coming)
showWindow(app)
