import { indexState, stateAt } from '../core/replay/state-at.ts'
import { type StateJson, stateJson } from '../core/report/state-json.ts'
import { load } from './load.ts'
import { duration, plain, print, styled } from './terminal.ts'
import { parseInstant, rfc3339Of } from './time.ts'

export interface StateOptions {
  readonly at: string
  readonly json?: boolean
  readonly clocks?: string
}

/** `interleave state`: who holds what, who waits, what the loops do at one instant. */
export async function state(files: readonly string[], { at, json, clocks }: StateOptions): Promise<void> {
  const { session } = await load(files, { clocks })
  const atNs = parseInstant(at, session.store)
  const found = stateJson(session, stateAt(indexState(session.model), atNs))
  if (json) print(JSON.stringify(found, null, 2))
  else print(stateText(found, rfc3339Of(session.store.epochUnixNano, atNs)))
}

function stateText(found: StateJson, clock: string): string {
  const lines = [`${styled('bold', `at ${duration(found.atNs)} (${clock})`)}  ${found.liveTasks} tasks alive`]
  for (const { resource, inUse, capacity, holders, waiters } of found.resources) {
    lines.push(
      '',
      styled('bold', `${plain(resource)}  ${inUse} of ${capacity ?? '?'} in use, ${waiters.length} waiting`),
    )
    for (const each of holders) lines.push(party('holds', each))
    for (const each of waiters) lines.push(party('waits', each))
  }
  if (found.stuck !== null) lines.push('', `${styled('red', 'STUCK')}  ${plain(found.stuck)}`)
  if (found.resources.length === 0) lines.push('', 'nothing is held and nobody waits')
  if (found.loops.length > 0) lines.push('')
  for (const { loop, task, forNs, stalled } of found.loops) {
    const doing = task === null ? 'idle, or not told by the trace' : `runs ${plain(task)}`
    const since = forNs === null ? '' : ` for ${duration(forNs)}`
    lines.push(`${plain(loop)}  ${doing}${since}${stalled ? styled('red', '  STALLED') : ''}`)
  }
  return lines.join('\n')
}

const party = (
  what: string,
  { task, site, forNs }: StateJson['resources'][number]['holders'][number],
): string =>
  `  ${what} ${duration(forNs).padStart(9)}  ${plain(task)}${site === '' ? '' : `  at ${plain(site)}`}`
