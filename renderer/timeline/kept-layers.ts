import { buildLayers, type SceneLayers } from '../../src/core/scene/build-scene.ts'
import type { SceneInput } from '../../src/core/scene/scene.ts'

/** The layers of an input that says what the one before said are the same ones: while only the playhead moves, they stay. */
export function keptLayers(): (input: SceneInput) => SceneLayers {
  let last: { readonly input: SceneInput; readonly layers: SceneLayers } | null = null
  return input => {
    if (!last || !sameParts(last.input, input, PARTED)) last = { input, layers: buildLayers(input) }
    return last.layers
  }
}

const PARTED = new Set(['viewport', 'highlights'])

/** Part by part; of those that are put together for each frame, each part of theirs. */
function sameParts(a: object, b: object, parted: ReadonlySet<string>): boolean {
  const others = new Map(Object.entries(b))
  return Object.entries(a).every(([key, part]) => {
    const other: unknown = others.get(key)
    if (Object.is(part, other)) return true
    return parted.has(key) && sameParts(part as object, other as object, new Set())
  })
}
