import { describe, expect, it } from 'vitest'
import { indexState, stateAt } from '../../../src/core/replay/state-at.ts'
import { waitGraphOf } from '../../../src/core/replay/wait-graph.ts'
import { stuckSentence } from '../../../src/core/report/stuck-sentence.ts'
import { type DrawOptions, draw } from '../../support/trace-dsl.ts'

function graphAt(picture: string, atMs: number, options: DrawOptions = {}) {
  const { model } = draw(picture, options)
  const graph = waitGraphOf(stateAt(indexState(model), atMs * 1e6))
  return { graph, sentence: stuckSentence({ model }, graph) }
}

describe('the wait-for graph of an instant', () => {
  const ring = `
    A    ──····>
    B    ──····>
    A@x  #####>
    B@y  #####>
    A@y    ~~~~>
    B@x     ~~~>
  `
  it('says the ring of a deadlock as a sentence, from the moment that closes it', () => {
    const { graph, sentence } = graphAt(ring, 4)
    expect(graph.edges.map(edge => [edge.task, ...edge.holders])).toEqual([
      [0, 1],
      [1, 0],
    ])
    expect(sentence).toBe('A waits for y, held by B; B waits for x, held by A')
    expect(graphAt(ring, 2).sentence).toBeNull()
  })

  it('takes a knot for a pool: one holder who can move is enough for all', () => {
    const pool = { resources: { p: { type: 'pool', capacity: 2 } } }
    const knot = `
      A    ──···>
      B    ──···>
      A@p  #####>
      B@p  #####>
      C@q  #####>
      A@q    ~~~>
    `
    const waiter = `
      W    ·····>
      W@p   ~~~~>
    `
    const { graph } = graphAt(`${knot}${waiter}`, 3, pool)
    expect(graph.edges.length).toBe(2)
    expect(graph.stuck.size).toBe(0)
    const closed = `${knot.replace('C@q', 'B@q')}\n      B@r    ~~~>\n      A@r  #####>${waiter}`
    expect(graphAt(closed, 3, pool).graph.stuck.size).toBe(3)
  })
})
