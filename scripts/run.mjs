/**
 * The one door behind every npm script: `node scripts/run.mjs TASK [ARG…]`.
 *
 * It makes a clone ready and then runs the task under the project's own Node:
 *
 *     install (npm ci)  ──►  build (electron-vite)  ──►  node_modules/.bin/node TASK
 *     only when missing      only when a source           same cwd, same stdin/stdout,
 *     or out of date         differs from the stamp       exit code handed through
 *
 * Plain JavaScript without dependencies: it must start under whatever Node the system has (≥ 20). Everything it says
 * goes to stderr, because stdout belongs to the task. Two processes that start at once take turns (`lock.mjs`).
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const at = (...parts) => join(root, ...parts)
const say = line => process.stderr.write(`interleave: ${line}\n`)
const windows = process.platform === 'win32'
const pinnedNode = at('node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')
const defaultSample = at('fixtures', 'incidents', 'frozen-app', 'bug.otlp.jsonl')

/** What each task runs, whether it needs `out/`, and whether it works in the caller's folder. */
const tasks = {
  open: { script: 'out/main/cli.js', built: true, args: openArgs },
  interleave: { script: 'out/main/cli.js', built: true },
  build: { built: true },
  check: { script: 'scripts/test.ts', args: args => ['--check', ...args] },
  test: { script: 'scripts/test.ts' },
  bench: { script: 'scripts/bench.ts', built: true },
  fuzz: { script: 'scripts/fuzz.ts' },
  fixtures: { script: 'scripts/fixtures.ts', built: true },
  score: { script: 'scripts/score.ts' },
  'kill-test': {
    script: 'node_modules/vitest/vitest.mjs',
    args: args => ['run', 'test/host/kill.test.ts', ...args],
    env: { INTERLEAVE_KILLS: '1000' },
  },
  screenshots: { script: 'scripts/screenshots.ts', built: true },
}

const [name = '', ...rest] = process.argv.slice(2)
const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined
if (task === undefined) {
  say(`unknown task ${JSON.stringify(name)}; known: ${Object.keys(tasks).join(', ')}`)
  process.exit(2)
}
if (!installed() || (task.built && !built())) {
  try {
    await withLock(at('.cache', 'bootstrap.lock'), say, () => {
      if (!installed()) install()
      if (task.built && !built()) build()
    })
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exit(2)
  }
}
if (task.script !== undefined) runTask(task.script, (task.args ?? (args => args))(rest), task.env)

/** `npm start` without a file shows the sample incident. */
function openArgs(args) {
  const named = args.some(arg => !arg.startsWith('-') || arg === '-')
  const asks = args.includes('--help') || args.includes('--version')
  return ['open', ...args, ...(named || asks || !existsSync(defaultSample) ? [] : [defaultSample])]
}

function runTask(script, args, taskEnv = {}) {
  // npm starts scripts in the package's folder; paths on the command line are relative to where the user stands.
  const startedByNpm = process.env.npm_lifecycle_event !== undefined && resolve(process.cwd()) === root
  const cwd = (startedByNpm && process.env.INIT_CWD) || process.cwd()
  const bin = at('node_modules', '.bin')
  const path = `${bin}${windows ? ';' : ':'}${process.env.PATH ?? ''}`
  const child = spawn(pinnedNode, [at(script), ...args], {
    cwd,
    stdio: 'inherit',
    env: { ...taskEnv, ...process.env, PATH: path, INIT_CWD: cwd },
  })
  // A terminal sends Ctrl-C to both; a supervisor only to us. The child decides when it is done.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!(process.stdin.isTTY && signal === 'SIGINT')) child.kill(signal)
    })
  }
  child.on('error', error => {
    say(`cannot start ${pinnedNode}: ${error.message}`)
    process.exit(2)
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

/** True when node_modules holds what the lock file asks for. */
function installed() {
  if (!existsSync(pinnedNode)) return false
  const wanted = at('package-lock.json')
  const actual = at('node_modules', '.package-lock.json')
  try {
    if (statSync(actual).mtimeMs >= statSync(wanted).mtimeMs) return true
    // A checkout touches the lock file without changing it: compare what it says before throwing modules away.
    const have = JSON.parse(readFileSync(actual, 'utf8')).packages
    const want = JSON.parse(readFileSync(wanted, 'utf8')).packages
    return Object.entries(want).every(
      ([path, entry]) => path === '' || entry.optional || have[path]?.version === entry.version,
    )
  } catch {
    return false
  }
}

function install() {
  say('installing dependencies (npm ci), once …')
  // Outer npm settings such as --silent or a script's own name must not leak into the inner npm.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^npm_(lifecycle|package|command)/.test(key)),
  )
  const ran = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev'], {
    cwd: root,
    env: { ...env, NODE_ENV: 'development' },
    shell: windows,
    stdio: ['ignore', 2, 2],
  })
  if (ran.status !== 0 || !existsSync(pinnedNode)) {
    throw new Error(`npm ci failed${ran.error ? ` (${ran.error.message})` : ''}; run it by hand to see why`)
  }
}

/** Names, sizes and times of everything the build reads; a deleted file changes it as well. */
function sourceDigest() {
  const hash = createHash('sha256')
  const folders = ['src', 'renderer']
  const files = ['package.json', 'package-lock.json', 'electron.vite.config.ts']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = readdirSync(at(folder), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) folders.push(path)
      else if (!path.endsWith('.md')) files.push(path)
    }
  }
  for (const path of files) {
    const { size, mtimeMs } = statSync(at(path))
    hash.update(`${path}\0${size}\0${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

function built() {
  try {
    return readFileSync(at('out', '.stamp'), 'utf8') === sourceDigest()
  } catch {
    return false
  }
}

/**
 * An app that is open loads some of its parts later, by names with a hash in them. Those of the last day stay beside the
 * new ones.
 */
function keepChunks(old, fresh) {
  const since = Date.now() - 24 * 3600_000
  for (const folder of [join('main', 'chunks'), join('renderer', 'assets')]) {
    if (!existsSync(join(old, folder)) || !existsSync(join(fresh, folder))) continue
    for (const name of readdirSync(join(old, folder))) {
      const [from, to] = [join(old, folder, name), join(fresh, folder, name)]
      if (!existsSync(to) && statSync(from).mtimeMs > since) linkSync(from, to)
    }
  }
}

/** Builds beside `out/` and swaps, so that a failed or half-done build never replaces a good one. */
function build() {
  const digest = sourceDigest()
  const fresh = at('.cache', 'build')
  const old = at('.cache', 'build-old')
  rmSync(fresh, { recursive: true, force: true })
  rmSync(old, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  say('building …')
  const ran = spawnSync(
    pinnedNode,
    [
      at('node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
      'build',
      '--logLevel',
      'warn',
      '--outDir',
      fresh,
    ],
    {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    },
  )
  if (ran.status !== 0) {
    process.stderr.write(`${ran.stdout ?? ''}${ran.stderr ?? ''}`)
    throw new Error('the build failed')
  }
  keepChunks(at('out'), fresh)
  writeFileSync(join(fresh, '.stamp'), digest)
  if (existsSync(at('out'))) renameSync(at('out'), old)
  renameSync(fresh, at('out'))
  rmSync(old, { recursive: true, force: true })
}
