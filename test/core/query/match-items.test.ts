import { describe, expect, it } from 'vitest'
import { itemKinds } from '../../../src/core/lanes/lane.ts'
import { matchesIn } from '../../../src/core/lanes/matches.ts'
import { laneIndex } from '../../../src/core/lanes/mipmap.ts'
import { completeQuery } from '../../../src/core/query/complete-query.ts'
import { matchItems } from '../../../src/core/query/match-items.ts'
import { parseQuery } from '../../../src/core/query/parse-query.ts'
import { LogPainter } from '../../../src/core/scene/log-painter.ts'
import type { Session } from '../../../src/core/scene/scene.ts'
import { theme } from '../../../src/core/scene/theme.ts'
import { marksOf, sceneOf, starved } from '../../support/scene.ts'

function matchesOf(session: Session, text: string) {
  const parsed = parseQuery(text)
  if (parsed.kind !== 'query') throw new Error(`${text}: ${JSON.stringify(parsed)}`)
  const run = matchItems(session, parsed.root)
  for (;;) {
    const step = run.next()
    if (step.done) return step.value
  }
}

/** What was found, as `kind@lane`, each thing once. */
function found(session: Session, text: string): string[] {
  const { bits } = matchesOf(session, text)
  return [...bits].flatMap(([lane, ofLane]) =>
    [...ofLane].flatMap((bit, item) =>
      bit === 1 ? [`${itemKinds[lane.items.kind[item]!]}@${lane.label}`] : [],
    ),
  )
}

describe('matching', () => {
  it('looks at role, resource, task, duration and error', () => {
    const session = starved()
    expect(found(session, 'role:hold')).toEqual(['hold@db', 'hold@db'])
    expect(found(session, 'role:hold task:T2')).toEqual(['hold@db'])
    expect(found(session, 'role:hold dur>2.3s')).toEqual(['hold@db'])
    expect(found(session, 'role:hold -open:true')).toEqual(['hold@db'])
    expect(found(session, 'resource:nothing')).toEqual([])
    expect(found(session, 'role:task (T1 OR T3)')).toHaveLength(2)
  })

  it('counts a wait once, though task and resource both draw it', () => {
    const session = starved()
    const matches = matchesOf(session, 'role:wait task:T3')
    expect(matches.count).toBe(1)
    expect(matches.bits.size).toBe(2)
  })

  it('free text finds names, sites and values; nothing of a name is a pattern', () => {
    const session = starved()
    expect(found(session, 'DB role:hold')).toHaveLength(2)
    expect(found(session, '.*')).toEqual([])
  })

  it('is the same as testing the items of a block one by one', () => {
    const session = starved()
    const matches = matchesOf(session, 'T2')
    for (const lane of session.lanes) {
      for (const track of laneIndex(lane).tracks) {
        for (let at = 0; at < track.order.length; at++) {
          const bit = matches.bits.get(lane)?.[track.order[at]!] ?? 0
          expect(matchesIn(matches, lane, track, at, 1)).toBe(bit > 0 ? 1 : 0)
        }
      }
    }
  })

  it('dims the rest: a veil, and over it only what was found, named', () => {
    const session = starved()
    const matches = matchesOf(session, 'role:hold task:T1')
    const scene = sceneOf(session, { matches })
    const light = theme('light')
    const rects = marksOf(scene, 'rect')
    const veil = rects.findIndex(({ alpha, fill }) => alpha === 0.8 && fill === light.background)
    expect(veil).toBeGreaterThan(0)
    expect(rects.slice(veil).filter(({ fill }) => fill === light.contended)).toHaveLength(1)
    expect(rects.slice(veil).some(({ pattern }) => pattern === 'hatch')).toBe(false)
    const named = (texts: readonly string[]) => texts.some(one => one.startsWith('T2'))
    expect(named(LogPainter.textsOf(sceneOf(session)))).toBe(true)
  })
})

describe('completion', () => {
  const proposed = (text: string) => completeQuery(starved(), text, text.length).map(one => one.text)

  it('proposes fields, then the values of the field', () => {
    expect(proposed('ser')).toEqual(['service:'])
    expect(proposed('a du')).toEqual(['dur>'])
    expect(proposed('-role:wa')).toEqual(['await', 'wait'])
    expect(proposed('resource:')).toEqual(['db'])
    expect(proposed('role:hold du')).toEqual(['dur>'])
    expect(proposed('role:hold resource:"d')).toEqual(['db'])
    expect(proposed('"ser')).toEqual([])
    expect(proposed('error:true ')).toEqual([])
  })
})
