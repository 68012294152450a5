/**
 * What a task's time went by, told backwards from its end: while it ran, itself; while it waited, who held what it waited
 * for; while it awaited, the task it awaited that ended last; where nothing of that is recorded, the span that kept it. One
 * thing at every instant, so the pieces add up to its life.
 *
 *     buy      ▮▮▮╱╱╱╱╱╱╱╱╱╱▮▮           the path: buy runs, refund awaits its peer while it holds
 *     refund    ▮▮▮░░░░░░░▮▮             the stock, refund runs, buy runs
 *
 * The walk is that of "last finishing child" (Anandkumar et al., 2008; Jaeger's critical path), with recorded awaits and
 * holds in place of guesses from parents: https://github.com/jaegertracing/jaeger-ui/issues/2371
 */
import type { Model } from '../convention/model.ts'
import type { Session } from '../scene/scene.ts'
import { partitionPoint } from '../sorted.ts'
import type { Store } from '../store/store.ts'
import { type EndIndex, indexEnds } from './end-index.ts'
import { spanDoings } from './span-doings.ts'
import { type Doing, timelineOf } from './task-timeline.ts'

export interface PathPiece {
  readonly task: number
  /** `ready`: it could have gone on, and its loop was busy. `other`: the trace does not tell. */
  readonly kind: Doing['kind'] | 'ready'
  /** Index of the slice, await or wait, row of the span; -1 for `other`. */
  readonly ref: number
  readonly startNs: number
  readonly endNs: number
  /** The hold for which another task waits meanwhile, -1. */
  readonly hold: number
  /** 0 for the task itself, 1 for whom it waited for, … */
  readonly depth: number
}

export interface PathIndex {
  readonly store: Store
  readonly model: Model
  /** Holds by resource. */
  readonly holds: EndIndex
  /** Tasks by the await that awaits them: rows of `awaited`. */
  readonly awaits: EndIndex
  readonly awaited: Int32Array
  /** Tasks by parent. */
  readonly children: EndIndex
  readonly slices: readonly (readonly number[])[]
  readonly awaitsOf: readonly (readonly number[])[]
  readonly waitsOf: readonly (readonly number[])[]
  /** Made when the path first comes to a task. */
  readonly timelines: Map<number, readonly Doing[]>
}

/** A place on the path: in this task, back to this instant. */
interface Visit {
  readonly task: number
  readonly floorNs: number
  readonly hold: number
}

/** A release and the grant that follows it are told this far apart at most. */
const HANDOVER_NS = 100e3

export function indexPaths({ store, model }: Pick<Session, 'store' | 'model'>): PathIndex {
  const { tasks, awaits, waits, holds, slices } = model
  const edges = awaits.flatMap((each, owner) => each.awaits.map(task => ({ owner, task })))
  const awaited = Int32Array.from(edges, ({ task }) => task)
  const taskSpan = (task: number) => tasks[task]!
  return {
    store,
    model,
    holds: indexEnds(
      holds.length,
      at => holds[at]!.resource,
      at => holds[at]!,
    ),
    awaits: indexEnds(
      edges.length,
      at => edges[at]!.owner,
      at => taskSpan(awaited[at]!),
    ),
    awaited,
    children: indexEnds(tasks.length, at => tasks[at]!.parent, taskSpan),
    slices: byTask(tasks.length, slices.count, at => slices.task[at]!),
    awaitsOf: byTask(tasks.length, awaits.length, at => awaits[at]!.task),
    waitsOf: byTask(tasks.length, waits.length, at => waits[at]!.task),
    timelines: new Map(),
  }
}

