import { type Preset, task } from '../preset.ts'

/** Children do not nest under these spans (they are never the active one): only time tells. */
export const asyncio: Preset = {
  library: 'asyncio',
  scope: /^opentelemetry\.instrumentation\.asyncio$/,
  rules: [
    task('T3', /^asyncio coro-/, 'coroutine', 0.8),
    task('T3', /^asyncio future$/, 'promise', 0.6),
    task('T3', /^asyncio to_thread-/, 'thread_job', 0.5),
  ],
  // asyncio in debug mode.
  stallTexts: [{ text: /^Executing (.{1,2000}) took ([\d.]{1,12}) seconds?$/, confidence: 0.9 }],
  gap: {
    of: 'stalls',
    unseen: 'asyncio shows when a coroutine began and ended, not when it ran',
    add: 'run with PYTHONASYNCIODEBUG=1, or with the recorder',
  },
}

export const logfire: Preset = {
  library: 'logfire',
  scope: /^logfire/,
  stallTexts: [{ text: /^Async (.{1,200}) blocked for ([\d.]{1,12}) seconds?$/, confidence: 0.9 }],
}
