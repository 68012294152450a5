/**
 * Traces drawn in ASCII: the input of every detector test.
 *
 *     T1          R────····W            a task: runs (─), awaits (·), reads (R), writes (W)
 *     T2             R···W
 *     T1@lock     ~~~####--|##          its dealings with a resource
 *     T1=row:a/1  R      W              accesses of another key
 *
 * One character is one `unitMs` (1 ms). The label ends at the first run of two blanks of the longest label: time 0 is
 * the column two right of the longest label.
 *
 * | task lines                                | resource lines `task@resource`            |
 * |-------------------------------------------|-------------------------------------------|
 * | `─` or `-` runs · `·` or `.` awaits       | `~` waits · `!` the wait times out here   |
 * | `R` read · `W` write · `C` check          | `#` holds and uses · `-` holds idly       |
 * | `I` increment · `S` compare_and_set       | `\|` released here, granted again at once  |
 * | `N` create · `D` delete · `X` failed write| `>` still waiting or holding at the end   |
 * | `!` failed here · `?` cancelled here      | `x` cancelled wait                        |
 * | `>` still alive at the end                |                                           |
 *
 * A write takes one character but no time: it happens at the character's start. Accesses count as running.
 */
import type {
  Access,
  AccessOp,
  Await,
  Cancel,
  Hold,
  Loop,
  Mark,
  Message,
  Model,
  QueueItem,
  Request,
  Resource,
  Role,
  Stall,
  Task,
  Tick,
  Wait,
} from '../../src/core/convention/model.ts'
import { roles } from '../../src/core/convention/model.ts'
import type { ImportReport } from '../../src/core/import/import.ts'
import { type Process, SpanFlag, type Store } from '../../src/core/store/store.ts'

export interface DrawOptions {
  readonly unitMs?: number
  /** Key of the accesses on task lines. */
  readonly key?: string
  /** Values of each task's accesses in drawing order; of another key's under `task=key`. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  /** One line of code for all accesses; by default each has its own. */
  readonly accessSite?: string
  readonly versions?: Readonly<Record<string, readonly string[]>>
  readonly tasks?: Readonly<Record<string, TaskOptions>>
  readonly resources?: Readonly<Record<string, ResourceOptions>>
  readonly processes?: Readonly<Record<string, Partial<Process>>>
  /** Loops by `process#id`: only what differs from a main loop. */
  readonly loops?: Readonly<Record<string, { readonly kind?: string }>>
  readonly awaits?: readonly AwaitOptions[]
  readonly ticks?: readonly TickOptions[]
  readonly requests?: readonly RequestOptions[]
  readonly marks?: readonly {
    readonly atMs: number
    readonly kind: string
    readonly text?: string
    readonly task?: string
  }[]
  readonly cancels?: readonly { readonly task: string; readonly atMs: number; readonly reason?: string }[]
  readonly messages?: readonly (Pick<Message, 'direction' | 'channel' | 'receiver' | 'sequence'> & {
    readonly atMs: number
    readonly task: string
  })[]
  readonly queueItems?: readonly (Pick<QueueItem, 'op' | 'queue'> &
    Partial<Omit<QueueItem, 'task'>> & { readonly atMs: number; readonly task?: string })[]
  readonly stalls?: readonly {
    readonly startMs: number
    readonly endMs: number
    readonly pausedMs?: number
    readonly task?: string
    readonly loop?: string
    readonly site?: string
  }[]
  /** The trace goes on until here. */
  readonly untilMs?: number
  readonly losses?: Model['coverage']['lossIntervals']
  /** Leave run slices out, as traces without a recorder do. */
  readonly noSlices?: boolean
  /** Leave the awaits that `·` stands for out. */
  readonly noAwaits?: boolean
  readonly noSeq?: boolean
  readonly coverage?: Partial<Model['coverage']>
  readonly issues?: ImportReport['issues']
}

export interface TaskOptions {
  readonly name?: string
  readonly type?: string
  readonly process?: string
  /** Loop id; `main` by default. */
  readonly loop?: string
  readonly parent?: string
  readonly site?: string
  readonly outcome?: string
}

