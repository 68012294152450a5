/**
 * Rows whose keys no span tells (L3): told by statements that end as the transaction of another is over, and by nothing less.
 *
 *     A  BEGIN  UPDATE ├┤   mail ├────────┤  COMMIT ├┤
 *     B         BEGIN  UPDATE ├─────────────────────┤    COMMIT ├┤
 */
import { describe, expect, test } from 'vitest'
import type { Model } from '../../../src/core/convention/model.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { importOf, type SpanInput } from '../../support/otlp.ts'

const ms = 1e6
const server = 2
const client = 3

const call = (of: string, at: number, lengthMs: number, more: Partial<SpanInput>): SpanInput => ({
  id: `${of}${at.toString(16).padStart(6, '0')}`,
  trace: of,
  parent: of,
  kind: client,
  start: at * ms,
  end: (at + lengthMs) * ms,
  ...more,
})

const sql = (of: string, at: number, lengthMs: number, text: string): SpanInput =>
  call(of, at, lengthMs, {
    name: text.split(' ', 1)[0]!,
    attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'db.query.text': text },
  })

interface Order {
  readonly at: number
  /** How long its UPDATE takes; 2 ms when nothing is in the way. */
  readonly updateMs?: number
  /** How long it then asks somebody else before it commits. */
  readonly mailMs?: number
  readonly table?: string
  readonly update?: string
  /** Without BEGIN and COMMIT. */
  readonly autocommit?: boolean
  readonly failed?: boolean
}

/** One request: BEGIN, UPDATE, a call to the mail server, COMMIT. */
function order(
  index: number,
  { at, updateMs = 2, mailMs = 10, table = 'stock', update, autocommit, failed }: Order,
): SpanInput[] {
  const of = (index + 10).toString(16)
  const mail = at + 4 + updateMs
  const commit = mail + mailMs + 1
  const statement = sql(of, at + 3, updateMs, update ?? `UPDATE ${table} SET n = n - 1 WHERE id = $1`)
  return [
    { id: of, trace: of, name: 'POST /orders', kind: server, start: at * ms, end: (commit + 5) * ms },
    ...(autocommit ? [] : [sql(of, at + 1, 1, 'BEGIN'), sql(of, commit, 2, 'COMMIT')]),
    failed ? { ...statement, status: 2 } : statement,
    call(of, mail, mailMs, { name: 'POST' }),
  ]
}

async function readOf(orders: readonly Order[], scope = 'pg') {
  const spans = orders.flatMap((one, index) => order(index, one))
  const { store, report } = await importOf({ scope, spans })
  const model = readModel(store)
  return { model, findings: analyze(store, model, report).findings }
}

const rows = (model: Model): string[] =>
  model.waits
    .filter(wait => wait.inferred?.rule === 'L3')
    .map(
      wait =>
        `${model.resources[wait.resource]!.id} ${Math.round(wait.startNs / ms)}–${Math.round(wait.endNs / ms)}`,
    )

/** The first keeps its row for 500 ms from 5 on, until its COMMIT at 506–508. */
const holder: Order = { at: 0, mailMs: 500 }

describe('a statement that ends as the transaction of another is over', () => {
  test('waited for its row, which both held one after the other', async () => {
    const { model } = await readOf([holder, { at: 100, updateMs: 407 }])
    expect(rows(model)).toEqual(['row stock 0 103–510'])
    const held = model.holds.filter(hold => hold.inferred?.rule === 'L3')
    expect(held.map(hold => [hold.startNs / ms, hold.endNs / ms])).toEqual([
      [5, 509],
      [510, 524],
    ])
    expect(held[0]!.inferred!.confidence).toBeLessThan(0.65)
  })

  test('a queue is after one row: each was let through by the one before', async () => {
    const { model } = await readOf([
      holder,
      { at: 100, updateMs: 407, mailMs: 300 },
      { at: 200, updateMs: 620, mailMs: 300 },
      { at: 300, updateMs: 833 },
    ])
    expect(rows(model)).toEqual(['row stock 0 103–510', 'row stock 0 203–823', 'row stock 0 303–1136'])
  })

  test('one that reads a row to change it waits alike', async () => {
    const update = 'SELECT n FROM stock WHERE id = $1 FOR UPDATE'
    const { model } = await readOf([holder, { at: 100, updateMs: 407, update }])
    expect(rows(model)).toHaveLength(1)
  })
})

describe('where the driver begins and ends transactions by itself', () => {
  const psycopg = 'opentelemetry.instrumentation.psycopg'
  const orders: readonly Order[] = [
    { ...holder, autocommit: true },
    { at: 100, updateMs: 412, autocommit: true },
  ]

  test('a statement waited that ends between the last call of another and the end of its request', async () => {
    expect(rows((await readOf(orders, psycopg)).model)).toEqual(['row stock 0 103–515'])
    expect(rows((await readOf(orders, 'opentelemetry.instrumentation.asyncpg')).model)).toEqual([])
  })
})

describe('a slow statement did not wait for a row', () => {
  test.each<[string, readonly Order[]]>([
    ['when it ended before that transaction was over', [holder, { at: 100, updateMs: 350 }]],
    ['when it ended long after', [holder, { at: 100, updateMs: 460 }]],
    ['when it is after another table', [holder, { at: 100, updateMs: 407, table: 'carts' }]],
    [
      'when the other had no transaction',
      [
        { ...holder, autocommit: true },
        { at: 100, updateMs: 407 },
      ],
    ],
    ['when it has no transaction of its own', [holder, { at: 100, updateMs: 407, autocommit: true }]],
    ['when it only read', [holder, { at: 100, updateMs: 407, update: 'SELECT n FROM stock WHERE id = $1' }]],
    ['when it began as the other was about over', [holder, { at: 465, updateMs: 120 }]],
    [
      'when the other had changed nothing before it',
      [
        { at: 385, mailMs: 100 },
        { at: 100, updateMs: 407 },
      ],
    ],
    [
      'when the other failed to change the row',
      [
        { ...holder, failed: true },
        { at: 100, updateMs: 407 },
      ],
    ],
  ])('%s', async (_, orders) => {
    expect(rows((await readOf(orders)).model)).toEqual([])
  })
})

describe('many transactions change one table', () => {
  /** 120 orders, one each 10 ms, of rows of their own: each asks somebody else for 200 ms before it commits. */
  const crowd = (updateMs: (index: number) => number): Order[] =>
    Array.from({ length: 120 }, (_, index) => ({ at: index * 10, mailMs: 200, updateMs: updateMs(index) }))

  test('and none of them waits', async () => {
    const { model, findings } = await readOf(crowd(() => 2))
    expect(rows(model)).toEqual([])
    expect(findings).toEqual([])
  })

  test('and some are slow: somebody is always just over, by chance', async () => {
    const { model, findings } = await readOf(crowd(index => (index % 20 === 7 ? 130 + index : 2)))
    expect(rows(model)).toEqual([])
    expect(findings).toEqual([])
  })
})
