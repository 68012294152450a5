/**
 * tokio-console recordings (`TOKIO_CONSOLE_RECORD_PATH`), JSON lines: Spawn, Enter, Exit, Close, Waker. A task per Spawn,
 * a run slice per Enter…Exit; what is not closed at the end never ended.
 */
import { Key, RecordType } from '../../convention/keys.ts'
import { Kind } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { type Instant, instantOf } from '../instant.ts'
import { jsonValues } from '../json/json-values.ts'
import { never, RowWriter } from '../row-writer.ts'
import { type Foreign, isObject, listOf, numberOf, textOf } from './foreign.ts'

interface Task {
  readonly id: string
  /** The id, made unique: the runtime gives ids of closed tasks out again. */
  readonly name: string
  readonly line: number
  readonly at: Instant
  readonly fields: readonly [string, string][]
  readonly offsets: number[]
  readonly durations: number[]
  enteredNs: number
  end: Instant
}

const maxRuns = 100_000

export const tokioConsole: Importer = {
  id: 'tokio-console',
  label: 'tokio-console recording',
  sniff({ text }: Head): number {
    return /^\s*\{"v":\s*\d+\}\s*\n\s*\{"(Spawn|Enter|Exit|Close|Waker)"/.test(text) ||
      /^\s*\{"Spawn":\{"id"/.test(text)
      ? 0.95
      : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    const tasks: Task[] = []
    const live = new Map<string, Task>()
    const used = new Map<string, number>()
    for await (const { value, line } of jsonValues(bytes, context)) {
      if (!isObject(value) || value.v !== undefined) continue
      const [kind, body] = Object.entries(value)[0] ?? ['', undefined]
      if (!isObject(body)) continue
      const id = textOf(body.id)
      const at = isObject(body.at)
        ? instantOf(body.at.secs_since_epoch, body.at.nanos_since_epoch)
        : { ...never }
      if (kind === 'Spawn') {
        const nth = used.get(id) ?? 0
        used.set(id, nth + 1)
        const task: Task = {
          id,
          name: nth === 0 ? id : `${id}#${nth}`,
          line,
          at,
          fields: fieldsOf(body),
          offsets: [],
          durations: [],
          enteredNs: -1,
          end: { ...never },
        }
        tasks.push(task)
        live.set(id, task)
        continue
      }
      const task = live.get(id)
      if (!task) {
        if (kind !== 'Waker')
          context.builder.issues.add(
            'unclosed-event',
            () => `${context.place(line)}: ${kind} of an unknown task`,
          )
        continue
      }
      const ns = sinceNs(task.at, at)
      if (kind === 'Enter') task.enteredNs = ns
      else if (kind === 'Exit' && task.enteredNs >= 0) {
        if (task.offsets.length < maxRuns) {
          task.offsets.push(task.enteredNs)
          task.durations.push(Math.max(0, ns - task.enteredNs))
        }
        task.enteredNs = -1
      } else if (kind === 'Close') {
        task.end = at
        live.delete(id)
      }
    }
    const process = writer.process('tokio', [['telemetry.sdk.language', 'rust']])
    for (const [index, task] of tasks.entries()) {
      writer.at(task.line)
      const fields = new Map(task.fields)
      const name = fields.get('task.name') || fields.get('name') || fields.get('kind') || `task ${task.id}`
      writer.span({
        trace: '746f6b696f2d636f6e736f6c65000001',
        id: (BigInt(index) + 1n).toString(16).padStart(16, '0'),
        parent: '',
        name,
        kind: Kind.internal,
        start: task.at,
        end: task.end,
        process,
        scope: 'tokio-console',
        attributes: [
          [Key.recordType, RecordType.task],
          [Key.taskId, task.name],
          [Key.taskName, name],
          [Key.taskType, 'coroutine'],
          [Key.runOffsets, task.offsets],
          [Key.runDurations, task.durations],
          ...(fields.has('loc.file')
            ? ([
                ['code.file.path', fields.get('loc.file')],
                ['code.line.number', numberOf(fields.get('loc.line'))],
              ] as [string, unknown][])
            : []),
          ...task.fields,
        ],
      })
    }
  },
}

const sinceNs = (from: Instant, to: Instant): number => (to.sec - from.sec) * 1e9 + (to.nano - from.nano)

function fieldsOf(body: Foreign): [string, string][] {
  const out: [string, string][] = []
  for (const field of listOf(body.fields)) {
    if (!isObject(field)) continue
    const name = isObject(field.name) ? textOf(Object.values(field.name)[0]) : textOf(field.name)
    const value = isObject(field.value) ? textOf(Object.values(field.value)[0]) : textOf(field.value)
    out.push([name, value.replace(/^"|"$/g, '')])
  }
  return out
}
