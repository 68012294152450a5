import { createContext, use, useCallback, useSyncExternalStore } from 'react'
import { type StoreApi, useStore } from 'zustand'
import type { Lane } from '../../src/core/lanes/lane.ts'
import type { Session, ThemeName } from '../../src/core/scene/scene.ts'
import type { App } from '../state/app.ts'
import { lanesNow } from '../state/shown.ts'
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

/** The lanes on screen, as the user chose them. */
export function useShownLanes(): readonly Lane[] {
  const app = useApp()
  const subscribe = useCallback(
    (changed: () => void) => {
      const stops = [app.trace, app.view, app.selection, app.search].map(store => store.subscribe(changed))
      return () => {
        for (const stop of stops) stop()
      }
    },
    [app],
  )
  return useSyncExternalStore(subscribe, () => lanesNow(app))
}

/** Light or dark, as it is now. */
export function useTheme(): ThemeName {
  const app = useApp()
  useStore(app.settings, settings => settings.theme)
  return themeNow(app)
}
