import type { ReactNode } from 'react'
import { queuesOf } from '../../src/core/replay/queues.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { type Item, taskLabel } from '../state/lookup.ts'
import { duration, percent, plural } from '../widgets/format.ts'

/** Facts that only this kind of item has. */
export function ItemFacts({ session, item }: { readonly session: Session; readonly item: Item }) {
  const { model } = session
  const rows: [string, ReactNode][] = []
  const site = (text: string | undefined): void => {
    if (text)
      rows.push([
        'Site',
        <span key="site" className="mono">
          {text}
        </span>,
      ])
  }
  switch (item.kind) {
    case 'task': {
      const task = model.tasks[item.index]
      if (task?.type) rows.push(['Type', task.type])
      if (task?.outcome) rows.push(['Outcome', task.outcome])
      if (task && task.parent >= 0) rows.push(['Started by', taskLabel(session, task.parent)])
      site(task?.site)
      break
    }
    case 'hold': {
      const hold = model.holds[item.index]
      if (!hold) break
      const length = hold.endNs - hold.startNs
      rows.push(['Mode', hold.mode])
      if (length > 0 && hold.uses.length > 0) {
        rows.push([
          'In use',
          `${duration(hold.usefulNs)}, ${percentFine(hold.usefulNs / length)} of the hold`,
        ])
      } else if (length > 0) rows.push(['In use', 'no recorded use'])
      if (hold.lastUseNs >= 0) rows.push(['Held after last use', duration(hold.endNs - hold.lastUseNs)])
      rows.push(['Waited meanwhile', plural(waitersDuring(session, item.index), 'other')])
      if (hold.releaseType) rows.push(['Released', hold.releaseType])
      site(hold.site)
      break
    }
    case 'queued': {
      const put = model.queueItems[item.index]
      const queue = queuesOf(model)[item.lane.subject]
      const stay = queue?.stays.find(each => each.put === item.index)
      const got = model.queueItems[stay?.get ?? -1]
      if (!put) break
      rows.push(['Put by', put.task < 0 ? 'not recorded' : taskLabel(session, put.task)])
      rows.push(['Taken by', got ? (got.task < 0 ? 'not recorded' : taskLabel(session, got.task)) : 'nobody'])
      if (put.depth >= 0) rows.push(['In the queue then', String(put.depth)])
      site(put.site)
      break
    }
    case 'wait': {
      const wait = model.waits[item.index]
      if (!wait) break
      rows.push(['Outcome', wait.outcome || 'still waiting at the end'])
      if (wait.queueLength >= 0) rows.push(['Ahead in the queue', String(wait.queueLength)])
      rows.push(['Mode', wait.mode])
      site(wait.site)
      break
    }
    case 'await': {
      const found = model.awaits[item.index]
      if (!found) break
      if (found.targetType)
        rows.push(['Awaits', [found.targetType, found.targetId].filter(Boolean).join(' ')])
      if (found.join) rows.push(['Join', found.join])
      if (found.outcome) rows.push(['Outcome', found.outcome])
      if (found.readyNs >= 0) rows.push(['Ready before it resumed', duration(found.endNs - found.readyNs)])
      site(found.site)
      break
    }
    case 'access': {
      const found = model.accesses[item.index]
      if (!found) break
      rows.push(['Operation', found.op], ['Key', model.keys[found.key] ?? ''])
      if (found.value)
        rows.push([
          'Value',
          <span key="value" className="mono">
            {found.value}
          </span>,
        ])
      if (found.version) rows.push(['Version', found.version])
      const held = found.holds.map(hold => model.resources[model.holds[hold]?.resource ?? -1]?.label ?? '')
      rows.push(['Under', held.length > 0 ? held.join(', ') : 'no hold stamped on it'])
      if (found.error) rows.push(['Error', found.error])
      site(found.site)
      break
    }
    case 'stall': {
      const found = model.stalls[item.index]
      if (!found) break
      rows.push(['Loop', model.loops[found.loop]?.label ?? ''])
      rows.push(['Threshold', duration(found.thresholdNs)])
      if (found.detector) rows.push(['Seen by', found.detector])
      site(found.site)
      break
    }
    case 'timer': {
      const found = model.ticks[item.index]
      if (!found) break
      rows.push(['Delay', duration(found.delayNs)], ['Late by', duration(found.latenessNs)])
      if (found.style) rows.push(['Style', found.style])
      break
    }
    default:
  }
  return rows.map(([name, value]) => (
    <FactRow key={name} name={name}>
      {value}
    </FactRow>
  ))
}

const FactRow = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
)

const percentFine = (part: number): string => (part < 0.1 ? `${(part * 100).toFixed(1)} %` : percent(part))

function waitersDuring({ model }: Session, index: number): number {
  const hold = model.holds[index]!
  return model.waits.filter(
    wait =>
      wait.resource === hold.resource &&
      wait.hold !== index &&
      wait.startNs < hold.endNs &&
      wait.endNs > hold.startNs,
  ).length
}
