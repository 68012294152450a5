import type { BlameCell } from '../../src/core/detect/finding.ts'
import { duration, percent } from '../widgets/format.ts'

/** Cells that say less than this of all waiting are left to `analyze --json`. */
const LEAST_SHARE = 0.01
const MOST = 12

/** Who blocked whom, by place in the code: whose waiting it was, and whose doing. */
export function BlameList({ blame }: { readonly blame: readonly BlameCell[] }) {
  const shown = blame.filter(({ share }) => share >= LEAST_SHARE).slice(0, MOST)
  if (shown.length === 0) return null
  return (
    <details className="cleared">
      <summary>
        <span className="overline">Who blocked whom</span> <span className="panel-count">{shown.length}</span>
      </summary>
      <ul aria-label="Who blocked whom">
        {shown.map(({ victims, culprit, ns, share }) => (
          <li key={`${victims.name} ${victims.site} ${culprit.kind} ${culprit.name} ${culprit.site}`}>
            <span className="cleared-subject">
              {duration(ns)} · {percent(share)}
            </span>
            <span>{blameSentence(victims, culprit)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

function blameSentence(victims: BlameCell['victims'], { kind, name, site }: BlameCell['culprit']): string {
  const waited = victims.kind === 'loop' ? `late on ${victims.name}` : `waited for ${victims.name}`
  return `${victims.site || 'Tasks'} ${waited} because ${deed[kind](site || 'somebody', name)}`
}

const deed: Readonly<Record<BlameCell['culprit']['kind'], (site: string, name: string) => string>> = {
  hold: (site, name) => `${site} held ${name}`,
  slice: (site, name) => `${site} kept ${name} busy`,
  chain: site => `${site} was awaited first`,
  cycle: (_, name) => `of a ring that waits for ${name}`,
  unknown: () => 'of something that was not recorded',
}
