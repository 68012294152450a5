/** Asking the trace: a query dims what does not match, steps through what does, and hides lanes on demand. */
import { type Matches, NO_MATCHES } from '../../src/core/lanes/matches.ts'
import { matchItems } from '../../src/core/query/match-items.ts'
import { parseQuery } from '../../src/core/query/parse-query.ts'
import type { QueryNode } from '../../src/core/query/query.ts'
import type { ItemRef, Session } from '../../src/core/scene/scene.ts'
import { firstAtOrAfter } from '../../src/core/sorted.ts'
import type { App } from '../state/app.ts'
import { lanesById } from '../state/lookup.ts'
import { initialSearch } from '../state/searching.ts'
import { lanesNow, sessionNow } from '../state/shown.ts'
import { inSlices } from '../state/slices.ts'
import { plural } from '../widgets/format.ts'
import { announce } from './announce.ts'
import { windowNow } from './navigate.ts'
import { goToItem } from './select.ts'

export function ask(app: App, query: string): void {
  const parsed = parseQuery(query)
  if (parsed.kind === 'query') {
    app.search.setState({ query, problem: null })
    void app.pending.track(run(app, query, parsed.root))
    return
  }
  const problem = parsed.kind === 'problem' ? parsed.problem : null
  app.search.setState({ query, problem, matches: null, onlyMatching: false })
}

/** Another query or another trace ends the run that is under way. */
async function run(app: App, query: string, root: QueryNode): Promise<void> {
  const session = sessionNow(app)
  if (!session) return
  const isCurrent = (): boolean => app.search.getState().query === query && sessionNow(app) === session
  const matches = await inSlices(matchItems(session, root), isCurrent)
  if (!matches) return
  app.search.setState({ matches })
  announce(app, plural(matches.count, 'match', 'matches'))
}

export function clearSearch(app: App): void {
  app.search.setState(initialSearch)
}

/** Enter: only lanes with matches, and the first of them; then on to the next. */
export function searchOn(app: App, by: 1 | -1): void {
  const { matches, onlyMatching } = app.search.getState()
  if (!matches || matches.count === 0) return
  if (!onlyMatching) {
    app.search.setState({ onlyMatching: true })
    app.view.setState({ scrollPx: 0 })
    announce(app, `${lanesNow(app).length} of ${plural(sessionNow(app)?.lanes.length ?? 0, 'lane')}`)
  }
  stepMatch(app, by)
}

/** The next match in time after what is selected, or after the left edge; round at the ends. */
export function stepMatch(app: App, by: 1 | -1): void {
  const session = sessionNow(app)
  const { matches } = app.search.getState()
  if (!session || !matches || matches.count === 0) return
  const { selected } = app.selection.getState()
  const from = selected ? placeOf(session, selected) : { ns: windowNow(app).startNs, lane: -1, item: -1 }
  const next =
    neighbour(session, matches, from, by) ??
    neighbour(session, matches, { ns: by * Number.NEGATIVE_INFINITY, lane: -1, item: -1 }, by)
  if (next) goToItem(app, { lane: session.lanes[next.lane]!.id, item: next.item })
}

/** Matches in the order of their starts, then of lanes. */
interface Place {
  readonly ns: number
  readonly lane: number
  readonly item: number
}

const compare = (a: Place, b: Place): number => a.ns - b.ns || a.lane - b.lane || a.item - b.item

function placeOf(session: Session, ref: ItemRef): Place {
  const lane = lanesById(session).get(ref.lane)
  return {
    ns: lane?.items.startNs[ref.item] ?? 0,
    lane: lane ? session.lanes.indexOf(lane) : -1,
    item: ref.item,
  }
}

/** Each lane offers its nearest match on that side; the nearest of those wins. */
function neighbour(session: Session, matches: Matches, from: Place, by: 1 | -1): Place | null {
  let best: Place | null = null
  session.lanes.forEach((lane, index) => {
    const bits = matches.bits.get(lane)
    if (!bits) return
    const { startNs } = lane.items
    let at = firstAtOrAfter(startNs, from.ns)
    const place = (item: number): Place => ({ ns: startNs[item]!, lane: index, item })
    if (by > 0) {
      while (at < bits.length && compare(place(at), from) <= 0) at++
      at = bits.indexOf(1, at)
    } else {
      while (at < bits.length && compare(place(at), from) < 0) at++
      at = at === 0 ? -1 : bits.lastIndexOf(1, at - 1)
    }
    if (at < 0 || at >= bits.length) return
    const found = place(at)
    if (!best || compare(found, best) * by < 0) best = found
  })
  return best
}

/** Which match is selected, from 1; 0 when none is. */
export function rankOfSelected(app: App): number {
  const session = sessionNow(app)
  const { matches = NO_MATCHES } = app.search.getState()
  const { selected } = app.selection.getState()
  if (!session || !matches || !selected) return 0
  const lane = lanesById(session).get(selected.lane)
  if (!lane || !matches.bits.get(lane)?.[selected.item]) return 0
  const own = placeOf(session, selected)
  let rank = 1
  session.lanes.forEach((other, index) => {
    const bits = matches.bits.get(other)
    if (!bits) return
    const { startNs } = other.items
    for (let at = 0; at < bits.length && startNs[at]! <= own.ns; at++) {
      if (bits[at] === 1 && compare({ ns: startNs[at]!, lane: index, item: at }, own) < 0) rank++
    }
  })
  return Math.min(rank, matches.count)
}
