/** One list of colours for canvas and page: the tokens of `scene/theme.ts` become CSS variables (`textMuted` → `--text-muted`). */
import type { ThemeName } from '../../src/core/scene/scene.ts'
import { theme } from '../../src/core/scene/theme.ts'
import type { App } from './app.ts'

let query: MediaQueryList | null = null

/** Asked in every frame, so made once. */
const prefersDark = (): MediaQueryList => {
  query ??= matchMedia('(prefers-color-scheme: dark)')
  return query
}

export function themeNow(app: App): ThemeName {
  const { theme: choice } = app.settings.getState()
  if (choice !== 'system') return choice
  return prefersDark().matches ? 'dark' : 'light'
}

/** Keeps the page in the chosen theme. */
export function applyTheme(app: App): void {
  const apply = (): void => {
    const name = themeNow(app)
    const root = document.documentElement
    if (root.dataset.theme === name) return
    root.dataset.theme = name
    root.style.colorScheme = name
    for (const [token, value] of Object.entries(theme(name))) {
      root.style.setProperty(`--${token.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`, value)
    }
    app.surface.invalidate()
  }
  apply()
  app.settings.subscribe(apply)
  prefersDark().addEventListener('change', apply)
}
