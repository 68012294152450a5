/**
 * One piece of work keeps the loop to itself while others are ready.
 *
 *     hash       ████████████████          offender: one slice of 800 ms
 *     heartbeat     ¦────────────T         victim: due here ¦, ran there T
 */

import { confidenceOf } from './confidence.ts'
import type { Context } from './context.ts'
import type { Detected, Detector, Draft } from './detector.ts'
import { culpritOf, groupBy, stepsInOrder, victimsOf } from './drafting.ts'
import type { Cleared, FindingText, Severity, Step } from './finding.ts'
import { findLags, type Lag } from './lags.ts'
import { findBlocks, type LoopBlock } from './stalls.ts'
import { count, duration, fact, largest, limit, quantile, smallest, taskName } from './words.ts'

export const loopStall: Detector = {
  id: 'loop-stall',
  needs: ['slices or stalls'],
  run(context: Context): Detected {
    const { model } = context
    const harmful: Stall[] = []
    const cleared: Cleared[] = []
    const pauses = hostPauses(context)
    for (const block of findBlocks(context)) {
      context.checkpoint()
      const loop = model.loops[block.loop]
      const label = loop?.label ?? 'loop'
      if (pauses(block)) {
        cleared.push({
          detector: 'loop-stall',
          subject: label,
          reason: `stopped for ${duration(block.endNs - block.startNs)} with the whole host: no code of these processes ran`,
        })
        continue
      }
      // Without its pause it is no stall: nothing of the process ran, so no code of it is to blame.
      if (block.endNs - block.startNs - block.pausedNs < context.thresholds.stallNs) {
        cleared.push({
          detector: 'loop-stall',
          subject: label,
          reason: `stopped for ${duration(block.pausedNs)}: the process did not run, so the host was paused or busy`,
        })
        continue
      }
      const victims = victimsDuring(context, block)
      if (victims.length > 0 && !isStartUp(context, block, victims)) harmful.push({ block, victims })
      else
        cleared.push({
          detector: 'loop-stall',
          subject: label,
          reason: `kept for ${duration(block.endNs - block.startNs)} by ${nameOfBlock(context, block)}, but nobody was waiting`,
        })
    }
    const observed = groupBy(harmful, stall => `${stall.block.loop}\n${stall.block.site}`).map(group =>
      draft(context, group),
    )
    observed.push(...saturated(context, harmful))
    return { observed, predicted: [], cleared: cleared.slice(0, 20) }
  },
}

interface Stall {
  readonly block: LoopBlock
  readonly victims: readonly Victim[]
}

interface Victim {
  readonly lag: Lag
  /** How much of its delay fell into the stall. */
  readonly delayNs: number
}

function victimsDuring(context: Context, block: LoopBlock): Victim[] {
  const lags = findLags(context)
  const out: Victim[] = []
  for (const index of lags.byLoop.overlapping(block.loop, block.startNs, block.endNs)) {
    const lag = lags.list[index]!
    if (lag.task >= 0 && lag.task === block.task) continue
    const delayNs = Math.min(lag.ranNs, block.endNs) - Math.max(lag.readyNs, block.startNs)
    if (delayNs >= context.thresholds.stallVictimNs) out.push({ lag, delayNs })
  }
  // Of an inferred stall only who was late is known, not since when: at most since it began.
  for (const task of block.delayed) {
    const { startNs, endNs, row, name } = context.model.tasks[task]!
    const lag: Lag = {
      loop: block.loop,
      task,
      readyNs: block.startNs,
      ranNs: Math.max(block.endNs, startNs > block.startNs ? startNs : Math.min(endNs, block.endNs)),
      row,
      kind: 'await',
      name,
    }
    // Those that came meanwhile came at any time of it: half of it, on average.
    const share = startNs > block.startNs ? 0.5 : 1
    out.push({ lag, delayNs: (block.endNs - block.startNs) * share })
  }
  return eachOnce(out)
}

/** A timer that fires late and the await behind it are one wait of one task: the longer of the two counts. */
function eachOnce(victims: readonly Victim[]): Victim[] {
  return groupBy(victims, nameOfVictim).map(same => {
    const longest = same.reduce((a, b) => (b.delayNs > a.delayNs ? b : a))
    return same.find(victim => victim.lag.kind === 'heartbeat') ?? longest
  })
}

const nameOfVictim = ({ lag }: Victim): string => (lag.task >= 0 ? `task ${lag.task}` : lag.name)

