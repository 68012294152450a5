import { expect, test } from 'vitest'
import { Pseudonyms } from '../../../src/core/share/pseudonyms.ts'
import { redactStore } from '../../../src/core/share/redact.ts'
import { sliceOtlp } from '../../../src/core/share/slice.ts'
import { attribute, spanName } from '../../../src/core/store/store.ts'
import { storeOf } from '../../support/otlp.ts'

test('identifiers become the same pseudonym everywhere, and the originals do not travel', async () => {
  const store = await storeOf({
    resource: { 'service.name': 'api', 'host.name': 'prod-7.corp.example' },
    spans: [
      {
        id: 'a',
        name: 'POST /jobs/4521',
        start: 0,
        end: 9,
        attributes: { 'user.email': 'ann@example.com', 'http.response.status_code': 500 },
      },
      {
        id: 'b',
        parent: 'a',
        start: 1,
        end: 2,
        attributes: { 'interleave.resource.name': 'db-pool', 'db.query.text': "SELECT 'secret'" },
      },
    ],
    logs: [
      {
        at: 1,
        name: 'interleave.state.read',
        body: 'ann@example.com said hello',
        attributes: { 'interleave.state.key': 'row:jobs/4521', 'interleave.state.value': 'in_progress' },
      },
    ],
  })
  const pseudonyms = new Pseudonyms()
  const redacted = redactStore(store, pseudonyms)
  const everything =
    JSON.stringify({ strings: redacted.strings, processes: redacted.processes }) + sliceOtlp(redacted, 0, 9)
  for (const secret of ['4521', 'ann@example.com', 'secret', 'in_progress', 'prod-7']) {
    expect(everything).not.toContain(secret)
  }
  const id = spanName(redacted, 0).replace('POST /jobs/', '')
  expect(id).toMatch(/^#\d+$/)
  expect(attribute(redacted, redacted.records, 0, 'interleave.state.key')).toBe(`row:jobs/${id}`)
  expect(attribute(redacted, redacted.spans, 0, 'http.response.status_code')).toBe(500)
  expect(attribute(redacted, redacted.spans, 1, 'interleave.resource.name')).toBe('db-pool')
  expect(store.strings).toContain("SELECT 'secret'")
  expect(pseudonyms.inText('job 4521 of ann@example.com, again 4521')).toBe(
    `job ${id} of ${pseudonyms.of('ann@example.com')}, again ${id}`,
  )
})
