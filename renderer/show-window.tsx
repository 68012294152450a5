import { createRoot } from 'react-dom/client'
import { AppWindow } from './app-window.tsx'
import type { App } from './state/app.ts'
import { AppContext } from './widgets/app-context.ts'

export function showWindow(app: App): void {
  createRoot(document.getElementById('root')!).render(
    <AppContext value={app}>
      <AppWindow />
    </AppContext>,
  )
}
