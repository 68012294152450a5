import { expect, it } from 'vitest'
import { recordsOfSpan, recordText, severityWord } from '../../renderer/state/records.ts'
import { spanId, storeOf, traceId } from '../support/otlp.ts'

const stack = 'PoolTimeout: no connection\n    at checkAccess (auth.ts:21)'

const store = () =>
  storeOf({
    resource: { 'service.name': 'api' },
    spans: [
      { id: '1', name: 'GET /', start: 0, end: 9e6 },
      {
        id: '2',
        name: 'query',
        parent: '1',
        start: 1e6,
        end: 8e6,
        events: [
          {
            name: 'exception',
            at: 7e6,
            attributes: { 'exception.message': 'no connection', 'exception.stacktrace': stack },
          },
          { name: 'cache miss', at: 2e6 },
          { name: 'interleave.state.read', at: 3e6 },
        ],
      },
    ],
    logs: [{ at: 4e6, body: 'retrying\nonce', severity: 13, id: spanId('2'), trace: traceId() }],
  })

it('of a span are its logs and events by time, but not what the recorder told', async () => {
  const { records, ...rest } = await store()
  const read = { records, ...rest }
  const says = recordsOfSpan(read, 1).map(at => [records.timeNs[at], recordText(read, at)])
  expect(says).toEqual([
    [2e6, { title: 'cache miss', whole: 'cache miss' }],
    [4e6, { title: 'retrying', whole: 'retrying\nonce' }],
    [7e6, { title: 'no connection', whole: stack }],
  ])
  expect(recordsOfSpan(read, 0)).toEqual([])
})

it('have the words of severity that loggers use', () => {
  expect([0, 1, 8, 9, 12, 13, 17, 24, 25].map(severityWord)).toEqual([
    '',
    'TRACE',
    'DEBUG',
    'INFO',
    'INFO',
    'WARN',
    'ERROR',
    'FATAL',
    '',
  ])
})
