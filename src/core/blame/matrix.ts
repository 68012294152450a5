/** Who blocked whom, by place in the code: the cells of blame that say most, in words. */
import type { Context } from '../detect/context.ts'
import type { BlameCell } from '../detect/finding.ts'
import type { Blame, Signature, VictimGroup } from './blame.ts'

/** The largest say it all; a matrix of hundreds says nothing. */
const maxCells = 50

/** Cells of at least a nanosecond, the largest first. The shares of all cells add up to 1, also of those left out. */
export function blameMatrix(context: Context, blame: Blame): readonly BlameCell[] {
  const cells = blame.groups.flatMap(({ victims, rows }) =>
    rows.map(({ signature, ns }) => ({ victims, signature, ns })),
  )
  return cells
    .filter(({ ns }) => ns >= 1)
    .sort((a, b) => b.ns - a.ns)
    .slice(0, maxCells)
    .map(({ victims, signature, ns }) => ({
      victims: { kind: victims.kind, name: nameOf(context, victims), site: victims.site },
      culprit: {
        kind: signature.kind,
        name: nameOf(context, {
          kind: onLoop.has(signature.kind) ? 'loop' : 'resource',
          subject: signature.subject,
        }),
        site: signature.site,
      },
      ns: Math.round(ns),
      share: Math.round((1000 * ns) / blame.totalNs) / 1000,
    }))
    .map(cell => (cell.culprit.kind === 'unknown' ? { ...cell, culprit: unknown(cell) } : cell))
}

const onLoop: ReadonlySet<Signature['kind']> = new Set(['slice', 'chain'])

/** Nobody known is to blame for waiting on the thing itself. */
const unknown = ({ victims }: BlameCell): BlameCell['culprit'] => ({
  kind: 'unknown',
  name: victims.name,
  site: '',
})

const nameOf = (context: Context, { kind, subject }: Pick<VictimGroup, 'kind' | 'subject'>): string =>
  kind === 'loop'
    ? (context.model.loops[subject]?.label ?? '')
    : (context.model.resources[context.groups()[subject]?.resource ?? -1]?.label ?? '')
