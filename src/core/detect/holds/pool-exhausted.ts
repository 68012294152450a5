import type { Wait } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, sectionOf, stepsInOrder, victimsOf } from '../drafting.ts'
import type { Cleared, FindingText, Remedy, Severity, Step } from '../finding.ts'
import { timedOut } from '../waiting.ts'
import { count, duration, fact, largest, limit, other, percent, taskName, unitOfResource } from '../words.ts'
import { crowdedCalls } from './crowded-calls.ts'
import { drySlots } from './dry-slots.ts'
import { arrivalsOf, lastUseOf, usageOf, usefulRatio } from './hold-usage.ts'
import { type Episode, findPools, type Pool } from './pool-episodes.ts'
import { refusals } from './pool-refusals.ts'
import { silence } from './pool-silence.ts'
import { toldEmptyPools } from './pool-told.ts'
import { clearSuspects } from './suspects.ts'
import { simulate } from './what-if.ts'

/** All permits taken and somebody waiting, for longer than a burst takes to drain. */
export const poolExhausted: Detector = {
  id: 'pool-exhausted',
  // Waits tell most; of a pool that no span tells of, requests that fail with its words.
  needs: ['tasks'],
  run(context: Context): Detected {
    const observed: Draft[] = []
    const pools = findPools(context)
    const cleared: Cleared[] = []
    const crises = pools.flatMap(pool => pool.episodes.filter(episode => episode.verdict === 'exhausted'))
    for (const pool of pools) {
      const bad = pool.episodes.filter(episode => episode.verdict === 'exhausted')
      if (bad.length > 0) observed.push(draft(context, pool, bad))
      else if (pool.group.declared) cleared.push(clear(context, pool, crises))
    }
    const told = new Set(observed.map(({ resource }) => resource))
    for (const group of context.groups()) {
      if (told.has(group.resource)) continue
      const dry = refusals(context, group) ?? silence(context, group)
      if (dry) observed.push(dry)
    }
    observed.push(...toldEmptyPools(context))
    const empty = processesOf(context, observed)
    observed.push(...drySlots(context, empty), ...crowdedCalls(context, empty))
    return { observed, predicted: [], cleared: [...cleared, ...clearSuspects(context)] }
  },
}

/** Whose pools are told of already. */
function processesOf({ model, store }: Context, drafts: readonly Draft[]): ReadonlySet<number> {
  const rows = drafts.flatMap(({ victims }) => victims.rows.slice(0, 1))
  const waits = model.waits.map(wait => model.resources[wait.resource]!.process)
  return new Set([...waits, ...rows.map(row => store.spans.process[row]!)])
}

function clear(context: Context, pool: Pool, crises: readonly Episode[]): Cleared {
  const occupancy = context.occupancy(pool.index)
  const during = crises.length > 0 ? ' while another resource was exhausted' : ''
  const longest = largest(
    pool.episodes.map(episode => episode.endNs - episode.startNs),
    0,
  )
  // Inferred holds end with their last query: there may have been more.
  const least = pool.group.holds.some(hold => context.model.holds[hold]!.inferred) ? 'at least ' : ''
  const peak = `peak ${least}${occupancy.peakInUse} of ${pool.capacity}`
  const waited = occupancy.peakWaiting
  let reason = `${peak}${during}; nobody had to wait for it`
  if (longest > 0)
    reason = `${peak}; at most ${count(waited, 'task')} waited, and not longer than ${duration(longest)}`
  else if (waited > 0) reason = `${peak}${during}; waits for it were over at once`
  return { detector: 'pool-exhausted', subject: pool.name, reason }
}

