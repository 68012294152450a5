/**
 * Python's asyncio as VizTracer records it with `--log_async`: each task is a lane of its own beside the threads, and what
 * lies outermost on it is one run of the task, for functions are only seen while they run:
 *
 *     MainThread   ├ _run_once ┬ Handle._run ─────┬ select ────┬ Handle._run ─┤
 *     update-3                 ├ update ─ fetch ──┤   awaits   ├ update ──────┤
 *
 * A lane is a task when all its outermost slices lie within a `Handle._run` of the same process, or asyncio named it.
 */
import { Key, RecordType } from '../../convention/keys.ts'
import { type Foreign, isObject, numberOf, textOf } from './foreign.ts'

export interface TaskLane {
  startUs: number
  endUs: number
  /** Thread that runs its loop, '' when unknown. */
  thread: string
  readonly runs: { readonly fromUs: number; readonly toUs: number }[]
  isTask: boolean
}

/** Slices kept per task. */
const maxRuns = 10_000
const handleRun = /^Handle\._run \(.*asyncio[/\\]events\.py:\d+\)$/
/** Ends are rounded to ns. */
const toleranceUs = 0.002

/** The lanes that are tasks, by `pid/tid`. `events` are ordered by time, of equal starts the longer first. */
export function taskLanes(events: readonly Foreign[]): Map<string, TaskLane> {
  const loops = new Set<string>()
  const named = new Set<string>()
  for (const event of events) {
    if (event.ph === 'X' && handleRun.test(textOf(event.name))) loops.add(laneOf(event))
    else if (
      event.name === 'thread_name' &&
      isObject(event.args) &&
      /^Task-\d+$/.test(textOf(event.args.name))
    )
      named.add(laneOf(event))
  }
  const lanes = new Map<string, TaskLane>()
  if (loops.size === 0 && named.size === 0) return lanes
  /** The last `Handle._run` of each loop's thread, by process. */
  const running = new Map<string, Map<string, number>>()
  for (const event of events) {
    if (event.ph !== 'X') continue
    const key = laneOf(event)
    const pid = textOf(event.pid)
    const startUs = numberOf(event.ts)
    const endUs = startUs + Math.max(0, numberOf(event.dur) || 0)
    if (loops.has(key)) {
      if (!handleRun.test(textOf(event.name))) continue
      const threads = running.get(pid) ?? new Map<string, number>()
      running.set(pid, threads.set(textOf(event.tid), endUs))
      continue
    }
    const lane = lanes.get(key)
    if (lane && startUs < lane.endUs) continue
    const thread = [...(running.get(pid) ?? [])].find(([, untilUs]) => endUs <= untilUs + toleranceUs)?.[0]
    if (!lane) {
      const isTask = thread !== undefined || named.has(key)
      lanes.set(key, {
        startUs,
        endUs,
        thread: thread ?? '',
        runs: [{ fromUs: startUs, toUs: endUs }],
        isTask,
      })
      continue
    }
    lane.isTask &&= thread !== undefined || named.has(key)
    lane.endUs = endUs
    if (lane.isTask && lane.runs.length < maxRuns) lane.runs.push({ fromUs: startUs, toUs: endUs })
  }
  for (const [key, { isTask }] of lanes) if (!isTask) lanes.delete(key)
  return lanes
}

const laneOf = (event: Foreign): string => `${textOf(event.pid)}/${textOf(event.tid)}`

/** What the task's own span says. */
export function taskAttributes(key: string, name: string, lane: TaskLane): readonly [string, unknown][] {
  const [pid, tid] = key.split('/')
  return [
    [Key.recordType, RecordType.task],
    [Key.taskId, tid],
    [Key.taskName, name],
    [Key.taskType, 'coroutine'],
    [Key.loopId, lane.thread === '' || lane.thread === pid ? 'main' : `thread ${lane.thread}`],
    [Key.runOffsets, lane.runs.map(run => Math.round((run.fromUs - lane.startUs) * 1e3))],
    [Key.runDurations, lane.runs.map(run => Math.round((run.toUs - run.fromUs) * 1e3))],
  ]
}

/** `update (/srv/app.py:12)`: a function and where it stands. */
const site = /^(.{1,200}) \((.{1,500}):(\d+)\)$/

export function siteOf(name: string): {
  readonly name: string
  readonly attributes: readonly [string, unknown][]
} {
  const found = site.exec(name)
  return found
    ? {
        name: found[1]!,
        attributes: [
          ['code.function.name', found[1]],
          ['code.file.path', found[2]],
          ['code.line.number', Number(found[3])],
        ],
      }
    : { name, attributes: [] }
}
