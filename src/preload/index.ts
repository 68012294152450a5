import { contextBridge, ipcRenderer } from 'electron'
import type { OpenedFile } from '../host/host.ts'
import { type Bridge, channels } from '../host/methods.ts'

/** The page's only way out: the requests of `Host` and one event. No channel name is the page's to choose. */
const bridge: Bridge = {
  call: (method, args) => ipcRenderer.invoke(channels.request, method, args),
  onOpenFiles(listener) {
    // The event itself carries `sender` with everything IPC can do; the page gets the files only.
    const heard = (_event: unknown, files: readonly OpenedFile[], place = ''): void => listener(files, place)
    ipcRenderer.on(channels.openFiles, heard)
    return () => ipcRenderer.off(channels.openFiles, heard)
  },
}

contextBridge.exposeInMainWorld('interleave', bridge)
