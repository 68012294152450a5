import { toast } from './actions/announce.ts'
import { followLink } from './actions/deep-link.ts'
import { finishNote } from './actions/edit-notes.ts'
import { resumeLive } from './actions/live.ts'
import { fromHost, openFiles } from './actions/open.ts'
import type { Started } from './started.ts'
import { type App, createApp } from './state/app.ts'
import { lookForChanges, saveNotebook } from './state/notebook-io.ts'
import { reopenable } from './state/reopen.ts'
import { applyTheme } from './state/theme.ts'
import { type TestHook, testHook } from './test-hook.ts'
import { fontsReady } from './timeline/measure-text.ts'

declare global {
  interface Window {
    __interleave?: TestHook
  }
}

/** Puts the app together for this page and starts what was asked for: files of the command line, or those before a reload. */
export function startApp(page: Window, { host, info, error }: Started): App {
  const app = createApp({
    host,
    info,
    storage: page.localStorage,
    settle: () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0))),
    now: () => performance.now(),
    setTimer: (run, ms) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    save: saveNotebook,
  })
  page.__interleave = testHook(app)
  page.addEventListener('hashchange', () => followLink(app, page.location.hash))
  applyTheme(app)
  saveOnLeaving(app, page)
  host.onOpenFiles((files, place) => {
    const read = files.map(file => fromHost(app, file))
    void app.pending.track(openFiles(app, read).then(() => followLink(app, place)))
  })
  if (error) toast(app, `The app's own server does not answer: ${errorText(error)}`, 'problem')
  void app.pending.track(fontsReady())
  void app.pending.track(openFirst(app))
  void resumeLive(app)
  return app
}

async function openFirst(app: App): Promise<void> {
  const before = await reopenable(app.host.fileUrl).catch(() => [])
  const files = before.length > 0 ? before : app.info.files.map(file => fromHost(app, file))
  await openFiles(app, files)
  followLink(app, globalThis.location.hash)
}

/** Closing, reloading and hiding the page all save what is not saved yet. */
function saveOnLeaving(app: App, page: Window): void {
  const save = (): void => {
    finishNote(app)
    void app.autosave.flush()
  }
  page.addEventListener('pagehide', save)
  page.document.addEventListener('visibilitychange', () => {
    if (page.document.visibilityState === 'hidden') void app.autosave.flush()
  })
  page.addEventListener('focus', () => void app.pending.track(lookForChanges(app)))
}

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error))
