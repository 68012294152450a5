import { createContext, use } from 'react'
import { type StoreApi, useStore } from 'zustand'
import type { Session, ThemeName } from '../../src/core/scene/scene.ts'
import type { App } from '../state/app.ts'
import { themeNow } from '../state/theme.ts'

export const AppContext = createContext<App | null>(null)

export function useApp(): App {
  const app = use(AppContext)
  if (!app) throw new Error('no app around this component')
  return app
}

/** A part of one of the app's stores; renders again when that part changes. */
export function useApps<State, Part>(
  store: (app: App) => StoreApi<State>,
  part: (state: State) => Part,
): Part {
  return useStore(store(useApp()), part)
}

export const useSession = (): Session | null =>
  useApps(
    app => app.trace,
    state => state.trace?.session ?? null,
  )

/** Light or dark, as it is now. */
export function useTheme(): ThemeName {
  const app = useApp()
  useStore(app.settings, settings => settings.theme)
  return themeNow(app)
}
