/**
 * Two locks taken in both orders: no deadlock here, but this trace shows that there can be one.
 *
 *     T1  a────b──        takes b while holding a
 *     T2          b────a  takes a while holding b
 *
 * Lock-order graph with gate locks and concurrency taken into account (GoodLock, Havelund 2000).
 */

import { isGuess } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, makeDraft, noVictims, sectionOf } from '../drafting.ts'
import { exclusiveTypes } from '../resource-groups.ts'
import { count, fact, taskName } from '../words.ts'

interface Edge {
  readonly from: number
  readonly to: number
  readonly task: number
  /** All that was held when `to` was asked for. */
  readonly held: readonly number[]
  readonly shared: boolean
  readonly atNs: number
  readonly site: string
  readonly heldSite: string
  readonly row: number
  /** The wait ended with the lock. */
  readonly granted: boolean
}

/** Examples kept per pair of locks. */
const maxEdges = 32

export const lockOrderInversion: Detector = {
  id: 'lock-order-inversion',
  needs: ['holds'],
  run(context: Context): Detected {
    const { model } = context
    const edges = orderEdges(context)
    const predicted: Draft[] = []
    let guarded = 0
    const nameOf = (group: number) => model.resources[context.groups()[group]!.resource]!.label
    for (const [from, targets] of edges) {
      for (const [to, there] of targets) {
        // By name: which of the two was taken first differs from run to run.
        const back = nameOf(from) > nameOf(to) ? edges.get(to)?.get(from) : undefined
        if (!back) continue
        const pairs = there.flatMap(a => back.map(b => [a, b] as const))
        const pair = pairs.find(([a, b]) => canDeadlock(context, a, b))
        if (pair) predicted.push(draft(context, pair[0], pair[1]))
        // Neither was ever granted: that is the deadlock itself, which is observed.
        else if (pairs.some(([a, b]) => a.granted || b.granted)) guarded++
      }
    }
    const cleared =
      guarded > 0
        ? [
            {
              detector: 'lock-order-inversion' as const,
              subject: 'locks taken in both orders',
              reason: `${count(guarded, 'pair')} cannot meet: they share a lock around both, are one task, or run one after the other`,
            },
          ]
        : []
    return { observed: [], predicted, cleared }
  },
}

/** By lock held, then by lock asked for meanwhile: groups of resources. */
export function orderEdges(context: Context): Map<number, Map<number, Edge[]>> {
  const { model } = context
  const edges = new Map<number, Map<number, Edge[]>>()
  const isLock = (hold: number) => {
    const entry = model.holds[hold]!
    return (
      entry.resource >= 0 &&
      !isGuess(entry.inferred) &&
      exclusiveTypes.has(model.resources[entry.resource]!.type)
    )
  }
  const add = (
    task: number,
    resource: number,
    mode: string,
    atNs: number,
    site: string,
    row: number,
    granted: boolean,
  ) => {
    const to = context.groupOf(resource)
    const holds = context
      .held()
      .task(task, atNs)
      .filter(hold => isLock(hold) && model.holds[hold]!.startNs < atNs)
    const held = [...new Set(holds.map(hold => context.groupOf(model.holds[hold]!.resource)))].filter(
      group => group !== to,
    )
    for (const from of held) {
      const targets = edges.get(from) ?? new Map<number, Edge[]>()
      edges.set(from, targets)
      const list = targets.get(to) ?? []
      targets.set(to, list)
      if (list.length >= maxEdges) continue
      const hold = holds.find(index => context.groupOf(model.holds[index]!.resource) === from)!
      list.push({
        from,
        to,
        task,
        held,
        shared: mode === 'shared',
        atNs,
        site,
        heldSite: model.holds[hold]!.site,
        row,
        granted,
      })
    }
  }
  model.holds.forEach((hold, index) => {
    if (!isLock(index) || hold.task < 0) return
    const asked = model.waits[hold.wait]?.startNs ?? hold.startNs
    add(hold.task, hold.resource, hold.mode, asked, hold.site, hold.row, true)
  })
  for (const wait of model.waits) {
    // A lock asked for and never got is an order as well.
    if (wait.hold >= 0 || wait.resource < 0 || wait.task < 0) continue
    if (exclusiveTypes.has(model.resources[wait.resource]!.type))
      add(wait.task, wait.resource, wait.mode, wait.startNs, wait.site, wait.row, false)
  }
  return edges
}

