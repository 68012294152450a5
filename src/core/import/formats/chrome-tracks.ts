/** Tracks of Chrome trace events: one stack per thread for X, B and E; one open span per id for b/e and S/F. */
import { Key } from '../../convention/keys.ts'
import { Kind } from '../../store/store.ts'
import type { ImportContext } from '../importer.ts'
import { type Instant, setInstant } from '../instant.ts'
import { never, RowWriter } from '../row-writer.ts'
import { type Foreign, isObject, numberOf, textOf } from './foreign.ts'
import { siteOf, type TaskLane, taskAttributes } from './viztracer.ts'

export interface OpenEvent {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly startUs: number
  readonly parent: string
  readonly pid: string
  readonly tid: string
  readonly args: unknown
  /** Infinity while a B waits for its E. */
  endUs: number
}

export class ChromeTracks {
  readonly writer: RowWriter
  readonly #context: ImportContext
  readonly #trace: string
  readonly #processNames = new Map<string, string>()
  readonly #threadNames = new Map<string, string>()
  readonly #processes = new Map<string, number>()
  readonly #stacks = new Map<string, OpenEvent[]>()
  /** Begun async events by category, scope, id and name. */
  readonly #async = new Map<string, OpenEvent[]>()
  /** The same without the name: what an async event lies in. Closed ones are taken off when they come to the top. */
  readonly #nests = new Map<string, OpenEvent[]>()
  readonly #flows = new Map<string, string>()
  /** Span → spans that a flow comes from. */
  readonly #links = new Map<string, string[]>()
  /** Lanes that are tasks, and the ids of their spans. */
  readonly #tasks = new Map<string, { readonly lane: TaskLane; readonly id: string }>()
  #count = 0
  #lastUs = 0

  constructor(context: ImportContext, tasks: ReadonlyMap<string, TaskLane>) {
    this.#context = context
    for (const [key, lane] of tasks) this.#tasks.set(key, { lane, id: this.nextId() })
    this.writer = new RowWriter(context)
    this.#trace = traceOf(context.head.bytes)
  }

  get trace(): string {
    return this.#trace
  }

  nextId(): string {
    return (++this.#count).toString(16).padStart(16, '0')
  }

  take(event: Foreign, phase: string): void {
    const pid = textOf(event.pid)
    const tid = textOf(event.tid)
    const startUs = numberOf(event.ts)
    if (startUs > this.#lastUs) this.#lastUs = startUs
    switch (phase) {
      case 'M':
        this.#metadata(event, pid, tid)
        return
      case 'X':
        this.#push(event, pid, tid, startUs, startUs + Math.max(0, numberOf(event.dur) || 0))
        return
      case 'B':
        this.#push(event, pid, tid, startUs, Infinity)
        return
      case 'E':
        this.#pop(event, pid, tid, startUs)
        return
      case 'b':
      case 'S':
        this.#openAsync(event, pid, tid, startUs)
        return
      case 'e':
      case 'F':
        this.#closeAsync(event, pid, startUs)
        return
      case 's':
      case 't':
      case 'f':
        this.#flow(event, phase, pid, tid)
        return
      case 'i':
      case 'I':
      case 'R':
      case 'n':
        this.writer.log({
          at: instant(startUs),
          name: textOf(event.name),
          process: this.processOf(pid),
          attributes: attributesOf(event.args),
          ...this.#innermost(pid, tid, startUs),
        })
        return
      default:
        this.#context.builder.issues.add(
          'skipped-event',
          () => `${this.#context.file}: phase "${phase}" ${textOf(event.name)}`,
        )
    }
  }

  /** Writes what never ended. */
  finish(): void {
    const left = [...this.#stacks.values(), ...this.#async.values()].flat()
    for (const open of left) {
      if (open.endUs === Infinity) {
        this.#context.builder.issues.add(
          'unclosed-event',
          () => `${this.#context.file}: "${open.name}" has no end`,
        )
      }
      this.#write(open)
    }
    for (const [key, { lane, id }] of this.#tasks) {
      const [pid = '', tid = ''] = key.split('/')
      const name = this.#threadNames.get(key) ?? `task ${tid}`
      this.writer.span({
        trace: this.#trace,
        id,
        parent: '',
        name,
        kind: Kind.internal,
        start: instant(lane.startUs),
        end: instant(lane.endUs),
        process: this.processOf(pid),
        attributes: taskAttributes(key, name, lane),
      })
    }
  }

  processOf(pid: string): number {
    let process = this.#processes.get(pid)
    if (process === undefined) {
      process = this.writer.process(this.#processNames.get(pid) ?? `process ${pid}`, [['process.pid', pid]])
      this.#processes.set(pid, process)
    }
    return process
  }

  /** The trace's last time in µs so far. */
  get lastUs(): number {
    return this.#lastUs
  }

  #metadata(event: Foreign, pid: string, tid: string): void {
    const name = isObject(event.args) ? textOf(event.args.name) : ''
    if (event.name === 'process_name' && name !== '') this.#processNames.set(pid, name)
    else if (event.name === 'thread_name' && name !== '') this.#threadNames.set(`${pid}/${tid}`, name)
  }

  #stackOf(pid: string, tid: string): OpenEvent[] {
    const key = `${pid}/${tid}`
    let stack = this.#stacks.get(key)
    if (!stack) {
      stack = []
      this.#stacks.set(key, stack)
    }
    return stack
  }

