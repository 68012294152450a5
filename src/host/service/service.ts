/**
 * What both shells do alike: files by token, samples, recent files, notebooks, receiving. A shell adds its dialogs.
 */
import { realpathSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { OpenedFile, SaveResult } from '../host.ts'
import type { HostRequests } from '../methods.ts'
import { configs } from './configs.ts'
import { type OpenFiles, openFiles } from './files.ts'
import { notebooks } from './notebooks.ts'
import { appRoot, appVersion, dataDir } from './places.ts'
import { receiving, type StartReceiver } from './receiving.ts'
import { recentFiles } from './recent-files.ts'
import { samples } from './samples.ts'

export interface HostService {
  readonly files: OpenFiles
  readonly requests: HostRequests
  /** Opens paths for the page and remembers them as recent. Throws one line for a path that cannot be opened. */
  openPaths(paths: readonly string[]): Promise<readonly OpenedFile[]>
}

export interface HostServiceOptions {
  /** Files named on the command line, already opened by the shell: asked for at every `start`. */
  readonly started: () => readonly OpenedFile[]
  readonly openDialog: () => Promise<readonly OpenedFile[] | null>
  readonly saveFile: (name: string, bytes: Uint8Array, type: string) => Promise<SaveResult>
  readonly startReceiver: StartReceiver
  readonly paintPicture: HostRequests['paintPicture']
  /** Folder of the app, for tests. */
  readonly root?: string
  readonly dataDir?: string
}

export function hostService(options: HostServiceOptions): HostService {
  const root = realpathSync(options.root ?? appRoot())
  const data = options.dataDir ?? dataDir()
  const files = openFiles()
  const recent = recentFiles(files, data)
  const sampled = samples(join(root, 'fixtures', 'incidents'))
  const readOnlyDirs = [join(root, 'fixtures')]
  const live = receiving({ files, recent, dataDir: data, startReceiver: options.startReceiver })
  const kept = notebooks({ files, dataDir: data, readOnlyDirs })
  return {
    files,
    async openPaths(paths) {
      const opened: OpenedFile[] = []
      for (const path of paths) opened.push(await files.open(path))
      for (const file of opened) await recent.add(file.token)
      return opened
    },
    requests: {
      start: async () => ({ version: appVersion(root), files: options.started(), author: author() }),
      openDialog: options.openDialog,
      samples: sampled.list,
      async openSample(id) {
        const path = await sampled.pathOf(id)
        if (path === undefined) throw new Error(`no sample is called ${JSON.stringify(id)}`)
        return files.open(path)
      },
      loadNotebook: kept.load,
      saveNotebook: kept.save,
      saveConfig: configs({ files, readOnlyDirs }).save,
      saveFile: options.saveFile,
      paintPicture: options.paintPicture,
      recentFiles: recent.list,
      startReceiving: live.start,
      receiving: live.state,
      stopReceiving: live.stop,
    },
  }
}

/** Whose notes these are, unless the user says otherwise. */
function author(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}
