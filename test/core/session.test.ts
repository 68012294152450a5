import { gzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import type { ByteSource } from '../../src/core/import/import.ts'
import { ImportError } from '../../src/core/import/import.ts'
import { emptyContent, type Note, type Notebook } from '../../src/core/notebook/note.ts'
import { wholeView } from '../../src/core/notebook/restore.ts'
import { openSession, ViewOnlyError } from '../../src/core/session.ts'
import { writeBundle } from '../../src/core/share/bundle.ts'
import { writePayload } from '../../src/core/share/payload.ts'
import { embedPayload } from '../../src/core/share/png-payload.ts'
import { noteOf } from '../support/notes.ts'

const otlp = JSON.stringify({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'api' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: 'a'.repeat(32),
              spanId: 'b'.repeat(16),
              name: 'GET /',
              kind: 2,
              startTimeUnixNano: '1795000000000000000',
              endTimeUnixNano: '1795000001000000000',
            },
          ],
        },
      ],
    },
  ],
})

const at = '1795000000500000000'
const note = (id: string, text: string): Note =>
  noteOf({ id, kind: 'pin', anchor: { traceId: '', spanId: '', lane: '', fromNs: at, toNs: at }, text })
const notebook = (...notes: readonly Note[]): Notebook => ({
  ...emptyContent,
  version: 2,
  source: { fingerprint: 'f', files: ['incident.otlp.jsonl'] },
  notes,
  view: wholeView,
})

/** Opens once, as stdin does, in pieces of `step` bytes. */
function stream(name: string, data: Uint8Array | string, step = 7): ByteSource {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  let opened = 0
  return {
    name,
    size: -1,
    async *open() {
      if (opened++ > 0) throw new Error('opened twice')
      for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
    },
  }
}

/** The smallest PNG: one pixel. */
const pixel = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  char => char.charCodeAt(0),
)
const picture = (carried: Notebook, slice = ''): Uint8Array =>
  embedPayload(pixel, writePayload({ version: 1, notebook: carried, slice, startUnixNano: '' }))

describe('openSession', () => {
  test('opens a stream that can be read once', async () => {
    const { session, notebook: found } = await openSession([stream('-', otlp)])
    expect(session.store.spans.count).toBe(1)
    expect(session.lanes.length).toBeGreaterThan(0)
    expect(found).toBeNull()
  })

  test('tells a gzipped trace from a bundle by its content', async () => {
    const zipped = await openSession([stream('a.interleave', gzipSync(new TextEncoder().encode(otlp)))])
    expect(zipped.notebook).toBeNull()
    const bundle = writeBundle({
      version: 1,
      notebook: notebook(note('1', 'in a bundle')),
      slice: otlp,
      startUnixNano: '',
    })
    const bundled = await openSession([stream('a.gz', bundle)])
    expect(bundled.session.store.fingerprint).toBe(zipped.session.store.fingerprint)
    expect(bundled.notebook?.notes.map(each => each.text)).toEqual(['in a bundle'])
  })

  test('opens a picture that carries its spans', async () => {
    const opened = await openSession([stream('shared.png', picture(notebook(note('1', 'seen')), otlp), 1000)])
    expect(opened.session.store.spans.count).toBe(1)
    expect(opened.notebook?.notes).toHaveLength(1)
  })

  test('joins the notes of a view with the trace beside it, each note once', async () => {
    const { notebook: joined } = await openSession([
      stream('one.png', picture(notebook(note('1', 'first'), note('2', 'second')))),
      stream('trace.json', otlp),
      stream('two.png', picture(notebook(note('2', 'another second'), note('3', 'third')))),
    ])
    expect(joined?.notes.map(each => each.text)).toEqual(['first', 'second', 'third'])
  })

  test('a view alone says what it was made from, and keeps its notes', async () => {
    const failed = await openSession([stream('shared.png', picture(notebook(note('1', 'kept'))))]).catch(
      error => error,
    )
    expect(failed).toBeInstanceOf(ViewOnlyError)
    expect(failed.message).toMatch(/^shared\.png: carries a view but no spans; .*incident\.otlp\.jsonl/)
    expect(failed.notebook.notes).toHaveLength(1)
  })

  test('no view inside, a broken one and one from the future are three different lines', async () => {
    const line = async (bytes: Uint8Array): Promise<string> => {
      const error = await openSession([stream('p.png', bytes)]).catch(failed => failed)
      expect(error).toBeInstanceOf(ImportError)
      expect(error.message).not.toContain('\n')
      return error.message
    }
    expect(await line(pixel)).toMatch(/without a view inside/)
    const damaged = picture(notebook())
    // The last byte of our chunk's text: before its checksum, and the end chunk of 12 bytes.
    damaged[damaged.length - 17]! ^= 0xff
    expect(await line(damaged)).toMatch(/view inside this picture is broken/)
    const newer = embedPayload(pixel, '{"version":9,"notebook":{}}')
    expect(await line(newer)).toMatch(/made by a newer Interleave \(format 9/)
  })

  test('entries of a notebook that cannot be kept are counted in the report', async () => {
    const broken = writePayload({
      version: 1,
      notebook: notebook(note('1', 'fine')),
      slice: otlp,
      startUnixNano: '',
    }).replace('"notes":[', '"notes":[{"id":7},')
    const { report, notebook: kept } = await openSession([stream('p.png', embedPayload(pixel, broken))])
    expect(kept?.notes).toHaveLength(1)
    expect(report.issues.find(issue => issue.code === 'notebook-entry')).toMatchObject({ count: 1 })
  })

  test('a source that fails while it is read is one line with its name', async () => {
    const failing: ByteSource = {
      name: 'gone.json',
      size: 9,
      // biome-ignore lint/correctness/useYield: it fails before the first byte
      async *open() {
        throw new Error('EIO: i/o error')
      },
    }
    await expect(openSession([failing])).rejects.toThrow(/^gone\.json: cannot be read: EIO/)
  })

  test('cancels with the signal’s reason', async () => {
    const control = new AbortController()
    control.abort(new DOMException('enough', 'AbortError'))
    await expect(openSession([stream('a', otlp)], { signal: control.signal })).rejects.toThrow('enough')
  })
})
