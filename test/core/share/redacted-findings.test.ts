/** Redaction hides who and what, not what went wrong: every recorded bug shows the same findings under pseudonyms. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Session } from '../../../src/core/scene/scene.ts'
import { openSession } from '../../../src/core/session.ts'
import { redactFreeText } from '../../../src/core/share/free-text.ts'
import { Pseudonyms } from '../../../src/core/share/pseudonyms.ts'
import { lostFindings } from '../../../src/core/share/redact-notebook.ts'
import { redactSession } from '../../../src/core/share/redact-session.ts'
import { sliceOtlp } from '../../../src/core/share/slice.ts'

const fixtures = resolve(import.meta.dirname, '../../../fixtures')
const traces = ['incidents', 'patterns'].flatMap(kind =>
  readdirSync(join(fixtures, kind), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => join(kind, name, 'bug.otlp.jsonl'))
    // What must stay silent has no bug.
    .filter(trace => existsSync(join(fixtures, trace))),
)

const told = ({ analysis }: Session) =>
  analysis.findings.map(
    ({ id, detector, severity, culprit }) => `${id} ${detector} ${severity} ${culprit.site}`,
  )

const open = (name: string, bytes: Uint8Array) =>
  openSession([
    {
      name,
      size: bytes.length,
      async *open() {
        yield bytes
      },
    },
  ])

test.each(traces)(
  '%s: same ids, detectors, severities and sites, before and after, and opened again',
  async trace => {
    const { session, report, config } = await open(trace, readFileSync(join(fixtures, trace)))
    expect(told(session)).not.toEqual([])
    const redacted = redactSession(session.store, report, config, new Pseudonyms()).session
    expect(told(redacted)).toEqual(told(session))
    expect(lostFindings(session, redacted)).toEqual([])
    const without = { ...redacted, analysis: { ...redacted.analysis, findings: [] } }
    expect(lostFindings(session, without)).toEqual(session.analysis.findings)
    const slice = sliceOtlp(redacted.store, 0, redacted.store.durationNs)
    const again = await open('slice.json', new TextEncoder().encode(slice))
    expect(told(again.session)).toEqual(told(session))
  },
)

test.each([
  ['client c left: no heartbeat for 400 ms', '# no heartbeat'],
  ['duplicate key value violates unique constraint "jobs_4521"', '# duplicate'],
  ['no pulse from ann@example.com', '#'],
  ['busy', 'busy'],
  ['busy with ann', '#'],
])('%s becomes %s', (text, redacted) => expect(redactFreeText(text, () => '#')).toBe(redacted))
