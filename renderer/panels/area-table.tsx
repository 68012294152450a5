import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { ItemRef, Session } from '../../src/core/scene/scene.ts'
import type { AreaItem, AreaList, AreaStatistics } from '../../src/core/statistics/area.ts'
import { goToItem, goToLane } from '../actions/select.ts'
import { taskLabel } from '../state/lookup.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { count, duration } from '../widgets/format.ts'
import type { AreaTableName } from './range-details.tsx'

/** More rows help nobody who reads; sorting brings the others up. */
const MOST = 100

interface Column {
  readonly title: string
  /** What is sorted by; texts ascend first, numbers descend. */
  readonly value: (row: Row) => number | string
  readonly show: (row: Row) => ReactNode
}

interface Row {
  readonly id: string
  /** The item it stands for, or its lane. */
  readonly ref: ItemRef | null
  readonly lane: string
  readonly cells: readonly (number | string)[]
}

interface AreaTableProps {
  readonly session: Session
  readonly name: AreaTableName
  readonly title: string
  readonly statistics: AreaStatistics
}

/** One sortable table of an area. Rows and lanes are one thing: pointing at either marks the other, a row leads to its item. */
export function AreaTable({ session, name, title, statistics }: AreaTableProps) {
  const app = useApp()
  const { titles, rows } = useMemo(() => tableOf(session, name, statistics), [session, name, statistics])
  const [sort, setSort] = useState<{ readonly name: string; readonly column: number; readonly up: boolean }>()
  const columns = titles.map(column)
  const by = sort?.name === name ? sort : { name, column: columns.length - 1, up: false }
  const sorted = useMemo(() => sortRows(rows, by.column, by.up), [rows, by.column, by.up])
  const hovered = useApps(
    app => app.selection,
    state => state.hovered,
  )
  const selected = useApps(
    app => app.selection,
    state => state.selected,
  )
  const body = useRef<HTMLTableSectionElement>(null)
  useEffect(() => {
    if (selected) body.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  const point = (ref: ItemRef | null): void => app.selection.setState({ hovered: ref })
  return (
    <>
      <table className="numbers area-table" aria-label={`${title} in the range`}>
        <thead>
          <tr>
            {columns.map(({ title }, index) => (
              <th
                key={title}
                scope="col"
                aria-sort={index !== by.column ? 'none' : by.up ? 'ascending' : 'descending'}
              >
                <button
                  type="button"
                  onClick={() =>
                    setSort({ name, column: index, up: index === by.column ? !by.up : index === 0 })
                  }
                >
                  {title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {sorted.slice(0, MOST).map(row => (
            <tr
              key={row.id}
              className={sameItem(row.ref, hovered) ? 'pointed' : ''}
              {...(sameItem(row.ref, selected) && { 'aria-current': true })}
              onPointerEnter={() => point(row.ref)}
              onPointerLeave={() => point(null)}
            >
              <th scope="row">
                {row.ref || row.lane ? (
                  <button
                    type="button"
                    className="link"
                    onClick={() => (row.ref ? goToItem(app, row.ref, true) : goToLane(app, row.lane, true))}
                  >
                    {row.cells[0]}
                  </button>
                ) : (
                  row.cells[0]
                )}
              </th>
              {columns.slice(1).map(({ title, show }) => (
                <td key={title}>{show(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST && (
        <p className="muted">
          The first {MOST} of {count(rows.length)} in this order
        </p>
      )}
    </>
  )
}

const sameItem = (a: ItemRef | null, b: ItemRef | null): boolean =>
  a !== null && a.lane === b?.lane && a.item === b.item

/** Titles that end in a unit show times. */
const times = new Set(['Held', 'Waited', 'Inside', 'Whole', 'Stalled', 'Used', 'Blamed'])

const column = (title: string, index: number): Column => ({
  title,
  value: row => row.cells[index] ?? '',
  show: row => {
    const cell = row.cells[index] ?? ''
    if (typeof cell === 'string') return cell
    return times.has(title) ? duration(cell) : count(cell)
  },
})

function sortRows(rows: readonly Row[], at: number, up: boolean): readonly Row[] {
  const sign = up ? 1 : -1
  return rows.toSorted((a, b) => {
    const [x, y] = [a.cells[at] ?? '', b.cells[at] ?? '']
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x) < String(y) ? -1 : 1
    return x === y ? 0 : sign * order
  })
}

interface Table {
  readonly titles: readonly string[]
  readonly rows: readonly Row[]
}

function tableOf(session: Session, name: AreaTableName, statistics: AreaStatistics): Table {
  const { model } = session
  const resourceLabel = (index: number): string => model.resources[index]?.label ?? 'unknown resource'
  const laneOf = (resource: number): string =>
    session.lanes.find(lane => lane.kind === 'resource' && lane.subject === resource)?.id ?? ''
  const ofItems = (
    titles: readonly string[],
    { listed }: AreaList,
    cells: (item: AreaItem) => readonly (number | string)[],
  ): Table => ({
    titles,
    rows: listed.map(item => ({
      id: `${item.index}`,
      ref: { lane: item.lane, item: item.item },
      lane: item.lane,
      cells: cells(item),
    })),
  })
  switch (name) {
    case 'resources':
      return {
        titles: ['Resource', 'Holds', 'Held', 'Waits', 'Waited'],
        rows: statistics.resources.map(({ resource, holds, heldNs, waits, waitedNs }) => ({
          id: `${resource}`,
          ref: null,
          lane: laneOf(resource),
          cells: [resourceLabel(resource), holds, heldNs, waits, waitedNs],
        })),
      }
    case 'sites':
      return {
        titles: ['Held at', 'Resource', 'Holds', 'Blamed'],
        rows: statistics.sites.map(({ site, resource, holds, ns, known }) => ({
          id: `${resource} ${site} ${known}`,
          ref: null,
          lane: laneOf(resource),
          cells: [
            known ? site || 'unknown line' : 'nobody known to hold it',
            resourceLabel(resource),
            holds,
            ns,
          ],
        })),
      }
    case 'holds':
      return ofItems(['Hold', 'Resource', 'Used', 'Whole', 'Inside'], statistics.holds, one => {
        const hold = model.holds[one.index]!
        return [
          taskLabel(session, hold.task),
          resourceLabel(hold.resource),
          hold.usefulNs,
          one.durationNs,
          one.insideNs,
        ]
      })
    case 'waits':
      return ofItems(['Wait', 'Resource', 'Outcome', 'Whole', 'Inside'], statistics.waits, one => {
        const wait = model.waits[one.index]!
        return [
          taskLabel(session, wait.task),
          resourceLabel(wait.resource),
          wait.outcome || 'still waiting',
          one.durationNs,
          one.insideNs,
        ]
      })
    case 'stalls':
      return ofItems(['Stall', 'Loop', 'Whole', 'Inside'], statistics.stalls, one => {
        const stall = model.stalls[one.index]!
        return [
          stall.site || 'unknown line',
          model.loops[stall.loop]?.label ?? '',
          one.durationNs,
          one.insideNs,
        ]
      })
    case 'tasks':
      return ofItems(['Task', 'Outcome', 'Whole', 'Inside'], statistics.tasks, one => [
        taskLabel(session, one.index),
        model.tasks[one.index]!.outcome || 'unknown',
        one.durationNs,
        one.insideNs,
      ])
  }
}
