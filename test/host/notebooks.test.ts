import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NotebookSource } from '../../src/host/host.ts'
import { openFiles } from '../../src/host/service/files.ts'
import { notebooks } from '../../src/host/service/notebooks.ts'

const run = promisify(execFile)
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave notebooks '))
  await mkdir(join(folder, 'traces'))
  await writeFile(join(folder, 'traces', 'a.jsonl'), '{}')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const json = (text: string): string => JSON.stringify({ version: 1, text })

/** One window: it knows what it loaded or saved last. */
async function shelf(readOnlyDirs: readonly string[] = [], trace = join('traces', 'a.jsonl')) {
  const files = openFiles()
  const { token } = await files.open(join(folder, trace))
  const kept = notebooks({ files, dataDir: join(folder, 'data'), readOnlyDirs })
  let seen = ''
  return {
    kept: {
      async load(from: NotebookSource) {
        const { kept: found } = await kept.load(from)
        if (found) seen = found.etag
        return found?.json ?? null
      },
      async save(to: NotebookSource, text: string) {
        const saved = await kept.save(to, text, seen)
        if (saved.kind === 'saved') seen = saved.etag
        return saved
      },
    },
    saveOver: (to: NotebookSource, text: string, etag: string) => kept.save(to, text, etag),
    source: { fingerprint: 'f1', token },
    aside: async () => (await kept.load({ fingerprint: 'f1', token })).aside,
  }
}

test('is kept beside its trace, as a whole, and found again', async () => {
  const { kept, source } = await shelf()
  expect(await kept.load(source)).toBeNull()
  expect(await kept.save(source, json('one'))).toMatchObject({
    kind: 'saved',
    where: 'a.jsonl.interleave.json',
    aside: '',
  })
  expect(await kept.save(source, json('two'))).toHaveProperty('kind', 'saved')
  expect(await kept.load(source)).toBe(json('two'))
  expect((await readdir(join(folder, 'traces'))).sort()).toEqual(['a.jsonl', 'a.jsonl.interleave.json'])
})

test('a dropped file has no place: its notebook goes by fingerprint', async () => {
  const { kept } = await shelf()
  const dropped = { fingerprint: '../../up', token: '' }
  const saved = await kept.save(dropped, json('one'))
  expect(saved).toMatchObject({ where: join(folder, 'data', 'notebooks', '______up.interleave.json') })
  expect(await kept.load(dropped)).toBe(json('one'))
})

test('where the folder cannot be written, the result says where it went and why', async () => {
  const { kept, source } = await shelf()
  // A folder in the sidecar's place stops even root.
  await mkdir(join(folder, 'traces', 'a.jsonl.interleave.json'))
  const saved = await kept.save(source, json('one'))
  expect(saved).toMatchObject({ kind: 'saved', aside: 'it is a folder' })
  expect(saved).toMatchObject({ where: expect.stringContaining(join(folder, 'data', 'notebooks', 'f1')) })
})

test('nothing is written beside a read-only trace without asking', async () => {
  const { kept, source, aside } = await shelf()
  expect(await aside()).toBe('')
  await chmod(join(folder, 'traces', 'a.jsonl'), 0o444)
  // Told before the first note is lost sight of.
  expect(await aside()).toBe('the trace is read-only')
  expect(await kept.save(source, json('one'))).toMatchObject({
    kind: 'saved',
    where: expect.stringContaining('data'),
    aside: 'the trace is read-only',
  })
  expect(await readdir(join(folder, 'traces'))).toEqual(['a.jsonl'])
  expect(await kept.load(source)).toBe(json('one'))
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
    expect(await kept.load(source)).toBe(foreign)
    await kept.save(source, json('new'))
    const names = await readdir(join(folder, 'traces'))
    const texts = await Promise.all(names.map(name => readFile(join(folder, 'traces', name), 'utf8')))
    expect(texts).toContain(foreign)
    expect(await kept.load(source)).toBe(json('new'))
  }
})

test('what is not JSON is not saved', async () => {
  const { kept, source } = await shelf()
  expect(await kept.save(source, 'hello')).toEqual({ kind: 'failed', why: 'the notebook is not JSON' })
})

