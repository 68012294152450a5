/** Redaction hides who and what, not what went wrong: every recorded bug shows the same findings under pseudonyms. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Session } from '../../../src/core/scene/scene.ts'
import { openSession } from '../../../src/core/session.ts'
import { redactFreeText } from '../../../src/core/share/free-text.ts'
import { Pseudonyms } from '../../../src/core/share/pseudonyms.ts'
import { redactSession } from '../../../src/core/share/redact-session.ts'

const fixtures = resolve(import.meta.dirname, '../../../fixtures')
const traces = ['incidents', 'patterns'].flatMap(kind =>
  readdirSync(join(fixtures, kind), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => join(kind, name, 'bug.otlp.jsonl'))
    // What must stay silent has no bug.
    .filter(trace => existsSync(join(fixtures, trace))),
)

const told = ({ analysis }: Session) =>
  analysis.findings.map(({ detector, severity, culprit }) => `${detector} ${severity} ${culprit.site}`)

test.each(traces)('%s: same detectors, severities and sites before and after', async trace => {
  const bytes = readFileSync(join(fixtures, trace))
  const source = {
    name: trace,
    size: bytes.length,
    async *open() {
      yield bytes
    },
  }
  const { session, report, config } = await openSession([source])
  expect(told(session)).not.toEqual([])
  const redacted = redactSession(session.store, report, config, new Pseudonyms()).session
  expect(told(redacted)).toEqual(told(session))
})

test.each([
  ['client c left: no heartbeat for 400 ms', '# no heartbeat'],
  ['duplicate key value violates unique constraint "jobs_4521"', '# duplicate'],
  ['no pulse from ann@example.com', '#'],
  ['busy', 'busy'],
  ['busy with ann', '#'],
])('%s becomes %s', (text, redacted) => expect(redactFreeText(text, () => '#')).toBe(redacted))
