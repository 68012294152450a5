/**
 * Java's thread dumps (`jstack`, `jcmd … Thread.print`, `kill -3`): who holds and who waits for what at one instant. A dump
 * knows no durations but how long each thread has lived; so holds and waits are of that instant, and in the last dump of a
 * file they go on. What waits without a time limit says so: a ring of these is a deadlock however short it was watched.
 *
 *     - locked <0x1>, - <0x1> under "ownable synchronizers"        a hold
 *     - waiting to lock <0x1>, - parking to wait for <0x1> (…Sync)  a wait for whoever holds it
 *     - waiting on <0x1>, - parking to wait for <0x1> (a condition) an await; Object.wait() has given its monitor back
 *
 * Threads without a state (of the collector, the compiler) are the machine's own, and left out.
 */
import { Key, RecordType } from '../../convention/keys.ts'
import { Kind } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { addNs, type Instant, parseRfc3339 } from '../instant.ts'
import { never, type PlainAttributes, RowWriter } from '../row-writer.ts'
import { textLines } from '../text-lines.ts'

interface Lock {
  readonly address: string
  /** `java.lang.Object` */
  readonly type: string
  /** Where in the stack it was taken, '' unknown. */
  readonly frame: string
}

interface Thread {
  readonly name: string
  readonly id: string
  readonly livedSeconds: number
  readonly line: number
  state: string
  readonly stack: string[]
  readonly holds: Map<string, Lock>
  wait: Lock | null
  /** What it sleeps on, to be woken by somebody. */
  condition: Lock | null
}

const begins = /^Full thread dump /
const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/
const header = /^"(.*)" (?=.*\btid=(0x[0-9a-f]+))/
const lock =
  /^\s+- (waiting to lock|waiting to re-lock in wait\(\)|locked|parking to wait for|waiting on)?\s*<(0x[0-9a-f]+)> \(an? ([^)]+)\)/
const frame = /^\s+at (?:[\w.$@/-]+\/)?([^\s(/]+)\(([^():]*)(?::(\d+))?\)/
const ends = /^(?:Found .*deadlock|JNI global ref)/
const sync = /\$(?:NonfairSync|FairSync)$/
const maxFrames = 200
const trace = '6a617661746872656164730000000001'

export const javaThreads: Importer = {
  id: 'java-threads',
  label: 'Java thread dump',
  sniff: ({ text }: Head): number => (/^Full thread dump /m.test(text.slice(0, 1000)) ? 0.9 : 0),
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const reader = new Reader(context)
    for await (const { text, line } of textLines(bytes, context)) reader.take(text, line)
    reader.finish()
  },
}

interface Dump {
  readonly at: Instant
  readonly threads: Thread[]
}

class Reader {
  readonly #writer: RowWriter
  readonly #context: ImportContext
  readonly #dumps: Dump[] = []
  #at: Instant | null = null
  #thread: Thread | null = null
  #count = 0

  constructor(context: ImportContext) {
    this.#context = context
    this.#writer = new RowWriter(context)
  }

  take(text: string, line: number): void {
    if (time.test(text)) {
      const at: Instant = { sec: 0, nano: 0 }
      if (!parseRfc3339(text, at)) return
      this.#context.builder.issues.add('zone-assumed', () => `${this.#context.place(line)}: ${text}`)
      this.#at = at
      return
    }
    if (begins.test(text)) {
      this.#dumps.push({ at: this.#at ?? this.#timeless(line), threads: [] })
      this.#at = null
      this.#thread = null
      return
    }
    const dump = this.#dumps.at(-1)
    if (!dump) {
      if (text.trim() !== '')
        this.#context.builder.issues.add(
          'other-line',
          () => `${this.#context.place(line)}: ${text.slice(0, 80)}`,
        )
      return
    }
    const begun = header.exec(text)
    if (begun) {
      this.#thread = {
        name: begun[1]!,
        id: begun[2]!,
        livedSeconds: Number(/\belapsed=([\d.]+)s/.exec(text)?.[1] ?? 0),
        line,
        state: '',
        stack: [],
        holds: new Map(),
        wait: null,
        condition: null,
      }
      dump.threads.push(this.#thread)
    } else if (ends.test(text)) this.#thread = null
    else if (this.#thread) takeStackLine(this.#thread, text)
  }

