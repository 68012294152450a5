/** Small parts that drafts of several detectors share. */
import type { Access, Model } from '../convention/model.ts'
import type { Draft } from './detector.ts'
import type { Culprit, FindingText, Place, Section, Step, Victims } from './finding.ts'

export const noVictims: Victims = { count: 0, totalWaitNs: 0, rows: [] }

/** At most this many rows are kept per finding; counts stay exact. */
const maxRows = 200

export const rowOfTask = (model: Model, task: number): number => model.tasks[task]?.row ?? -1

/** Those who waited or lost something: each task once; where no task is known, each by its own row. */
export function victimsOf(
  model: Model,
  victims: readonly { readonly task: number; readonly row?: number }[],
  totalWaitNs: number,
): Victims {
  const tasks = [...new Set(victims.map(victim => victim.task))].filter(task => task >= 0)
  const ofTasks = tasks.map(task => rowOfTask(model, task)).filter(row => row >= 0)
  const own = victims.map(({ row = -1 }) => row).filter(row => row >= 0)
  return {
    count: tasks.length > 0 ? tasks.length : victims.length,
    totalWaitNs,
    rows: (ofTasks.length > 0 ? ofTasks : own).slice(0, maxRows),
  }
}

/** `main` names the finding; `others` are told with it. Rows are span rows. */
export function culpritOf(main: Place, others: readonly Place[], rows: readonly number[]): Culprit {
  const known = [main, ...others].filter(place => place.site !== '')
  return {
    site: main.site,
    sites: [...new Set(known.map(place => place.site))],
    places: inCodeOrder(known),
    rows: [...new Set(rows)].filter(row => row >= 0).slice(0, maxRows),
  }
}

const lineOf = (site: string) => /^(.*\()?([^()]+):(\d+)\)?$/.exec(site)
const fileOf = (site: string) => lineOf(site)?.[2] ?? site

/** Each site once with all it does, file by file in the order given, by line within a file. */
function inCodeOrder(places: readonly Place[]): Place[] {
  const bySite = groupBy(places, place => place.site).map(same => ({
    site: same[0]!.site,
    role: [...new Set(same.map(place => place.role))].join(', '),
  }))
  return groupBy(bySite, place => fileOf(place.site)).flatMap(file =>
    file.sort((a, b) => Number(lineOf(a.site)?.[3] ?? 0) - Number(lineOf(b.site)?.[3] ?? 0)),
  )
}

/** Where an access is made, by what it does. */
export const placeOf = ({ op, site }: Access): Place => ({ role: roles[op] ?? op, site })

const roles: Readonly<Record<string, string>> = {
  read: 'reads',
  check: 'checks',
  write: 'writes',
  create: 'creates',
  delete: 'deletes',
  increment: 'increments',
  compare_and_set: 'compares and sets',
}

export function stepOfAccess(model: Model, access: Access): Step {
  return {
    atNs: access.atNs,
    task: access.task,
    event: access.error ? `${access.op} failed` : access.op,
    value: access.error || access.value || (access.version && `version ${access.version}`),
    row: access.span >= 0 ? access.span : rowOfTask(model, access.task),
  }
}

/** Steps that a card tells. */
export const mostSteps = 8

/** At most `mostSteps`, by time. */
export function stepsInOrder(steps: readonly Step[]): Step[] {
  return [...steps].sort((a, b) => a.atNs - b.atNs).slice(0, mostSteps)
}

export function sectionOf(model: Model, task: number, startNs: number, endNs: number, hold = -1): Section {
  return { startNs, endNs, task, hold, row: rowOfTask(model, task) }
}

/** Groups by a text made of parts. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return [...groups.values()]
}

/** What every draft must say, the rest by default: nobody harmed, nothing to draw, a defect that explains. */
type Essential = Pick<
  Draft,
  'detector' | 'severity' | 'confidence' | 'startNs' | 'endNs' | 'subject' | 'culprit'
>

export function makeDraft(
  essential: Essential &
    Partial<Omit<Draft, 'text'>> & {
      readonly text: Omit<FindingText, 'remedy'> & {
        readonly remedy: Partial<FindingText['remedy']> & { readonly primitive: string; readonly why: string }
      }
    },
): Draft {
  return {
    resource: -1,
    key: -1,
    loop: -1,
    victims: noVictims,
    evidence: [],
    against: [],
    missing: [],
    marks: [],
    explains: 'yes',
    defect: true,
    ...essential,
    steps: stepsInOrder(essential.steps ?? []),
    text: { ...essential.text, remedy: { whatIf: {}, ...essential.text.remedy } },
  }
}
