import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { effectText, importEffects, kindOfIssue } from '../../../src/core/report/import-effects.ts'
import { openTrace } from '../../../src/core/session.ts'
import { sourceOf } from '../../support/otlp.ts'

async function effectsOf(path: string) {
  const { store, report } = await openTrace([sourceOf('x', readFileSync(path))])
  const { findings } = analyze(store, readModel(store), report)
  return { findings, effects: importEffects(store, findings, report.issues) }
}

test('rounded starts weaken the findings whose spans have them', async () => {
  const { findings, effects } = await effectsOf('fixtures/ordinary/node/frozen-app.otlp.jsonl')
  const observed = findings.filter(({ product }) => product !== 'import').map(({ id }) => id)
  expect(observed.length).toBeGreaterThan(0)
  expect(effects.get('coarse-clock')).toEqual(observed)
  expect(effectText(['F1'])).toBe('1 finding has lower confidence: F1')
})

test('a recording with exact times weakens nothing', async () => {
  const { effects } = await effectsOf('fixtures/incidents/frozen-app/bug.otlp.jsonl')
  expect([...effects.values()].flat()).toEqual([])
})

test('every entry is lost, repaired, doubtful or a note', () => {
  expect(['bad-line', 'duplicate-span', 'clock-skew', 'base64-id'].map(kindOfIssue)).toEqual([
    'lost',
    'repaired',
    'doubtful',
    'noted',
  ])
})
