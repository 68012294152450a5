import { describe, expect, it } from 'vitest'
import { callNames } from '../../../src/core/convention/client-calls.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { type AttributesInput, importOf, storeOf } from '../../support/otlp.ts'

const client = 3
const call = (id: string, name: string, from: number, lengthMs: number, attributes: AttributesInput) => ({
  id,
  name,
  kind: client,
  start: from * 1e6,
  end: (from + lengthMs) * 1e6,
  attributes,
})
const get = (url: string) => ({ 'http.request.method': 'GET', 'url.full': url, 'server.address': 'weather' })

describe('calls of ordinary clients', () => {
  it.each([
    ['GET', get('http://weather/v1/cities/17?day=2'), 'GET weather /v1/cities/#'],
    ['GET', { 'http.request.method': 'GET', 'server.address': 'weather' }, ''],
    [
      'SELECT shop',
      { 'db.query.text': "SELECT a FROM t WHERE id = 7 AND b = 'x'" },
      'SELECT shop SELECT a FROM t WHERE id = ? AND b = ?',
    ],
    ['BRPOP', { 'db.system.name': 'redis' }, ''],
    ['orders receive', { 'messaging.system.name': 'kafka' }, ''],
    ['GET prices', {}, 'GET prices'],
  ])('%s %o is told as "%s"', async (name, attributes, expected) => {
    const store = await storeOf({ spans: [call('1', name, 0, 5, attributes)] })
    expect(callNames(store)(0)).toBe(expected)
  })

  const found = async (slow: string) => {
    const spans = Array.from({ length: 20 }, (_, i) =>
      call(
        (i + 1).toString(16),
        'GET',
        i * 100,
        i === 12 ? 47_300 : 50,
        get(i === 12 ? slow : 'http://weather/v1/today'),
      ),
    )
    const { store, report } = await importOf({ spans })
    return analyze(store, readModel(store), report).findings.map(finding => finding.detector)
  }
  it('show a wait without a deadline, without any recorder', async () => {
    expect(await found('http://weather/v1/today')).toEqual(['missing-timeout'])
  })
  it('are not compared with those of another address', async () => {
    expect(await found('http://weather/v1/archive')).toEqual([])
  })
})
