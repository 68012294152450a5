/**
 * `node --import interleave/recorder/auto app.js`: recording without a line of code.
 *
 * OTEL_SERVICE_NAME · INTERLEAVE_FILE, or OTEL_EXPORTER_OTLP_ENDPOINT · INTERLEAVE_STALL_MS
 */

import { basename } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { recorder } from './config.ts'

function nameOf(script: string): string {
  return basename(script).replace(/\.[cm]?[jt]s$/, '') || 'node'
}

/** `interleave record -- npm start` means the service that npm starts, not npm. */
function isPackageManager(script: string): boolean {
  return /[\\/](npm|npx|pnpm|yarn|corepack)(-cli)?(\.[cm]?js)?$/.test(script)
}

function start(): void {
  const { OTEL_SERVICE_NAME, INTERLEAVE_FILE, OTEL_EXPORTER_OTLP_ENDPOINT, INTERLEAVE_STALL_MS } = process.env
  const serviceName = OTEL_SERVICE_NAME ?? nameOf(process.argv[1] ?? 'node')
  const stallMs = Number(INTERLEAVE_STALL_MS)
  const rest = stallMs > 0 ? { stallThresholdMs: stallMs } : {}
  if (!INTERLEAVE_FILE && OTEL_EXPORTER_OTLP_ENDPOINT) {
    new NodeSDK(recorder({ serviceName, otlp: OTEL_EXPORTER_OTLP_ENDPOINT, ...rest })).start()
  } else {
    new NodeSDK(
      recorder({ serviceName, file: INTERLEAVE_FILE || `${serviceName}.otlp.jsonl`, ...rest }),
    ).start()
  }
}

// Worker threads inherit --import; their loops are recorded by the thread that starts them, as thread jobs.
if (isMainThread && !isPackageManager(process.argv[1] ?? '')) {
  try {
    start()
  } catch (error) {
    process.emitWarning(
      `not recording: ${error instanceof Error ? error.message : error}`,
      'InterleaveRecorder',
    )
  }
}
