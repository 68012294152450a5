import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { type ConvertFormat, convert } from '../../../src/core/convert/convert.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { openTrace } from '../../../src/core/session.ts'
import type { Store } from '../../../src/core/store/store.ts'
import { sourceOf } from '../../support/otlp.ts'

const folders = ['formats', 'incidents/frozen-app', 'incidents/double-completion', 'ordinary/node']
const files = folders
  .map(folder => join('fixtures', folder))
  .flatMap(folder => readdirSync(folder).map(name => join(folder, name)))
  .filter(path => /\.(jsonl?|pb|zst|gz|log|txt)$/.test(path) && !path.endsWith('truth.json'))

/** Broken on purpose, and repaired: what was written is not broken any more. */
files.push('fixtures/invalid/end-before-start.json', 'fixtures/invalid/wild-times.json')

const formats: readonly ConvertFormat[] = ['otlp', 'chrome', 'bundle']

async function open(content: string | Uint8Array, name = 'x'): Promise<Store> {
  return (await openTrace([sourceOf(name, content)])).store
}

const written = (store: Store, format: ConvertFormat): Uint8Array =>
  Buffer.concat(Array.from(convert(store, null, format), part => Buffer.from(part)))

/** What detectors conclude, without the notes about the files (repairs are gone after one conversion). */
function concluded(store: Store): unknown {
  const model = readModel(store)
  const { findings } = analyze(store, model, { inputs: [], issues: [] })
  return {
    tasks: model.tasks.length,
    resources: model.resources.map(resource => resource.name),
    findings: findings.filter(({ product }) => product !== 'import').map(({ id, text }) => [id, text.title]),
  }
}

test('a bundle of a bundle is the same bytes, with the notebook that came along', async () => {
  const { store } = await openTrace([sourceOf('x', readFileSync('fixtures/formats/otlp.json'))])
  const once = written(store, 'bundle')
  const again = await openTrace([sourceOf('x', once)])
  expect(again.notebook).not.toBeNull()
  const twice = Buffer.concat(
    Array.from(convert(again.store, again.notebook, 'bundle'), part => Buffer.from(part)),
  )
  expect(twice).toEqual(Buffer.from(once))
})

describe.each(files)('%s', path => {
  const bytes = readFileSync(path)

  test.each(formats)('as %s: converting again changes no byte', async format => {
    const once = written(await open(bytes), format)
    const twice = written(await open(once), format)
    expect(Buffer.compare(once, twice), firstDifference(once, twice)).toBe(0)
  })

  test.each(['otlp', 'bundle'] as const)('as %s: the same is concluded', async format => {
    const store = await open(bytes)
    const again = await open(written(store, format))
    expect(again.fingerprint).toBe(store.fingerprint)
    expect(again.spans.startNs).toEqual(store.spans.startNs)
    expect(again.spans.parent).toEqual(store.spans.parent)
    expect(concluded(again)).toEqual(concluded(store))
  })
})

function firstDifference(a: Uint8Array, b: Uint8Array): string {
  const at = a.findIndex((byte, index) => byte !== b[index])
  const around = (bytes: Uint8Array): string =>
    Buffer.from(bytes.slice(Math.max(0, at - 200), at + 200)).toString()
  return `${around(a)}\n≠\n${around(b)}`
}