function draft(context: Context, pool: Pool, episodes: readonly Episode[]): Draft {
  const { model, thresholds } = context
  const { group } = pool
  const resource = model.resources[group.resource]!
  const unit = `{${unitOfResource(resource)}}`
  // The worst tells the story; the others count.
  const main = [...episodes].sort(
    (a, b) => b.failures - a.failures || b.endNs - b.startNs - (a.endNs - a.startNs),
  )[0]!
  const holders = group.holds
    .map(index => model.holds[index]!)
    .filter(hold => hold.startNs < main.endNs && hold.endNs > main.startNs)
  const bySite = groupBy(holders, hold => hold.site)
    .map(holds => ({
      site: holds[0]!.site,
      holds,
      ns: holds.reduce(
        (sum, hold) => sum + Math.min(hold.endNs, main.endNs) - Math.max(hold.startNs, main.startNs),
        0,
      ),
    }))
    .sort((a, b) => b.ns - a.ns || a.site.localeCompare(b.site))
  const culprits = bySite[0]?.holds ?? []
  const waits = [...new Set(episodes.flatMap(episode => episode.waits))]
  const totalWaitNs = waits.reduce((sum, wait) => sum + wait.endNs - wait.startNs, 0)
  const worstWait = [...waits].sort((a, b) => b.endNs - b.startNs - (a.endNs - a.startNs))[0]!
  const failures = episodes.reduce((sum, episode) => sum + episode.failures, 0)
  const lastTaken = [...holders]
    .filter(hold => hold.startNs <= main.startNs)
    .sort((a, b) => b.startNs - a.startNs)[0]
  const first = [...main.waits].sort((a, b) => a.startNs - b.startNs)[0]!
  const stuck = main.idleNs >= thresholds.poolCriticalNs
  const severity: Severity = stuck ? 'critical' : failures > 0 ? 'high' : 'medium'
  const use = usageOf(model, group)
  const ratio = usefulRatio(culprits)

  const steps: Step[] = []
  if (lastTaken)
    steps.push({
      atNs: lastTaken.startNs,
      task: lastTaken.task,
      event: 'acquired',
      value: `${unitOfResource(resource)} ${pool.capacity} of ${pool.capacity}`,
      row: lastTaken.row,
    })
  for (const wait of main.waits.slice(0, 3)) {
    steps.push({ atNs: wait.startNs, task: wait.task, event: 'asked for', value: pool.name, row: wait.row })
    if (wait.open) continue
    steps.push({
      atNs: wait.endNs,
      task: wait.task,
      event: timedOut(wait) ? 'timed out' : wait.outcome || 'granted',
      value: `after ${duration(wait.endNs - wait.startNs)}`,
      row: wait.row,
    })
  }
  const evidence = [
    fact('in use at once', context.occupancy(pool.index).peakInUse, unit),
    fact('capacity', pool.capacity, unit),
    fact('all taken while somebody waited', main.endNs - main.startNs, 'ns'),
    fact('longest time in which nobody got one', main.idleNs, 'ns'),
    fact('waiting at once', context.occupancy(pool.index).peakWaiting, '{task}'),
    fact('waits that timed out', failures, '{wait}'),
    fact('longest wait', worstWait.endNs - worstWait.startNs, 'ns', worstWait.row),
    ...(use.known
      ? [fact('part of that time they were in use', Number((ratio * 100).toPrecision(2)), '%')]
      : []),
    ...bySite
      .slice(0, 3)
      .map(entry =>
        fact(`taken by ${entry.site || 'an unknown place'}`, entry.holds.length, unit, entry.holds[0]!.row),
      ),
    limit(thresholds, 'poolExhaustedNs'),
    limit(thresholds, 'poolCriticalNs'),
  ]
  const inferred = holders.some(hold => hold.inferred)
  return {
    detector: 'pool-exhausted',
    severity,
    confidence: confidenceOf({
      tier: inferred || !group.declared ? 'inferred' : 'observed',
      proven: failures > 0,
      repeats: waits.length,
    }),
    startNs: main.startNs,
    endNs: main.endNs,
    subject: { kind: 'resource', name: pool.name },
    resource: group.resource,
    key: -1,
    loop: -1,
    culprit: culpritOf(
      { role: 'acquires', site: bySite[0]?.site ?? '' },
      bySite.map(({ site }) => ({ role: 'acquires', site })),
      culprits.map(hold => hold.row),
    ),
    victims: victimsOf(model, waits, totalWaitNs),
    steps: stepsInOrder(steps),
    evidence,
    against: [],
    missing: [
      ...(inferred
        ? [
            `Where ${pool.name} gives its connections back: wrapped with the recorder (one line), each hold has its end and its code site.`,
          ]
        : []),
      ...(group.declared
        ? []
        : [
            `The capacity of ${pool.name} (\`interleave.resource.capacity\`): taken to be ${pool.capacity}, the most that was in use.`,
          ]),
      ...(use.known
        ? []
        : [
            'What was done under the holds (`interleave.hold.ids`): it would show whether they were needed that long.',
          ]),
    ],
    marks: [
      { kind: 'section', a: sectionOf(model, first.task, first.startNs, first.endNs) },
      ...culprits.slice(0, 12).map(hold => ({
        kind: 'section' as const,
        a: sectionOf(model, hold.task, hold.startNs, hold.endNs, model.holds.indexOf(hold)),
      })),
    ],
    text: describe(context, pool, {
      first,
      worstWait,
      failures,
      waits: waits.length,
      lengthNs: main.endNs - main.startNs,
      ratio,
      known: use.known,
      site: bySite[0]?.site ?? '',
    }),
    explains: 'partly',
    defect: true,
  }
}

