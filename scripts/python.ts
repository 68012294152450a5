/** The Python that the Python recorder, its tests and its programs are run with. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
export const recorderFolder = join(root, 'src', 'recorder', 'python')

export const recorderRequirements = 'src/recorder/python/requirements-dev.txt'

/** Candidates, best first. `INTERLEAVE_PYTHON` names another one. */
const candidates = [
  process.env.INTERLEAVE_PYTHON,
  'python3.13',
  'python3.12',
  'python3.11',
  'python3',
  'python',
].filter((name): name is string => name !== undefined && name !== '')
const oldest = '3.11'
const installTimeoutMs = 180_000

export type Found = { readonly python: string } | { readonly missing: string }

/**
 * A virtual environment in `.cache`, made with what a requirements file pins. Made once; again when the file changes.
 *
 * @param requirements relative to the repository: `src/recorder/python/requirements-dev.txt`
 * @returns the interpreter, or one line that says what is missing
 */
export function pythonWith(requirements: string): Found {
  const pins = readFileSync(join(root, requirements))
  const base = candidates.find(isNewEnough)
  if (!base) return { missing: `no Python ${oldest} or newer found (tried ${candidates.join(', ')})` }
  const folder = join(root, '.cache', 'python', dirname(requirements).replaceAll('/', '-'))
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const stamp = join(folder, 'installed.txt')
  if (existsSync(stamp) && readFileSync(stamp).equals(pins) && isNewEnough(python)) return { python }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const made = spawnSync(base, ['-m', 'venv', folder], { encoding: 'utf8', timeout: installTimeoutMs })
  if (made.status !== 0) return { missing: `${base} cannot make a virtual environment: ${lastLine(made)}` }
  const args = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    join(root, requirements),
  ]
  const installed = spawnSync(python, args, { encoding: 'utf8', timeout: installTimeoutMs })
  if (installed.status !== 0)
    return { missing: `the packages of ${requirements} could not be installed: ${lastLine(installed)}` }
  writeFileSync(stamp, pins)
  return { python }
}

/** @throws Error with one line that says what is missing */
export function pythonFor(requirements: string): string {
  const found = pythonWith(requirements)
  if ('missing' in found) throw new Error(found.missing)
  return found.python
}

function isNewEnough(python: string): boolean {
  const check = `import sys; sys.exit(sys.version_info < (${oldest.replace('.', ', ')}))`
  return spawnSync(python, ['-c', check], { stdio: 'ignore' }).status === 0
}

const lastLine = ({ stderr }: { readonly stderr: string | null }): string =>
  (stderr ?? '').trim().split('\n').at(-1) || 'no reason given'
