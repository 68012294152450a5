/**
 * `npm test`, and `npm run check` with `--check`: every step with its outcome, and as the last line `N passed, N failed`.
 * A static check counts as one. What is skipped is counted too, with the reason. `--only STEP` runs one step.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromiumPath } from './chromium.ts'
import { pythonWith, recorderFolder, recorderRequirements } from './python.ts'

interface Outcome {
  readonly passed: number
  readonly failed: number
  /** One reason each. */
  readonly skipped: readonly string[]
}

interface Step {
  readonly name: string
  /** Part of `npm run check`: needs no build and no browser. */
  readonly quick: boolean
  readonly run: () => Outcome
}

const root = resolve(import.meta.dirname, '..')
const reports = join(root, '.cache', 'reports')
const bin = (name: string, script: string): string => join(root, 'node_modules', name, script)

const steps: readonly Step[] = [
  ...['core', 'node', 'web'].map(
    (part): Step => ({
      name: `types of ${part}`,
      quick: true,
      run: () => ran([bin('typescript', 'bin/tsc'), '-p', `tsconfig.${part}.json`]),
    }),
  ),
  { name: 'lint and format', quick: true, run: () => ran([bin('@biomejs/biome', 'bin/biome'), 'ci', '.']) },
  { name: 'import rules', quick: true, run: () => ran(['scripts/check-imports.ts']) },
  { name: 'unit tests', quick: true, run: () => vitest('unit') },
  { name: 'Python recorder', quick: true, run: pytest },
  { name: 'build', quick: false, run: () => ran(['scripts/run.mjs', 'build']) },
  { name: 'process tests', quick: false, run: () => vitest('process', { INTERLEAVE_TEST_BUILT: '1' }) },
  { name: 'end-to-end tests', quick: false, run: playwright },
]

/** Runs a script under this Node; its output is shown as it comes. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
  return status ?? 1
}

function ran(args: readonly string[]): Outcome {
  return start(args) === 0 ? { passed: 1, failed: 0, skipped: [] } : { passed: 0, failed: 1, skipped: [] }
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

function vitest(project: string, env: Readonly<Record<string, string>> = {}): Outcome {
  const report = fresh(`vitest-${project}.json`)
  const args = [
    'run',
    '--project',
    project,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const code = start([bin('vitest', 'vitest.mjs'), ...args], env)
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: [] }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  ) as VitestReport
  // A file that does not even load has no failed test in it.
  const broken = testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  ).length
  const failed = numFailedTests + broken
  return {
    passed: numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: testResults
      .flatMap(file => file.assertionResults)
      .filter(test => ['pending', 'skipped', 'todo'].includes(test.status))
      .map(test => test.fullName),
  }
}

/** The Python recorder: its own lint, types and tests, where there is a Python to run them with. */
function pytest(): Outcome {
  const found = pythonWith(recorderRequirements)
  if ('missing' in found) {
    console.warn(`!!! The tests of the Python recorder did not run: ${found.missing}`)
    return { passed: 0, failed: 0, skipped: [`Python recorder: ${found.missing}`] }
  }
  const report = fresh('pytest.xml')
  const run = (...args: readonly string[]): number =>
    spawnSync(found.python, ['-m', ...args], {
      cwd: recorderFolder,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: recorderFolder },
    }).status ?? 1
  const checks = [
    run('ruff', 'check', '--quiet', '--no-cache', '.'),
    run('ruff', 'format', '--quiet', '--no-cache', '--check', '.'),
    run('mypy', '--no-incremental', '--cache-dir', join(root, '.cache', 'mypy'), 'interleave_recorder'),
  ]
  const code = run('pytest', '--quiet', '-p', 'no:cacheprovider', `--junitxml=${report}`)
  const suite = existsSync(report) ? /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] : undefined
  const number = (name: string): number =>
    Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite ?? '')?.[1] ?? 0)
  const [tests, failed, skipped] = [number('tests'), number('failures') + number('errors'), number('skipped')]
  const badChecks = checks.filter(status => status !== 0).length
  return {
    passed: tests - failed - skipped + checks.length - badChecks,
    failed: Math.max(failed, code === 0 ? 0 : 1) + badChecks,
    skipped: skipped > 0 ? [`${skipped} tests of the Python recorder`] : [],
  }
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[]
  readonly specs?: readonly {
    readonly title: string
    readonly tests: readonly {
      readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped'
      readonly annotations: readonly { readonly type: string; readonly description?: string }[]
    }[]
  }[]
}

function playwright(): Outcome {
  if (chromiumPath() === null) {
    const reason = 'no Chromium found: install chromium, or run npx playwright install chromium'
    return { passed: 0, failed: 0, skipped: [`end-to-end tests: ${reason}`] }
  }
  const report = fresh('playwright.json')
  const code = start([bin('playwright', 'cli.js'), 'test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  })
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: [] }
  const pending: PlaywrightSuite[] = [JSON.parse(readFileSync(report, 'utf8')) as PlaywrightSuite]
  const skipped: string[] = []
  let passed = 0
  let failed = 0
  for (let suite = pending.pop(); suite !== undefined; suite = pending.pop()) {
    pending.push(...(suite.suites ?? []))
    for (const { title, tests } of suite.specs ?? []) {
      for (const { status, annotations } of tests) {
        if (status === 'expected') passed++
        else if (status === 'skipped') {
          const why = annotations.find(each => each.type === 'skip')?.description ?? 'no reason given'
          skipped.push(`${title}: ${why}`)
        } else failed++
      }
    }
  }
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped }
}

function fresh(name: string): string {
  mkdirSync(reports, { recursive: true })
  const path = join(reports, name)
  rmSync(path, { force: true })
  return path
}

/** `12 passed, 0 failed`, and what was skipped only when something was. */
const summary = ({ passed, failed, skipped }: Outcome): string =>
  `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`

const only = process.argv.includes('--only') ? process.argv.at(process.argv.indexOf('--only') + 1) : undefined
const chosen = steps.filter(
  step => (step.quick || !process.argv.includes('--check')) && (only === undefined || step.name === only),
)
if (chosen.length === 0) {
  console.error(`no step is called ${only}; known: ${steps.map(step => step.name).join(', ')}`)
  process.exit(2)
}
const outcomes: { readonly step: Step; readonly outcome: Outcome; readonly seconds: string }[] = []
for (const step of chosen) {
  console.log(`── ${step.name} ${'─'.repeat(Math.max(0, 60 - step.name.length))}`)
  const startedMs = performance.now()
  const outcome = step.run()
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  outcomes.push({ step, outcome, seconds })
}
console.log('─'.repeat(64))
for (const { step, outcome, seconds } of outcomes) {
  const mark = outcome.failed > 0 ? '✗' : outcome.passed > 0 ? '✓' : '–'
  console.log(`${mark} ${step.name.padEnd(18)} ${summary(outcome).padEnd(40)} ${seconds} s`)
}
const total: Outcome = {
  passed: outcomes.reduce((sum, { outcome }) => sum + outcome.passed, 0),
  failed: outcomes.reduce((sum, { outcome }) => sum + outcome.failed, 0),
  skipped: outcomes.flatMap(({ outcome }) => outcome.skipped),
}
for (const reason of total.skipped) console.log(`SKIPPED  ${reason}`)
console.log(summary(total))
process.exitCode = total.failed > 0 ? 1 : 0
