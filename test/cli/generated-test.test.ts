/** The test that a finding generates, run against the recorded program in its database: fails with the fault, passes with the fix. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { startPostgres } from '../../scripts/postgres.ts'
import { testSkeleton } from '../../src/core/report/skeleton/test-skeleton.ts'
import { openRecording } from '../support/open-recording.ts'

const incident = resolve(import.meta.dirname, '../../fixtures/incidents/double-completion')
const folder = await mkdtemp(join(tmpdir(), 'interleave-generated-test-'))
const postgres = await startPostgres().catch(() => null)
afterAll(async () => {
  await postgres?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** @returns exit code and what it printed */
const run = (path: string, env: NodeJS.ProcessEnv) =>
  new Promise<{ code: number; out: string }>(done =>
    execFile(
      process.execPath,
      ['--test', path],
      { env: { ...process.env, ...env }, cwd: folder },
      (error, out, err) => done({ code: error ? Number(error.code ?? 1) : 0, out: out + err }),
    ),
  )

/** Fills the TODOs in, as their reader would. */
function filled(text: string, gaps: readonly (readonly [string, string])[]): string {
  for (const [gap, filling] of gaps) {
    expect(text).toContain(gap)
    text = text.replace(gap, () => filling)
  }
  return text
}

it.skipIf(postgres === null).each([
  ['fails on the bug', 'complete-job.ts', 'completeJob', 1],
  ['passes on the fix', 'complete-job-locked.ts', 'completeJobLocked as completeJob', 0],
])('the generated test of the double completion %s (needs PostgreSQL)', async (_, file, name, expected) => {
  const { host, port, user, database } = postgres!
  const at = (module: string) => join(incident, module)
  const { session } = await openRecording(at('bug.otlp.jsonl'))
  const text = filled(testSkeleton(session.analysis.findings[0]!, 'node')!, [
    ["import { completeJob } from './complete-job.ts'", `import { ${name} } from '${at(file)}'`],
    [
      "import { store } from './store.js'",
      `import pg from '${import.meta.resolve('pg')}'\nimport { createTables, database } from '${at('database.ts')}'`,
    ],
    ['completeJob()', 'completeJob(4521)'],
    [
      "[{ owner: store, method: 'get', matches: (...args) => true }]",
      `[database, pg.Client.prototype].map(owner => ({ owner, method: 'query', matches: sql => /^SELECT/.test(sql) }))`,
    ],
    ['const prepare = async () => {}', 'const prepare = createTables\ntest.after(() => database.end())'],
  ])
  const path = join(folder, `${file}.test.mjs`)
  await writeFile(path, text)
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database }
  const { code, out } = await run(path, env)
  expect({ code, out: code === expected ? '' : out }).toEqual({ code: expected, out: '' })
  if (expected === 1) expect(out).toMatch(/'rejected'/)
})
