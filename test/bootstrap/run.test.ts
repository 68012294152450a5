import { spawn } from 'node:child_process'
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const project = resolve(import.meta.dirname, '../..')
let clone = ''

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function run(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ran> {
  return new Promise((done, failed) => {
    const { npm_lifecycle_event: _, INIT_CWD: __, ...env } = process.env
    const child = spawn(process.execPath, [join(clone, 'scripts', 'run.mjs'), ...args], {
      cwd: options.cwd ?? clone,
      env: { ...env, PATH: `${join(clone, 'fake bin')}:${process.env.PATH}`, ...options.env },
    })
    let out = ''
    let err = ''
    child.stdout.on('data', chunk => {
      out += chunk
    })
    child.stderr.on('data', chunk => {
      err += chunk
    })
    child.on('error', failed)
    child.on('close', code => done({ code, out, err }))
  })
}

beforeEach(async () => {
  clone = await realpath(await mkdtemp(join(tmpdir(), 'inter leave ')))
  await mkdir(join(clone, 'scripts'))
  for (const name of ['run.mjs', 'lock.mjs']) {
    await cp(join(project, 'scripts', name), join(clone, 'scripts', name))
  }
})
afterEach(() => rm(clone, { recursive: true, force: true }))

describe('a clone without node_modules', () => {
  /** Stands in for npm: installs nothing but the pinned Node, and keeps a tally. */
  const fakeNpm = `#!/bin/sh
    echo "npm $*" >> "${'$'}CLONE/npm.log"
    echo "noise on stdout"
    [ -n "${'$'}NPM_FAILS" ] && exit 1
    sleep 0.2
    mkdir -p node_modules/node/bin
    ln -sf "${'$'}NODE" node_modules/node/bin/node
    cp package-lock.json node_modules/.package-lock.json`
  const lockOf = (version: string): string =>
    JSON.stringify({
      packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version: '1', optional: true } },
    })
  const env = (): Record<string, string> => ({ CLONE: clone, NODE: process.execPath })
  const installs = async (): Promise<number> => {
    const log = await readFile(join(clone, 'npm.log'), 'utf8').catch(() => '')
    return log.split('\n').filter(line => line.startsWith('npm ci ')).length
  }

  beforeEach(async () => {
    await mkdir(join(clone, 'fake bin'))
    await writeFile(join(clone, 'fake bin', 'npm'), fakeNpm)
    await chmod(join(clone, 'fake bin', 'npm'), 0o755)
    await writeFile(join(clone, 'package-lock.json'), lockOf('1'))
    await writeFile(
      join(clone, 'scripts', 'score.ts'),
      `console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() })); process.exitCode = 3`,
    )
  })

  test('is installed once; stdout is the task alone, its exit code handed through', async () => {
    const first = await run(['score', 'a b', '--json'], { env: env() })
    expect(first.code).toBe(3)
    expect(JSON.parse(first.out)).toEqual({ args: ['a b', '--json'], cwd: clone })
    expect(first.err).toContain('installing dependencies')
    const second = await run(['score'], { env: env() })
    expect(second.err).toBe('')
    expect(await installs()).toBe(1)
  })

  test('two at once take turns: one installs, both run', async () => {
    const both = await Promise.all([run(['score', '1'], { env: env() }), run(['score', '2'], { env: env() })])
    expect(both.map(({ code }) => code)).toEqual([3, 3])
    expect(both.map(({ out }) => JSON.parse(out).args)).toEqual([['1'], ['2']])
    expect(await installs()).toBe(1)
  })

  test('a lock left by a dead process is broken', async () => {
    await mkdir(join(clone, '.cache', 'bootstrap.lock'), { recursive: true })
    const dead = spawn(process.execPath, ['-e', ''])
    await new Promise(done => dead.on('exit', done))
    await writeFile(join(clone, '.cache', 'bootstrap.lock', 'pid'), String(dead.pid))
    expect((await run(['score'], { env: env() })).code).toBe(3)
  })

  test('a changed lock file installs again, a touched one does not', async () => {
    await run(['score'], { env: env() })
    const future = Date.now() / 1000 + 60
    await utimes(join(clone, 'package-lock.json'), future, future)
    await run(['score'], { env: env() })
    expect(await installs()).toBe(1)
    await writeFile(join(clone, 'package-lock.json'), lockOf('2'))
    await utimes(join(clone, 'package-lock.json'), future, future)
    await run(['score'], { env: env() })
    expect(await installs()).toBe(2)
  })

  test('a failed install is told in one line, exit 2, and tried again', async () => {
    const failed = await run(['score'], { env: { ...env(), NPM_FAILS: '1' } })
    expect(failed).toMatchObject({ code: 2, out: '' })
    expect(failed.err).toContain('npm ci failed')
    expect((await run(['score'], { env: env() })).code).toBe(3)
  })

  test('works in the folder where the user stands', async () => {
    const elsewhere = join(clone, 'else where')
    await mkdir(elsewhere)
    const npm = { ...env(), npm_lifecycle_event: 'score', INIT_CWD: elsewhere }
    expect(JSON.parse((await run(['score'], { env: npm })).out).cwd).toBe(elsewhere)
    // Started from a script that npm started: INIT_CWD is the outer one's.
    expect(JSON.parse((await run(['score'], { env: npm, cwd: join(clone, 'scripts') })).out).cwd).toBe(
      join(clone, 'scripts'),
    )
  })

  test('an unknown task is one line', async () => {
    const unknown = await run(['constructor'], { env: env() })
    expect(unknown).toMatchObject({ code: 2, out: '' })
    expect(unknown.err.trim().split('\n')).toHaveLength(1)
  })
})

test('a clone with spaces in its path is built once, also by two at once, and its command works', async () => {
  for (const name of ['src', 'renderer', 'package.json', 'package-lock.json', 'electron.vite.config.ts']) {
    await cp(join(project, name), join(clone, name), { recursive: true })
  }
  for (const name of ['tsconfig.base.json', 'tsconfig.web.json', 'tsconfig.node.json', 'tsconfig.json']) {
    await cp(join(project, name), join(clone, name))
  }
  await symlink(join(project, 'node_modules'), join(clone, 'node_modules'))
  const both = await Promise.all([run(['interleave', '--version']), run(['interleave', '--version'])])
  const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
  expect(both.map(({ out }) => out)).toEqual([`${version}\n`, `${version}\n`])
  expect(both.filter(({ err }) => err.includes('interleave: building'))).toHaveLength(1)
  const again = await run(['interleave', '--version'])
  expect(again).toEqual({ code: 0, out: `${version}\n`, err: '' })
}, 120_000)
