import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import type { Cleared, Step } from '../finding.ts'
import { timedOut } from '../waiting.ts'
import { count, duration, fact, largest, limit, smallest, taskName } from '../words.ts'
import { lostWakeUp } from './lost-wake-up.ts'
import { toldDeadlockDrafts } from './told-deadlock.ts'
import { type Blocked, blockedAt, ringOf, stuckAmong } from './wait-for.ts'

/** A ring (or knot) of tasks none of which can ever move; and its opposite, waiters in front of a free resource. */
export const deadlock: Detector = {
  id: 'deadlock',
  // Who holds and who waits has to be recorded, but databases tell theirs by an error.
  needs: ['tasks'],
  run(context: Context): Detected {
    const { model } = context
    const observed = toldDeadlockDrafts(context)
    if (!model.coverage.hasHolds) return { observed, predicted: [], cleared: [] }
    const cleared: Cleared[] = []
    const seen = new Set<string>()
    let looked = 0
    const idle = idleAtEnd(context)
    for (const { atNs, waits } of instants(context, idle)) {
      context.checkpoint()
      looked++
      const blocked = blockedAt(context, atNs, waits)
      const stuck = stuckAmong(blocked)
      while (stuck.size > 0) {
        const ring = knotOf(stuck, ringOf(stuck))
        if (ring.length === 0) break
        const behind = removeRing(stuck, ring)
        const key = ring
          .map(entry => entry.task)
          .sort((a, b) => a - b)
          .join(' ')
        const sinceNs = largest(ring.map(entry => entry.sinceNs))
        const forever =
          ring.every(({ wait }) => model.waits[wait]?.untimed) ||
          ring.every(({ task }) => idle.has(model.tasks[task]!.process))
        if (seen.has(key) || (!forever && atNs - sinceNs < context.thresholds.deadlockNs)) continue
        seen.add(key)
        observed.push(draftOfRing(context, ring, behind, sinceNs, atNs))
      }
    }
    if (looked > 0 && observed.length === 0) {
      cleared.push({
        detector: 'deadlock',
        subject: 'long waits',
        reason: `at ${count(looked, 'moment')} that ${looked === 1 ? 'was' : 'were'} checked, somebody could still move`,
      })
    }
    context.groups().forEach((_, index) => {
      const lost = lostWakeUp(context, index)
      if (lost) observed.push(lost)
    })
    return { observed, predicted: [], cleared }
  },
}

/** In front of a pool it takes all of its holders: everybody stuck at that pool belongs to the knot. */
function knotOf(stuck: ReadonlyMap<number, Blocked>, ring: readonly Blocked[]): readonly Blocked[] {
  const group = ring.find(entry => entry.any && entry.group >= 0)?.group
  if (group === undefined) return ring
  const knot = [...stuck.values()].filter(entry => entry.group === group)
  return [...knot, ...ring.filter(entry => !knot.includes(entry))]
}

/** Most instants that are looked at; deadlocks last, so few are enough. */
const maxInstants = 100

/**
 * Processes that ended because nothing was left that could have run: whoever still waited there would have waited for ever, be it
 * a millisecond so far. Node says so, or exits with 13 where the main module itself was still waiting.
 */
function idleAtEnd({ model }: Context): ReadonlySet<number> {
  const told = model.marks.filter(
    ({ kind, text }) => kind === 'shutdown' && /nothing left to do|^exit 13\b/.test(text),
  )
  return new Set(told.map(({ process }) => process))
}