/** Loading modules before the first request: slow, but nobody was served yet. */
function isStartUp(context: Context, block: LoopBlock, victims: readonly Victim[]): boolean {
  const { model, store } = context
  const process = model.loops[block.loop]?.process ?? -1
  const served = model.requests.some(request => request.process === process && request.startNs <= block.endNs)
  const early = block.startNs - (store.processes[process]?.firstNs ?? 0) < 500e6
  return (
    early &&
    !served &&
    victims.every(victim => victim.lag.kind !== 'heartbeat' && !isUserTask(context, victim.lag.task))
  )
}

const isUserTask = (context: Context, task: number) =>
  /^(request|stream)$/.test(context.model.tasks[task]?.type ?? '')

/** A pause of the machine stops all loops at once: told by a mark, or by loops of several processes stopping together. */
function hostPauses(context: Context): (block: LoopBlock) => boolean {
  const { model } = context
  const marks = model.marks.filter(mark => mark.kind === 'host_pause')
  const blocks = findBlocks(context)
  const together = (a: LoopBlock, b: LoopBlock) => {
    const shared = Math.min(a.endNs, b.endNs) - Math.max(a.startNs, b.startNs)
    return shared >= 0.9 * Math.max(a.endNs - a.startNs, b.endNs - b.startNs)
  }
  // Three loops of several processes are needed to tell; without them no block is compared with any other.
  const enough = model.loops.length >= 3 && new Set(model.loops.map(loop => loop.process)).size >= 2
  const processOf = (block: LoopBlock) => model.loops[block.loop]?.process ?? -1
  return block => {
    if (
      marks.some(
        mark => mark.atNs >= block.startNs - 1e6 && mark.atNs <= block.endNs + context.thresholds.coverageNs,
      )
    )
      return true
    if (!enough) return false
    const others = new Set<number>()
    for (const other of blocks) {
      if (other.startNs > block.endNs) break
      if (processOf(other) !== processOf(block) && together(block, other)) others.add(other.loop)
    }
    // With two loops a coincidence is likely enough; three that stop and go on together are the host.
    return others.size >= 2
  }
}

function draft(context: Context, group: readonly Stall[]): Draft {
  const { model, thresholds } = context
  const main = [...group].sort((a, b) => delayOf(b) - delayOf(a) || a.block.startNs - b.block.startNs)[0]!
  const { block } = main
  const loop = model.loops[block.loop]!
  const victims = group.flatMap(stall => stall.victims)
  const totalNs = victims.reduce((sum, victim) => sum + victim.delayNs, 0)
  const worst = [...main.victims].sort((a, b) => b.delayNs - a.delayNs)[0]!
  const heartbeats = victims.filter(victim => victim.lag.kind === 'heartbeat').length
  const longestNs = largest(group.map(stall => stall.block.endNs - stall.block.startNs))
  const severity: Severity =
    longestNs >= 10e9
      ? 'critical'
      : heartbeats > 0 || worst.delayNs >= 1e9
        ? 'high'
        : worst.delayNs >= thresholds.stallNs
          ? 'medium'
          : 'low'
  const steps: Step[] = [
    { atNs: block.startNs, task: block.task, event: 'took the loop', value: block.site, row: block.row },
    ...main.victims.slice(0, 3).flatMap(({ lag, delayNs }) => [
      {
        atNs: lag.readyNs,
        task: lag.task,
        event: lag.kind === 'await' ? 'was ready to run' : 'was due',
        value: lag.kind === 'await' && lag.name ? `after ${lag.name}` : lag.name,
        row: lag.row,
      },
      {
        atNs: lag.ranNs,
        task: lag.task,
        event: lag.kind === 'await' ? 'ran' : 'fired',
        value: `${duration(delayNs)} late`,
        row: lag.row,
      },
    ]),
    {
      atNs: block.endNs,
      task: block.task,
      event: 'gave the loop back',
      value: `after ${duration(block.endNs - block.startNs)}`,
      row: block.row,
    },
  ]
  const rows = victims.map(victim => victim.lag.row)
  const tasks = victims.map(victim => victim.lag.task).filter(task => task >= 0)
  const counted = new Set(victims.map(nameOfVictim)).size
  return {
    detector: 'loop-stall',
    severity,
    confidence: confidenceOf({
      tier: block.inferred ? 'inferred' : 'observed',
      proven: block.task >= 0 && victims.length > 1,
      repeats: group.length,
    }),
    startNs: block.startNs,
    endNs: largest(
      main.victims.map(victim => victim.lag.ranNs),
      block.endNs,
    ),
    subject: { kind: 'loop', name: loop.label },
    resource: -1,
    key: -1,
    loop: block.loop,
    culprit: culpritOf(
      { role: 'runs without a pause', site: block.site },
      [],
      group.map(stall =>
        stall.block.row >= 0 ? stall.block.row : (model.tasks[stall.block.task]?.row ?? -1),
      ),
    ),
    victims: { ...victimsOf(model, tasks, totalNs, rows), count: counted },
    steps: stepsInOrder(steps),
    evidence: [
      fact('the loop was kept, at longest', longestNs, 'ns', block.row),
      fact('times this happened', group.length, '1'),
      fact('tasks held up', counted, '{task}'),
      fact('their delays together', totalNs, 'ns'),
      fact('the longest of them', worst.delayNs, 'ns', worst.lag.row),
      ...(heartbeats > 0 ? [fact('late heartbeats among them', heartbeats, '{heartbeat}')] : []),
      limit(thresholds, 'stallNs'),
      limit(thresholds, 'stallVictimNs'),
    ],
    against: [],
    missing: [
      ...(block.task < 0
        ? [
            'What ran on the loop, piece by piece (slices, which the recorder writes): it would name the task that kept it.',
          ]
        : []),
      ...(block.delayed.length > 0
        ? [
            'Since when each of them was ready: the delays told are the most they can have been. The recorder writes slices and awaits without a change of code.',
          ]
        : []),
    ],
    marks: group.slice(0, 20).map(stall => ({
      kind: 'band' as const,
      startNs: stall.block.startNs,
      endNs: stall.block.endNs,
      loop: stall.block.loop,
    })),
    text: describe(context, group, { longestNs, counted, totalNs, worstNs: worst.delayNs, heartbeats }),
    explains: 'yes',
    defect: true,
  }
}

