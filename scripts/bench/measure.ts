/**
 * One measurement in a process of its own, so that none finds another's garbage or warm code:
 * `node --expose-gc measure.ts parse|load|analyse|state FILE`. Prints one JSON object.
 */
import { statSync } from 'node:fs'
import { chunksOf } from '../../src/cli/sources.ts'
import { readModel } from '../../src/core/convention/read-model.ts'
import { analyze } from '../../src/core/detect/analyze.ts'
import type { ByteSource } from '../../src/core/import/import.ts'
import { importTrace } from '../../src/core/import/import-trace.ts'
import { layOutLanes } from '../../src/core/lanes/lay-out-lanes.ts'
import { indexState, stateAt } from '../../src/core/replay/state-at.ts'
import { buildScene } from '../../src/core/scene/build-scene.ts'
import { noFolds } from '../../src/core/scene/geometry.ts'
import { estimateWidth } from '../../src/core/scene/measure.ts'

const [, , what = '', file = ''] = process.argv

const source: ByteSource = {
  name: file,
  size: statSync(file).size,
  open: () => chunksOf(file),
}

/** Processor time of all threads of this process, so that what else the machine does counts for little. */
async function timed<T>(work: () => T | Promise<T>): Promise<[result: T, seconds: number]> {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return [result, (user + system) / 1e6]
}

/** The yardstick: the same bytes, line by line through `JSON.parse`, objects dropped. */
async function parseLines(): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of source.open()) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') JSON.parse(line)
  }
  if (rest !== '') JSON.parse(rest)
}

const collect = (): void => {
  ;(globalThis as { gc?: () => void }).gc?.()
}
/** What is held when the buffers that were freed have been given back, which takes a second collection. */
const memory = async (): Promise<number> => {
  for (let turn = 0; turn < 3; turn++) {
    collect()
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const loaded = () => importTrace([source])

switch (what) {
  case 'parse':
    print({ seconds: (await timed(parseLines))[1], bytes: source.size })
    break
  case 'load': {
    const before = await memory()
    const startRss = process.memoryUsage.rss()
    const [{ store }, seconds] = await timed(loaded)
    const retained = (await memory()) - before
    print({
      seconds,
      bytes: source.size,
      spans: store.spans.count,
      retainedBytes: retained,
      // Above what the process had before it read anything.
      peakBytes: process.resourceUsage().maxRSS * 1024 - startRss,
    })
    break
  }
  case 'analyse': {
    const { store, report } = await loaded()
    collect()
    // The first time each, with cold code: as a user meets it.
    const [model, modelSeconds] = await timed(() => readModel(store))
    const [analysis, detectSeconds] = await timed(() => analyze(store, model, report))
    const [lanes, laneSeconds] = await timed(() => layOutLanes(store, model, analysis))
    print({ modelSeconds, detectSeconds, laneSeconds, lanes: lanes.length })
    break
  }
  case 'state': {
    const { store } = await loaded()
    const model = readModel(store)
    const [index, indexSeconds] = await timed(() => indexState(model))
    const tookMs: number[] = []
    for (let step = 0; step < 2000; step++) {
      const startedMs = performance.now()
      stateAt(index, (store.durationNs * ((step * 7919) % 2000)) / 2000)
      tookMs.push(performance.now() - startedMs)
    }
    tookMs.sort((a, b) => a - b)
    print({ indexSeconds, medianMs: tookMs[1000], p99Ms: tookMs[1980] })
    break
  }
  case 'draw': {
    const { store, report } = await loaded()
    const model = readModel(store)
    const analysis = analyze(store, model, report)
    const lanes = layOutLanes(store, model, analysis)
    const frame = (startNs: number, endNs: number): number => {
      const before = process.cpuUsage()
      buildScene({
        session: { store, model, lanes, analysis },
        lanes,
        ...noFolds,
        viewport: { startNs, endNs, widthPx: 1600, heightPx: 900, gutterPx: 200, scrollPx: 0 },
        highlights: { finding: '', selected: null, hovered: null, playheadNs: -1, range: null },
        notes: [],
        theme: 'light',
        timeDisplay: 'relative',
        measure: estimateWidth,
      })
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1e3
    }
    const firstMs = frame(0, store.durationNs)
    const frames: number[] = []
    // A zoom from the whole trace into its middle and back, as a wheel makes it.
    for (let step = 0; step < 120; step++) {
      const half = (store.durationNs / 2) * 0.93 ** Math.min(step, 119 - step)
      frames.push(frame(store.durationNs / 2 - half, store.durationNs / 2 + half))
    }
    frames.sort((a, b) => a - b)
    print({ firstMs, medianMs: frames[60], p95Ms: frames[114] })
    break
  }
  default:
    throw new Error(`unknown measurement ${what}`)
}

function print(result: Readonly<Record<string, number | undefined>>): void {
  process.stdout.write(JSON.stringify(result))
}
