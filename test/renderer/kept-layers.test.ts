import { describe, expect, it } from 'vitest'
import { keptLayers } from '../../renderer/timeline/kept-layers.ts'
import { buildScene } from '../../src/core/scene/build-scene.ts'
import { sceneInput, starved } from '../support/scene.ts'

describe('kept layers', () => {
  const session = starved()
  const input = sceneInput(session)

  it('stay while the input says the same, in whatever objects', () => {
    const layersOf = keptLayers()
    const first = layersOf(input)
    const again = { ...input, viewport: { ...input.viewport }, highlights: { ...input.highlights } }
    expect(layersOf(again)).toBe(first)
  })

  it('are made anew for another view, selection or theme', () => {
    const layersOf = keptLayers()
    const { viewport, highlights } = input
    const others = [
      { ...input, viewport: { ...viewport, scrollPx: 1 } },
      { ...input, highlights: { ...highlights, selected: { lane: 'x', item: 0 } } },
      { ...input, theme: 'dark' as const },
      { ...input, collapsed: new Set(['x']) },
    ]
    for (const other of others) {
      const first = layersOf(input)
      expect(layersOf(other)).not.toBe(first)
    }
  })

  it('are with the playhead over them the whole scene', () => {
    const playheadNs = session.store.durationNs / 3
    const { still, following } = keptLayers()(input)
    const whole = buildScene({ ...input, highlights: { ...input.highlights, playheadNs } })
    expect([...still.marks, ...following(playheadNs)]).toEqual(whole.marks)
  })
})
