/** Notes written on one reading of a trace stand where they stood on any other: renamed, converted, or in another format. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ConvertFormat, convert } from '../../../src/core/convert/convert.ts'
import { anchorOf, belongsTo, placeNotes, rangeAnchor } from '../../../src/core/notebook/anchors.ts'
import { findingRange } from '../../../src/core/scene/finding-range.ts'
import type { Session } from '../../../src/core/scene/scene.ts'
import { type OpenedSession, openSession } from '../../../src/core/session.ts'
import { writeBundle } from '../../../src/core/share/bundle.ts'
import { viewOfFinding } from '../../../src/core/share/compose-view.ts'
import { sharedNotebook } from '../../../src/core/share/shared-notebook.ts'
import {
  attributesOf,
  relativeNs,
  type Store,
  spanIdOf,
  spanName,
  traceIdOf,
  unixNano,
} from '../../../src/core/store/store.ts'
import { noteOf } from '../../support/notes.ts'

interface File {
  readonly name: string
  readonly bytes: Uint8Array
}

const open = (...files: readonly File[]): Promise<OpenedSession> =>
  openSession(
    files.map(({ name, bytes }) => ({
      name,
      size: bytes.length,
      async *open() {
        yield bytes
      },
    })),
  )

const incidents = ['frozen-app', 'double-completion', 'blocked-loop', 'lying-clock']
const read = (incident: string): Uint8Array =>
  readFileSync(resolve(import.meta.dirname, `../../../fixtures/incidents/${incident}/bug.otlp.jsonl`))

/** A note on the first item of every lane, and one on a stretch of time. */
function notesOn(session: Session) {
  const onItems = session.lanes.flatMap(lane => anchorOf(session, { lane: lane.id, item: 0 }) ?? [])
  return [...onItems, rangeAnchor(session, 1e6, 2e6)].map((anchor, at) => noteOf({ id: `n${at}`, anchor }))
}

/** What a picture or a bundle with only the view carries. */
function viewFile(session: Session): File {
  const finding = session.analysis.findings[0]!
  const shared = sharedNotebook(session, viewOfFinding(session, finding), null, ['bug.otlp.jsonl'])
  const content = { ...shared, notes: notesOn(session) }
  const payload = { version: 1, notebook: content, slice: '', startUnixNano: '' } as const
  return { name: 'shared.interleave', bytes: writeBundle(payload) }
}

function converted(store: Store, format: ConvertFormat): Uint8Array {
  return Buffer.concat(Array.from(convert(store, null, format), part => Buffer.from(part)))
}

/** As Zipkin has it: spans only, microseconds, text for every value. */
function zipkin(store: Store): Uint8Array {
  const { startNs, endNs, parent, process } = store.spans
  const micros = (ns: number): number => Number(BigInt(unixNano(store, ns)) / 1000n)
  const spans = Array.from({ length: store.spans.count }, (_, row) => ({
    traceId: traceIdOf(store, row),
    id: spanIdOf(store, row),
    ...(parent[row]! >= 0 && { parentId: spanIdOf(store, parent[row]!) }),
    name: spanName(store, row),
    timestamp: micros(startNs[row]!),
    duration: Math.max(1, Math.round((endNs[row]! - startNs[row]!) / 1000)),
    localEndpoint: { serviceName: store.processes[process[row]!]!.service },
    tags: Object.fromEntries(
      attributesOf(store, store.spans, row).map(([key, value]) => [key, String(value)]),
    ),
  }))
  return Buffer.from(JSON.stringify(spans))
}

const told = ({ analysis }: Session) =>
  analysis.findings.map(({ id, detector, severity, text }) => [id, detector, severity, text.title])

describe.each(incidents)('notes on %s', incident => {
  it.each([
    ['the trace under another name', 'moved-elsewhere.jsonl', () => read(incident)],
    ['the trace as .otlp.jsonl', 'a.otlp.jsonl', (store: Store) => converted(store, 'otlp')],
    ['the trace as .interleave', 'a.interleave', (store: Store) => converted(store, 'bundle')],
  ] as const)('beside %s: same view, findings and places', async (_, name, make) => {
    const { session } = await open({ name: 'bug.otlp.jsonl', bytes: read(incident) })
    const before = placeNotes(session, notesOn(session))
    const again = await open(viewFile(session), { name, bytes: make(session.store) })
    const notebook = again.notebook!
    expect(belongsTo(again.session, notebook)).toBe(true)
    expect(told(again.session)).toEqual(told(session))
    expect(placeNotes(again.session, notebook.notes).placed.map(each => each.startNs)).toEqual(
      before.placed.map(each => each.startNs),
    )
    expect(placeNotes(again.session, notebook.notes).placed.map(each => each.lane)).toEqual(
      before.placed.map(each => each.lane),
    )
    expect(placeNotes(again.session, notebook.notes).orphans).toEqual([])
    const { startNs } = findingRange(session.analysis.findings[0]!, session.store.durationNs)
    expect(relativeNs(again.session.store, notebook.view.fromNs)).toBe(Math.round(startNs))
    expect(notebook.view.finding).toBe('F1')
  })

  it('beside the trace as Zipkin has it, in microseconds and without logs: every note on a span is on it', async () => {
    const { session } = await open({ name: 'bug.otlp.jsonl', bytes: read(incident) })
    const { session: other, notebook } = await open(viewFile(session), {
      name: 'zipkin.json',
      bytes: zipkin(session.store),
    })
    const onSpans = notebook!.notes.filter(({ anchor }) => anchor.spanId !== '')
    expect(onSpans.length).toBeGreaterThan(5)
    expect(belongsTo(other, notebook!)).toBe(true)
    const before = placeNotes(session, onSpans).placed
    const { placed, orphans } = placeNotes(other, onSpans)
    expect(orphans).toEqual([])
    for (const [at, { note, row, startNs }] of placed.entries()) {
      expect(spanIdOf(other.store, row)).toBe(note.anchor.spanId)
      const wasNs = relativeNs(other.store, unixNano(session.store, before[at]!.startNs))
      expect(Math.abs(startNs - wasNs)).toBeLessThan(2_000)
    }
  })
})
