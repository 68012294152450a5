import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { downloadElectron, findElectron, noDesktop } from '../../src/cli/electron-binary.ts'

let folder = ''
const electron = (): string => join(folder, 'node_modules', 'electron')
const from = (): string => pathToFileURL(join(folder, 'app.js')).href
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave-electron-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function installPackage(): Promise<void> {
  await mkdir(electron(), { recursive: true })
  await writeFile(join(electron(), 'package.json'), '{"name":"electron","version":"45.0.0"}')
  await writeFile(join(electron(), 'install.js'), '')
}

test('tells a missing package, a missing binary and a present one apart', async () => {
  expect(findElectron(from())).toMatchObject({ installer: null })
  await installPackage()
  expect(findElectron(from())).toEqual({
    why: "Electron's binary is not downloaded",
    installer: join(electron(), 'install.js'),
  })
  await writeFile(join(electron(), 'path.txt'), 'electron')
  expect(findElectron(from())).toHaveProperty('why')
  await mkdir(join(electron(), 'dist'))
  await writeFile(join(electron(), 'dist', 'electron'), '')
  await chmod(join(electron(), 'dist', 'electron'), 0o755)
  expect(findElectron(from())).toEqual({ path: join(electron(), 'dist', 'electron') })
})

test('a failed download says why in one clause and is not tried again at the next start', async () => {
  const installer = join(folder, 'install.js')
  await writeFile(installer, `console.error('TypeError: fetch failed\\n    at x'); process.exit(1)`)
  const said: string[] = []
  const find = () => findElectron(from())
  const failed = await downloadElectron(installer, folder, line => said.push(line), find)
  expect(failed).toEqual({ why: 'Electron could not be downloaded (fetch failed)', installer: null })
  expect(said).toHaveLength(1)
  await stat(join(folder, 'electron-download-failed'))
  const again = await downloadElectron(installer, folder, line => said.push(line), find)
  expect(again).toMatchObject({ why: expect.stringContaining('failed before') })
  expect(said).toHaveLength(1)
})

test('no display, no window', () => {
  expect(noDesktop({}, 'linux')).toBe('there is no display')
  expect(noDesktop({}, 'darwin')).toBeNull()
})
