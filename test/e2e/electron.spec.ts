/** The real desktop shell, where Electron's binary is there: window, bridge, isolation, a trace by argument. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright'
import { findElectron, noDesktop } from '../../src/cli/electron-binary.ts'
import { expect, incident, project, test } from './app.ts'

const electron = findElectron()
const missing = noDesktop() ?? ('why' in electron ? electron.why : null)

test('the desktop app opens a trace in a locked-down window', async () => {
  test.skip(missing !== null, `the desktop shell was not tested: ${missing}`)
  const data = await mkdtemp(join(tmpdir(), 'interleave-electron-'))
  const app = await _electron.launch({
    executablePath: 'path' in electron ? electron.path : '',
    args: [project, incident('frozen-app'), `--user-data-dir=${data}`],
    env: { ...(process.env as Record<string, string>), INTERLEAVE_DATA_DIR: data },
  })
  try {
    const page = await app.firstWindow()
    await expect(page.getByRole('listbox', { name: 'Findings' }).getByRole('option').first()).toBeVisible()
    expect(page.url()).toBe('app://interleave/')
    const seen = await page.evaluate(() => ({
      isolated: globalThis.crossOriginIsolated,
      node: 'process' in globalThis || 'require' in globalThis,
      bridge: Object.keys((globalThis as unknown as { interleave: object }).interleave).sort(),
    }))
    expect(seen).toMatchObject({ isolated: true, node: false })
    expect(seen.bridge).toEqual(['call', 'onOpenFiles'])
    const windows = app.windows().length
    await page.evaluate(() => window.open('https://example.org'))
    expect(app.windows()).toHaveLength(windows)
  } finally {
    await app.close()
    await rm(data, { recursive: true, force: true })
  }
})
