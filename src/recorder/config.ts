import { randomUUID } from 'node:crypto'
import { isMainThread } from 'node:worker_threads'
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node'
import { CONVENTION_VERSION, Key, Otel } from '../core/convention/keys.ts'
import { clockAnchor, nowNs } from './clock.ts'
import { EnterableContextManager } from './context-manager.ts'
import { fileSink } from './file-sink.ts'
import { enableHooks } from './hooks.ts'
import { watchHttpServers } from './http.ts'
import { writeLosses } from './mark.ts'
import { writeDueOpenRecords } from './open-records.ts'
import { otlpSink } from './otlp-sink.ts'
import { Pipeline } from './pipeline.ts'
import { rollProfile, startProfile } from './profile.ts'
import { guard, isRunning, setRecordSink, setRunning } from './runtime.ts'
import { finishOnExit } from './shutdown.ts'
import { ignoreStall, setStallThresholdMs } from './stalls.ts'
import { watchStarving } from './starved.ts'
import { outsideTasks } from './tasks.ts'
import { endIdleTicks } from './ticks.ts'
import { watchRefreshes, withoutTimerRecords } from './timers.ts'

export interface RecorderOptions {
  readonly serviceName: string
  /** OTLP/JSON lines are appended here. */
  readonly file?: string
  /** Base address of an OTLP/HTTP receiver, `http://127.0.0.1:4318`. */
  readonly otlp?: string
  /** A slice longer than this is a stall. */
  readonly stallThresholdMs?: number
  /** Name the function that stalled, by a sampling profile. Default true. */
  readonly stallSites?: boolean
  /** Make tasks and SERVER spans of HTTP requests. Default true. */
  readonly http?: boolean
}

const flushMs = 500
/** What a tick left running may rest this long. */
const tickIdleNs = 10e9

/**
 * Configuration for `new NodeSDK(…)`; recording starts at once and ends with the process.
 *
 * @throws RangeError without `file` and `otlp`, TypeError when called a second time
 */
export function recorder(options: RecorderOptions): Partial<NodeSDKConfiguration> {
  if (options.file === undefined && options.otlp === undefined)
    throw new RangeError('recorder: give `file` or `otlp`')
  if (isRunning()) throw new TypeError('recorder: already recording')
  const pipeline = new Pipeline(options.file === undefined ? otlpSink(options.otlp!) : fileSink(options.file))
  const contexts = new EnterableContextManager()
  setStallThresholdMs(options.stallThresholdMs ?? 50)
  const resource = describeProcess(options.serviceName)
  setRecordSink(span => pipeline.onEnd(span), resource)
  setRunning(true)
  guard('start', () => {
    if (options.http !== false) watchHttpServers(contexts)
    if (options.stallSites !== false && isMainThread) startProfile()
    watchStarving()
    watchRefreshes()
    const beat = outsideTasks(() =>
      withoutTimerRecords(() => setInterval(() => guard('flush', () => maintain(pipeline)), flushMs)),
    )
    beat.unref()
    finishOnExit(pipeline, options.file === undefined)
    enableHooks()
  })
  return {
    autoDetectResources: false,
    resource,
    contextManager: contexts,
    spanProcessors: [pipeline],
    logRecordProcessors: [pipeline],
    metricReaders: [],
  }
}

/** Host, user and command line are left out: they would put paths of this machine into a file that is meant to be shared. */
function describeProcess(serviceName: string): Resource {
  return detectResources({ detectors: [envDetector] }).merge(
    resourceFromAttributes({
      [Otel.serviceName]: serviceName,
      [Otel.serviceInstanceId]: randomUUID(),
      [Otel.processPid]: process.pid,
      [Otel.sdkLanguage]: 'nodejs',
      'telemetry.sdk.name': 'opentelemetry',
      'process.runtime.name': 'nodejs',
      'process.runtime.version': process.versions.node,
      [Key.clockSource]: clockAnchor.source,
      [Key.clockAnchorUnix]: clockAnchor.unixNano,
      [Key.clockAnchorMonotonic]: clockAnchor.monotonicNano,
      [Key.clockResolution]: clockAnchor.resolutionS,
      [Key.recorderVersion]: CONVENTION_VERSION,
    }),
  )
}

function maintain(pipeline: Pipeline): void {
  ignoreStall()
  endIdleTicks(nowNs() - tickIdleNs)
  writeDueOpenRecords()
  writeLosses(false)
  rollProfile()
  pipeline.flush()
}