export interface ResourceOptions {
  readonly type?: string
  readonly capacity?: number
  readonly scope?: string
  readonly mode?: 'exclusive' | 'shared'
  readonly permits?: number
  readonly site?: string
  readonly releaseType?: string
  /** Instance per process: the line's task decides. */
  readonly perProcess?: boolean
  /** Mode or site for the holds of single tasks. */
  readonly by?: Readonly<
    Record<
      string,
      {
        readonly mode?: 'exclusive' | 'shared'
        readonly permits?: number
        readonly site?: string
        readonly releaseType?: string
      }
    >
  >
}

interface AwaitOptions {
  readonly task: string
  readonly startMs: number
  readonly endMs: number
  readonly targetType?: string
  readonly targetId?: string
  readonly readyMs?: number
  readonly outcome?: string
  readonly join?: string
  readonly awaits?: readonly string[]
  readonly open?: boolean
  readonly site?: string
}

interface TickOptions extends Partial<Omit<Tick, 'task' | 'process'>> {
  readonly series: string
  readonly task?: string
  readonly expectedMs: number
  readonly atMs: number
  readonly delayMs?: number
  readonly nominalMs?: number
  readonly process?: string
}

interface RequestOptions {
  readonly task: string
  readonly operation: string
  readonly entity?: string
  readonly status?: number
  readonly error?: boolean
  readonly startMs?: number
  readonly endMs?: number
}

export interface Drawn {
  readonly store: Store
  readonly model: Model
  readonly report: ImportReport
  /** Index of a task by its label. */
  readonly task: (label: string) => number
}

const MS = 1e6
const operations: Readonly<Record<string, AccessOp>> = {
  R: 'read',
  W: 'write',
  X: 'write',
  C: 'check',
  I: 'increment',
  S: 'compare_and_set',
  N: 'create',
  D: 'delete',
}

interface SpanSpec {
  readonly name: string
  readonly role: Role
  readonly startNs: number
  readonly endNs: number
  readonly open: boolean
  readonly process: number
  readonly error: boolean
  /** Label of the task it hangs under; '' for a root. */
  readonly under: string
  row: number
}

interface Line {
  readonly label: string
  readonly picture: string
}

