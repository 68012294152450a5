import { describe, expect, it } from 'vitest'
import { contrast, contrastPairs, theme } from '../../../src/core/scene/theme.ts'

describe.each(['light', 'dark'] as const)('the %s theme', name => {
  const tokens = theme(name)

  it.each(contrastPairs)('%s on %s reads (4.5:1)', (text, surface) => {
    expect(contrast(tokens[text], tokens[surface])).toBeGreaterThanOrEqual(4.5)
  })

  it('has plain hex colours, as painters and SVG expect', () => {
    for (const [token, colour] of Object.entries(tokens)) {
      if (token !== 'name') expect(colour, token).toMatch(/^#[0-9a-f]{6}$/)
    }
  })
})

it('computes contrast as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})
