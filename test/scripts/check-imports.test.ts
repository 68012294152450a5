import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkImports, importsOf, violation } from '../../scripts/check-imports.ts'

const check = (file: string, source: string) => importsOf(source, file).map(item => violation(file, item))

describe('importsOf', () => {
  test('sees static, re-exported, dynamic, type and required modules', () => {
    const source = `
      import type { A } from './a.ts'
      export { b } from './b.ts'
      export * from './c.ts'
      const d = await import('./d.ts')
      type E = import('./e.ts').E
      const f = require('./f.ts')
      import { type G } from './g.ts'
      const h = await import(name)`
    expect(importsOf(source, 'x.ts').map(item => [item.specifier, item.typeOnly, item.line])).toEqual([
      ['./a.ts', true, 2],
      ['./b.ts', false, 3],
      ['./c.ts', false, 4],
      ['./d.ts', false, 5],
      ['./e.ts', true, 6],
      ['./f.ts', false, 7],
      ['./g.ts', false, 8],
      ['?', false, 9],
    ])
  })

  test('reads tsx', () => {
    expect(importsOf(`import x from 'react'\nexport const y = <p>{x}</p>`, 'renderer/a.tsx')).toHaveLength(1)
  })
})

describe('violation', () => {
  test.each([
    ['src/core/detect/a.ts', `import { x } from '../../host/host.ts'`, 'core may not import host'],
    ['src/core/a.ts', `import fs from 'node:fs'`, 'core may not import node:fs'],
    ['src/core/a.ts', `import type { Stats } from 'node:fs'`, 'core may not import node:fs'],
    ['src/core/a.ts', `import { useState } from 'react'`, 'core may not import react'],
    ['src/core/a.ts', `const e = await import('electron')`, 'core may not import electron'],
    ['src/core/a.ts', `const e = await import(name)`, 'computed'],
    ['src/host/a.ts', `import { hasFlag } from '../core/store/store.ts'`, 'only types of core'],
    ['src/server/a.ts', `import { app } from 'electron'`, 'server may not import electron'],
    ['src/server/a.ts', `import '../cli/index.ts'`, 'server may not import cli'],
    ['src/main/a.ts', `import '../server/server.ts'`, 'main may not import server'],
    ['src/preload/a.ts', `import '../core/session.ts'`, 'preload may not import core'],
    ['src/recorder/a.ts', `import { Store } from '../core/store/store.ts'`, 'only convention/keys.ts'],
    ['src/recorder/a.ts', `import pg from 'pg'`, 'recorder may not import pg'],
    ['renderer/main.tsx', `import '../src/main/index.ts'`, 'renderer may not import main'],
    ['renderer/main.tsx', `import fs from 'node:fs'`, 'renderer may not import node:fs'],
    ['src/cli/a.ts', `import '../../renderer/main.tsx'`, 'cli may not import renderer'],
    ['src/toolbox/a.ts', `import './b.ts'`, 'toolbox is not in the table'],
  ])('%s: %s', (file, source, expected) => {
    expect(check(file, source).join()).toContain(expected)
  })

  test.each([
    ['src/core/detect/a.ts', `import type { Store } from '../store/store.ts'`],
    ['src/host/a.ts', `import type { Store } from '../core/store/store.ts'`],
    ['src/recorder/a.ts', `import { Key } from '../core/convention/keys.ts'`],
    ['renderer/engine.worker.ts', `import { openSession } from '../src/core/session.ts'`],
    ['renderer/a.ts', `import W from './engine.worker.ts?worker'`],
    ['src/cli/a.ts', `import { startServer } from '../server/server.ts'`],
  ])('allows %s: %s', (file, source) => {
    expect(check(file, source)).toEqual([null])
  })
})

test('the project keeps its own rules', () => {
  expect(checkImports(resolve(import.meta.dirname, '../..'))).toEqual([])
})
