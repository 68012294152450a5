import { groupAlike } from '../compare/alike.ts'
import type { Recording } from '../compare/compare.ts'
import type { Finding } from '../detect/finding.ts'
import type { Notebook } from '../notebook/note.ts'
import { formatClock } from '../scene/time-text.ts'

/** What a report is made from. */
export interface ReportInput extends Recording {
  readonly notebook: Notebook | null
  /** A recording made after the fix: fills the validation. */
  readonly after: Recording | null
  /** `''` = named for the services. */
  readonly title: string
  /** Version of Interleave. */
  readonly version: string
}

/** Findings by the part they play: of those that tell of one defect, the first. */
export interface Cast {
  /** Observed ones that nothing else explains. */
  readonly roots: readonly Finding[]
  /** What a root explains. */
  readonly symptoms: readonly Finding[]
  readonly predicted: readonly Finding[]
  readonly about: readonly Finding[]
  /** Root of each symptom, by id. */
  readonly rootOf: ReadonlyMap<string, string>
}

export function castOf({ session: { analysis } }: Recording): Cast {
  const groups = groupAlike(analysis.findings)
  const firstOf = new Map(groups.flatMap(group => group.map(({ id }) => [id, group[0].id] as const)))
  const rootOf = new Map<string, string>()
  for (const { finding, explains } of analysis.causes) {
    const root = firstOf.get(finding)!
    for (const id of explains) if (firstOf.get(id) !== root && !rootOf.has(id)) rootOf.set(id, root)
  }
  const firsts = groups.map(([first]) => first)
  const observed = firsts.filter(({ product }) => product === 'observed')
  return {
    roots: observed.filter(({ id }) => !rootOf.has(id)),
    symptoms: observed.filter(({ id }) => rootOf.has(id)),
    predicted: firsts.filter(({ product }) => product === 'predicted'),
    about: firsts.filter(({ product }) => product === 'import'),
    rootOf,
  }
}

/** `09:17:52.451`, UTC. */
export const clock = ({ session: { store } }: Recording, ns: number): string =>
  formatClock(store.epochUnixNano, ns, 1e6, 'utc')

/** `2026-11-21`, UTC. */
export const day = ({ session: { store } }: Recording): string =>
  formatClock(store.epochUnixNano, 0, 60e9, 'utc', true).slice(0, 10)

export const servicesOf = ({ session: { store } }: Recording): readonly string[] =>
  [...new Set(store.processes.map(({ service }) => service))].filter(name => name !== '')