const nameOfBlock = ({ model }: Context, { site, task }: LoopBlock): string =>
  site || (task >= 0 ? taskName(model, task) : 'code that no recorded task names')

const delayOf = (stall: Stall) => stall.victims.reduce((sum, victim) => sum + victim.delayNs, 0)

interface Facts {
  readonly longestNs: number
  readonly counted: number
  readonly totalNs: number
  readonly worstNs: number
  readonly heartbeats: number
}

function describe(context: Context, group: readonly Stall[], facts: Facts): FindingText {
  const { block } = group[0]!
  const loop = context.model.loops[block.loop]!.label
  const who = nameOfBlock(context, block)
  const times = group.length > 1 ? ` (the longest of ${group.length} times)` : ''
  const beats = facts.heartbeats > 0 ? `, ${count(facts.heartbeats, 'heartbeat')} among them` : ''
  return {
    title: `${who} blocked the event loop ${loop} for ${duration(facts.longestNs)}${times}: ${count(facts.counted, 'task')} waited up to ${duration(facts.worstNs)}${beats}`,
    rule: `no piece of code runs on ${loop} longer than ${duration(context.thresholds.stallNs)} without an await while others are ready`,
    explainer:
      'One event loop runs one piece of code at a time, and only an await lets the next one in. ' +
      'While this code ran, answers, timers and heartbeats that were due had to wait, however little they had to do.',
    remedy: {
      primitive: 'move it to a worker thread, or cut it into short pieces with an await between them',
      why: `In a worker the computation has a loop of its own, and nobody on ${loop} waits for it. Cut into pieces, others get in between, and wait for one piece at most.`,
      whatIf: {
        waitsNow: facts.counted,
        waitsInAWorker: 0,
        worstDelayNowNs: facts.worstNs,
        worstDelayInAWorkerNs: 0,
      },
    },
  }
}

/**
 * A thousand cuts: no slice is long, but the loop is never free and whoever is ready waits.
 * Windows of `saturationWindowNs`; the site with most running time is named.
 */
