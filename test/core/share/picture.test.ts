import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shot } from '../../../src/cli/shot.ts'
import { noFolds } from '../../../src/core/scene/geometry.ts'
import { LogPainter } from '../../../src/core/scene/log-painter.ts'
import { estimateWidth } from '../../../src/core/scene/measure.ts'
import { readPayload } from '../../../src/core/share/payload.ts'
import { composePicture } from '../../../src/core/share/picture.ts'
import type { PictureOptions } from '../../../src/core/share/picture-parts.ts'
import { extractPayload } from '../../../src/core/share/png-payload.ts'
import { sessionOf } from '../../support/scene.ts'

const session = sessionOf(
  `
  T1     ─────────────────────────────
  T2     ─────────────────────────────
  T1@db  ##--------------------
  T2@db    ~~~~~~~~~~~~~~!
  `,
  { unitMs: 100, resources: { db: { type: 'pool', capacity: 1, site: 'hold (a.ts:1)' } } },
)

const options: PictureOptions = {
  session,
  lanes: session.lanes,
  ...noFolds,
  startNs: 0,
  endNs: session.store.durationNs,
  criticalPath: null,
  highlights: {
    finding: session.analysis.findings[0]!.id,
    selected: null,
    hovered: null,
    playheadNs: -1,
    range: null,
  },
  notes: [],
  theme: 'light',
  timeDisplay: 'relative',
  widthPx: 1000,
  heightPx: 0,
  gutterPx: 160,
  scrollPx: 0,
  title: '',
  version: '9.9.9',
  caption: true,
  legend: true,
  measure: estimateWidth,
}

describe('a picture', () => {
  it('says what it shows, where it is from and what its marks mean', () => {
    const texts = LogPainter.textsOf(composePicture(options)).join('\n')
    const { text, steps } = session.analysis.findings[0]!
    expect(texts).toContain(text.title.slice(0, 30))
    expect(texts).toContain('Interleave 9.9.9')
    expect(texts).toContain(session.store.fingerprint.slice(0, 12))
    expect(texts).toContain('UTC')
    expect(texts).toContain('waiting for a resource')
    expect(texts).not.toContain('event loop stalled')
    if (steps.length > 0) expect(texts).toContain('What happened')
  })

  it('has the height asked for, or the one it needs', () => {
    expect(composePicture({ ...options, heightPx: 700 }).heightPx).toBe(700)
    const free = composePicture(options)
    expect(free.heightPx).toBeGreaterThan(free.contentPx)
    const bare = composePicture({ ...options, caption: false, legend: false })
    expect(bare.heightPx).toBeLessThan(free.heightPx)
  })

  it('takes a title of the user, however long', () => {
    const texts = LogPainter.textsOf(composePicture({ ...options, title: `${'word '.repeat(400)}` }))
    expect(texts.filter(text => text.startsWith('word')).length).toBeLessThanOrEqual(2)
  })
})

describe('shot', () => {
  const trace = 'fixtures/incidents/double-completion/bug.otlp.jsonl'
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shot-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const size = (png: Buffer): [number, number] => [png.readUInt32BE(16), png.readUInt32BE(20)]

  it('writes a PNG at twice the size that carries its view', async () => {
    const output = join(folder, 'a.png')
    await shot([trace], { output, finding: 'F1', width: '800', height: '600', theme: 'dark' })
    const png = await readFile(output)
    expect(size(png)).toEqual([1600, 1200])
    const found = extractPayload(png)
    expect(found.kind).toBe('ok')
    const read = readPayload(found.kind === 'ok' ? found.json : '')
    expect(read.kind).toBe('ok')
    if (read.kind !== 'ok') return
    expect(read.payload.notebook.view.finding).toBe('F1')
    expect(read.payload.slice).toBe('')
  })

  it('opens again by itself when it carries its slice, and shows the same view', async () => {
    const first = join(folder, 'slice.png')
    const second = join(folder, 'again.png')
    await shot([trace], { output: first, finding: 'F1', embed: 'slice', width: '800' })
    await shot([first], { output: second, width: '800' })
    const viewOf = async (path: string) => {
      const found = extractPayload(await readFile(path))
      const read = readPayload(found.kind === 'ok' ? found.json : '')
      return read.kind === 'ok' ? read.payload.notebook.view : null
    }
    expect(await viewOf(second)).toEqual(await viewOf(first))
  })

  it('carries nothing when told so, and no values when redacted', async () => {
    const output = join(folder, 'none.png')
    await shot([trace], { output, embed: 'none', width: '640' })
    expect(extractPayload(await readFile(output)).kind).toBe('none')
    const svg = join(folder, 'r.svg')
    await shot([trace], { output: svg, finding: 'F1', redact: true })
    const text = await readFile(svg, 'utf8')
    expect(text).not.toContain('in_progress')
    expect(text).not.toContain('4521')
  })

  it.each([
    ['a format it cannot write', { output: 'a.gif' }, /name the picture/],
    ['an unknown finding', { output: 'a.png', finding: 'F99' }, /there is no finding F99/],
    ['a width of nothing', { output: 'a.png', width: '0' }, /--width/],
    [
      'an interval that ends before it starts',
      { output: 'a.png', from: '1s', to: '10ms' },
      /--from lies after/,
    ],
    ['a theme of its own', { output: 'a.png', theme: 'pink' }, /--theme is one of/],
    ['notes that are none', { output: 'a.png', notes: 'package.json' }, /no notebook/],
  ])('refuses %s in one line', async (_, given, message) => {
    const output = join(folder, given.output)
    await expect(shot([trace], { ...given, output })).rejects.toThrow(message)
  })

  it('draws notes that a notebook brings', async () => {
    const notes = join(folder, 'n.json')
    const note = {
      id: 'n',
      kind: 'range',
      anchor: { traceId: '', spanId: '', lane: '', fromNs: '0', toNs: '9999999999999999999' },
      text: 'all of it',
    }
    await writeFile(notes, JSON.stringify({ version: 1, notes: [note] }))
    const output = join(folder, 'n.svg')
    await shot([trace], { output, notes })
    expect(await readFile(output, 'utf8')).toContain('all of it')
  })
})
