import { console as inspectorConsole, type Profiler, Session } from 'node:inspector'
import { nsOfHrtimeMicros } from './clock.ts'
import { countLoss } from './loss.ts'
import { isHostFile, plainPath, recordedPath, type Site } from './site.ts'

/**
 * Which of the host's functions had the loop during a stall: V8's sampling profiler runs at a low rate, and its samples are
 * looked at only when a slice was too long. A hook can't see this: at the end of a slice its stack is gone.
 */
const samplingMicros = 20_000
let session: Session | null = null
let startedAt = 0
let round = 0

/*
 * Starting V8's profiler costs some 50 ms, because it lists every function there is; starting a second profile beside a
 * running one costs nothing. So there is always one running: the next begins before the last one ends.
 *
 *   profile 1  ├──────────────────┤ taken at a stall
 *   profile 2                    ├──────────────┤
 */
export function startProfile(): void {
  try {
    session = new Session()
    session.connect()
    session.post('Profiler.enable')
    session.post('Profiler.setSamplingInterval', { interval: samplingMicros })
    inspectorConsole.profile(title(round))
    startedAt = performance.now()
  } catch (error) {
    session = null
    countLoss('site', `profiler not available: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Bounds the samples in memory: a profile is thrown away after a minute without stalls. */
export function rollProfile(): void {
  if (performance.now() - startedAt > 60_000) take()
}

/** Before the process ends: V8 sampling a process that is being taken down crashes it every third time. */
export function stopProfile(): void {
  if (session === null) return
  inspectorConsole.profileEnd(title(round))
  session.post('Profiler.disable')
  session.disconnect()
  session = null
}

function take(): Profiler.Profile | null {
  if (session === null) return null
  let profile: Profiler.Profile | null = null
  // In-process sessions deliver before profileEnd returns.
  const onFinished = (message: { readonly params: Profiler.ConsoleProfileFinishedEventDataType }): void => {
    if (message.params.title === title(round)) profile = message.params.profile
  }
  session.on('Profiler.consoleProfileFinished', onFinished)
  inspectorConsole.profile(title(round + 1))
  inspectorConsole.profileEnd(title(round))
  session.removeListener('Profiler.consoleProfileFinished', onFinished)
  round += 1
  startedAt = performance.now()
  return profile
}

function title(index: number): string {
  return `interleave recorder ${index}`
}

/** What the samples of an interval tell. */
export interface Sampled {
  /** The host's function with the most samples, and the line it begins at; null when no sample names one. */
  readonly site: Site | null
  /** How long samples were due and none came: the sampler stands still with the process, and only with it. */
  readonly pausedNs: number
}

/** Null without a profile. */
export function samplesIn(startNs: number, endNs: number): Sampled | null {
  const profile = take()
  return profile && readSamples(profile, startNs, endNs)
}

function readSamples(profile: Profiler.Profile, startNs: number, endNs: number): Sampled {
  const nodes = new Map(profile.nodes.map(node => [node.id, node]))
  const parents = new Map<number, number>()
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node.id)

  /** Samples per nearest host function at or above the sampled one. */
  const counts = new Map<number, number>()
  const originNs = nsOfHrtimeMicros(profile.startTime)
  let micros = 0
  let lastNs = startNs
  let pausedNs = 0
  for (const [index, id] of (profile.samples ?? []).entries()) {
    micros += profile.timeDeltas?.[index] ?? 0
    const atNs = originNs + micros * 1000
    if (atNs < startNs || atNs > endNs) continue
    pausedNs += overdueNs(atNs - lastNs)
    lastNs = atNs
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = nodes.get(at)
      if (!node || !isHostFile(plainPath(node.callFrame.url))) continue
      counts.set(at, (counts.get(at) ?? 0) + 1)
      break
    }
  }
  const best = [...counts].sort((a, b) => b[1] - a[1])[0]
  const node = best && nodes.get(best[0])
  pausedNs += overdueNs(endNs - lastNs)
  if (!node) return { site: null, pausedNs }
  // Where the function is written. The busiest line inside it would say more, and another thing on every run: most samples
  // of a function that calls into node are not its own.
  const { functionName, url, lineNumber } = node.callFrame
  return { site: { functionName, file: recordedPath(plainPath(url)), line: lineNumber + 1 }, pausedNs }
}

/** A sample may come one interval late. */
const overdueNs = (gapNs: number): number => Math.max(0, gapNs - 2 * samplingMicros * 1e3)
