import { expect, test } from 'vitest'
import { emptyConfig } from '../../../src/core/config/config.ts'
import { readerOf } from '../../../src/core/convention/attributes/attribute-reader.ts'
import { currentName, privacyOf, specOf } from '../../../src/core/convention/attributes/schema.ts'
import { attributeTable } from '../../../src/core/convention/attributes/table.ts'
import { completeQuery } from '../../../src/core/query/complete-query.ts'
import { matchItems } from '../../../src/core/query/match-items.ts'
import { parseQuery } from '../../../src/core/query/parse-query.ts'
import { concludeSession } from '../../../src/core/session.ts'
import { Pseudonyms } from '../../../src/core/share/pseudonyms.ts'
import { redactStore } from '../../../src/core/share/redact.ts'
import { attribute, spanName } from '../../../src/core/store/store.ts'
import { type AttributesInput, storeOf } from '../../support/otlp.ts'

const SERVER = 2
const CLIENT = 3

/** One span for each set of attributes, a millisecond after the other. */
async function spansWith(...all: readonly (readonly [name: string, kind: number, AttributesInput])[]) {
  const store = await storeOf({
    spans: all.map(([name, kind, attributes], at) => ({
      id: `${at + 1}`,
      trace: `${at + 1}`,
      name,
      kind,
      start: at * 1e6,
      end: at * 1e6 + 5e5,
      attributes,
    })),
  })
  const rowOf = (name: string): number =>
    Array.from({ length: store.spans.count }, (_, row) => row).find(row => spanName(store, row) === name)!
  return { store, rowOf, session: concludeSession(store, { inputs: [], issues: [] }, emptyConfig) }
}

const mixed = () =>
  spansWith(
    ['new', SERVER, { 'http.request.method': 'GET', 'db.system.name': 'postgresql' }],
    ['old', SERVER, { 'http.method': 'GET', 'net.peer.port': 51234, 'net.host.port': 8080 }],
    ['call', CLIENT, { 'http.method': 'POST', 'net.peer.port': 8080, 'db.system': 'mssql' }],
  )

async function found(query: string): Promise<string[]> {
  const { session } = await mixed()
  const parsed = parseQuery(query)
  if (parsed.kind !== 'query') throw new Error(query)
  const run = matchItems(session, parsed.root)
  for (;;) {
    const step = run.next()
    if (!step.done) continue
    return [...step.value.bits]
      .flatMap(([{ items }, bits]) => Array.from(bits, (bit, item) => (bit > 0 ? items.span[item]! : -1)))
      .filter(row => row >= 0)
      .map(row => spanName(session.store, row))
      .filter((name, at, all) => all.indexOf(name) === at)
      .sort()
  }
}

test('the table is unambiguous: a name is in one place, an older name means one thing on each side', () => {
  const names = attributeTable.map(([name]) => name)
  expect(new Set(names).size).toBe(names.length)
  const meanings = attributeTable.flatMap(([name, , , older = '']) =>
    older
      .split(' ')
      .filter(Boolean)
      .flatMap(one => (/^(client|server):/.test(one) ? [one] : [`client:${one}`, `server:${one}`]))
      .map(one => ({ one, name })),
  )
  expect(new Set(meanings.map(({ one }) => one)).size).toBe(meanings.length)
  for (const { one, name } of meanings) {
    const [side, older] = one.split(/:(.*)/)
    expect(names).not.toContain(older)
    expect(currentName(older!, side === 'server')).toBe(name)
  }
})

test('older names and values are read as the current ones, a peer by the side it is on', async () => {
  const { store, rowOf } = await mixed()
  const reader = readerOf(store)
  const text = (name: string, key: string): string => reader.text(store.spans, rowOf(name), key)
  expect(text('old', 'http.request.method')).toBe('GET')
  expect(text('call', 'db.system.name')).toBe('microsoft.sql_server')
  expect(text('call', 'server.port')).toBe('8080')
  expect(text('old', 'server.port')).toBe('8080')
  expect(text('old', 'client.port')).toBe('51234')
  expect(text('call', 'client.port')).toBe('')
  expect(attribute(store, store.spans, rowOf('call'), 'db.system')).toBe('mssql')
})

test('a search finds an attribute under any of its names', async () => {
  expect(await found('http.request.method:GET')).toEqual(['new', 'old'])
  expect(await found('http.method:GET')).toEqual(['new', 'old'])
  expect(await found('http.request.method!=GET')).toEqual(['call'])
  expect(await found('server.port>8000')).toEqual(['call', 'old'])
  expect(await found('server.port=51234')).toEqual([])
  expect(await found('client.port=51234')).toEqual(['old'])
  expect(await found('db.system.name=microsoft.sql_server')).toEqual(['call'])
  expect(await found('nothing.of.this:GET')).toEqual([])
})

test('completion proposes current names, also where only an older one was begun', async () => {
  const { session } = await mixed()
  const proposed = (text: string) =>
    completeQuery(session, text, text.length).map(one => `${one.text} ${one.detail}`)
  expect(proposed('http.me')).toEqual(['http.request.method: HTTP method, recorded as http.method'])
  expect(proposed('role:task meth')).toEqual(['http.request.method: HTTP method, recorded as http.method'])
  expect(proposed('db.sys')).toEqual(['db.system.name: Database system, recorded as db.system'])
  expect(proposed('service.')).toEqual([])
})

test('what an attribute may give away holds for all its names; what nobody knows may be anything', () => {
  expect(privacyOf('http.method')).toBe('harmless')
  expect(privacyOf('db.statement')).toBe('statement')
  expect(privacyOf('enduser.id')).toBe('personal')
  expect(privacyOf('otel.status_description')).toBe('free-text')
  expect(privacyOf('x.api_key')).toBe('secret')
  expect(privacyOf('gen_ai.usage.input_tokens')).toBe('free-text')
  expect(privacyOf('app.note')).toBe('free-text')
  expect(specOf('http.request_content_length')?.unit).toBe('By')
})

test('redaction follows the table for older names too', async () => {
  const { store, rowOf } = await spansWith([
    'GET /a',
    SERVER,
    { 'http.status_code': 500, 'http.url': 'https://ann.example/a?key=k1', 'http.target': '/users/ann' },
  ])
  const redacted = redactStore(store, new Pseudonyms())
  const value = (key: string) => attribute(redacted, redacted.spans, rowOf('GET /a'), key)
  expect(value('http.status_code')).toBe(500)
  expect(value('http.url')).toMatch(/^#\d+$/)
  expect(value('http.target')).toMatch(/^\/#\d+\/#\d+$/)
  expect(redacted.strings.join(' ')).not.toContain('ann')
})
