/**
 * Chrome trace events: DevTools, `node --trace-event-categories`, VizTracer, PyTorch, Perfetto's JSON. An array (also one
 * whose `]` never came) or `{"traceEvents":[…]}`. Times are microseconds on a clock of their own.
 *
 * X and B/E events nest by time on their thread; b/n/e and S/T/F are spans of their own; s/t/f become links; i and R become
 * records. Events of the category `node.async_hooks` become tasks with run slices, see `async-hooks.ts`.
 */

import type { Head, ImportContext, Importer } from '../importer.ts'
import { jsonValues } from '../json/json-values.ts'
import { AsyncHooks } from './async-hooks.ts'
import { isOwnChrome, readOwnChrome } from './chrome-own.ts'
import { ChromeTracks } from './chrome-tracks.ts'
import { type Foreign, isObject, textOf } from './foreign.ts'
import { taskLanes } from './viztracer.ts'

export const chrome: Importer = {
  id: 'chrome-trace',
  label: 'Chrome trace events',
  sniff({ json }: Head): number {
    if (!json) return 0
    if (json.has('traceEvents')) return 0.95
    return (json.has('[].ph') && (json.has('[].ts') || json.has('[].pid'))) ||
      (json.has('ph') && json.has('ts'))
      ? 0.9
      : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const events: Foreign[] = []
    for await (const { value, line } of jsonValues(bytes, context)) {
      if (!isObject(value)) continue
      if (isOwnChrome(value)) {
        await readOwnChrome(value, context)
        continue
      }
      const list = value.traceEvents
      if (Array.isArray(list)) {
        for (const event of list) if (isObject(event)) events.push(event)
      } else if (typeof value.ph === 'string') events.push(value)
      else context.builder.issues.add('unknown-value', () => context.place(line))
    }
    await readEvents(events, context)
  },
}

const phaseOrder = (phase: unknown): number => (phase === 'M' ? 0 : 1)

async function readEvents(events: Foreign[], context: ImportContext): Promise<void> {
  // Writers do not sort; nesting needs time order, and of equal starts the longer one first.
  events.sort(
    (a, b) =>
      phaseOrder(a.ph) - phaseOrder(b.ph) ||
      Number(a.ts ?? 0) - Number(b.ts ?? 0) ||
      Number(b.dur ?? 0) - Number(a.dur ?? 0),
  )
  const tracks = new ChromeTracks(context, taskLanes(events))
  const hooks = new AsyncHooks(tracks)
  for (const [index, event] of events.entries()) {
    const phase = textOf(event.ph)
    const category = textOf(event.cat)
    if (category.includes('node.async_hooks') && hooks.take(event, phase)) continue
    tracks.take(event, phase)
    if (index % 2000 === 0) await context.breathe()
  }
  hooks.finish()
  tracks.finish()
}
