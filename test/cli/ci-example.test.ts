import { spawnSync } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { project } from './run-cli.ts'

interface Workflow {
  readonly on: readonly string[]
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >
}

const made = join(project, 'report.html')
afterAll(() => rm(made, { force: true }))

test('the example workflow is YAML, and its commands run as written from a clone', async () => {
  const workflow = parse(await readFile(join(project, 'docs/examples/interleave-ci.yml'), 'utf8')) as Workflow
  expect(workflow.on).toContain('pull_request')
  const commands = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))
  expect(commands.map(command => /-- (\w+)/.exec(command)?.[1])).toEqual(['analyze', 'diff', 'report'])
  for (const command of commands) {
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: project, encoding: 'utf8' })
    expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({
      command,
      status: 0,
      stderr: '',
    })
  }
  expect((await stat(made)).size).toBeGreaterThan(10_000)
}, 180_000)
