import { expect, test } from 'vitest'
import { linkedFile } from '../../src/core/place-link.ts'

test('a place in a file is told from a file with # in its name', () => {
  expect(linkedFile('a.jsonl#finding=F2&at=17')).toEqual({ path: 'a.jsonl', link: '#finding=F2&at=17' })
  expect(linkedFile('/t/run #3.jsonl#from=1&to=2')).toEqual({
    path: '/t/run #3.jsonl',
    link: '#from=1&to=2',
  })
  for (const path of ['a.jsonl', 'run#3.jsonl', '#finding=F1', '-', '']) {
    expect(linkedFile(path)).toEqual({ path, link: '' })
  }
})
