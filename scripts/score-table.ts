/** The score as a table: one column per way of recording, and one row per program. */
import { availableParallelism } from 'node:os'
import type { Variant, Verdict } from './truth.ts'

export interface Column {
  readonly title: string
  /** Programs that could not be run, one sentence each. */
  readonly left?: readonly string[]
  readonly verdicts: readonly {
    readonly name: string
    readonly variant: Variant
    readonly verdict: Verdict
  }[]
}

interface Figures {
  readonly recall: string
  readonly first: string
  readonly victims: string
  readonly wrong: string
  readonly healthy: string
}

export function scoreMarkdown(columns: readonly Column[], measured: Date): { summary: string; page: string } {
  const figures = columns.map(column => figuresOf(column))
  const row = (label: string, pick: (one: Figures) => string): string =>
    `| ${label} | ${figures.map(pick).join(' | ')} |`
  const summary = [
    `|  | ${columns.map(column => column.title).join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    row('defects found', one => one.recall),
    row('cause stands first', one => one.first),
    row('victims agree', one => one.victims),
    row('healthy recordings with a wrong finding', one => one.healthy),
    row('wrong findings beside a true one', one => one.wrong),
  ].join('\n')
  const recorded = columns[0]?.verdicts ?? []
  const page = `# How well the detectors do

Measured ${measured.toISOString().slice(0, 10)} on Node ${process.versions.node} by \`npm run score -- --write\`; this page is written by that command.

Every figure comes from a real program with the recorder in it (\`fixtures/incidents\`, \`fixtures/patterns\`). A defect counts as
found when detector, subject and culprit site all agree with \`truth.json\`. A wrong finding is an observed one of low severity or
above that the truth neither expects nor allows. Victims agree by what truth and finding both name over what either names, where the truth
names them all. The other columns are the same recordings made worse:
the clock of each process shifted by up to 50 ms, one span in ten lost without notice, no run slices, logs stamped in whole seconds.${columns.flatMap(againSentence).join('')}
Each recording is of one process, so a shifted clock changes no order inside it.

${summary}

## Program by program, as recorded

| program | variant | found | first | wrong |
|---|---|---|---|---|
${recorded
  .map(
    ({ name, variant, verdict }) =>
      `| ${name} | ${variant} | ${verdict.expected === 0 ? '' : `${verdict.found} of ${verdict.expected}`} | ${verdict.first === null ? '' : verdict.first ? 'yes' : 'no'} | ${verdict.wrong.length} |`,
  )
  .join('\n')}
`
  return { summary, page }
}

/** How often which programs were run again, and which could not be. */
function againSentence({ title, verdicts, left = [] }: Column): string[] {
  if (title !== 'run again') return []
  const times = new Map<string, number>()
  for (const { name, variant } of verdicts)
    times.set(`${name} ${variant}`, (times.get(`${name} ${variant}`) ?? 0) + 1)
  const programs = Map.groupBy(times.keys(), key => times.get(key)!)
  const counts = [...programs].sort(([a], [b]) => b - a).map(([n, keys]) => `${keys.length} programs ${n} ×`)
  const not = left.length > 0 ? ` Not run: ${left.join('; ')}.` : ''
  return [
    `\nRun again are the programs themselves, on ${availableParallelism()} processors with other work to do: ${counts.join(', ')}, ${verdicts.length} recordings.${not}
Such a machine makes the best program late. What a recording says of time in which its process did not run is taken off stalls,
heartbeats, timers and waits for pools; recordings made before a recorder told it, or told it in full, are counted like the others.`,
  ]
}

function figuresOf({ verdicts }: Column): Figures {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)
  const bugs = verdicts.filter(({ variant }) => variant === 'bug').map(({ verdict }) => verdict)
  const healthy = verdicts.filter(({ variant }) => variant !== 'bug').map(({ verdict }) => verdict)
  const ranked = bugs.filter(verdict => verdict.first !== null)
  return {
    recall: share(sum(bugs.map(verdict => verdict.found)), sum(bugs.map(verdict => verdict.expected))),
    first: share(ranked.filter(verdict => verdict.first).length, ranked.length),
    victims: percent(bugs.flatMap(verdict => verdict.overlaps)),
    healthy: share(healthy.filter(verdict => verdict.wrong.length > 0).length, healthy.length),
    wrong: String(sum(bugs.map(verdict => verdict.wrong.length))),
  }
}

const percent = (shares: readonly number[]): string =>
  shares.length === 0
    ? '—'
    : `${((100 * shares.reduce((sum, each) => sum + each, 0)) / shares.length).toFixed(1)} %`

const share = (part: number, all: number): string =>
  all === 0
    ? '—'
    : `${part} of ${all} (${((100 * part) / all).toFixed(part === all || part === 0 ? 0 : 1)} %)`