/** The ends of long waits: of those that gave up, and of the trace for those that never got through. */
function instants(context: Context, idle: ReadonlySet<number>): { atNs: number; waits: number[] }[] {
  const { model, thresholds } = context
  const byTime = new Map<number, number[]>()
  model.waits.forEach((wait, index) => {
    const lasting = wait.untimed || (wait.open && idle.has(model.tasks[wait.task]?.process ?? -1))
    if (!lasting && wait.endNs - wait.startNs < thresholds.deadlockNs) return
    if (!wait.open && !timedOut(wait) && wait.outcome !== 'cancelled') return
    // Just before it gave up, when all were still waiting.
    const atNs = wait.open ? wait.endNs : wait.endNs - 1
    const list = byTime.get(atNs)
    if (list) list.push(index)
    else byTime.set(atNs, [index])
  })
  return [...byTime]
    .sort((a, b) => a[0] - b[0])
    .slice(0, maxInstants)
    .map(([atNs, waits]) => ({ atNs, waits }))
}

/** Takes the ring out, and returns who stood behind it. */
function removeRing(stuck: Map<number, Blocked>, ring: readonly Blocked[]): number[] {
  for (const entry of ring) stuck.delete(entry.task)
  const behind: number[] = []
  for (let changed = true; changed; ) {
    changed = false
    for (const [task, entry] of stuck) {
      if (entry.blockers.some(blocker => stuck.has(blocker))) continue
      stuck.delete(task)
      behind.push(task)
      changed = true
    }
  }
  return behind
}

