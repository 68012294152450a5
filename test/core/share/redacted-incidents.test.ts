import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { report } from '../../../src/cli/report.ts'
import { shot } from '../../../src/cli/shot.ts'
import { privacyOf } from '../../../src/core/convention/attributes/schema.ts'
import { LogPainter } from '../../../src/core/scene/log-painter.ts'
import { estimateWidth } from '../../../src/core/scene/measure.ts'
import type { Session } from '../../../src/core/scene/scene.ts'
import { openSession } from '../../../src/core/session.ts'
import { readBundle, writeBundle } from '../../../src/core/share/bundle.ts'
import { composeView, viewOfFinding } from '../../../src/core/share/compose-view.ts'
import { writePayload } from '../../../src/core/share/payload.ts'
import { extractPayload } from '../../../src/core/share/png-payload.ts'
import { Pseudonyms } from '../../../src/core/share/pseudonyms.ts'
import { redactNotebook } from '../../../src/core/share/redact-notebook.ts'
import { redactSession } from '../../../src/core/share/redact-session.ts'
import { sharedNotebook } from '../../../src/core/share/shared-notebook.ts'
import { sliceOtlp } from '../../../src/core/share/slice.ts'
import { AttributeType, spanIdOf, traceIdOf, unixNano } from '../../../src/core/store/store.ts'

const incidents = ['frozen-app', 'double-completion', 'blocked-loop', 'lying-clock']
const pathOf = (name: string): string =>
  resolve(import.meta.dirname, `../../../fixtures/incidents/${name}/bug.otlp.jsonl`)

async function open(path: string) {
  const bytes = await readFile(path)
  return openSession([
    {
      name: path,
      size: bytes.length,
      async *open() {
        yield bytes
      },
    },
  ])
}

const HIDDEN: ReadonlySet<string> = new Set(['identifier', 'personal', 'secret', 'free-text'])

/** What a reader could recognise somebody or something by, found in the original without asking the redaction. */
function identifiers({ store }: Session): ReadonlySet<string> {
  const out = new Set<string>()
  for (let row = 0; row < store.spans.count; row++) {
    out.add(traceIdOf(store, row))
    out.add(spanIdOf(store, row))
  }
  for (const { attributes } of store.processes) {
    out.add(String(attributes['service.instance.id']))
    out.add(String(attributes['process.pid']))
  }
  const { attributes, strings } = store
  for (let at = 0; at < attributes.count; at++) {
    const key = strings[attributes.key[at]!]!
    if (attributes.type[at] === AttributeType.bool) continue
    const isText = attributes.type[at] === AttributeType.string || attributes.type[at] === AttributeType.json
    const text = isText ? strings[attributes.value[at]!]! : String(attributes.value[at]!)
    // Values of the user's, whole; and every id-like number in names.
    if (HIDDEN.has(privacyOf(key))) out.add(text)
    if (['interleave.state.key', 'url.path', 'interleave.task.name'].includes(key)) {
      for (const [number] of text.matchAll(/\d{3,}/g)) out.add(number)
    }
  }
  const codes = new Set<string>()
  for (let at = 0; at < attributes.count; at++) {
    if (
      attributes.type[at] === AttributeType.string &&
      ['code', 'harmless'].includes(privacyOf(strings[attributes.key[at]!]!))
    )
      codes.add(strings[attributes.value[at]!]!)
  }
  for (const index of [...store.records.body, ...store.spans.statusMessage]) out.add(strings[index]!)
  // Too short to mean anything, and vocabulary: `100`, `node`, `completed` of a task.
  const vocabulary = new Set(['null', 'Error', 'node', ...[...codes].filter(code => /^\w+$/.test(code))])
  return new Set([...out].filter(text => text.length >= 4 && !vocabulary.has(text)))
}

