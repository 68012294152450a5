import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../../src/core/query/parse-query.ts'

const rootOf = (text: string) => {
  const parsed = parseQuery(text)
  return parsed.kind === 'query' ? parsed.root : parsed
}
const text = (words: string) => ({ kind: 'text', text: words })
const filter = (field: string, op: string, value: string) => ({ kind: 'filter', field, op, value })

describe('a query', () => {
  it('is words and filters, all of which hold', () => {
    expect(rootOf('service:api dur>100ms role:hold resource:db-pool error:true slow')).toEqual({
      kind: 'all',
      parts: [
        filter('service', ':', 'api'),
        filter('dur', '>', '100ms'),
        filter('role', ':', 'hold'),
        filter('resource', ':', 'db-pool'),
        filter('error', ':', 'true'),
        text('slow'),
      ],
    })
  })

  it('binds NOT before AND before OR, and brackets before all', () => {
    expect(rootOf('a b OR -c')).toEqual({
      kind: 'any',
      parts: [
        { kind: 'all', parts: [text('a'), text('b')] },
        { kind: 'not', part: text('c') },
      ],
    })
    expect(rootOf('a AND (b OR NOT c)')).toEqual({
      kind: 'all',
      parts: [text('a'), { kind: 'any', parts: [text('b'), { kind: 'not', part: text('c') }] }],
    })
  })

  it('takes quoted words and values as they are', () => {
    expect(rootOf('"row:jobs/4521 (x)"')).toEqual(text('row:jobs/4521 (x)'))
    expect(rootOf('resource:"db \\"main\\" pool"')).toEqual(filter('resource', ':', 'db "main" pool'))
    expect(rootOf('key:row:jobs/4521')).toEqual(filter('key', ':', 'row:jobs/4521'))
    expect(rootOf('ORDER andy pre-auth')).toEqual({
      kind: 'all',
      parts: [text('ORDER'), text('andy'), text('pre-auth')],
    })
  })

  it('reads attributes by their dotted names', () => {
    expect(rootOf('http.status_code>=500')).toEqual(filter('http.status_code', '>=', '500'))
  })

  it.each([
    ['dur>10', /no duration/, 0, 6],
    ['x role:locks', /role is one of task, run/, 2, 10],
    ['error:', /needs a value/, 0, 6],
    ['durr>100ms', /no field “durr”/, 0, 10],
    ['name>a', /can not be compared/, 0, 6],
    ['a "open', /not closed/, 2, 5],
    ['(a', /missing at the end/, 2, 0],
    ['a ) b', /does not fit/, 2, 1],
    ['a OR', /missing at the end/, 4, 0],
  ])('names what is wrong with %s, and where', (query, message, at, length) => {
    const parsed = parseQuery(query)
    if (parsed.kind !== 'problem') throw new Error(`${query} was read`)
    expect(parsed.problem.message).toMatch(message)
    expect(parsed.problem).toMatchObject({ at, length })
  })

  it('never throws, and places every problem inside the text', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '"',
      '-',
      ' ',
      'OR',
      'NOT ',
      'a',
      'dur>',
      '1ms',
      ':',
      '\\',
      'é',
      '=',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map(parts => parts.join('')),
        ),
        query => {
          const parsed = parseQuery(query)
          if (parsed.kind === 'problem') {
            expect(parsed.problem.at + parsed.problem.length).toBeLessThanOrEqual(query.length)
          }
        },
      ),
    )
  })

  it('is not read when it is longer than any question', () => {
    expect(parseQuery('('.repeat(100_000))).toMatchObject({ kind: 'problem' })
  })
})
