import { expect, test } from 'vitest'
import { answer } from '../../src/host/messages.ts'
import { type HostRequests, requestMethods, requestsOver } from '../../src/host/methods.ts'

/** A shell that repeats what it was asked. */
const echo = Object.fromEntries(
  requestMethods.map(method => [method, async (...args: unknown[]) => ({ method, args })]),
) as unknown as HostRequests

const pictureOf = (...marks: unknown[]) => ({ widthPx: 100, heightPx: 50, background: '#fff', marks })
const source = { fingerprint: 'f1', token: 'abc' }

test('a request that fits its schema reaches its handler', async () => {
  expect(await answer(echo, 'saveNotebook', [source, '{}', ''])).toEqual({
    ok: { method: 'saveNotebook', args: [source, '{}', ''] },
  })
  expect(await answer(echo, 'saveFile', ['a.png', new Uint8Array(3), 'image/png'])).toHaveProperty('ok')
  const rect = { kind: 'rect', x: 0, y: 0, w: 9, h: 9, fill: '#fff', pattern: 'solid' }
  expect(await answer(echo, 'paintPicture', [pictureOf(rect), 2])).toHaveProperty('ok')
})

test.each([
  ['unknown method', 'readFile', ['/etc/passwd']],
  ['a name of Object', 'constructor', []],
  ['not a string', 7, []],
  ['args missing', 'start', undefined],
  ['too many args', 'start', [1]],
  ['a path instead of a token', 'loadNotebook', [{ fingerprint: 'f', token: '../../etc/passwd' }]],
  ['an unknown field', 'loadNotebook', [{ ...source, path: '/etc' }]],
  ['bytes that are none', 'saveFile', ['a.png', { length: 3 }, 'image/png']],
  ['a port of none', 'startReceiving', [0]],
  ['a port as text', 'startReceiving', ['4318']],
  ['a mark of no kind', 'paintPicture', [pictureOf({ kind: 'script' }), 1]],
  [
    'a place that is no number',
    'paintPicture',
    [pictureOf({ kind: 'clip', x: Number.NaN, y: 0, w: 1, h: 1 }), 1],
  ],
  ['a picture without end', 'paintPicture', [{ ...pictureOf(), widthPx: 1e9 }, 1]],
  ['an empty fingerprint', 'loadNotebook', [{ fingerprint: '', token: '' }]],
])('%s is refused with one line', async (_, method, args) => {
  const reply = await answer(echo, method, args)
  expect(reply).toHaveProperty('error')
  expect((reply as { error: string }).error).not.toContain('\n')
})

test('what a handler throws becomes one line, without a stack', async () => {
  const failing = {
    ...echo,
    start: async () => {
      throw new Error('disk on fire\n    at somewhere (secret.ts:1)')
    },
  } as HostRequests
  expect(await answer(failing, 'start', [])).toEqual({ error: 'disk on fire' })
})

test('a client speaks every request over its transport and throws the error line', async () => {
  const client = requestsOver(async (method, args) => answer(echo, method, args))
  expect(await client.openSample('frozen-app')).toEqual({ method: 'openSample', args: ['frozen-app'] })
  await expect(client.openSample('')).rejects.toThrow(/^openSample: /)
})