  #push(event: Foreign, pid: string, tid: string, startUs: number, endUs: number): void {
    if (Number.isNaN(startUs)) {
      this.#context.builder.issues.add(
        'bad-time',
        () => `${this.#context.file}: "${textOf(event.name)}" has no ts`,
      )
      return
    }
    const stack = this.#stackOf(pid, tid)
    // Whatever ended before this begins is complete.
    for (
      let top = stack[stack.length - 1];
      top && top.endUs <= startUs && top.endUs !== Infinity;
      top = stack[stack.length - 1]
    ) {
      if (top.endUs === startUs && top.startUs === startUs && endUs === startUs) break
      this.#write(top)
      stack.pop()
    }
    const top = stack[stack.length - 1]
    stack.push(
      this.#open(
        event,
        pid,
        tid,
        startUs,
        endUs,
        top && (top.endUs >= endUs || top.endUs === Infinity)
          ? top.id
          : (this.#tasks.get(`${pid}/${tid}`)?.id ?? ''),
      ),
    )
  }

  #open(event: Foreign, pid: string, tid: string, startUs: number, endUs: number, parent: string): OpenEvent {
    return {
      id: this.nextId(),
      name: textOf(event.name),
      category: textOf(event.cat),
      startUs,
      endUs,
      parent,
      pid,
      tid,
      args: event.args,
    }
  }

  #pop(event: Foreign, pid: string, tid: string, endUs: number): void {
    const stack = this.#stackOf(pid, tid)
    const name = textOf(event.name)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      if (top.endUs !== Infinity && top.endUs <= endUs) {
        this.#write(top)
        stack.pop()
        continue
      }
      break
    }
    const at = lastOpen(stack, name)
    if (at === -1) {
      this.#context.builder.issues.add(
        'unclosed-event',
        () => `${this.#context.file}: end of "${name}" without a begin`,
      )
      return
    }
    const [open] = stack.splice(at, 1)
    open!.endUs = endUs
    this.#write(open!)
  }

  #asyncKey(event: Foreign, pid: string): string {
    const id2 = isObject(event.id2) ? event.id2 : {}
    const local = id2.local === undefined ? '' : `${pid}:${textOf(id2.local)}`
    const id = textOf(event.id) || textOf(id2.global) || local
    return `${textOf(event.cat)}\n${textOf(event.scope)}\n${id}`
  }

  #openAsync(event: Foreign, pid: string, tid: string, startUs: number): void {
    const key = this.#asyncKey(event, pid)
    const around = this.#nests.get(key) ?? []
    while (around.length > 0 && around[around.length - 1]!.endUs !== Infinity) around.pop()
    const opened = this.#open(event, pid, tid, startUs, Infinity, around[around.length - 1]?.id ?? '')
    around.push(opened)
    this.#nests.set(key, around)
    const named = `${key}\n${opened.name}`
    const open = this.#async.get(named)
    if (open) open.push(opened)
    else this.#async.set(named, [opened])
  }

  #closeAsync(event: Foreign, pid: string, endUs: number): void {
    const name = textOf(event.name)
    const key = `${this.#asyncKey(event, pid)}\n${name}`
    const open = this.#async.get(key)
    const one = open?.pop()
    if (!one) {
      this.#context.builder.issues.add(
        'unclosed-event',
        () => `${this.#context.file}: end of "${name}" without a begin`,
      )
      return
    }
    if (open?.length === 0) this.#async.delete(key)
    one.endUs = endUs
    this.#write(one)
  }

  /** A flow goes from the span around its start to the spans around its steps. Links are written when both ends are known. */
  #flow(event: Foreign, phase: string, pid: string, tid: string): void {
    const here = this.#innermost(pid, tid, numberOf(event.ts)).id
    if (here === '') return
    const key = this.#asyncKey(event, pid)
    const from = this.#flows.get(key)
    if (phase !== 's' && from !== undefined && from !== here) {
      const list = this.#links.get(here)
      if (list) list.push(from)
      else this.#links.set(here, [from])
    }
    if (phase === 'f') this.#flows.delete(key)
    else this.#flows.set(key, here)
  }

  /** The span of a thread around an instant. */
  #innermost(pid: string, tid: string, us: number): { trace: string; id: string } {
    const around = this.#stacks.get(`${pid}/${tid}`)?.findLast(open => open.endUs >= us)
    return { trace: this.#trace, id: around?.id ?? '' }
  }

  #laneAttributes({ pid, tid }: OpenEvent): [string, unknown][] {
    const key = `${pid}/${tid}`
    if (this.#tasks.has(key)) return [[Key.taskId, tid]]
    const thread = this.#threadNames.get(key) ?? ''
    return thread === ''
      ? [['thread.id', tid]]
      : [
          ['thread.id', tid],
          ['thread.name', thread],
        ]
  }

  #write(open: OpenEvent): void {
    const { name, attributes } =
      open.category === vizTracer ? siteOf(open.name) : { name: open.name, attributes: [] }
    const row = this.writer.span({
      trace: this.#trace,
      id: open.id,
      parent: open.parent,
      name,
      kind: Kind.internal,
      start: instant(open.startUs),
      end: open.endUs === Infinity ? never : instant(open.endUs),
      process: this.processOf(open.pid),
      scope: open.category,
      attributes: [...this.#laneAttributes(open), ...attributes, ...attributesOf(open.args)],
    })
    for (const from of this.#links.get(open.id) ?? []) this.writer.link(row, this.#trace, from)
  }
}