/** Pieces in order of time, without gaps from the task's start to its end. O(k log n) for a path of k pieces. */
export function criticalPath(index: PathIndex, task: number): PathPiece[] {
  const root = index.model.tasks[task]
  if (!root) return []
  const pieces: PathPiece[] = []
  const visits: Visit[] = [{ task, floorNs: root.startNs, hold: -1 }]
  const onPath = new Set([task])
  let atNs = root.endNs
  for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
    if (atNs <= visit.floorNs) {
      visits.pop()
      onPath.delete(visit.task)
      continue
    }
    const doing = doingBefore(index, visit.task, atNs)
    const fromNs = Math.max(doing.startNs, visit.floorNs)
    const depth = visits.length - 1
    const own = (kind: PathPiece['kind'], startNs: number): void => {
      pieces.push({
        task: visit.task,
        kind,
        ref: doing.ref,
        startNs,
        endNs: atNs,
        hold: visit.hold,
        depth,
      })
      atNs = startNs
    }
    const readyNs = doing.kind === 'await' ? index.model.awaits[doing.ref]!.readyNs : -1
    if (readyNs >= 0 && readyNs >= doing.startNs && readyNs < atNs) {
      own('ready', Math.max(readyNs, fromNs))
      continue
    }
    const cause = causeOf(index, doing, visit.task, atNs, fromNs, onPath)
    const toNs = Math.min(atNs, cause?.endNs ?? fromNs)
    if (!cause || toNs < atNs) own(doing.kind, Math.max(fromNs, toNs))
    if (!cause || toNs <= fromNs) continue
    visits.push({ task: cause.task, floorNs: Math.max(fromNs, cause.startNs), hold: cause.hold })
    onPath.add(cause.task)
  }
  return pieces.reverse()
}

interface Cause {
  readonly task: number
  readonly hold: number
  readonly startNs: number
  readonly endNs: number
}

/** Who kept the task at this until `atNs`: the holder that let go last, the awaited task that ended last; null when nobody is told. */
function causeOf(
  index: PathIndex,
  doing: Doing,
  task: number,
  atNs: number,
  fromNs: number,
  onPath: ReadonlySet<number>,
): Cause | null {
  const { model } = index
  const { tasks, holds, waits, awaits } = model
  if (doing.kind === 'run') return null
  if (doing.kind === 'wait') {
    const wait = waits[doing.ref]!
    const free = (at: number): boolean =>
      at !== wait.hold && holds[at]!.task >= 0 && !onPath.has(holds[at]!.task)
    const hold = index.holds.last(wait.resource, atNs, fromNs, HANDOVER_NS, free)
    return hold < 0 ? null : { ...times(holds[hold]!), task: holds[hold]!.task, hold }
  }
  const told = doing.kind === 'await' && awaits[doing.ref]!.awaits.length > 0
  // What an await without told tasks waits for may be anything; a child that ends with it is the likely one.
  const owned = told ? index.awaits : index.children
  const taskAt = (at: number): number => (told ? index.awaited[at]! : at)
  const { subtreeEnd } = index.store.spans
  // A span is kept by what is below it alone.
  const isBelow = (row: number): boolean =>
    doing.kind !== 'span' || (row > doing.ref && row < subtreeEnd[doing.ref]!)
  const at = owned.last(
    told ? doing.ref : task,
    atNs,
    fromNs,
    HANDOVER_NS,
    each => !onPath.has(taskAt(each)) && isBelow(tasks[taskAt(each)]!.row),
  )
  return at < 0 ? null : { ...times(tasks[taskAt(at)]!), task: taskAt(at), hold: -1 }
}

const times = ({ startNs, endNs }: { readonly startNs: number; readonly endNs: number }) => ({
  startNs,
  endNs,
})

function timelineOfTask(
  { timelines, store, model, slices, awaitsOf, waitsOf }: PathIndex,
  task: number,
): readonly Doing[] {
  let timeline = timelines.get(task)
  if (!timeline) {
    timeline = timelineOf(
      model,
      slices[task]!,
      awaitsOf[task]!,
      waitsOf[task]!,
      spanDoings(store, model, task),
    )
    timelines.set(task, timeline)
  }
  return timeline
}

/** What the task was at just before an instant. */
function doingBefore(index: PathIndex, task: number, atNs: number): Doing {
  const pieces = timelineOfTask(index, task)
  const before = pieces[partitionPoint(0, pieces.length, at => pieces[at]!.startNs < atNs) - 1]
  if (before && before.endNs >= atNs) return before
  return { kind: 'other', ref: -1, startNs: before?.endNs ?? Number.NEGATIVE_INFINITY, endNs: atNs }
}

function byTask(tasks: number, count: number, taskOf: (at: number) => number): number[][] {
  const lists = Array.from({ length: tasks }, (): number[] => [])
  for (let at = 0; at < count; at++) lists[taskOf(at)]?.push(at)
  return lists
}