function canDeadlock(context: Context, a: Edge, b: Edge): boolean {
  const { model } = context
  const tree = context.tree()
  if (a.task === b.task || tree.related(a.task, b.task)) return false
  if (a.shared && b.shared) return false
  if (!a.granted && !b.granted) return false
  // A gate: a third lock that both held makes them take turns.
  if (a.held.some(lock => lock !== a.from && b.held.includes(lock))) return false
  const one = model.tasks[a.task]!
  const two = model.tasks[b.task]!
  if (one.process !== two.process && !isShared(context, a.from)) return false
  // Children of one parent that were run one after the other do not meet.
  const apart = one.endNs <= two.startNs || two.endNs <= one.startNs
  if (apart && tree.root(a.task) === tree.root(b.task)) return false
  return true
}

const isShared = (context: Context, group: number) =>
  context.model.resources[context.groups()[group]!.resource]!.scope !== 'process'

function draft(context: Context, a: Edge, b: Edge): Draft {
  const { model } = context
  const name = (group: number) => model.resources[context.groups()[group]!.resource]!.label
  const first = name(a.from)
  const second = name(a.to)
  return makeDraft({
    detector: 'lock-order-inversion',
    severity: 'medium',
    confidence: confidenceOf({ tier: 'predicted', counterfactual: true }),
    startNs: Math.min(a.atNs, b.atNs),
    endNs: Math.max(a.atNs, b.atNs),
    subject: { kind: 'resource', name: second },
    resource: context.groups()[a.to]!.resource,
    culprit: culpritOf(
      { role: `${taskName(model, b.task)} then asks for ${first}`, site: b.site },
      [
        { role: `${taskName(model, a.task)} takes ${first}`, site: a.heldSite },
        { role: `${taskName(model, a.task)} then asks for ${second}`, site: a.site },
        { role: `${taskName(model, b.task)} takes ${second}`, site: b.heldSite },
      ],
      [a.row, b.row],
    ),
    victims: noVictims,
    steps: [
      { atNs: a.atNs, task: a.task, event: `held ${first} and asked for`, value: second, row: a.row },
      { atNs: b.atNs, task: b.task, event: `held ${second} and asked for`, value: first, row: b.row },
    ],
    evidence: [
      fact(`${first}, then ${second}`, `${taskName(model, a.task)} at ${a.site}`, '', a.row),
      fact(`${second}, then ${first}`, `${taskName(model, b.task)} at ${b.site}`, '', b.row),
    ],
    missing: ['A run in which the two meet: it would end in a deadlock.'],
    marks: [a, b].map(edge => ({
      kind: 'section' as const,
      a: sectionOf(model, edge.task, edge.atNs, edge.atNs),
    })),
    text: {
      title: `${first} and ${second} are taken in both orders, by ${taskName(model, a.task)} and ${taskName(model, b.task)}: they can deadlock`,
      rule: 'locks are taken in one order by everybody',
      explainer: `One task takes ${first} and then ${second}, another one the other way round. If both get their first lock at the same moment, each waits for the other for ever.`,
      remedy: {
        primitive: `one order of locks for everybody: ${first}, then ${second}`,
        why: `Turn the two around in ${taskName(model, b.task)}, which now takes ${second} first${b.site ? ` (${b.site})` : ''}. Then whoever has ${second} waits for nobody and can always finish.`,
      },
    },
    explains: 'no',
  })
}
