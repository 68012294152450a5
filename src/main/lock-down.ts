import type { App, Session, WebContents, WebPreferences } from 'electron'
import { appOrigin } from './app-protocol.ts'

/** Every one of these is Electron's default today; written out so that no default decides. */
export const webPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const satisfies WebPreferences

/** The page may copy a picture; nothing else that a site could ask for. */
const allowedPermissions = new Set(['clipboard-sanitized-write'])

export const isAppUrl = (url: string): boolean => {
  try {
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}` === appOrigin
  } catch {
    return false
  }
}

/**
 * A trace is hostile input, and so is a page that shows one. Whatever web contents come to exist: they stay on our page,
 * open no window, attach no webview. Links in notes go to the system's browser, http(s) only.
 */
export function lockDown(app: Pick<App, 'on'>, openExternal: (url: string) => Promise<void>): void {
  app.on('web-contents-created', (_event, contents) => restrict(contents, openExternal))
}

function restrict(contents: WebContents, openExternal: (url: string) => Promise<void>): void {
  const stay = (event: { preventDefault(): void; readonly url: string }): void => {
    if (!isAppUrl(event.url)) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', event => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (/^https?:\/\//.test(url)) openExternal(url).catch(() => {})
    return { action: 'deny' }
  })
}

/** Denies every permission but one, checks and requests alike. */
export function denyPermissions(
  session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  >,
): void {
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(allowedPermissions.has(permission) && isAppUrl(contents.getURL()))
  })
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => allowedPermissions.has(permission) && isAppUrl(origin),
  )
  session.setDevicePermissionHandler(() => false)
}
