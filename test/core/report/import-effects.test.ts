import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { messy } from '../../../fixtures/merged/messy.ts'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { effectText, importEffects, kindOfIssue } from '../../../src/core/report/import-effects.ts'
import { openTrace } from '../../../src/core/session.ts'
import { hasFlag, SpanFlag } from '../../../src/core/store/store.ts'
import { sourceOf } from '../../support/otlp.ts'

async function effectsOf(...recordings: readonly (string | Uint8Array)[]) {
  const { store, report } = await openTrace(recordings.map((one, at) => sourceOf(`${at}`, one)))
  const { findings } = analyze(store, readModel(store), report)
  return { store, findings, effects: importEffects(store, findings, report.issues) }
}

test('rounded starts touch the findings whose spans have them', async () => {
  const { findings, effects } = await effectsOf(readFileSync('fixtures/ordinary/node/frozen-app.otlp.jsonl'))
  const observed = findings.filter(({ product }) => product !== 'import').map(({ id }) => id)
  expect(observed.length).toBeGreaterThan(0)
  expect(effects.get('coarse-clock')).toEqual(observed)
  expect(effectText(['F1'])).toBe('touches 1 finding: F1')
})

test('a recording with exact times touches nothing', async () => {
  const { effects } = await effectsOf(readFileSync('fixtures/incidents/frozen-app/bug.otlp.jsonl'))
  expect([...effects.values()].flat()).toEqual([])
})

test('a messy import names the findings whose own spans lost their parents, and no others', async () => {
  const read = (path: string): string => readFileSync(`fixtures/${path}.otlp.jsonl`, 'utf8')
  const damaged = messy({
    gateway: read('ordinary/node/blocked-loop'),
    orders: read('merged/orders'),
    stock: read('merged/stock'),
  })
  const { store, findings, effects } = await effectsOf(damaged.gateway, damaged.orders, damaged.stock)
  const orphaned = findings.filter(
    ({ product, culprit, victims }) =>
      product !== 'import' &&
      [...culprit.rows, ...victims.rows].some(
        row =>
          row >= 0 &&
          (hasFlag(store, row, SpanFlag.orphan) || hasFlag(store, store.spans.parent[row]!, SpanFlag.orphan)),
      ),
  )
  expect(orphaned.length).toBeGreaterThan(0)
  expect(effects.get('missing-parent')).toEqual(orphaned.map(({ id }) => id))
})

test('every entry is lost, repaired, doubtful or a note', () => {
  expect(['bad-line', 'duplicate-span', 'clock-skew', 'base64-id'].map(kindOfIssue)).toEqual([
    'lost',
    'repaired',
    'doubtful',
    'noted',
  ])
})
