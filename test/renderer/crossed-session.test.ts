import { expect, it } from 'vitest'
import { columnsOf, rowsOf } from '../../renderer/table-columns.ts'
import type { Model } from '../../src/core/convention/model.ts'
import { factsOf } from '../../src/core/query/item-facts.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { sessionOf } from '../support/scene.ts'

/** As the page has it: rows of the model look their cells up, and own none. */
function crossed(session: Session): Session {
  const tables = Object.entries(session.model).map(([name, table]) => {
    const columns = Array.isArray(table) ? columnsOf(table) : null
    return [name, columns ? rowsOf(columns) : table]
  })
  return { ...session, model: Object.fromEntries(tables) as Model }
}

it('a search looks into the same texts of every item, whether its rows have crossed or not', () => {
  const session = sessionOf(`
T1       ─R────────W───
T2       ──······R─W───
T1@lock  #########
T2@lock  ~~~~~~~~~####`)
  const page = crossed(session)
  const kinds = new Set<number>()
  for (const lane of session.lanes)
    for (let item = 0; item < lane.items.count; item++) {
      kinds.add(lane.items.kind[item]!)
      expect(factsOf(page, lane, item)).toEqual(factsOf(session, lane, item))
    }
  expect(kinds.size).toBeGreaterThan(3)
})
