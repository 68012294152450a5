import { expect, it } from 'vitest'
import { alikeText, groupAlike } from '../../../src/core/compare/alike.ts'
import type { Finding } from '../../../src/core/detect/finding.ts'

type Telling = Parameters<typeof groupAlike>[0][number]

const finding = (id: string, name: string, site: string, more: Partial<Telling> = {}): Telling => ({
  id,
  detector: 'lost-update',
  product: 'observed',
  subject: { kind: 'key', name },
  culprit: { site },
  ...more,
})

const ids = (findings: readonly Telling[]): string[] =>
  groupAlike(findings).map(group => group.map(({ id }) => id).join(' '))

it('puts findings of one detector and one line of code together when their subjects differ in ids alone', () => {
  expect(
    ids([
      finding('F1', 'row:orders/217', 'complete (jobs.ts:41)'),
      finding('F2', 'row:orders/37', 'cancel (jobs.ts:60)'),
      finding('F3', 'row:orders/37', 'complete (jobs.ts:41)'),
      finding('F4', 'row:users/37', 'complete (jobs.ts:41)'),
      finding('F5', 'row:orders/4', 'complete (jobs.ts:41)', { product: 'predicted' }),
      finding('F6', 'row:orders/4', 'complete (jobs.ts:41)', { detector: 'check-then-act' }),
      finding('F7', 'row:orders/9d2f00aa', 'complete (jobs.ts:41)'),
    ]),
  ).toEqual(['F1 F3 F7', 'F2', 'F4', 'F5', 'F6'])
})

it('leaves apart what has no place in the code', () => {
  expect(ids([finding('F1', 'job:1', ''), finding('F2', 'job:2', '')])).toEqual(['F1', 'F2'])
})

it('names the first of the others', () => {
  const five = [1, 2, 3, 4, 5].map(n => finding(`F${n}`, `job:${n}`, 'run (job.ts:1)') as Finding)
  expect(alikeText([])).toBe('')
  expect(alikeText(five.slice(0, 2))).toBe('job:1 (F1) and job:2 (F2)')
  expect(alikeText(five)).toBe('job:1 (F1), job:2 (F2), job:3 (F3) and 2 more')
})
