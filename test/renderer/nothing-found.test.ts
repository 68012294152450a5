import { expect, it } from 'vitest'
import { nothingFound } from '../../renderer/panels/nothing-found.ts'
import type { ChecklistItem } from '../../src/core/detect/finding.ts'

const asked = (...states: readonly ChecklistItem['state'][]): ChecklistItem[] =>
  states.map((state, at) => ({ item: `question ${at}`, state, why: '' }))

const one = { subject: 'clocks', reason: 'no clock runs backwards', detector: 'clock-suspect' } as const

it('of a trace that could have shown a defect is good news', () => {
  expect(nothingFound({ checklist: asked('clean', 'clean'), cleared: [one] })).toBe(
    'Nothing stands out in this trace. 1 suspect was looked at and ruled out, below.',
  )
})

it('of a trace that records too little is no news', () => {
  expect(nothingFound({ checklist: asked('not-observable', 'not-observable'), cleared: [] })).toBe(
    'Nothing was found, but this trace can answer none of the 2 questions of the checklist: it does not record what they need.',
  )
  expect(nothingFound({ checklist: asked('clean', 'not-observable', 'not-observable'), cleared: [] })).toBe(
    'Nothing was found, but this trace can answer only 1 of the 3 questions of the checklist: it does not record what the others need.',
  )
})