/** Words and numbers count as a whole: `slow` is no leak in `slowest`, and timestamps have every digit sequence in them. */
function leaks(text: string, secrets: ReadonlySet<string>): string[] {
  const words = new Set([...text.matchAll(/[\d.]+|\w+/g)].map(([word]) => word))
  return [...secrets].filter(secret => (/^\w+$/.test(secret) ? words.has(secret) : text.includes(secret)))
}

describe.each(incidents)('%s redacted', name => {
  let folder = ''
  let secrets: ReadonlySet<string> = new Set()
  let session: Session
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redacted-'))
    ;({ session } = await open(pathOf(name)))
    secrets = identifiers(session)
    const notes = [...secrets]
      .filter(secret => !secret.includes('\n'))
      .slice(0, 40)
      .map((secret, at) => ({
        id: `n${at}`,
        kind: 'range',
        anchor: {
          traceId: traceIdOf(session.store, at % session.store.spans.count),
          spanId: spanIdOf(session.store, at % session.store.spans.count),
          lane: session.lanes[at % session.lanes.length]!.id,
          fromNs: unixNano(session.store, 0),
          toNs: unixNano(session.store, session.store.durationNs),
        },
        text: `look at ${secret}, said`,
        author: 'me',
      }))
    await writeFile(join(folder, 'notes.json'), JSON.stringify({ version: 1, notes }))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('has something to hide', () => expect(secrets.size).toBeGreaterThan(50))

  it.each(['a.png', 'a.svg'])('as a picture with its spans and notes: %s', async file => {
    const output = join(folder, file)
    await shot([pathOf(name)], {
      output,
      finding: 'F1',
      width: '1000',
      redact: true,
      embed: 'slice',
      notes: join(folder, 'notes.json'),
    })
    const bytes = await readFile(output)
    const inside = file.endsWith('png') ? extractPayload(bytes) : null
    expect(inside === null || inside.kind === 'ok').toBe(true)
    const text = bytes.toString('latin1') + bytes.toString() + (inside?.kind === 'ok' ? inside.json : '')
    expect(text).not.toContain(`${name}/`)
    expect(text).not.toContain('bug.otlp')
    expect(leaks(text.replace(/base64,[\w+/=]+|="[-\d., MLQZ]+"/g, ''), secrets)).toEqual([])
    // It is a trace still, that opens by itself.
    const again = await open(output)
    expect(again.session.store.spans.count).toBeGreaterThan(10)
    expect(again.session.analysis.findings.length).toBeGreaterThan(0)
  })

  it('as a bundle of everything, and as drawn', async () => {
    const opened = await open(pathOf(name))
    const pseudonyms = new Pseudonyms()
    const redacted = redactSession(session.store, opened.report, opened.config, pseudonyms)
    const finding = redacted.session.analysis.findings[0]!
    const view = viewOfFinding(redacted.session, finding)
    const plain = sharedNotebook(session, view, null, [pathOf(name)])
    const bundle = writeBundle({
      version: 1,
      notebook: redactNotebook(plain, session, redacted.session, pseudonyms),
      slice: sliceOtlp(redacted.session.store, 0, session.store.durationNs),
      startUnixNano: '',
    })
    const read = readBundle(bundle)
    if (read.kind !== 'ok') throw new Error(read.kind)
    expect(leaks(writePayload(read.payload), secrets)).toEqual([])
    const scene = composeView(
      redacted.session,
      { ...view, startNs: 0, endNs: session.store.durationNs },
      {
        theme: 'light',
        timeDisplay: 'relative',
        widthPx: 6000,
        heightPx: 0,
        title: '',
        version: '0',
        caption: true,
        legend: true,
        notes: [],
        measure: estimateWidth,
      },
    )
    expect(leaks(LogPainter.textsOf(scene).join('\n'), secrets)).toEqual([])
  })

  it('as a report', async () => {
    const output = join(folder, 'r.md')
    await report([pathOf(name)], { output, redact: true, notes: join(folder, 'notes.json') })
    expect(leaks(await readFile(output, 'utf8'), secrets)).toEqual([])
  })
})