test("another window's save is handed back, never overwritten", async () => {
  const one = await shelf()
  const two = await shelf()
  await one.kept.save(one.source, json('one'))
  const refused = await two.kept.save(two.source, json('two'))
  expect(refused).toMatchObject({ kind: 'conflict', theirs: { json: json('one') } })
  expect(await one.kept.load(one.source)).toBe(json('one'))
  if (refused.kind !== 'conflict') return
  const merged = await two.saveOver(two.source, json('both'), refused.theirs.etag)
  expect(merged.kind).toBe('saved')
  expect((await one.kept.save(one.source, json('three'))).kind).toBe('conflict')
})

test('of two windows that save at the same moment, one is told', async () => {
  const windows = await Promise.all(Array.from({ length: 6 }, () => shelf()))
  const saves = await Promise.all(
    windows.map(({ kept, source }, at) => kept.save(source, json(`window ${at}`))),
  )
  expect(saves.filter(({ kind }) => kind === 'saved')).toHaveLength(1)
  expect(saves.filter(({ kind }) => kind === 'conflict')).toHaveLength(5)
})

test('a trace that moved without its sidecar finds its notes, and keeps them beside it from then on', async () => {
  const before = await shelf()
  await before.kept.save(before.source, json('notes'))
  await mkdir(join(folder, 'elsewhere'))
  await rename(join(folder, 'traces', 'a.jsonl'), join(folder, 'elsewhere', 'b.jsonl'))
  const after = await shelf([], join('elsewhere', 'b.jsonl'))
  expect(await after.kept.load(after.source)).toBe(json('notes'))
  expect(await after.kept.save(after.source, json('more'))).toMatchObject({
    where: 'b.jsonl.interleave.json',
  })
  expect(await readFile(join(folder, 'traces', 'a.jsonl.interleave.json'), 'utf8')).toBe(json('notes'))
})

test('what a killed writer left behind is swept, once it is old, and its turn is over at once', async () => {
  const { kept, source } = await shelf()
  await kept.save(source, json('one'))
  const left = ['.a.jsonl.interleave.json.0a0a.tmp', '.a.jsonl.interleave.json.0b0b.tmp']
  for (const name of left) await writeFile(join(folder, 'traces', name), 'half')
  await utimes(join(folder, 'traces', left[0]!), 1, 1)
  // No process has this id: the largest there can be is 2^22.
  await writeFile(join(folder, 'data', 'notebooks', 'f1.lock'), '99999999')
  await kept.load(source)
  expect(await kept.save(source, json('two'))).toHaveProperty('kind', 'saved')
  expect((await readdir(join(folder, 'traces'))).sort()).toEqual([
    left[1],
    'a.jsonl',
    'a.jsonl.interleave.json',
  ])
})

/** A disk of 128 KiB, where this process may mount one. */
async function tinyDisk(): Promise<{ path: string; unmount: () => Promise<void> } | null> {
  const path = join(folder, 'tiny')
  await mkdir(path)
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', path]).then(
    () => true,
    () => false,
  )
  return mounted ? { path, unmount: () => run('umount', [path]).then(() => {}) } : null
}

test('a full disk: the last notebook stays whole, what does not fit goes aside, and it is said in words', async context => {
  const disk = await tinyDisk()
  if (!disk) return context.skip('no disk can be mounted here')
  try {
    const trace = join(disk.path, 'a.jsonl')
    await writeFile(trace, '{}')
    const { kept, source } = await shelf([], join('tiny', 'a.jsonl'))
    expect(await kept.save(source, json('small'))).toMatchObject({ kind: 'saved', aside: '' })
    const large = json('x'.repeat(200_000))
    expect(await kept.save(source, large)).toMatchObject({ kind: 'saved', aside: 'the disk is full' })
    expect(await readFile(`${trace}.interleave.json`, 'utf8')).toBe(json('small'))
    expect((await readdir(disk.path)).sort()).toEqual(['a.jsonl', 'a.jsonl.interleave.json'])
    expect(await kept.load(source)).toBe(large)

    // And when the app's own folder is on that disk as well.
    const files = openFiles()
    const { token } = await files.open(trace)
    const full = notebooks({ files, dataDir: join(disk.path, 'data'), readOnlyDirs: [] })
    const loaded = await full.load({ fingerprint: 'f2', token })
    const saved = await full.save({ fingerprint: 'f2', token }, large, loaded.kept?.etag ?? '')
    expect(saved).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/^cannot write .*: the disk is full/),
    })
    expect(await readFile(`${trace}.interleave.json`, 'utf8')).toBe(json('small'))
  } finally {
    await disk.unmount()
  }
})
