/**
 * kill −9 while a note is typed. Real processes type through the app's autosave and the host's service; each is killed
 * at a random instant, and the next one goes on from what is on the disk.
 *
 *     keystrokes  1 2 3 4 5 6 7 8 9 ⚡        on the disk: 7
 *                             └──┬──┘        all but the last second of typing must be there
 *
 * 12 kills in the ordinary run; `INTERLEAVE_KILLS=1000 npx vitest run test/host/kill.test.ts` for a thousand.
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
/** A keystroke each 10 ms of the process's own time: what a busy machine keeps it from running is not counted. */
const LOST_AT_MOST_STROKES = 100

interface Killed {
  /** Age at the kill of the oldest keystroke that is not on the disk, 0 when all are. */
  readonly lostMs: number
  readonly lostStrokes: number
  readonly saved: number
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
  const killedMs = Date.now()
  child.kill('SIGKILL')
  await gone
  expect(failed).toBe('')
  const strokes = said
    .split('\n')
    .slice(0, -1)
    .map(line => line.split(' ').map(Number) as [n: number, ms: number])
  const text = await readFile(trace + sidecarSuffix, 'utf8').catch(() => null)
  const read = text === null ? null : restoreNotebook(text)
  if (read && read.kind !== 'ok') throw new Error(`unreadable after the kill: ${JSON.stringify(read)}`)
  const saved = read ? Number(read.notebook.notes[0]!.text.split(' ', 1)[0]) : 0
  const lost = strokes.find(([n]) => n > saved)
  const lostStrokes = strokes.filter(([n]) => n > saved).length
  return { lostMs: lost ? killedMs - lost[1] : 0, lostStrokes, saved }
}

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
  const worstStrokes = Math.max(...results.map(({ lostStrokes }) => lostStrokes))
  const late = results.filter(({ lostMs }) => lostMs > 1_000).length
  const withSaves = results.filter(({ saved }) => saved > 0).length
  console.log(
    `${results.length} kills: ${withSaves} with a notebook on the disk, all readable; lost at most ${worstStrokes} keystrokes of 10 ms (${worstMs} ms by the clock, ${late} above one second)`,
  )
  expect(results).toHaveLength(kills)
  expect(withSaves).toBeGreaterThan(kills / 2)
  expect(worstStrokes).toBeLessThanOrEqual(LOST_AT_MOST_STROKES)
})
