import { isServer } from '../../src/core/convention/attributes/schema.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { hasFlag, SpanFlag, spanIdOf, spanName, traceIdOf } from '../../src/core/store/store.ts'
import { goToItem } from '../actions/select.ts'
import { itemOfRow } from '../state/lookup.ts'
import { useApp } from '../widgets/app-context.ts'
import { AttributeTable } from './attribute-table.tsx'
import { SpanRecords } from './record-facts.tsx'

/** The span behind an item, as the file has it, and what had to be repaired in it. */
export function SpanFacts({ session, row }: { readonly session: Session; readonly row: number }) {
  const app = useApp()
  const { store } = session
  const parent = store.spans.parent[row]!
  const parentRef = itemOfRow(session, parent)
  const repairs = [
    hasFlag(store, row, SpanFlag.ghost) && 'made up: children name it as their parent, no file holds it',
    hasFlag(store, row, SpanFlag.endBeforeStart) && 'the file had its end before its start',
    hasFlag(store, row, SpanFlag.cutCycle) && 'its parents went round in a circle, cut here',
    hasFlag(store, row, SpanFlag.orphan) && 'its parent is in none of the files',
    hasFlag(store, row, SpanFlag.coarse) && 'its start is rounded to whole milliseconds',
  ].filter(text => text !== false)
  const message = store.strings[store.spans.statusMessage[row]!]
  return (
    <>
      <section className="card-part" aria-label="Span">
        <h3 className="overline">Span</h3>
        <dl className="facts">
          <dt>Name</dt>
          <dd>{spanName(store, row)}</dd>
          {parent >= 0 && (
            <>
              <dt>Parent</dt>
              <dd>
                {parentRef ? (
                  <button type="button" className="link" onClick={() => goToItem(app, parentRef)}>
                    {spanName(store, parent)}
                  </button>
                ) : (
                  spanName(store, parent)
                )}
              </dd>
            </>
          )}
          {store.spans.status[row] === 2 && (
            <>
              <dt>Error</dt>
              <dd>{message || 'yes'}</dd>
            </>
          )}
          <dt>Service</dt>
          <dd>{store.processes[store.spans.process[row]!]?.label}</dd>
          <dt>Span id</dt>
          <dd className="mono">{spanIdOf(store, row)}</dd>
          <dt>Trace id</dt>
          <dd className="mono">{traceIdOf(store, row)}</dd>
        </dl>
        {repairs.length > 0 && (
          <ul className="card-list">
            {repairs.map(text => (
              <li key={text}>Repaired: {text}</li>
            ))}
          </ul>
        )}
      </section>
      <SpanRecords session={session} row={row} />
      <AttributeTable store={store} table={store.spans} row={row} isServer={isServer(store, row)} />
    </>
  )
}
