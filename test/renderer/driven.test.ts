/** Every key and every mouse gesture of the help is driven by an end-to-end test; `test/e2e/driven.md` says which. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gesturesOf } from '../../renderer/state/gestures.ts'
import { bindings } from '../../renderer/state/key-map.ts'

const folder = resolve(import.meta.dirname, '../e2e')

/** Where each id is driven: `keys.spec.ts › title of the test or step`. */
function driven(): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>()
  for (const file of readdirSync(folder).filter(name => name.endsWith('.spec.ts'))) {
    const text = readFileSync(join(folder, file), 'utf8')
    const parts = text.matchAll(/\btest(?:\.step)?\(\s*'((?:[^'\\]|\\.)*)'|\bdrives\(([^)]*)\)/g)
    let title = ''
    for (const [, named, ids] of parts) {
      if (named !== undefined) title = named
      for (const [, id] of (ids ?? '').matchAll(/'([^']+)'/g)) {
        places.set(id!, [...(places.get(id!) ?? []), `${file} › ${title}`])
      }
    }
  }
  return places
}

describe('keys and gestures', () => {
  const places = driven()

  it('are each driven by an end-to-end test', () => {
    const ids = [...bindings, ...gesturesOf('scroll')].map(({ id }) => id)
    expect(ids.filter(id => !places.has(id))).toEqual([])
  })

  it('are listed with it', async () => {
    const row = (id: string, how: string, does: string): string =>
      `| ${how} | ${does} | ${(places.get(id) ?? []).join('<br>')} |`.replaceAll('\\', '')
    const table = [
      '# Keys and gestures, and what drives them',
      '',
      'Written by `test/renderer/driven.test.ts`: `npx vitest run test/renderer/driven.test.ts -u`.',
      '',
      '| key | does | driven by |',
      '|---|---|---|',
      ...bindings.map(({ id, keys, title }) => row(id, keys.join(', ') || 'palette', title)),
      '',
      '| mouse | does | driven by |',
      '|---|---|---|',
      ...gesturesOf('scroll').map(({ id, gesture, does }) => row(id, gesture, does)),
      '',
    ]
    await expect(table.join('\n')).toMatchFileSnapshot(join(folder, 'driven.md'))
  })
})
