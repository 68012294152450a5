import { describe, expect, it } from 'vitest'
import { createHttpHost } from '../../renderer/host/http-host.ts'

interface Asked {
  readonly url: string
  readonly init: RequestInit
}

function hostOf(answer: unknown, status = 200) {
  const asked: Asked[] = []
  const events = new EventTarget()
  const host = createHttpHost({
    origin: 'http://127.0.0.1:1234',
    token: 's e c',
    fetch: async (url, init) => {
      asked.push({ url: String(url), init: init! })
      if (answer instanceof Uint8Array) {
        return new Response(answer as Uint8Array<ArrayBuffer>, {
          headers: { 'content-type': 'application/octet-stream' },
        })
      }
      return new Response(typeof answer === 'string' ? answer : JSON.stringify(answer), { status })
    },
    events: () => Object.assign(events, { close: () => {} }) as unknown as EventSource,
    download: () => {},
  })
  return { host, asked, events }
}

describe('host over HTTP', () => {
  it('sends the token as a header and the arguments as JSON', async () => {
    const { host, asked } = hostOf({ ok: { token: 't', name: 'a', size: 1 } })
    expect(await host.openSample('frozen-app')).toEqual({ token: 't', name: 'a', size: 1 })
    expect(asked[0]!.url).toBe('http://127.0.0.1:1234/api/openSample')
    expect(asked[0]!.init.headers).toMatchObject({ 'x-interleave-token': 's e c' })
    expect(JSON.parse(String(asked[0]!.init.body))).toEqual({ args: ['frozen-app'] })
  })

  it('hands out bytes as they came', async () => {
    const { host } = hostOf(Uint8Array.of(1, 2, 3))
    const picture = { widthPx: 1, heightPx: 1, background: '#fff', marks: [] }
    expect(await host.paintPicture(picture, 1)).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('throws the line of the server', async () => {
    await expect(hostOf({ error: 'wrong token' }, 401).host.start()).rejects.toThrow('wrong token')
    await expect(hostOf('<html>', 502).host.start()).rejects.toThrow('502')
  })

  it('lets a small notebook outlive the page, and a large one go the ordinary way', async () => {
    const { host, asked } = hostOf({ ok: { kind: 'saved', where: 'x', aside: '', etag: 'e' } })
    const source = { fingerprint: 'f', token: '' }
    await host.saveNotebook(source, '{}', '')
    await host.saveNotebook(source, 'x'.repeat(70_000), '')
    expect(asked.map(({ init }) => init.keepalive)).toEqual([true, false])
  })

  it('escapes tokens in file addresses', () => {
    expect(hostOf({}).host.fileUrl('a/b')).toBe('http://127.0.0.1:1234/file/a%2Fb?token=s%20e%20c')
  })

  it('hears of files opened elsewhere, and ignores what is no list', () => {
    const { host, events } = hostOf({})
    const heard: unknown[] = []
    host.onOpenFiles(files => heard.push(files))
    const send = (data: string) => events.dispatchEvent(Object.assign(new Event('open-files'), { data }))
    send('[{"token":"t","name":"n","size":1}]')
    send('{"not":"a list"}')
    send('broken')
    expect(heard).toEqual([[{ token: 't', name: 'n', size: 1 }]])
  })
})
