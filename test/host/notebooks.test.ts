import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFiles } from '../../src/host/service/files.ts'
import { notebooks } from '../../src/host/service/notebooks.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave notebooks '))
  await mkdir(join(folder, 'traces'))
  await writeFile(join(folder, 'traces', 'a.jsonl'), '{}')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const json = (text: string): string => JSON.stringify({ version: 1, text })

async function shelf(readOnlyDirs: readonly string[] = []) {
  const files = openFiles()
  const { token } = await files.open(join(folder, 'traces', 'a.jsonl'))
  const kept = notebooks({ files, dataDir: join(folder, 'data'), readOnlyDirs })
  return { kept, source: { fingerprint: 'f1', token } }
}

test('is kept beside its trace, as a whole, and found again', async () => {
  const { kept, source } = await shelf()
  expect(await kept.load(source)).toBeNull()
  expect(await kept.save(source, json('one'))).toEqual({ saved: true, where: 'a.jsonl.interleave.json' })
  expect(await kept.save(source, json('two'))).toHaveProperty('saved', true)
  expect(await kept.load(source)).toBe(json('two'))
  expect((await readdir(join(folder, 'traces'))).sort()).toEqual(['a.jsonl', 'a.jsonl.interleave.json'])
})

test('a dropped file has no place: its notebook goes by fingerprint', async () => {
  const { kept } = await shelf()
  const dropped = { fingerprint: '../../up', token: '' }
  const saved = await kept.save(dropped, json('one'))
  expect(saved).toEqual({ saved: true, where: join(folder, 'data', 'notebooks', '______up.interleave.json') })
  expect(await kept.load(dropped)).toBe(json('one'))
})

test('where the folder cannot be written, the result says where it went and why', async () => {
  const { kept, source } = await shelf()
  // A folder in the sidecar's place stops even root.
  await mkdir(join(folder, 'traces', 'a.jsonl.interleave.json'))
  const saved = await kept.save(source, json('one'))
  expect(saved).toMatchObject({ saved: true, where: expect.stringContaining('EISDIR') })
  expect(saved).toMatchObject({ where: expect.stringContaining(join(folder, 'data', 'notebooks', 'f1')) })
})

test("nothing is written beside the app's own samples", async () => {
  const { kept, source } = await shelf([join(folder, 'traces')])
  expect(await kept.save(source, json('one'))).toMatchObject({ where: expect.stringContaining('data') })
  expect(await readdir(join(folder, 'traces'))).toEqual(['a.jsonl'])
  expect(await kept.load(source)).toBe(json('one'))
})

test('the later of two places wins', async () => {
  const { kept, source } = await shelf()
  await kept.save(source, json('beside'))
  await kept.save({ fingerprint: 'f1', token: '' }, json('own'))
  const sidecar = join(folder, 'traces', 'a.jsonl.interleave.json')
  await utimes(sidecar, 1, 1)
  expect(await kept.load(source)).toBe(json('own'))
  await utimes(sidecar, 4e9, 4e9)
  expect(await kept.load(source)).toBe(json('beside'))
})

test('a damaged or newer sidecar is put aside, never overwritten', async () => {
  const { kept, source } = await shelf()
  const sidecar = join(folder, 'traces', 'a.jsonl.interleave.json')
  for (const foreign of ['{"version":1, oops', JSON.stringify({ version: 2, notes: ['precious'] })]) {
    await writeFile(sidecar, foreign)
    await kept.save(source, json('new'))
    const names = await readdir(join(folder, 'traces'))
    const texts = await Promise.all(names.map(name => readFile(join(folder, 'traces', name), 'utf8')))
    expect(texts).toContain(foreign)
    expect(await kept.load(source)).toBe(json('new'))
  }
})

test('what is not JSON is not saved', async () => {
  const { kept, source } = await shelf()
  expect(await kept.save(source, 'hello')).toEqual({ saved: false, why: 'the notebook is not JSON' })
})