  /** A dump that does not say when it was made: a second after the one before. */
  #timeless(line: number): Instant {
    this.#context.builder.issues.add('line-without-time', () => this.#context.place(line))
    return { sec: (this.#dumps.at(-1)?.at.sec ?? 0) + 1, nano: 0 }
  }

  finish(): void {
    const process = this.#writer.process('java')
    const tasks = new Map<string, string>()
    const last = this.#dumps.at(-1)
    for (const dump of this.#dumps) {
      for (const thread of dump.threads) {
        if (thread.state === '') continue
        this.#writer.at(thread.line)
        const parent = tasks.get(thread.id) ?? this.#task(process, dump, thread)
        tasks.set(thread.id, parent)
        this.#moment(process, dump, thread, parent, dump === last)
      }
    }
  }

  #task(process: number, { at }: Dump, thread: Thread): string {
    const start = { ...at }
    addNs(start, -Math.round(thread.livedSeconds * 1e9))
    const id = this.#nextId()
    this.#writer.span({
      ...this.#common(process, id, ''),
      name: `task ${thread.name}`,
      start: start.sec < 0 ? at : start,
      end: never,
      attributes: [
        [Key.recordType, RecordType.task],
        [Key.taskId, thread.id],
        [Key.taskName, thread.name],
        [Key.taskType, 'thread'],
      ],
    })
    return id
  }

  #moment(process: number, { at }: Dump, thread: Thread, parent: string, isLast: boolean): void {
    const end = isLast ? never : at
    const { wait, condition, stack, state } = thread
    const waitsAt = ownFrame(stack)
    const write = (name: string, site: string, attributes: PlainAttributes): void => {
      this.#writer.span({
        ...this.#common(process, this.#nextId(), parent),
        name,
        start: at,
        end,
        attributes: [[Key.taskId, thread.id], ...attributes, ...siteOf(site)],
      })
    }
    for (const held of thread.holds.values())
      write(`hold ${nameOf(held)}`, held.frame, [[Key.recordType, RecordType.hold], ...resourceOf(held)])
    if (wait)
      write(`acquire ${nameOf(wait)}`, waitsAt, [
        [Key.recordType, RecordType.wait],
        [Key.waitUntimed, state.startsWith('TIMED_') ? undefined : true],
        ...resourceOf(wait),
      ])
    if (condition)
      write(`await ${nameOf(condition)}`, waitsAt, [
        [Key.recordType, RecordType.await],
        [Key.awaitTargetType, 'event'],
        [Key.awaitTargetId, nameOf(condition)],
      ])
    this.#writer.log({
      at,
      name: 'stack',
      body: [state, ...stack].join('\n'),
      process,
      trace,
      id: parent,
      attributes: [[Key.taskId, thread.id]],
    })
  }

  #common(process: number, id: string, parent: string) {
    return { trace, id, parent, kind: Kind.internal, process, scope: 'java.threads' } as const
  }

  #nextId(): string {
    return (++this.#count).toString(16).padStart(16, '0')
  }
}

function takeStackLine(thread: Thread, text: string): void {
  const state = /^\s+java\.lang\.Thread\.State: (.+)$/.exec(text)
  if (state) {
    thread.state = state[1]!
    return
  }
  const found = lock.exec(text)
  if (found) {
    const [, what, address = '', type = ''] = found
    const of = { address, type, frame: what === 'locked' ? (thread.stack.at(-1) ?? '') : '' }
    if (what === 'waiting on' || (what === 'parking to wait for' && !sync.test(type))) thread.condition = of
    else if (what === undefined || what === 'locked') {
      // Whoever waits on a monitor, or for it again, has given it back.
      const given = thread.condition?.address === address || thread.wait?.address === address
      if (!given && !thread.holds.has(address)) thread.holds.set(address, of)
    } else thread.wait = of
    return
  }
  if (frame.test(text) && thread.stack.length < maxFrames) thread.stack.push(text.trim())
}

/** The innermost frame that is not the library's own: where it waits, as its author sees it. */
const ownFrame = (stack: readonly string[]): string =>
  stack.find(line => !/^at (?:java|jdk|sun)[./]/.test(line)) ?? stack[0] ?? ''

const nameOf = ({ type, address }: Lock): string =>
  `${type.replace(/^.*[./]/, '').replace(sync, '')} ${address.replace(/^0x0*/, '0x')}`

function resourceOf(of: Lock): PlainAttributes {
  const type = /ReadWrite/.test(of.type) ? 'rwlock' : /Semaphore/.test(of.type) ? 'semaphore' : 'mutex'
  return [
    [Key.resourceId, of.address],
    [Key.resourceName, nameOf(of)],
    [Key.resourceType, type],
    [Key.resourceCapacity, type === 'mutex' ? 1 : undefined],
  ]
}

function siteOf(line: string): PlainAttributes {
  const found = frame.exec(` ${line}`)
  if (!found) return []
  const [, name, file, number] = found
  return [
    ['code.function.name', name],
    ['code.file.path', file?.includes('.') ? file : undefined],
    ['code.line.number', number === undefined ? undefined : Number(number)],
  ]
}
