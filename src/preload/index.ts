import { contextBridge, ipcRenderer } from 'electron'
import type { Host, OpenedFile } from '../host/host.ts'
import { channels, requestsOver } from '../host/methods.ts'

/** The page's only way out: the requests of `Host`, a URL by token, one event. No channel name is the page's to choose. */
const host: Host = {
  kind: 'electron',
  ...requestsOver((method, args) => ipcRenderer.invoke(channels.request, method, args)),
  fileUrl: token => `app://interleave/file/${encodeURIComponent(token)}`,
  onOpenFiles(listener) {
    // The event itself carries `sender` with everything IPC can do; the page gets the files only.
    const heard = (_event: unknown, files: readonly OpenedFile[]): void => listener(files)
    ipcRenderer.on(channels.openFiles, heard)
    return () => ipcRenderer.off(channels.openFiles, heard)
  },
}

contextBridge.exposeInMainWorld('interleave', host)