function draftOfRing(
  context: Context,
  ring: readonly Blocked[],
  behind: readonly number[],
  sinceNs: number,
  atNs: number,
): Draft {
  const { model, thresholds } = context
  const name = (task: number) => taskName(model, task)
  const resourceName = (group: number) => model.resources[context.groups()[group]!.resource]!.label
  const target = (entry: Blocked) => (entry.group >= 0 ? resourceName(entry.group) : name(entry.blockers[0]!))
  const pool = ring.find(entry => entry.any && entry.group >= 0)
  const heldByRing = (entry: Blocked) =>
    name(entry.blockers.find(blocker => ring.some(other => other.task === blocker)) ?? entry.blockers[0]!)
  let sentence = ring
    .map(
      entry =>
        `${name(entry.task)} waits for ${target(entry)}${entry.group >= 0 ? `, held by ${heldByRing(entry)}` : ''}`,
    )
    .join('; ')
  if (ring.length === 1)
    sentence = `${name(ring[0]!.task)} waits for ${target(ring[0]!)}, which it holds itself`
  if (pool) {
    const capacity = context.groups()[pool.group]!.capacity
    sentence = `all ${capacity} of ${resourceName(pool.group)} are held by tasks that each wait for one more (${[...new Set(ring.map(entry => name(entry.task)))].slice(0, 3).join(', ')})`
  }
  const closing =
    [...ring].filter(entry => entry.wait >= 0).sort((a, b) => b.sinceNs - a.sinceNs)[0] ?? ring[0]!
  const wait = model.waits[closing.wait]
  const sites = ring.map(entry =>
    entry.wait >= 0 ? model.waits[entry.wait]!.site : (model.awaits[entry.await]?.site ?? ''),
  )
  const rows = ring.map(entry =>
    entry.wait >= 0
      ? model.waits[entry.wait]!.row
      : (model.awaits[entry.await]?.row ?? model.tasks[entry.task]!.row),
  )
  const ringGroups = new Set(ring.map(entry => entry.group))
  const heldBy = (entry: Blocked) =>
    context
      .holdsOf()
      .covering(entry.task, atNs)
      .filter(hold => ringGroups.has(context.groupOf(model.holds[hold]!.resource)))
  const steps: Step[] = ring.flatMap(entry => {
    const held = heldBy(entry)
    return [
      ...held.map(hold => ({
        atNs: model.holds[hold]!.startNs,
        task: entry.task,
        event: 'acquired',
        value: resourceName(context.groupOf(model.holds[hold]!.resource)),
        row: model.holds[hold]!.row,
      })),
      {
        atNs: entry.sinceNs,
        task: entry.task,
        event: entry.wait >= 0 ? 'asked for' : 'awaited',
        value: target(entry),
        row: rows[ring.indexOf(entry)]!,
      },
    ]
  })
  const tasks = [...ring.map(entry => entry.task), ...behind]
  const open = ring.every(entry => entry.wait < 0 || model.waits[entry.wait]!.open)
  const ending = open ? 'still stuck when the recording ends' : 'one of them gave up waiting'
  const pooled = ring.some(entry => entry.any)
  /** Who takes them in another order, by the code that does. */
  const changeOf = (members: readonly Blocked[]): string =>
    members
      .flatMap(entry => {
        const held = heldBy(entry).map(hold => model.holds[hold]!)
        const early = held.find(hold => resourceName(context.groupOf(hold.resource)) > target(entry))
        if (!early) return []
        const site = (entry.wait >= 0 && model.waits[entry.wait]!.site) || early.site
        return `Turn the two around in ${name(entry.task)}, which now takes ${resourceName(context.groupOf(early.resource))} first and asks for ${target(entry)} after it${site ? ` (${site})` : ''}. `
      })
      .join('')
  const resource = closing.group >= 0 ? context.groups()[closing.group]!.resource : -1
  return makeDraft({
    detector: 'deadlock',
    severity: 'critical',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: ring.length }),
    startNs: smallest(ring.map(entry => entry.sinceNs)),
    endNs: atNs,
    subject:
      resource >= 0
        ? { kind: 'resource', name: model.resources[resource]!.label }
        : { kind: 'task', name: name(ring[0]!.task) },
    resource,
    culprit: {
      ...culpritOf(
        { role: 'waits', site: wait?.site ?? sites[0]! },
        sites.map(site => ({ role: 'waits', site })),
        rows,
      ),
      places: culpritOf(
        { role: '', site: '' },
        ring.flatMap((entry, at) => [
          ...heldBy(entry).map(hold => ({
            role: `${name(entry.task)} takes ${resourceName(context.groupOf(model.holds[hold]!.resource))}`,
            site: model.holds[hold]!.site,
          })),
          { role: `${name(entry.task)} then waits for ${target(entry)}`, site: sites[at]! },
        ]),
        [],
      ).places,
    },
    victims: victimsOf(
      model,
      tasks.map(task => ({ task })),
      tasks.length * (atNs - sinceNs),
    ),
    steps,
    evidence: [
      fact('tasks that block each other', ring.length, '{task}'),
      fact('none of them moved for', atNs - sinceNs, 'ns'),
      fact('in the end', ending),
      ...(behind.length > 0 ? [fact('other tasks stuck behind them', behind.length, '{task}')] : []),
      limit(thresholds, 'deadlockNs'),
    ],
    marks: [{ kind: 'ring', members: ring.map(entry => sectionOf(model, entry.task, entry.sinceNs, atNs)) }],
    text: {
      title: `Deadlock: ${sentence}; ${atNs > sinceNs ? `nobody moved for ${duration(atNs - sinceNs)}, ${ending}` : 'none of them gives up by itself'}`,
      rule: pooled
        ? 'whoever holds a slot never waits for a second one of a pool that can run dry'
        : 'locks are taken in one order by everybody',
      explainer:
        'Each of them has what the next one needs, and gives it back only after getting what it waits for itself. No amount of time resolves that; somebody has to let go.',
      remedy: pooled
        ? {
            primitive: 'take all slots at once, or one per task',
            why: 'With at most one slot per task, every holder can finish and give it back.',
          }
        : ring.length === 1
          ? {
              primitive: 'pass the held lock on, or use a reentrant one',
              why: 'A task that already holds the lock must not ask for it again.',
            }
          : {
              primitive: `one order of locks for everybody: ${orderOf(ring.map(target))}`,
              why: `${changeOf(ring)}Whoever has ${orderOf(ring.map(target)).split(', then ').at(-1)} then waits for nobody in this ring, finishes, and lets the next one go on.`,
            },
    },
  })
}

/** Any order will do as long as it is one: by name. */
const orderOf = (names: readonly string[]): string => [...new Set(names)].sort().join(', then ')
