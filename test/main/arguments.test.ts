import { expect, test } from 'vitest'
import { filesOf } from '../../src/main/arguments.ts'

test('takes files, leaves switches and the app itself', () => {
  expect(filesOf(['electron', '--no-sandbox', '/app', '/t/a b.jsonl', 'c.jsonl'], false, '/cwd')).toEqual([
    '/t/a b.jsonl',
    '/cwd/c.jsonl',
  ])
  expect(filesOf(['interleave', 'a.jsonl', '--inspect'], true, '/cwd')).toEqual(['/cwd/a.jsonl'])
  expect(filesOf(['electron'], false, '/cwd')).toEqual([])
})
