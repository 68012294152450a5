import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import type { Finding } from '../../../src/core/detect/finding.ts'
import { openTrace } from '../../../src/core/session.ts'
import { sourceOf } from '../../support/otlp.ts'

const recorded = readFileSync('fixtures/formats/java-threads.txt', 'utf8')

async function read(text: string) {
  const { store, report } = await openTrace([sourceOf('x', text)])
  const model = readModel(store)
  return { store, model, report, findings: analyze(store, model, report).findings }
}

const deadlocks = (findings: readonly Finding[]): string[] =>
  findings.filter(({ detector }) => detector === 'deadlock').map(({ text }) => text.title)

/** A thread in `state` that holds and waits; stacks as jstack prints them. */
const thread = (name: string, state: string, lines: readonly string[]): string =>
  `"${name}" #9 prio=5 os_prio=0 cpu=0.1ms elapsed=2.00s tid=0x0000${name.length}${name.charCodeAt(0)} nid=0x1 waiting\n   java.lang.Thread.State: ${state}\n${lines.map(line => `\t${line}\n`).join('')}\n`
const dump = (at: string, ...threads: string[]): string =>
  `2026-01-01 00:00:${at}\nFull thread dump OpenJDK 64-Bit Server VM (17.0.1+1 mixed mode, sharing):\n\n${threads.join('')}JNI global refs: 1\n\n`
const crossed = (state: string): string[] => [
  thread('a', state, [
    'at shop.A.run(A.java:5)',
    '- waiting to lock <0x2> (a shop.Row)',
    '- locked <0x1> (a shop.Row)',
  ]),
  thread('b', state, [
    'at shop.B.run(B.java:6)',
    '- waiting to lock <0x1> (a shop.Row)',
    '- locked <0x2> (a shop.Row)',
  ]),
]

describe('a real dump', () => {
  test('both deadlocks are found, by monitors and by ReentrantLock, and nothing else', async () => {
    const { findings } = await read(recorded)
    expect(deadlocks(findings)).toEqual([
      'Deadlock: transfer-1 waits for Object 0x69ec19228, held by transfer-2; transfer-2 waits for Object 0x69ec19218, held by transfer-1; none of them gives up by itself',
      'Deadlock: book-1 waits for ReentrantLock 0x69ec193c0, held by book-2; book-2 waits for ReentrantLock 0x69ec19390, held by book-1; none of them gives up by itself',
    ])
    expect(findings.filter(({ product }) => product !== 'import')).toHaveLength(2)
  })

  test('threads live as long as the dump says; who waits to be woken holds nothing', async () => {
    const { model, store } = await read(recorded)
    const main = model.tasks.find(({ name }) => name === 'main')!
    expect(store.durationNs - main.startNs).toBe(3.33e9)
    const idle = model.tasks.findIndex(({ name }) => name === 'idle')
    expect(model.holds.filter(({ task }) => task === idle)).toEqual([])
    expect(model.awaits.filter(({ task }) => task === idle).map(({ site }) => site)).toEqual([
      'Transfer.lambda$main$5 (Transfer.java:16)',
    ])
    expect(model.holds.map(({ site }) => site).sort()).toEqual([
      '',
      '',
      'Transfer.move (Transfer.java:6)',
      'Transfer.move (Transfer.java:6)',
    ])
  })
})

test('a ring that a time limit will break is no deadlock', async () => {
  expect(
    deadlocks((await read(dump('01', ...crossed('BLOCKED (on object monitor)')))).findings),
  ).toHaveLength(1)
  expect(deadlocks((await read(dump('01', ...crossed('TIMED_WAITING (parking)')))).findings)).toEqual([])
})

test('of several dumps only the last one goes on; a thread is one task', async () => {
  const free = thread('a', 'RUNNABLE', ['at shop.A.run(A.java:9)'])
  const { model, findings } = await read(
    dump('01', ...crossed('BLOCKED (on object monitor)')) + dump('11', free),
  )
  expect(model.tasks.map(({ name }) => name).sort()).toEqual(['a', 'b'])
  expect(model.waits.every(({ open }) => !open)).toBe(true)
  expect(deadlocks(findings)).toEqual([])
})
