import type { IpcMain, IpcMainInvokeEvent } from 'electron'
import { answer } from '../host/messages.ts'
import { channels, type HostRequests, type Reply } from '../host/methods.ts'
import { isAppUrl } from './lock-down.ts'

/** Answers the page's requests. The only place that touches `ipcMain`: sender and message are checked here, once. */
export function handleRequests(ipc: Pick<IpcMain, 'handle'>, handlers: HostRequests): void {
  ipc.handle(channels.request, async (event, method: unknown, args: unknown): Promise<Reply<unknown>> => {
    if (!isTrusted(event)) return { error: 'not allowed' }
    return answer(handlers, method, args)
  })
}

/** Our page, in the top frame. */
function isTrusted(event: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>): boolean {
  const { senderFrame, sender } = event
  return senderFrame !== null && senderFrame === sender.mainFrame && isAppUrl(senderFrame.url)
}
