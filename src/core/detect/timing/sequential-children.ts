/**
 * The same for child tasks: one function called for several things, each call awaited before the next one starts.
 *
 *     dashboard  load user ── load orders ──── load offers ──
 *                             none of them needs the one before it, as far as the trace tells
 *
 * Steps that build upon each other look alike. What tells them apart: they are different functions (validate, charge, ship),
 * or the same one counting (page 1, page 2, attempt 3), or one touches what another wrote, or they need one exclusive hold.
 */
import type { Await, Task } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import type { Victims } from '../finding.ts'
import { blocksOfLoops, findBlocks } from '../stalls.ts'
import { duration, fact, largest, limit, median, smallest, taskName, times } from '../words.ts'

interface Row {
  readonly parent: number
  readonly children: readonly number[]
  readonly slow: number
  readonly totalNs: number
  readonly savingNs: number
  /** One is far slower than the rest, and others come after it. */
  readonly headOfLine: boolean
}

export function sequentialChildren(context: Context): Draft[] {
  const { model } = context
  const joins = model.awaits.filter(
    entry => !entry.open && entry.awaits.length === 1 && entry.awaits[0]! >= 0 && entry.task >= 0,
  )
  const consumers = new Set(model.queueItems.filter(item => item.op === 'get').map(item => item.task))
  const touched = keysOfTasks(context)
  const rows: Row[] = []
  for (const ofTask of groupBy(joins, entry => String(entry.task))) {
    context.checkpoint()
    if (consumers.has(ofTask[0]!.task)) continue
    for (const run of runsOf(context, ofTask)) {
      const row = rowOf(context, run, touched)
      if (row) rows.push(row)
    }
  }
  // A parent whose span was lost has an id for a name: whose children they are the site tells as well.
  const named = rows.filter(row => model.tasks[row.parent]!.row >= 0)
  const siteOf = (row: Row): string => model.tasks[row.slow]!.site
  const nameOf = (row: Row): string =>
    model.tasks[
      (model.tasks[row.parent]!.row >= 0 ? row : (named.find(one => siteOf(one) === siteOf(row)) ?? row))
        .parent
    ]!.name
  return groupBy(rows, row => `${nameOf(row)}\n${siteOf(row)}`).map(group => draft(context, group))
}

/** Children of one site that were awaited back to back. */
function runsOf(context: Context, joins: readonly Await[]): number[][] {
  const { model, thresholds } = context
  const runs: number[][] = []
  let run: number[] = []
  for (const entry of [...joins].sort((a, b) => a.startNs - b.startNs)) {
    const child = entry.awaits[0]!
    const task = model.tasks[child]!
    if (task.parent !== entry.task || task.open || task.site === '') continue
    const before = model.tasks[run.at(-1) ?? -1]
    const gapNs = before ? task.startNs - before.endNs : 0
    const follows =
      before !== undefined &&
      before.site === task.site &&
      gapNs >= 0 &&
      gapNs <= Math.max(thresholds.sequentialGapNs, 0.1 * (before.endNs - before.startNs))
    if (!follows || run.some(other => model.tasks[other]!.name === task.name)) {
      runs.push(run)
      run = []
    }
    run.push(child)
  }
  runs.push(run)
  return runs.filter(children => children.length >= thresholds.sequentialCount)
}

/** "page 3", "attempt #2": the number is what differs. */
const withoutNumbers = (name: string): string => name.replace(/\d+/g, '#')