interface Facts {
  readonly first: Wait
  readonly worstWait: Wait
  readonly failures: number
  readonly waits: number
  readonly lengthNs: number
  readonly ratio: number
  readonly known: boolean
  readonly site: string
}

function describe(context: Context, pool: Pool, facts: Facts): FindingText {
  const { model } = context
  const who = other(taskName(model, facts.first.task), facts.site)
  const victim = timedOut(facts.first)
    ? `${who} timed out after ${duration(facts.first.endNs - facts.first.startNs)}`
    : `${who} waited ${duration(facts.first.endNs - facts.first.startNs)}`
  const others = facts.waits > 1 ? ` and ${facts.waits - 1} more waited` : ''
  return {
    title: `${pool.name} was exhausted for ${duration(facts.lengthNs)}: all ${pool.capacity} taken${facts.site ? `, most by ${facts.site}` : ''}; ${victim}${others}`,
    rule: `whoever holds some of ${pool.name} while others wait for it makes use of it`,
    explainer:
      `${pool.name} hands out ${pool.capacity} at a time. All were taken, so everybody who asked next stood in a queue` +
      (facts.known && facts.ratio < 0.2
        ? `, although the holders used theirs only for ${percent(facts.ratio)} of the time.`
        : '.') +
      ' A full pool is no harm by itself; people waiting for it are.',
    remedy: remedyOf(context, pool, facts),
  }
}

function remedyOf(context: Context, pool: Pool, facts: Facts): Remedy {
  const now = simulate(
    arrivalsOf(context, pool.group, hold => hold.endNs - hold.startNs),
    pool.capacity,
  )
  const larger = simulate(
    arrivalsOf(context, pool.group, hold => hold.endNs - hold.startNs),
    pool.capacity * 10,
  )
  const shorter = simulate(
    arrivalsOf(context, pool.group, hold =>
      hold.uses.length > 0 ? lastUseOf(hold) - hold.startNs : hold.endNs - hold.startNs,
    ),
    pool.capacity,
  )
  if (facts.known && facts.ratio < 0.5) {
    return {
      primitive: 'release right after the last use',
      why: `Given back after the last use, ${shorter.peak} of ${pool.capacity} ${shorter.peak === 1 ? 'is' : 'are'} enough for this load, and ${count(shorter.waits, 'task')} would wait. A pool of ${pool.capacity * 10} would only hide it: this recording alone would keep ${larger.peak} taken, and every further caller one more.`,
      whatIf: {
        waits: shorter.waits,
        peak: shorter.peak,
        largerPoolWaits: larger.waits,
        largerPoolPeak: larger.peak,
      },
    }
  }
  return {
    primitive: 'shorter holds, or a pool sized to the load',
    why: `The recorded load needs ${larger.peak} at once to keep nobody waiting; with ${pool.capacity}, ${count(now.waits, 'task')} wait.`,
    whatIf: { waits: larger.waits, peak: larger.peak },
  }
}
