import { EventEmitter } from 'node:events'
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions } from 'electron'

type Handler = (...args: readonly never[]) => unknown

/** As much of Electron as `src/main` touches, with what it was told kept for the test to look at. */
export class FakeContents extends EventEmitter {
  mainFrame = { url: 'app://interleave/' }
  sent: unknown[][] = []
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' })
  send(channel: string, ...payload: readonly unknown[]): void {
    this.sent.push([channel, ...payload])
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler
  }
  getURL(): string {
    return this.mainFrame.url
  }
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = []
  webContents = new FakeContents()
  loaded: string[] = []
  focused = 0
  readonly options: BrowserWindowConstructorOptions
  constructor(options: BrowserWindowConstructorOptions) {
    super()
    this.options = options
    FakeWindow.all.push(this)
    fake.app.emit('web-contents-created', {}, this.webContents)
  }
  async loadURL(url: string): Promise<void> {
    this.loaded.push(url)
    fake.app.emit('test-loaded', this)
  }
  isMinimized(): boolean {
    return false
  }
  restore(): void {}
  show(): void {}
  focus(): void {
    this.focused++
  }
}

class FakeApp extends EventEmitter {
  isPackaged = false
  sandboxed = false
  hasLock = true
  quits = 0
  ready = Promise.withResolvers<void>()
  requestSingleInstanceLock(): boolean {
    return this.hasLock
  }
  enableSandbox(): void {
    this.sandboxed = true
  }
  whenReady(): Promise<void> {
    return this.ready.promise
  }
  quit(): void {
    this.quits++
  }
  exit(code: number): void {
    throw new Error(`exit ${code}`)
  }
}

export const fake = {
  app: new FakeApp(),
  schemes: [] as unknown[],
  protocols: new Map<string, Handler>(),
  handlers: new Map<string, Handler>(),
  menu: [] as MenuItemConstructorOptions[],
  errors: [] as string[],
  external: [] as string[],
  permissions: { request: undefined as Handler | undefined, check: undefined as Handler | undefined },
  choose: { canceled: false, filePaths: [] as string[] },
  save: { canceled: false, filePath: '' },
}

/** What `import … from 'electron'` gives under test. */
export const electron = {
  app: fake.app,
  BrowserWindow: FakeWindow,
  dialog: {
    showOpenDialog: async () => fake.choose,
    showSaveDialog: async (_window: unknown, { defaultPath }: { defaultPath: string }) => {
      fake.app.emit('test-save-dialog', defaultPath)
      return fake.save
    },
    showErrorBox: (_title: string, line: string) => {
      fake.errors.push(line)
    },
  },
  ipcMain: { handle: (channel: string, handler: Handler) => fake.handlers.set(channel, handler) },
  Menu: {
    buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
    setApplicationMenu: (template: MenuItemConstructorOptions[]) => {
      fake.menu = template
    },
  },
  nativeTheme: { shouldUseDarkColors: true },
  protocol: {
    registerSchemesAsPrivileged: (schemes: unknown[]) => fake.schemes.push(...schemes),
    handle: (scheme: string, handler: Handler) => fake.protocols.set(scheme, handler),
  },
  session: {
    defaultSession: {
      setPermissionRequestHandler: (handler: Handler) => {
        fake.permissions.request = handler
      },
      setPermissionCheckHandler: (handler: Handler) => {
        fake.permissions.check = handler
      },
      setDevicePermissionHandler: () => {},
    },
  },
  shell: {
    openExternal: async (url: string) => {
      fake.external.push(url)
    },
  },
}