/** Reads a picture into a store and its model. */
export function draw(picture: string, options: DrawOptions = {}): Drawn {
  const unit = (options.unitMs ?? 1) * MS
  const lines = readLines(picture)
  const taskLines = lines.filter(line => !/[@=]/.test(line.label))
  const endNs = Math.max(
    (options.untilMs ?? 0) * MS,
    ...lines.map(line => line.picture.trimEnd().length * unit),
    ...(options.ticks ?? []).map(tick => tick.atMs * MS),
    ...(options.awaits ?? []).map(entry => entry.endMs * MS),
    ...(options.requests ?? []).map(entry => (entry.endMs ?? 0) * MS),
  )

  const processNames = [
    ...new Set([
      'p',
      ...Object.keys(options.processes ?? {}),
      ...taskLines.map(line => options.tasks?.[line.label]?.process ?? 'p'),
    ]),
  ]
  const used = new Set(taskLines.map(line => options.tasks?.[line.label]?.process ?? 'p'))
  const names = processNames.filter(name => used.has(name) || options.processes?.[name] || used.size === 0)
  const processes = names.map(
    (name, index): Process => ({
      index,
      service: name,
      instance: name,
      label: name,
      uncertaintyNs: 0,
      offsetNs: 0,
      firstNs: 0,
      lastNs: endNs,
      lost: 0,
      attributes: {},
      structured: [],
      ...options.processes?.[name],
    }),
  )
  const processOf = (label: string) => names.indexOf(options.tasks?.[label]?.process ?? 'p')

  const loops: Loop[] = []
  const loopOf = (process: number, id: string) => {
    const found = loops.findIndex(loop => loop.process === process && loop.id === id)
    if (found >= 0) return found
    const label = `${names[process]}#${id}`
    loops.push({ id, label, process, kind: options.loops?.[label]?.kind ?? 'main' })
    return loops.length - 1
  }

  // Tasks, their slices, awaits and accesses.
  const specs: SpanSpec[] = []
  const span = (spec: Omit<SpanSpec, 'row'>) => {
    const made: SpanSpec = { ...spec, row: -1 }
    specs.push(made)
    return made
  }
  interface DrawnTask {
    readonly label: string
    readonly spec: SpanSpec
    readonly loop: number
    readonly outcome: string
  }
  const drawnTasks: DrawnTask[] = []
  const slices: { startNs: number; endNs: number; label: string; loop: number }[] = []
  const awaits: { entry: AwaitOptions; spec: SpanSpec }[] = []
  const accesses: (Omit<Access, 'record' | 'task' | 'key' | 'span' | 'holds' | 'seq'> & {
    key: string
    label: string
  })[] = []

  const readAccesses = (label: string, key: string, text: string, valuesKey: string) => {
    let nth = 0
    for (let i = 0; i < text.length; i++) {
      const op = operations[text[i]!]
      if (!op) continue
      accesses.push({
        label,
        key,
        op,
        atNs: i * unit,
        value: options.values?.[valuesKey]?.[nth] ?? '',
        version: options.versions?.[valuesKey]?.[nth] ?? '',
        readSeq: -1,
        error: text[i] === 'X' ? 'UniqueViolation' : '',
        process: processOf(label),
        site: options.accessSite ?? `${op} (${label.toLowerCase()}.ts:${i + 1})`,
      })
      nth++
    }
  }

  for (const { label, picture: text } of taskLines) {
    const trimmed = text.trimEnd()
    const from = trimmed.search(/\S/)
    const last = trimmed.at(-1)
    const settings = options.tasks?.[label]
    const process = processOf(label)
    const open = last === '>'
    const length = open || last === '!' || last === '?' ? trimmed.length - 1 : trimmed.length
    const outcome =
      settings?.outcome ??
      (open ? 'running' : last === '!' ? 'failed' : last === '?' ? 'cancelled' : 'completed')
    const loop = loopOf(process, settings?.loop ?? 'main')
    const startNs = Math.max(0, from) * unit
    const spec = span({
      name: `task ${settings?.name ?? label}`,
      role: 'task',
      startNs,
      endNs: open ? endNs : length * unit,
      open,
      process,
      error: outcome === 'failed',
      under: settings?.parent ?? '',
    })
    drawnTasks.push({ label, spec, loop, outcome })
    readAccesses(label, options.key ?? 'k', trimmed.slice(0, length), label)
    forRuns(
      trimmed.slice(0, length),
      char => (/[─\-RWXCISND]/.test(char) ? 'run' : /[·.]/.test(char) ? 'await' : ''),
      (kind, a, b) => {
        if (kind === 'run') slices.push({ startNs: a * unit, endNs: b * unit, label, loop })
        if (kind === 'await' && !options.noAwaits) {
          const stillOpen = open && b === length
          const entry: AwaitOptions = {
            task: label,
            startMs: (a * unit) / MS,
            endMs: (stillOpen ? endNs : b * unit) / MS,
            targetType: '',
            open: stillOpen,
          }
          awaits.push({
            entry,
            spec: span({
              name: 'await',
              role: 'await',
              startNs: a * unit,
              endNs: stillOpen ? endNs : b * unit,
              open: stillOpen,
              process,
              error: false,
              under: label,
            }),
          })
        }
      },
    )
  }
  for (const entry of options.awaits ?? []) {
    awaits.push({
      entry,
      spec: span({
        name: `await ${entry.targetId ?? ''}`,
        role: 'await',
        startNs: entry.startMs * MS,
        endNs: entry.open ? endNs : entry.endMs * MS,
        open: entry.open ?? false,
        process: processOf(entry.task),
        error: false,
        under: entry.task,
      }),
    })
  }
  for (const line of lines) {
    const at = line.label.indexOf('=')
    if (at > 0) readAccesses(line.label.slice(0, at), line.label.slice(at + 1), line.picture, line.label)
  }

  // Resources, waits and holds.
  const resources: Resource[] = []
  const resourceOf = (name: string, process: number) => {
    const settings = options.resources?.[name]
    const id = settings?.perProcess ? `${name}-${names[process]}` : name
    const owner = settings?.perProcess ? process : 0
    const found = resources.findIndex(resource => resource.id === id && resource.process === owner)
    if (found >= 0) return found
    resources.push({
      id,
      name,
      label: settings?.perProcess ? `${name} (${id})` : name,
      type: settings?.type ?? 'mutex',
      process: owner,
      capacity: settings?.capacity ?? (settings?.type && settings.type !== 'mutex' ? -1 : 1),
      scope: settings?.scope ?? 'process',
    })
    return resources.length - 1
  }
  type HoldDraft = Omit<Hold, 'task' | 'row' | 'wait'> & {
    label: string
    spec: SpanSpec
    wait: WaitDraft | null
  }
  type WaitDraft = Omit<Wait, 'task' | 'row' | 'hold'> & {
    label: string
    spec: SpanSpec
    hold: HoldDraft | null
  }
  const holdDrafts: HoldDraft[] = []
  const waitDrafts: WaitDraft[] = []
  for (const line of lines) {
    const at = line.label.indexOf('@')
    if (at < 0) continue
    const label = line.label.slice(0, at)
    const name = line.label.slice(at + 1)
    const settings = options.resources?.[name]
    const process = processOf(label)
    const resource = resourceOf(name, process)
    const common = {
      label,
      resource,
      mode: settings?.by?.[label]?.mode ?? settings?.mode ?? ('exclusive' as const),
      permits: settings?.by?.[label]?.permits ?? settings?.permits ?? 1,
      site: settings?.by?.[label]?.site ?? settings?.site ?? `acquire ${name} (${label.toLowerCase()}.ts:1)`,
      inferred: null,
    }
    let wait: WaitDraft | null = null
    const text = line.picture.trimEnd()
    forRuns(
      text.replaceAll('>', ' '),
      char =>
        char === '~'
          ? 'wait'
          : /[#-]/.test(char)
            ? 'hold'
            : char === '!'
              ? 'timeout'
              : char === 'x'
                ? 'cancel'
                : char === '|'
                  ? 'again'
                  : '',
      (kind, a, b) => {
        const startNs = a * unit
        if (kind === 'wait') {
          const after = text[b]
          const open = after === '>'
          const end = open ? endNs : b * unit
          const outcome = after === '!' ? 'timeout' : after === 'x' ? 'cancelled' : open ? '' : 'acquired'
          const spec = span({
            name: `acquire ${name}`,
            role: 'wait',
            startNs,
            endNs: end,
            open,
            process,
            error: after === '!',
            under: label,
          })
          wait = {
            ...common,
            id: `w${waitDrafts.length}`,
            startNs,
            endNs: end,
            open,
            outcome,
            queueLength: -1,
            hold: null,
            spec,
          }
          waitDrafts.push(wait)
          if (outcome !== 'acquired') wait = null
          return
        }
        if (kind !== 'hold') return
        const open = text[b] === '>'
        // `|` belongs to the hold before it: `##|##` are two holds that touch.
        const end = open ? endNs : (b + (text[b] === '|' ? 1 : 0)) * unit
        const uses: { startNs: number; endNs: number }[] = []
        forRuns(
          text.slice(a, b),
          char => (char === '#' ? 'use' : ''),
          (use, c, d) => {
            if (use) uses.push({ startNs: startNs + c * unit, endNs: startNs + d * unit })
          },
        )
        const usefulNs = uses.reduce((sum, use) => sum + use.endNs - use.startNs, 0)
        const spec = span({
          name: `hold ${name}`,
          role: 'hold',
          startNs,
          endNs: end,
          open,
          process,
          error: false,
          under: label,
        })
        const hold: HoldDraft = {
          ...common,
          id: `h${holdDrafts.length}`,
          startNs,
          endNs: end,
          open,
          releaseType: open
            ? ''
            : (settings?.by?.[label]?.releaseType ?? settings?.releaseType ?? 'released'),
          wait,
          uses,
          usefulNs,
          lastUseNs: uses.at(-1)?.endNs ?? -1,
          spec,
        }
        if (wait) wait.hold = hold
        wait = null
        holdDrafts.push(hold)
      },
    )
  }

  // Rows: pre-order of the task forest.
  const store = layOutSpans(specs, drawnTasks, processes, endNs, options.losses)

  drawnTasks.sort((a, b) => a.spec.startNs - b.spec.startNs || a.spec.row - b.spec.row)
  const taskIndex = new Map(drawnTasks.map((task, index) => [task.label, index]))
  const task = (label: string) => taskIndex.get(label) ?? -1
  const tasks = drawnTasks.map(
    ({ label, spec, loop, outcome }): Task => ({
      id: label,
      name: options.tasks?.[label]?.name ?? label,
      type: options.tasks?.[label]?.type ?? 'request',
      process: spec.process,
      loop,
      parent: task(options.tasks?.[label]?.parent ?? ''),
      outcome,
      site: options.tasks?.[label]?.site ?? `${label} (${label.toLowerCase()}.ts:1)`,
      startNs: spec.startNs,
      endNs: spec.endNs,
      open: spec.open,
      row: spec.row,
      inferred: null,
    }),
  )
  waitDrafts.sort((a, b) => a.startNs - b.startNs)
  holdDrafts.sort((a, b) => a.startNs - b.startNs)
  const waits = waitDrafts.map(
    ({ label, spec, hold, ...rest }): Wait => ({
      ...rest,
      task: task(label),
      row: spec.row,
      hold: hold ? holdDrafts.indexOf(hold) : -1,
    }),
  )
  const holds = holdDrafts.map(
    ({ label, spec, wait, ...rest }): Hold => ({
      ...rest,
      task: task(label),
      row: spec.row,
      wait: wait ? waitDrafts.indexOf(wait) : -1,
    }),
  )

  const keys: string[] = []
  accesses.sort((a, b) => a.atNs - b.atNs)
  const seqOf = new Map<number, number>()
  const modelAccesses = accesses.map(({ label, key, ...rest }, index): Access => {
    if (!keys.includes(key)) keys.push(key)
    const seq = (seqOf.get(rest.process) ?? 0) + 1
    seqOf.set(rest.process, seq)
    return {
      ...rest,
      record: index,
      task: task(label),
      key: keys.indexOf(key),
      seq: options.noSeq ? -1 : seq,
      holds: [],
      span: -1,
    }
  })

  slices.sort((a, b) => a.loop - b.loop || a.startNs - b.startNs)
  const kept = options.noSlices ? [] : slices
  const modelAwaits = awaits
    .sort((a, b) => a.entry.startMs - b.entry.startMs)
    .map(
      ({ entry, spec }): Await => ({
        startNs: spec.startNs,
        endNs: spec.endNs,
        open: spec.open,
        row: spec.row,
        inferred: null,
        task: task(entry.task),
        targetType: entry.targetType ?? 'promise',
        targetId: entry.targetId ?? '',
        readyNs: entry.readyMs === undefined ? -1 : entry.readyMs * MS,
        outcome: entry.outcome ?? (spec.open ? '' : 'resolved'),
        join: entry.join ?? '',
        awaits: (entry.awaits ?? []).map(task),
        site: entry.site ?? `await (${entry.task.toLowerCase()}.ts:2)`,
      }),
    )
  const rowOf = (label: string) => tasks[task(label)]?.row ?? -1
  const ticks = (options.ticks ?? [])
    .map((entry): Tick => {
      const process = entry.process ? names.indexOf(entry.process) : entry.task ? processOf(entry.task) : 0
      return {
        row: -1,
        inferred: null,
        series: entry.series,
        name: entry.name ?? entry.series,
        task: task(entry.task ?? ''),
        process,
        startNs: entry.atMs * MS,
        endNs: entry.atMs * MS,
        open: false,
        delayNs: (entry.delayMs ?? 0) * MS,
        expectedNs: entry.expectedMs * MS,
        latenessNs: entry.latenessNs ?? (entry.atMs - entry.expectedMs) * MS,
        repeating: entry.repeating ?? true,
        style: entry.style ?? 'interval',
        nominalNs: (entry.nominalMs ?? 0) * MS,
        outcome: entry.outcome ?? '',
        site: entry.site ?? `${entry.name ?? entry.series} (timers.ts:1)`,
      }
    })
    .sort((a, b) => a.startNs - b.startNs)

  const roleOfSpan = new Uint8Array(store.spans.count)
  const taskOfSpan = new Int32Array(store.spans.count).fill(-1)
  for (const spec of specs) {
    roleOfSpan[spec.row] = roles.indexOf(spec.role)
    taskOfSpan[spec.row] =
      spec.role === 'task' ? tasks.findIndex(entry => entry.row === spec.row) : task(spec.under)
  }

  const model: Model = {
    tasks,
    slices: {
      count: kept.length,
      startNs: Float64Array.from(kept, slice => slice.startNs),
      endNs: Float64Array.from(kept, slice => slice.endNs),
      task: Int32Array.from(kept, slice => task(slice.label)),
      loop: Int32Array.from(kept, slice => slice.loop),
    },
    awaits: modelAwaits,
    resources,
    waits,
    holds,
    keys,
    accesses: modelAccesses,
    loops,
    stalls: (options.stalls ?? []).map(
      (entry): Stall => ({
        startNs: entry.startMs * MS,
        endNs: entry.endMs * MS,
        open: false,
        row: -1,
        inferred: null,
        loop: Math.max(
          0,
          loops.findIndex(loop => loop.label === (entry.loop ?? 'p#main')),
        ),
        task: task(entry.task ?? ''),
        thresholdNs: 50 * MS,
        detector: 'timer',
        pausedNs: (entry.pausedMs ?? 0) * 1e6,
        site: entry.site ?? '',
      }),
    ),
    ticks,
    requests: (options.requests ?? [])
      .map((entry): Request => {
        const owner = tasks[task(entry.task)]
        return {
          row: rowOf(entry.task),
          task: task(entry.task),
          process: processOf(entry.task),
          operation: entry.operation,
          entity: entry.entity ?? '',
          status: entry.status ?? 200,
          error: entry.error ?? (entry.status ?? 200) >= 500,
          startNs: entry.startMs === undefined ? (owner?.startNs ?? 0) : entry.startMs * MS,
          endNs: entry.endMs === undefined ? (owner?.endNs ?? 0) : entry.endMs * MS,
          open: owner?.open ?? false,
        }
      })
      .sort((a, b) => a.startNs - b.startNs),
    messages: (options.messages ?? [])
      .map(
        ({ atMs, task: label, ...rest }, record): Message => ({
          ...rest,
          record,
          atNs: atMs * MS,
          task: task(label),
        }),
      )
      .sort((a, b) => a.atNs - b.atNs),
    queueItems: (options.queueItems ?? [])
      .map(
        ({ atMs, task: label, ...rest }, record): QueueItem => ({
          item: '',
          depth: -1,
          capacity: -1,
          process: 0,
          ...rest,
          record,
          atNs: atMs * MS,
          task: label === undefined ? -1 : task(label),
        }),
      )
      .sort((a, b) => a.atNs - b.atNs),
    cancels: (options.cancels ?? []).map(
      (entry): Cancel => ({ task: task(entry.task), atNs: entry.atMs * MS, reason: entry.reason ?? '' }),
    ),
    marks: (options.marks ?? []).map(
      (entry, record): Mark => ({
        record,
        kind: entry.kind,
        text: entry.text ?? '',
        atNs: entry.atMs * MS,
        process: entry.task ? processOf(entry.task) : 0,
        task: task(entry.task ?? ''),
      }),
    ),
    roleOfSpan,
    taskOfSpan,
    coverage: {
      hasTasks: tasks.length > 0,
      hasSlices: kept.length > 0,
      hasHolds: holds.length > 0,
      hasAccesses: accesses.length > 0,
      hasAwaits: modelAwaits.length > 0,
      gaps: [],
      lossIntervals: options.losses ?? [],
      ...options.coverage,
    },
  }
  return {
    store,
    model,
    report: {
      inputs: [{ file: 'drawn', format: 'drawn', bytes: 0, spans: store.spans.count }],
      issues: options.issues ?? [],
    },
    task,
  }
}

/** Label and picture of each line; time 0 is two columns right of the longest label. */
function readLines(picture: string): Line[] {
  const raw = picture.split('\n').filter(line => line.trim() !== '')
  const indent = Math.min(...raw.map(line => line.search(/\S/)))
  const cut = raw.map(line => line.slice(indent))
  const labels = cut.map(line => /^\S+/.exec(line)![0])
  const column = Math.max(...labels.map(label => label.length)) + 2
  return cut.map((line, index) => {
    const gap = line.slice(labels[index]!.length, column)
    if (gap.trim() !== '')
      throw new Error(`the picture of "${labels[index]}" begins before column ${column}: ${line}`)
    return { label: labels[index]!, picture: line.slice(column) }
  })
}

/** Calls `emit(kind, from, to)` for every maximal run of characters of one kind, '' left out. */
function forRuns(
  text: string,
  kindOf: (char: string) => string,
  emit: (kind: string, from: number, to: number) => void,
): void {
  let from = 0
  for (let i = 1; i <= text.length; i++) {
    const kind = kindOf(text[from]!)
    if (i < text.length && kindOf(text[i]!) === kind) continue
    if (kind) emit(kind, from, i)
    from = i
  }
}

/** Gives every span its row, in pre-order under its task, and makes the store of them. */
function layOutSpans(
  specs: SpanSpec[],
  tasks: readonly { label: string; spec: SpanSpec }[],
  processes: readonly Process[],
  durationNs: number,
  _losses: unknown,
): Store {
  const byLabel = new Map(tasks.map(task => [task.label, task.spec]))
  const children = new Map<SpanSpec | null, SpanSpec[]>()
  for (const spec of [...specs].sort((a, b) => a.startNs - b.startNs)) {
    const parent = byLabel.get(spec.under) ?? null
    const list = children.get(parent) ?? []
    list.push(spec)
    children.set(parent, list)
  }
  const order: { spec: SpanSpec; parent: number; depth: number }[] = []
  const stack = [...(children.get(null) ?? [])].reverse().map(spec => ({ spec, parent: -1, depth: 0 }))
  while (stack.length > 0) {
    const next = stack.pop()!
    next.spec.row = order.length
    order.push(next)
    for (const child of [...(children.get(next.spec) ?? [])].reverse())
      stack.push({ spec: child, parent: next.spec.row, depth: next.depth + 1 })
  }
  const count = order.length
  const subtreeEnd = new Int32Array(count)
  for (let row = count - 1; row >= 0; row--) {
    let end = row + 1
    while (end < count && order[end]!.depth > order[row]!.depth) end = subtreeEnd[end]!
    subtreeEnd[row] = end
  }
  const strings = ['']
  const intern = (text: string) => {
    const found = strings.indexOf(text)
    return found >= 0 ? found : strings.push(text) - 1
  }
  const traceId = new Uint8Array(count * 16)
  const spanId = new Uint8Array(count * 8)
  for (let row = 0; row < count; row++) {
    traceId[row * 16 + 15] = 1
    spanId[row * 8 + 6] = (row + 1) >> 8
    spanId[row * 8 + 7] = (row + 1) & 255
  }
  return {
    fingerprint: 'drawn',
    epochUnixNano: '1773223200000000000',
    durationNs,
    strings,
    spans: {
      count,
      traceId,
      spanId,
      parent: Int32Array.from(order, entry => entry.parent),
      depth: Int32Array.from(order, entry => entry.depth),
      subtreeEnd,
      name: Int32Array.from(order, entry => intern(entry.spec.name)),
      kind: new Uint8Array(count).fill(1),
      status: Uint8Array.from(order, entry => (entry.spec.error ? 2 : 0)),
      statusMessage: new Int32Array(count),
      startNs: Float64Array.from(order, entry => entry.spec.startNs),
      endNs: Float64Array.from(order, entry => entry.spec.endNs),
      flags: Uint16Array.from(order, entry => (entry.spec.open ? SpanFlag.open : 0)),
      process: Int32Array.from(order, entry => entry.spec.process),
      scope: new Int32Array(count),
      attrStart: new Int32Array(count),
      attrEnd: new Int32Array(count),
    },
    records: {
      count: 0,
      timeNs: new Float64Array(0),
      name: new Int32Array(0),
      body: new Int32Array(0),
      severity: new Uint8Array(0),
      flags: new Uint8Array(0),
      span: new Int32Array(0),
      process: new Int32Array(0),
      scope: new Int32Array(0),
      attrStart: new Int32Array(0),
      attrEnd: new Int32Array(0),
      strays: { rows: new Int32Array(0), traceId: new Uint8Array(0), spanId: new Uint8Array(0) },
    },
    links: {
      count: 0,
      from: new Int32Array(0),
      to: new Int32Array(0),
      traceId: new Uint8Array(0),
      spanId: new Uint8Array(0),
      type: new Int32Array(0),
      attrStart: new Int32Array(0),
      attrEnd: new Int32Array(0),
    },
    attributes: { count: 0, key: new Int32Array(0), type: new Uint8Array(0), value: new Float64Array(0) },
    processes,
    gauges: [],
    scopes: [],
  }
}