function rowOf(
  context: Context,
  children: readonly number[],
  touched: ReadonlyMap<number, Touched>,
): Row | null {
  const { model, thresholds } = context
  const tasks = children.map(child => model.tasks[child]!)
  const first = tasks[0]!
  if (new Set(tasks.map(task => withoutNumbers(task.name))).size < tasks.length) return null
  if (tasks.some(task => task.outcome === 'failed' || task.outcome === 'cancelled')) return null
  if (dependent(children, touched) || heldTogether(context, tasks)) return null
  const lengths = tasks.map(lengthOf)
  const totalNs = lengths.reduce((sum, ns) => sum + ns, 0)
  const slowAt = lengths.indexOf(Math.max(...lengths))
  const slowNs = lengths[slowAt]!
  const savingNs = totalNs - slowNs
  const headOfLine =
    slowNs >= thresholds.sequentialSavingNs &&
    slowAt < tasks.length - 1 &&
    slowNs >= thresholds.broadcastSlowRatio * Math.max(1e5, median(lengths.filter((_, at) => at !== slowAt)))
  const sum =
    savingNs >= thresholds.sequentialSavingNs && savingNs >= thresholds.sequentialSavingRatio * totalNs
  if (!headOfLine && !sum) return null
  // A loop that was kept is a stall; and work that keeps the loop itself gains nothing from running side by side.
  if (blockedDuring(context, first.parent, tasks[slowAt]!.startNs, tasks[slowAt]!.endNs)) return null
  return { parent: first.parent, children, slow: children[slowAt]!, totalNs, savingNs, headOfLine }
}

const lengthOf = (task: Task): number => task.endNs - task.startNs

interface Touched {
  readonly read: Set<number>
  readonly written: Set<number>
}

function keysOfTasks({ model }: Context): Map<number, Touched> {
  const out = new Map<number, Touched>()
  for (const access of model.accesses) {
    if (access.task < 0) continue
    let entry = out.get(access.task)
    if (!entry) {
      entry = { read: new Set(), written: new Set() }
      out.set(access.task, entry)
    }
    if (access.op !== 'write' && access.op !== 'create' && access.op !== 'delete') entry.read.add(access.key)
    if (access.op !== 'read' && access.op !== 'check') entry.written.add(access.key)
  }
  return out
}

/** One touches what an earlier one wrote. */
function dependent(children: readonly number[], touched: ReadonlyMap<number, Touched>): boolean {
  const written = new Set<number>()
  for (const child of children) {
    const own = touched.get(child)
    if (!own) continue
    for (const key of own.read) if (written.has(key)) return true
    for (const key of own.written) if (written.has(key)) return true
    for (const key of own.written) written.add(key)
  }
  return false
}

/** All of it happens under one hold of their parent: a transaction, a lock. Its statements can't run side by side. */
function heldTogether(context: Context, tasks: readonly Task[]): boolean {
  const first = tasks[0]!
  const last = tasks.at(-1)!
  return context
    .holdsOf()
    .covering(first.parent, first.startNs)
    .some(hold => context.model.holds[hold]!.endNs >= last.endNs)
}

/** The loop was kept all the while: that is a stall, not a slow receiver. */
export function blockedDuring(context: Context, task: number, fromNs: number, toNs: number): boolean {
  const loop = context.model.tasks[task]!.loop
  const blocks = findBlocks(context)
  const busy = blocksOfLoops(context)
    .overlapping(loop, fromNs, toNs)
    .map(index => blocks[index]!)
    .reduce((sum, block) => sum + Math.min(block.endNs, toNs) - Math.max(block.startNs, fromNs), 0)
  return toNs > fromNs && busy >= 0.5 * (toNs - fromNs)
}

const behindSlow = ({ model }: Context, row: Row): readonly number[] =>
  row.children.filter(child => model.tasks[child]!.startNs >= model.tasks[row.slow]!.endNs)

/** Behind a slow one those that stood behind it, for as long as it took; else the parent, for what it could have saved. */
function victimsIn(context: Context, group: readonly Row[]): Victims {
  const { model } = context
  const waits = group.flatMap(row =>
    row.headOfLine
      ? behindSlow(context, row).map(task => ({ task, ns: lengthOf(model.tasks[row.slow]!) }))
      : [{ task: row.parent, ns: row.savingNs }],
  )
  return victimsOf(
    model,
    waits,
    waits.reduce((sum, wait) => sum + wait.ns, 0),
  )
}

function isBelowTimer({ model }: Context, from: number): boolean {
  for (let task = from, depth = 0; task >= 0 && depth < 64; task = model.tasks[task]!.parent, depth++)
    if (model.tasks[task]!.type === 'timer') return true
  return false
}

