import { callbacksSoFar, writeAwait } from './awaits.ts'
import { nowNs } from './clock.ts'
import { nextSeq } from './runtime.ts'
import { noteSlice } from './stalls.ts'
import { lookBefore } from './starved.ts'
import type { Task } from './tasks.ts'

/**
 * Run slices: who has the loop, from switch to switch.
 *
 *   callback   before────────────────after   before───after
 *   task       │ none │ T1 │ T2 (track) │T1│ │ T1 │
 *                     ▲ request starts inside the callback
 */
let running: Task | null = null
let runningSinceNs = -1
/** Tasks of the callbacks that are nested in each other right now; the loop is idle when it is empty. */
const stack: (Task | null)[] = []
let lastRun: Task | null = null
let runningSeq = 0

function switchTo(task: Task | null, busy: boolean): void {
  if (task === running && busy && runningSinceNs >= 0) return
  const now = nowNs()
  if (runningSinceNs >= 0) leave(now)
  running = task
  runningSinceNs = busy ? now : -1
  if (busy) {
    runningSeq = nextSeq()
    lookBefore(now)
    if (task && task.suspendedNs >= 0) {
      writeAwait(task, now)
      task.suspendedNs = -1
    }
  }
}

function leave(now: number): void {
  const task = running
  if (task && !task.ended) {
    task.addSlice(runningSinceNs, now, lastRun === task)
    task.suspendedNs = now
    task.suspendedSeq = nextSeq()
    task.suspendedCallback = callbacksSoFar()
    task.endedChildren.length = 0
  }
  lastRun = task
  noteSlice(task, runningSinceNs, now, runningSeq)
}

/** A callback of `task` begins. */
export function enterCallback(task: Task | null): void {
  stack.push(task)
  switchTo(task, true)
}

/** The innermost callback ends. */
export function leaveCallback(): void {
  stack.pop()
  const depth = stack.length
  if (depth > 0) switchTo(stack[depth - 1] ?? null, true)
  else switchTo(null, false)
}

/** The rest of the running callback belongs to `task` (a request that starts inside a socket's callback). */
export function becomeTask(task: Task): void {
  if (stack.length > 0) stack[stack.length - 1] = task
  switchTo(task, stack.length > 0)
}

/** A task ends inside its running slice: what ran of it counts up to `endNs`. */
export function cutSlice(task: Task, endNs: number): void {
  if (running !== task || runningSinceNs < 0 || endNs <= runningSinceNs) return
  task.addSlice(runningSinceNs, endNs, lastRun === task)
}

/** After an uncaught exception node skips the `after` hooks. */
export function resetCallbacks(): void {
  stack.length = 0
  running = null
  runningSinceNs = -1
}
