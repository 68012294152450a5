import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appRoot, dataDir } from '../../src/host/service/places.ts'
import { hostService } from '../../src/host/service/service.ts'
import { startReceiver } from '../../src/receiver/receiver.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interleave-service-'))
  await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'interleave', version: '9.9.9' }))
  for (const incident of ['frozen-app', 'new-incident']) {
    await mkdir(join(root, 'fixtures', 'incidents', incident), { recursive: true })
    await writeFile(join(root, 'fixtures', 'incidents', incident, 'bug.otlp.jsonl'), '{}')
  }
})
afterEach(() => rm(root, { recursive: true, force: true }))

const service = () =>
  hostService({
    started: () => [],
    openDialog: async () => null,
    saveFile: async () => ({ saved: false, why: 'test' }),
    startReceiver,
    paintPicture: async () => new Uint8Array(),
    root,
    dataDir: join(root, 'data'),
  })

test('says its version and lists the samples that are there, the unknown one last', async () => {
  const { requests } = service()
  expect(await requests.start()).toMatchObject({ version: '9.9.9', files: [] })
  const samples = await requests.samples()
  expect(samples.map(sample => [sample.id, sample.title])).toEqual([
    ['frozen-app', 'The frozen app'],
    ['new-incident', 'new incident'],
  ])
  expect(JSON.stringify(samples)).not.toContain(root)
})

test('opens a sample by id only', async () => {
  const { requests, files } = service()
  const opened = await requests.openSample('frozen-app')
  expect(opened.name).toBe('bug.otlp.jsonl')
  expect(files.pathOf(opened.token)).toContain('frozen-app')
  await expect(requests.openSample('../../etc/passwd')).rejects.toThrow(/no sample/)
})

test('remembers what was opened across starts, last first, without what is gone', async () => {
  const paths = ['a', 'b', 'c'].map(name => join(root, `${name}.jsonl`))
  for (const path of paths) await writeFile(path, '{}')
  const first = service()
  await first.openPaths(paths)
  await first.openPaths([paths[0] ?? ''])
  await rm(paths[1] ?? '')
  const names = (await service().requests.recentFiles()).map(file => file.name)
  expect(names).toEqual(['a.jsonl', 'c.jsonl'])
})

test('a broken list of recent files is an empty one', async () => {
  await mkdir(join(root, 'data'))
  await writeFile(join(root, 'data', 'recent.json'), '{"version":1,"paths":"no"}')
  expect(await service().requests.recentFiles()).toEqual([])
})

test('finds its own folder and the data folder', () => {
  expect(appRoot(join(import.meta.dirname, '../../src/host'))).toBe(join(import.meta.dirname, '../..'))
  expect(dataDir({ INTERLEAVE_DATA_DIR: '/x' })).toBe('/x')
  expect(dataDir({ XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/interleave')
})

test('writes the config beside a trace, never beside a sample or for a token nobody was given', async () => {
  const { requests, files } = service()
  const path = join(root, 'a.otlp.jsonl')
  await writeFile(path, '{}')
  const { token } = await files.open(path)
  expect(await requests.saveConfig(token, '{"rules":[]}')).toEqual({
    saved: true,
    where: 'interleave.config.json',
  })
  expect(await readFile(join(root, 'interleave.config.json'), 'utf8')).toBe('{"rules":[]}')
  const sample = await requests.openSample('frozen-app')
  expect(await requests.saveConfig(sample.token, '{}')).toMatchObject({ saved: false })
  expect(await requests.saveConfig('unknown', '{}')).toMatchObject({ saved: false })
})
