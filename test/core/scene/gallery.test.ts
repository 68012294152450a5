/** The gallery has every kind of lane and item and every state, and each is drawn. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ItemFlag, itemKinds } from '../../../src/core/lanes/lane.ts'
import { LogPainter } from '../../../src/core/scene/log-painter.ts'
import { openSession } from '../../../src/core/session.ts'
import { sourceOf } from '../../support/otlp.ts'
import { marksOf, sceneOf } from '../../support/scene.ts'

const path = resolve(import.meta.dirname, '../../../fixtures/gallery/gallery.otlp.jsonl')
const { session } = await openSession([sourceOf('gallery.otlp.jsonl', readFileSync(path))])

describe('the gallery', () => {
  it('has every kind of lane', () => {
    const kinds = session.lanes.map(lane => lane.kind)
    expect(kinds).toEqual(expect.arrayContaining(['loop', 'marks', 'queue', 'resource', 'state', 'task']))
  })

  it('has every kind of item and every flag', () => {
    const kinds = new Set<string>()
    let flags = 0
    for (const { items } of session.lanes) {
      for (let item = 0; item < items.count; item++) {
        kinds.add(itemKinds[items.kind[item]!]!)
        flags |= items.flags[item]!
      }
    }
    expect(itemKinds.filter(kind => !kinds.has(kind))).toEqual([])
    expect(flags).toBe(Object.values(ItemFlag).reduce((all, flag) => all | flag, 0))
  })

  it('tells every state by its look, not by hue alone', () => {
    const scene = sceneOf(session, { heightPx: 4000 })
    const rects = marksOf(scene, 'rect')
    for (const pattern of ['solid', 'hatch', 'cross', 'fade'] as const) {
      expect(
        rects.some(rect => rect.pattern === pattern),
        pattern,
      ).toBe(true)
    }
    expect(rects.some(({ dashed }) => dashed)).toBe(true)
    expect(marksOf(scene, 'symbol').map(({ symbol }) => symbol)).toEqual(
      expect.arrayContaining(['read', 'write', 'error', 'flag']),
    )
    const texts = LogPainter.textsOf(scene).join('\n')
    for (const named of ['a mutex', 'a pool of three', 'row:counters/1', 'capacity 3', 'a queue']) {
      expect(texts).toContain(named)
    }
  })
})
