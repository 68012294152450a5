/** Ordinary spans that stand for a task of their own: span name → task type. Data only. */
export interface TaskPreset {
  readonly rule: string
  readonly name: RegExp
  readonly type: string
  readonly confidence: number
}

export const taskPresets: readonly TaskPreset[] = [
  // opentelemetry-instrumentation-asyncio: children do not nest under these spans, only time tells.
  { rule: 'T3', name: /^asyncio coro-/, type: 'coroutine', confidence: 0.8 },
  { rule: 'T3', name: /^asyncio future$/, type: 'promise', confidence: 0.6 },
  { rule: 'T3', name: /^asyncio to_thread-/, type: 'thread_job', confidence: 0.5 },
  // FastAPI and Celery.
  { rule: 'T4', name: /^BackgroundTask /, type: 'background', confidence: 0.8 },
  { rule: 'T4', name: /^run\//, type: 'background', confidence: 0.6 },
  // Runtime spans of tokio (tracing).
  { rule: 'T5', name: /^runtime\.spawn$/, type: 'coroutine', confidence: 0.9 },
]
