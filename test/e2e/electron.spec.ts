/** The real desktop shell, where Electron's binary is there: window, bridge, isolation, a trace by argument. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright'
import { findElectron, noDesktop } from '../../src/cli/electron-binary.ts'
import type { Bridge } from '../../src/host/methods.ts'
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
    const png = await page.evaluate(async () => {
      const { call } = (globalThis as unknown as { interleave: Bridge }).interleave
      const picture = { widthPx: 40, heightPx: 20, background: '#fff', marks: [] }
      const reply = await call('paintPicture', [picture, 2])
      return 'ok' in reply ? [...(reply.ok as Uint8Array).subarray(1, 4)] : [reply.error]
    })
    expect(png).toEqual([...Buffer.from('PNG')])
    const windows = app.windows().length
    await page.evaluate(() => window.open('https://example.org'))
    expect(app.windows()).toHaveLength(windows)
  } finally {
    await app.close()
    await rm(data, { recursive: true, force: true })
  }
})