function draft(context: Context, group: readonly Row[]): Draft {
  const { model, thresholds } = context
  const main = [...group].sort((a, b) => b.savingNs - a.savingNs)[0]!
  const tasks = main.children.map(child => model.tasks[child]!)
  const slow = model.tasks[main.slow]!
  const slowNs = lengthOf(slow)
  const usualNs = median(tasks.filter(task => task !== slow).map(lengthOf))
  const othersNs = largest(tasks.filter(task => task !== slow).map(lengthOf), 0)
  const behind = behindSlow(context, main).length
  const name = taskName(model, main.parent)
  const often = group.length > 1 ? ` (the worst of ${group.length} times)` : ''
  // Below a timer, the slow one keeps a clock or a heartbeat that others rely on.
  const keepsClock = group.some(row => isBelowTimer(context, row.parent))
  return makeDraft({
    detector: 'sequential-awaits',
    severity:
      main.headOfLine && keepsClock ? 'high' : main.headOfLine || main.savingNs >= 1e9 ? 'medium' : 'low',
    confidence: confidenceOf({ tier: 'inferred', repeats: group.length, counterfactual: main.headOfLine }),
    startNs: smallest(group.map(row => model.tasks[row.children[0]!]!.startNs)),
    endNs: largest(group.map(row => model.tasks[row.children.at(-1)!]!.endNs)),
    subject: { kind: 'task', name },
    culprit: culpritOf(
      { role: 'is awaited in turn', site: slow.site },
      [{ role: 'loops and awaits', site: model.tasks[main.parent]!.site }],
      [model.tasks[main.parent]!.row, ...tasks.map(task => task.row)],
    ),
    victims: victimsIn(context, group),
    steps: main.children.slice(0, 8).map(child => ({
      atNs: model.tasks[child]!.startNs,
      task: child,
      event: 'ran',
      value: `for ${duration(lengthOf(model.tasks[child]!))}`,
      row: model.tasks[child]!.row,
    })),
    evidence: [
      fact('slowest', taskName(model, main.slow), '', slow.row),
      fact('it took', slowNs, 'ns', slow.row),
      ...(main.headOfLine
        ? [
            fact('the others took (median)', usualNs, 'ns'),
            fact('so it took', `${times(slowNs, usualNs)} as long as they`),
            fact('the last one was done after', main.totalNs, 'ns'),
          ]
        : [fact('all of them, one after the other', main.totalNs, 'ns')]),
      fact('times this happened', group.length, '1'),
      fact('event loop meanwhile', 'free: only this chain of awaits stood still'),
      limit(thresholds, 'sequentialSavingNs'),
      limit(thresholds, main.headOfLine ? 'broadcastSlowRatio' : 'sequentialSavingRatio'),
    ],
    missing: ['Whether one of them needs the result of another: nothing in the recording says so.'],
    marks: main.children.slice(0, 8).map(child => ({
      kind: 'section' as const,
      a: sectionOf(model, child, model.tasks[child]!.startNs, model.tasks[child]!.endNs),
    })),
    text: {
      title: main.headOfLine
        ? `${name} works through ${tasks.length} possibly independent tasks one after the other: ${taskName(model, main.slow)} took ${duration(slowNs)}, and ${behind} behind it waited${often}`
        : `${name} awaits ${tasks.length} possibly independent tasks one after the other: ${duration(main.totalNs)} instead of ${duration(slowNs)}${often}`,
      rule: 'tasks that do not need each other’s results run side by side',
      explainer:
        `Asynchronous is not concurrent: an await inside a “for” loop waits for each one before it turns to the next, and the times add up. ${main.headOfLine ? 'The event loop stayed free meanwhile; only this chain of awaits stood still, and with it whatever awaited the chain.' : ''}`.trim(),
      remedy: {
        primitive: main.headOfLine ? 'start all at once, each with a timeout' : 'start all, then await all',
        why: main.headOfLine
          ? `Side by side all others are done after ${duration(othersNs)}, whatever ${taskName(model, main.slow)} does; a timeout on each bounds how long ${name} itself takes.`
          : `Side by side it takes as long as the slowest (${duration(slowNs)}) instead of the sum (${duration(main.totalNs)}).`,
        whatIf: main.headOfLine
          ? { allOthersDoneNowNs: main.totalNs, allOthersDoneSideBySideNs: othersNs }
          : { oneAfterTheOtherNs: main.totalNs, sideBySideNs: slowNs },
      },
    },
  })
}
