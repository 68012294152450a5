import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { countLoss } from './loss.ts'
import type { Sink } from './pipeline.ts'
import { outsideTasks } from './tasks.ts'

const maxInFlight = 32
const timeoutMs = 10_000

/** Posts OTLP/JSON to `<endpoint>/v1/traces` and `/v1/logs`. Best effort: what the collector does not take is counted. */
export function otlpSink(endpoint: string): Sink {
  const base = endpoint.replace(/\/+$/, '')
  const inFlight = new Set<Promise<void>>()
  const post = async (signal: string, body: string): Promise<void> => {
    try {
      const response = await fetch(`${base}/v1/${signal}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      })
      await response.arrayBuffer()
      if (!response.ok) countLoss(signal, `collector answered ${response.status}`)
    } catch {
      countLoss(signal, 'collector not reached')
    }
  }
  return {
    write(signal, body) {
      if (inFlight.size >= maxInFlight) throw new Error('collector too slow')
      outsideTasks(() =>
        context.with(suppressTracing(context.active()), () => {
          const sent: Promise<void> = post(signal, body).finally(() => inFlight.delete(sent))
          inFlight.add(sent)
        }),
      )
    },
    async close() {
      await Promise.all(inFlight)
    },
  }
}
