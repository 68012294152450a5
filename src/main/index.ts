/**
 * Electron's main process: one window, its pages under `app://`, files by token. Everything that decides something is
 * in a module of its own; this file wires them to the running app.
 */
import { join } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, session, shell } from 'electron'
import { linkedFile } from '../core/place-link.ts'
import type { OpenedFile } from '../host/host.ts'
import { channels } from '../host/methods.ts'
import { appRoot } from '../host/service/places.ts'
import { hostService } from '../host/service/service.ts'
import { paintPicture } from '../raster/paint-picture.ts'
import { startReceiver } from '../receiver/receiver.ts'
import { appOrigin, appScheme, serveApp } from './app-protocol.ts'
import { filesOf } from './arguments.ts'
import { chooseFiles, saveBytes } from './dialogs.ts'
import { denyPermissions, lockDown } from './lock-down.ts'
import { menuTemplate } from './menu.ts'
import { handleRequests } from './requests.ts'
import { windowOptions } from './window.ts'

const root = appRoot()
const out = join(root, 'out')
const words = filesOf(process.argv, app.isPackaged, process.cwd()).map(linkedFile)
const named = words.map(({ path }) => path)
/** The place in them to show first. */
let link = words.find(one => one.link !== '')?.link ?? ''
let window: BrowserWindow | null = null
/** Files named at the start, or opened by the system before there was a window. */
let started: readonly OpenedFile[] = []
let waiting: string[] = [...named]

const service = hostService({
  root,
  started: () => started,
  openDialog: async () => (window === null ? [] : chooseFiles(dialog, window, service.openPaths)),
  startReceiver,
  paintPicture,
  saveFile: async (name, bytes) =>
    window === null ? { saved: false, why: 'no window' } : saveBytes(dialog, window, name, bytes),
})

/** Shows files: in the running window, or in the one that is about to open. */
async function show(paths: readonly string[], place = ''): Promise<void> {
  if (window === null) {
    waiting = [...waiting, ...paths]
    link = place || link
    return
  }
  if (window.isMinimized()) window.restore()
  window.focus()
  if (paths.length === 0) return
  try {
    window.webContents.send(channels.openFiles, await service.openPaths(paths), place)
  } catch (error) {
    tell(error)
  }
}

function tell(error: unknown): void {
  dialog.showErrorBox('Interleave', error instanceof Error ? error.message : String(error))
}

async function openWindow(): Promise<void> {
  const paths = waiting
  waiting = []
  started = await service.openPaths(paths).catch(error => {
    tell(error)
    return []
  })
  window = new BrowserWindow(
    windowOptions(join(out, 'preload', 'index.cjs'), nativeTheme.shouldUseDarkColors),
  )
  window.once('ready-to-show', () => window?.show())
  window.on('closed', () => {
    window = null
  })
  await window.loadURL(`${appOrigin}/${link}`)
}

if (app.requestSingleInstanceLock({ paths: named, link })) {
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([appScheme])
  lockDown(app, url => shell.openExternal(url))
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    const { paths, link: place } = (data ?? {}) as { readonly paths?: unknown; readonly link?: unknown }
    const files = Array.isArray(paths) ? paths.filter(path => typeof path === 'string') : []
    show(files, typeof place === 'string' ? place : '').catch(tell)
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    show([path]).catch(tell)
  })
  app.on('window-all-closed', () => app.quit())
  app
    .whenReady()
    .then(async () => {
      denyPermissions(session.defaultSession)
      serveApp(protocol, { root: join(out, 'renderer'), files: service.files })
      handleRequests(ipcMain, service.requests)
      const open = (): void => {
        if (window === null) return
        const { webContents } = window
        chooseFiles(dialog, window, service.openPaths)
          .then(files => files.length > 0 && webContents.send(channels.openFiles, files))
          .catch(tell)
      }
      Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, open)))
      await openWindow()
    })
    .catch(error => {
      process.stderr.write(`interleave: ${error instanceof Error ? error.message : String(error)}\n`)
      app.exit(1)
    })
} else {
  // The running instance was told what to open.
  app.quit()
}
