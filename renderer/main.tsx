import './styles/fonts.css'
import './styles/base.css'
import { createRoot } from 'react-dom/client'
import { AppWindow } from './app-window.tsx'
import { startApp } from './start.ts'
import { AppContext } from './widgets/app-context.ts'

const app = await startApp(window)
createRoot(document.getElementById('root')!).render(
  <AppContext value={app}>
    <AppWindow />
  </AppContext>,
)
