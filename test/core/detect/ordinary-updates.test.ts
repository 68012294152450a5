/** Lost updates as queries show them, without values: only where the text says that what was read is what is written. */
import { describe, expect, it } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { importOf, type SpanInput } from '../../support/otlp.ts'

const ms = 1e6

interface Shape {
  readonly read: string
  readonly write: string
  readonly method?: string
  /** From the read to the write, of each. */
  readonly workMs?: number
  readonly system?: string
}

/**
 *     POST  R ├┤           W ├┤
 *     POST     R ├┤           W ├┤        5 ms later
 */
async function found({
  read,
  write,
  method = 'POST',
  workMs = 30,
  system = 'postgresql',
}: Shape): Promise<string[]> {
  const spans = [0, 1].flatMap((at): SpanInput[] => {
    const id = `${at + 1}`
    const startMs = at * 5
    const query = (place: number, fromMs: number, text: string): SpanInput => ({
      id: `${id}0${place}`,
      trace: id,
      parent: id,
      name: text.split(' ', 1)[0]!,
      kind: 3,
      start: fromMs * ms,
      end: (fromMs + 1) * ms,
      attributes: { 'db.system.name': system, 'db.query.text': text },
    })
    const attributes = {
      'http.request.method': method,
      'http.route': '/credit',
      'http.response.status_code': 200,
    }
    return [
      {
        id,
        trace: id,
        name: `${method} /credit`,
        kind: 2,
        start: startMs * ms,
        end: (startMs + 50) * ms,
        attributes,
      },
      query(1, startMs + 1, read),
      query(2, startMs + 2 + workMs, write),
    ]
  })
  const { store, report } = await importOf({ spans })
  return analyze(store, readModel(store), report)
    .findings.filter(({ product }) => product === 'observed')
    .map(({ detector, subject }) => `${detector} ${subject.name}`)
}

const balance = {
  read: 'SELECT id, balance FROM wallets WHERE id = 7',
  write: 'UPDATE wallets SET balance = 120 WHERE id = 7',
}
const stock = { read: 'GET stock:7', write: 'SET stock:7 [1 other arguments]', system: 'redis' }

describe('what is read and then written', () => {
  it.each([
    ['a row', balance, ['lost-update row:wallets/7']],
    ['a key of Redis', stock, ['lost-update redis:stock:7']],
    ['a row, one after the other', { ...balance, workMs: 1 }, []],
    [
      'a row whose sum the database does',
      { ...balance, write: 'UPDATE wallets SET balance = balance + 20 WHERE id = 7' },
      [],
    ],
    ['a row that is locked', { ...balance, read: `${balance.read} FOR UPDATE` }, []],
    ['a row with its version', { ...balance, write: `${balance.write} AND version = 3` }, []],
    ['something else of a row', { ...balance, write: 'UPDATE wallets SET seen = now() WHERE id = 7' }, []],
    [
      'a name',
      { read: 'SELECT * FROM users WHERE id = 7', write: 'UPDATE users SET name = $1 WHERE id = 7' },
      [],
    ],
    ['an entry of a cache', { ...stock, write: 'SET stock:7 [3 other arguments]' }, []],
    ['what a question fills', { ...stock, method: 'GET' }, []],
  ])('of %s', async (_, shape, expected) => {
    expect(await found(shape)).toEqual(expected)
  })
})
