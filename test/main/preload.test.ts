import { expect, test, vi } from 'vitest'
import { type Bridge, bridgedHost, channels, requestMethods } from '../../src/host/methods.ts'

const exposed = new Map<string, unknown>()
const listeners = new Map<string, Set<(...args: unknown[]) => void>>()
const invoke = vi.fn(async (_channel: string, method: string, args: unknown[]) =>
  method === 'openSample' ? { error: 'no sample is called x' } : { ok: { method, args } },
)

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => exposed.set(name, value) },
  ipcRenderer: {
    invoke,
    on: (channel: string, listener: () => void) =>
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener)),
    off: (channel: string, listener: () => void) => listeners.get(channel)?.delete(listener),
  },
}))
await import('../../src/preload/index.ts')
const bridge = exposed.get('interleave') as Bridge
const host = bridgedHost(bridge)

test('exposes a way to ask and one event, and nothing else; the page makes its Host of it', () => {
  expect([...exposed.keys()]).toEqual(['interleave'])
  expect(Object.keys(bridge).sort()).toEqual(['call', 'onOpenFiles'])
  expect(Object.keys(host).sort()).toEqual(['fileUrl', 'kind', 'onOpenFiles', ...requestMethods].sort())
  expect(host.fileUrl('../x')).toBe('app://interleave/file/..%2Fx')
})

test('asks over one channel; an error line is thrown', async () => {
  const source = { fingerprint: 'f', token: '' }
  expect(await host.loadNotebook(source)).toEqual({ method: 'loadNotebook', args: [source] })
  expect(invoke).toHaveBeenLastCalledWith(channels.request, 'loadNotebook', [source])
  await expect(host.openSample('x')).rejects.toThrow('no sample is called x')
})

test('hands on opened files without the IPC event, until unsubscribed', () => {
  const heard = vi.fn()
  const stop = host.onOpenFiles(heard)
  const emit = (): void => {
    for (const listener of listeners.get(channels.openFiles) ?? [])
      listener({ sender: 'ipc' }, ['file'], '#finding=F1')
  }
  emit()
  expect(heard.mock.calls).toEqual([[['file'], '#finding=F1']])
  stop()
  emit()
  expect(heard).toHaveBeenCalledTimes(1)
})
