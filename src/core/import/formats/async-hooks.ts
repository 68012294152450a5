/**
 * `node --trace-event-categories node.async_hooks`: plain Node already writes the task model, without any SDK.
 *
 *     b PROMISE 0x1c {triggerAsyncId, executionAsyncId}   created          → a task
 *     b PROMISE_CALLBACK 0x1c … e PROMISE_CALLBACK 0x1c   one run          → a run slice of it
 *     e PROMISE 0x1c                                      destroyed        → its end
 */
import { Key, RecordType } from '../../convention/keys.ts'
import { Kind } from '../../store/store.ts'
import { never } from '../row-writer.ts'
import { type ChromeTracks, instant } from './chrome-tracks.ts'
import { type Foreign, isObject, numberOf, textOf } from './foreign.ts'

interface Resource {
  readonly pid: string
  readonly tid: string
  readonly asyncId: number
  readonly type: string
  readonly startUs: number
  readonly trigger: number
  readonly runs: { readonly fromUs: number; readonly toUs: number }[]
  runningSinceUs: number
  endUs: number
}

/** Slices kept per task. */
const maxRuns = 10_000
const suffix = '_CALLBACK'

export class AsyncHooks {
  readonly #tracks: ChromeTracks
  readonly #live = new Map<string, Resource>()
  readonly #done: Resource[] = []

  constructor(tracks: ChromeTracks) {
    this.#tracks = tracks
  }

  /** Takes one event; false when it is not of the kinds above. */
  take(event: Foreign, phase: string): boolean {
    if (phase !== 'b' && phase !== 'e') return false
    const name = textOf(event.name)
    const us = numberOf(event.ts)
    const asyncId = Number.parseInt(textOf(event.id), 16)
    if (Number.isNaN(us) || Number.isNaN(asyncId)) return false
    const pid = textOf(event.pid)
    const key = `${pid}/${textOf(event.tid)}/${asyncId}`
    if (name.endsWith(suffix)) {
      const resource =
        this.#live.get(key) ?? this.#create(key, event, name.slice(0, -suffix.length), asyncId, us)
      if (phase === 'b') resource.runningSinceUs = us
      else if (resource.runningSinceUs >= 0) {
        if (resource.runs.length < maxRuns) resource.runs.push({ fromUs: resource.runningSinceUs, toUs: us })
        resource.runningSinceUs = -1
      }
      return true
    }
    if (phase === 'b') this.#create(key, event, name, asyncId, us)
    else {
      const resource = this.#live.get(key)
      if (!resource) return false
      resource.endUs = us
      this.#live.delete(key)
    }
    return true
  }

  #create(key: string, event: Foreign, type: string, asyncId: number, startUs: number): Resource {
    const data = isObject(event.args) && isObject(event.args.data) ? event.args.data : {}
    const trigger = numberOf(data.triggerAsyncId)
    const resource: Resource = {
      pid: textOf(event.pid),
      tid: textOf(event.tid),
      asyncId,
      type,
      startUs,
      trigger: Number.isNaN(trigger) ? 0 : trigger,
      runs: [],
      runningSinceUs: -1,
      endUs: -1,
    }
    this.#live.set(key, resource)
    this.#done.push(resource)
    return resource
  }

  /** Writes all tasks. Those never destroyed live as long as the process, as garbage is collected late: their last run ends them. */
  finish(): void {
    const ids = new Map<Resource, string>()
    const byAsyncId = new Map<string, string>()
    for (const resource of this.#done) {
      const id = this.#tracks.nextId()
      ids.set(resource, id)
      byAsyncId.set(`${resource.pid}/${resource.tid}/${resource.asyncId}`, id)
    }
    for (const resource of this.#done) {
      const { pid, tid, asyncId, type, startUs, trigger, runs } = resource
      if (resource.runningSinceUs >= 0)
        runs.push({ fromUs: resource.runningSinceUs, toUs: this.#tracks.lastUs })
      this.#tracks.writer.span({
        trace: this.#tracks.trace,
        id: ids.get(resource)!,
        parent: byAsyncId.get(`${pid}/${tid}/${trigger}`) ?? '',
        name: type,
        kind: Kind.internal,
        start: instant(startUs),
        end: resource.endUs >= 0 ? instant(resource.endUs) : never,
        process: this.#tracks.processOf(pid),
        scope: 'node.async_hooks',
        attributes: [
          [Key.recordType, RecordType.task],
          [Key.taskId, String(asyncId)],
          [Key.taskName, `${type} ${asyncId}`],
          [Key.taskType, type === 'PROMISE' ? 'promise' : type === 'Timeout' ? 'timer' : 'callback'],
          [Key.taskParentId, trigger > 0 ? String(trigger) : undefined],
          [Key.loopId, tid === pid ? 'main' : `thread ${tid}`],
          [Key.runOffsets, runs.map(run => Math.round((run.fromUs - startUs) * 1e3))],
          [Key.runDurations, runs.map(run => Math.round((run.toUs - run.fromUs) * 1e3))],
        ],
      })
    }
  }
}