function saturated(context: Context, stalls: readonly Stall[]): Draft[] {
  const { model, thresholds } = context
  const { slices } = model
  const lags = findLags(context)
  if (slices.count === 0 || lags.list.length === 0) return []
  const out: Draft[] = []
  const windowNs = thresholds.saturationWindowNs
  const byLoop = new Map<number, Map<number, { busyNs: number; sites: Map<number, number> }>>()
  for (let i = 0; i < slices.count; i++) {
    const loop = slices.loop[i]!
    let windows = byLoop.get(loop)
    if (!windows) {
      windows = new Map()
      byLoop.set(loop, windows)
    }
    // A slice longer than a window is a stall; only its first windows are counted.
    let startNs = slices.startNs[i]!
    for (let part = 0; part < 16 && startNs < slices.endNs[i]!; part++) {
      const at = Math.floor(startNs / windowNs)
      const endNs = Math.min(slices.endNs[i]!, (at + 1) * windowNs)
      const window = windows.get(at) ?? { busyNs: 0, sites: new Map<number, number>() }
      windows.set(at, window)
      window.busyNs += endNs - startNs
      window.sites.set(slices.task[i]!, (window.sites.get(slices.task[i]!) ?? 0) + endNs - startNs)
      startNs = endNs
    }
  }
  for (const [loop, windows] of byLoop) {
    const busy = [...windows].filter(([at, window]) => {
      if (window.busyNs < thresholds.saturationRatio * windowNs) return false
      return !stalls.some(
        stall =>
          stall.block.loop === loop &&
          stall.block.startNs < (at + 1) * windowNs &&
          stall.block.endNs > at * windowNs,
      )
    })
    const waiting = busy.flatMap(([at]) =>
      lags.byLoop.overlapping(loop, at * windowNs, (at + 1) * windowNs).map(index => lags.list[index]!),
    )
    const distinct = [...new Set(waiting)]
    if (
      distinct.length < 5 ||
      quantile(
        distinct.map(lag => lag.ranNs - lag.readyNs),
        0.95,
      ) < thresholds.stallNs
    )
      continue
    const bySite = new Map<string, { ns: number; task: number }>()
    for (const [, window] of busy) {
      for (const [task, ns] of window.sites) {
        const site = model.tasks[task]?.site || taskName(model, task)
        const entry = bySite.get(site) ?? { ns: 0, task }
        entry.ns += ns
        bySite.set(site, entry)
      }
    }
    const [site, top] = [...bySite].sort((a, b) => b[1].ns - a[1].ns)[0]!
    const startNs = smallest(busy.map(([at]) => at * windowNs))
    const endNs = largest(busy.map(([at]) => (at + 1) * windowNs))
    const totalNs = distinct.reduce((sum, lag) => sum + lag.ranNs - lag.readyNs, 0)
    const worstNs = largest(distinct.map(lag => lag.ranNs - lag.readyNs))
    const label = model.loops[loop]!.label
    out.push({
      detector: 'loop-stall',
      severity: worstNs >= 1e9 ? 'high' : 'medium',
      confidence: confidenceOf({ tier: 'observed', repeats: distinct.length }),
      startNs,
      endNs,
      subject: { kind: 'loop', name: label },
      resource: -1,
      key: -1,
      loop,
      culprit: culpritOf(
        { role: 'runs most', site },
        [...bySite.keys()]
          .slice(0, 5)
          .map(other => ({ role: other === site ? 'runs most' : 'runs', site: other })),
        [model.tasks[top.task]?.row ?? -1],
      ),
      victims: victimsOf(
        model,
        distinct.map(lag => lag.task).filter(task => task >= 0),
        totalNs,
        distinct.map(lag => lag.row),
      ),
      steps: [],
      evidence: [
        fact(
          'the loop was busy',
          Math.round(
            (1000 * busy.reduce((sum, [, window]) => sum + window.busyNs, 0)) / (busy.length * windowNs),
          ) / 10,
          '%',
        ),
        fact('longest delay', worstNs, 'ns'),
        limit(thresholds, 'saturationRatio'),
      ],
      against: [],
      missing: [],
      marks: [{ kind: 'band', startNs, endNs, loop }],
      text: {
        title: `The event loop ${label} was saturated for ${duration(busy.length * windowNs)}: tasks that were ready waited up to ${duration(worstNs)}; ${site} ran most`,
        rule: `${label} has time left when tasks are ready`,
        explainer:
          'No piece of work was long, but there was no pause between them. Whoever became ready stood in a queue behind all the others.',
        remedy: {
          primitive: 'less work per loop: batch, cache, or spread over processes',
          why: 'The loop runs one thing at a time; only less work or more loops give the others room.',
          whatIf: {},
        },
      },
      explains: 'yes',
      defect: true,
    })
  }
  return out
}
