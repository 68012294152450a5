import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/core/detect/finding.ts'
import {
  languageOf,
  skeletonLanguages,
  testSkeleton,
} from '../../../src/core/report/skeleton/test-skeleton.ts'
import { findingsOf } from '../../support/analysed.ts'
import { openRecording } from '../../support/open-recording.ts'

const fixtures = resolve(import.meta.dirname, '../../../fixtures')
const incident = (name: string) => join(fixtures, 'incidents', name)

const firstOf = async (folder: string): Promise<Finding> =>
  (await openRecording(join(folder, 'bug.otlp.jsonl'))).session.analysis.findings[0]!

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interleave-skeleton-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** @returns exit code and what it printed */
const run = (command: string, args: readonly string[], env = {}) =>
  new Promise<{ code: number; out: string }>(done =>
    execFile(command, [...args], { env: { ...process.env, ...env }, cwd: folder }, (error, out, err) =>
      done({ code: error ? Number(error.code ?? 1) : 0, out: out + err }),
    ),
  )

describe('a generated test', () => {
  it('names the code under test and the recorded steps, and is silent about classes that no test forces', async () => {
    const text = testSkeleton(await firstOf(incident('double-completion')), 'node')!
    expect(text).toContain("import { completeJob } from './complete-job.ts'")
    expect(text).toMatch(/run 1 {2}\+0 ms +read in_progress\n.*run 2 .*read in_progress/)
    const drift = await openRecording(join(incident('lying-clock'), 'bug.otlp.jsonl'))
    const finding = drift.session.analysis.findings.find(({ detector }) => detector === 'timer-drift')!
    expect(testSkeleton(finding, 'node')).toBeNull()
  })

  it('keeps names of the trace in their comments and strings', async () => {
    const finding = await firstOf(incident('double-completion'))
    const name = 'row:x\n"; process.exit(0) //\u2028*/ `$`'
    const hostile = {
      ...finding,
      subject: { kind: 'key', name },
      culprit: { ...finding.culprit, site: 'a-b c (x y.ts:1)', sites: [] },
    } as Finding
    const path = join(folder, 'hostile.mjs')
    await writeFile(path, testSkeleton(hostile, 'node')!)
    expect(await run(process.execPath, ['--check', path])).toEqual({ code: 0, out: '' })
    expect(testSkeleton(hostile, 'node')).toContain("import { operation } from './code.js'")
  })

  it('speaks the language of the site', () => {
    const { observed } = findingsOf('T1  R····W\nT2    R·W', {
      tasks: { T1: { site: 'count (visits.py:3)' }, T2: { site: 'count (visits.py:3)' } },
    })
    expect(observed.length).toBeGreaterThan(0)
    expect(
      languageOf({ ...observed[0]!, culprit: { ...observed[0]!.culprit, site: 'count (visits.py:3)' } }),
    ).toBe('python')
    expect(
      languageOf({ ...observed[0]!, culprit: { ...observed[0]!.culprit, site: 'count (visits.ts:3)' } }),
    ).toBe('node')
  })

  it.each([
    'double-submit',
    'lost-update',
    'queue-check-then-act',
    'expired-lease',
    'cache-stampede',
    'stream-keeps-connection',
    'cancelled-holder',
    'ab-ba-deadlock',
    'blocking-call',
  ])(
    'is valid in both languages: %s',
    async name => {
      const finding = await firstOf(join(fixtures, 'patterns', name))
      for (const language of skeletonLanguages) {
        const path = join(folder, language === 'node' ? `${name}.mjs` : `${name.replaceAll('-', '_')}.py`)
        await writeFile(path, testSkeleton(finding, language)!)
        const { code, out } = await (language === 'node'
          ? run(process.execPath, ['--check', path])
          : run('python3', ['-m', 'py_compile', path]))
        if (!/ENOENT/.test(out)) expect({ code, out }).toEqual({ code: 0, out: '' })
      }
    },
    30_000,
  )
})
