/**
 * kill −9 while a note is typed. Real processes type through the app's autosave and the host's service; each is killed
 * at a random instant, and the next one goes on from what is on the disk.
 *
 *     keystrokes  1 2 3 4 5 6 · · · · 7 8 9 ⚡        on the disk: 5
 *                           └───┬─┴──┬───┘          from the oldest lost keystroke to the last one, by the typist's
 *                             lost   stalled         own clock, without what it was kept from running: ≤ 1 s
 *
 * 12 kills in the ordinary run, a thousand with `npm run kill-test`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { restoreNotebook } from '../../src/core/notebook/restore.ts'
import { sidecarSuffix } from '../../src/host/service/notebooks.ts'

const kills = Number(process.env.INTERLEAVE_KILLS ?? 12)
const typist = join(import.meta.dirname, 'typist.ts')
const AT_ONCE = Math.min(12, kills)
/** What is promised: at most the last second of typing is gone. */
const PROMISED_MS = 1_000
/** A keystroke comes each 10 ms. What a gap has above this, the machine kept the typist from running: its loop was late. */
const STALL_MS = 50

interface Killed {
  /** Typing that is not on the disk, in ms: what the promise is about. */
  readonly lostMs: number
  /** How long the typist could not run meanwhile; not part of `lostMs`. */
  readonly stalledMs: number
  readonly saved: number
}

type Stroke = readonly [n: number, atMs: number]

/** What was lost of the strokes, when all up to `saved` are on the disk. */
function lossOf(strokes: readonly Stroke[], saved: number): Killed {
  const lost = strokes.filter(([n]) => n > saved)
  const wholeMs = lost.length === 0 ? 0 : lost.at(-1)![1] - lost[0]![1]
  const gaps = lost.slice(1).map(([, atMs], at) => atMs - lost[at]![1])
  const stalledMs = gaps.reduce((sum, gapMs) => sum + Math.max(0, gapMs - STALL_MS), 0)
  return { lostMs: wholeMs - stalledMs, stalledMs, saved }
}

/** Modules compiled once: a thousand processes start, and only their writing is of interest. */
const compiled = await mkdtemp(join(tmpdir(), 'interleave-compiled-'))
afterAll(() => rm(compiled, { recursive: true, force: true }))
const env = { ...process.env, NODE_COMPILE_CACHE: compiled }

/** Starts a typist, waits for its first keystroke, lets it type for a while, and kills it. */
async function killOne(folder: string, forMs: number): Promise<Killed> {
  const trace = join(folder, 'trace.jsonl')
  const child = spawn(process.execPath, [typist, trace, join(folder, 'data')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  })
  let said = ''
  let failed = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    failed += text
  })
  const gone = once(child, 'close')
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', text => {
      said += text
      resolve()
    })
    child.once('close', () => reject(new Error(`the typist ended by itself: ${failed}`)))
  })
  await new Promise(resolve => setTimeout(resolve, forMs))
  child.kill('SIGKILL')
  await gone
  expect(failed).toBe('')
  const strokes = said
    .split('\n')
    .slice(0, -1)
    .map(line => line.split(' ').map(Number) as [n: number, atMs: number])
  const text = await readFile(trace + sidecarSuffix, 'utf8').catch(() => null)
  const read = text === null ? null : restoreNotebook(text)
  if (read && read.kind !== 'ok') throw new Error(`unreadable after the kill: ${JSON.stringify(read)}`)
  const saved = read ? Number(read.notebook.notes[0]!.text.split(' ', 1)[0]) : 0
  return lossOf(strokes, saved)
}

test('lost is what was typed after the last save, without what the machine did not let run', () => {
  const strokes: readonly Stroke[] = [
    [1, 0],
    [2, 10],
    [3, 20],
    [4, 820],
    [5, 830],
  ]
  expect(lossOf(strokes, 5)).toEqual({ lostMs: 0, stalledMs: 0, saved: 5 })
  expect(lossOf(strokes, 3)).toEqual({ lostMs: 10, stalledMs: 0, saved: 3 })
  expect(lossOf(strokes, 1)).toEqual({ lostMs: 70, stalledMs: 750, saved: 1 })
})

test(`${kills} kills lose no more than a second of typing and leave no unreadable notebook`, {
  timeout: 30_000 + kills * 2_000,
}, async () => {
  const folders = await Promise.all(
    Array.from({ length: AT_ONCE }, () => mkdtemp(join(tmpdir(), 'interleave-kill-'))),
  )
  // Without a trace to open it ends by itself, which is when Node writes what it compiled.
  spawnSync(process.execPath, [typist], { env })
  const results: Killed[] = []
  let left = kills
  try {
    await Promise.all(
      folders.map(async folder => {
        await writeFile(join(folder, 'trace.jsonl'), '{}')
        let saved = 0
        while (left-- > 0) {
          const killed = await killOne(folder, 300 + Math.random() * 900)
          // The next process begins where the disk is: what was saved once stays.
          expect(killed.saved).toBeGreaterThanOrEqual(saved)
          saved = killed.saved
          results.push(killed)
        }
      }),
    )
  } finally {
    await Promise.all(folders.map(folder => rm(folder, { recursive: true, force: true })))
  }
  const worstMs = Math.max(...results.map(({ lostMs }) => lostMs))
  const stalledMs = Math.max(...results.map(one => one.stalledMs))
  const withSaves = results.filter(({ saved }) => saved > 0).length
  console.log(
    `${results.length} kills: ${withSaves} with a notebook on the disk, all readable; lost at most ${worstMs} ms of typing (the machine kept a typist from running for up to ${stalledMs} ms of it)`,
  )
  expect(results).toHaveLength(kills)
  expect(withSaves).toBeGreaterThan(kills / 2)
  expect(worstMs).toBeLessThanOrEqual(PROMISED_MS)
})