/** Category of the functions that VizTracer saw: function entry and exit. */
const vizTracer = 'fee'

export function instant(us: number): Instant {
  const at: Instant = { sec: 0, nano: 0 }
  setInstant(at, us, 1e6)
  // Instant 0 would read as "never"; a nanosecond later it is a time.
  if (at.sec === 0 && at.nano === 0) at.nano = 1
  return at
}

function* attributesOf(args: unknown): Generator<[string, unknown]> {
  if (!isObject(args)) return
  for (const [key, value] of Object.entries(args)) yield [key, value]
}

/** Trace id made of the file's first bytes: the same file gives the same ids, two files do not clash. */
function traceOf(head: Uint8Array): string {
  let out = ''
  for (let lane = 0; lane < 4; lane++) {
    let hash = 0x811c9dc5 ^ (lane * 0x9e3779b1)
    for (let i = 0; i < head.length; i++) hash = Math.imul(hash ^ head[i]!, 0x01000193)
    out += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return out
}

/** Ends should come in the order of their begins reversed; how far writers that do not care are followed. */
const maxLook = 64

/** The innermost begun event of that name near the top, else the innermost begun one; -1 when there is none. */
function lastOpen(stack: readonly OpenEvent[], name: string): number {
  let any = -1
  for (let at = stack.length - 1; at >= Math.max(0, stack.length - maxLook); at--) {
    if (stack[at]!.endUs !== Infinity) continue
    if (name === '' || stack[at]!.name === name) return at
    if (any === -1) any = at
  }
  return any
}
