import { expect, test } from 'vitest'
import { alignLanes } from '../../../src/core/compare/align-lanes.ts'
import type { Lane } from '../../../src/core/lanes/lane.ts'

const lane = (label: string, kind: Lane['kind'] = 'task', group = 'api'): Lane =>
  ({ id: label, kind, label, group }) as Lane

const names = (before: readonly Lane[], after: readonly Lane[]) =>
  alignLanes(before, after).map(pair => [pair.before?.label ?? '', pair.after?.label ?? ''])

test('lanes of one name stand in for each other in order, whatever their ids', () => {
  expect(
    names(
      [lane('db', 'resource'), lane('POST /jobs #t4'), lane('POST /jobs #t9'), lane('GET /gone #t1')],
      [lane('db', 'resource'), lane('POST /jobs #t2'), lane('GET /new #t3')],
    ),
  ).toEqual([
    ['db', 'db'],
    ['POST /jobs #t4', 'POST /jobs #t2'],
    ['POST /jobs #t9', ''],
    ['GET /gone #t1', ''],
    ['', 'GET /new #t3'],
  ])
})

test('a lane of many tasks is one of their name; kind and heading must agree', () => {
  expect(names([lane('GET / #t4')], [lane('GET / × 24')])).toEqual([['GET / #t4', 'GET / × 24']])
  expect(names([lane('db', 'resource')], [lane('db', 'task')])).toEqual([
    ['db', ''],
    ['', 'db'],
  ])
  expect(names([lane('db', 'task', 'a')], [lane('db', 'task', 'b')])).toHaveLength(2)
})
