import type { Model } from '../convention/model.ts'

/** Who is whose ancestor, in O(1), by entry and exit numbers of one walk over the task forest. */
export interface TaskTree {
  readonly children: (task: number) => readonly number[]
  /** `a` is an ancestor of `b`, or `b` itself. */
  readonly isAncestor: (a: number, b: number) => boolean
  /** One of the two is an ancestor of the other, or they are the same. */
  readonly related: (a: number, b: number) => boolean
  /** The topmost ancestor. */
  readonly root: (task: number) => number
  /** The task and all below it. */
  readonly family: (task: number) => readonly number[]
}

const none: readonly number[] = []

export function buildTaskTree(model: Model): TaskTree {
  const count = model.tasks.length
  const children = new Map<number, number[]>()
  const roots: number[] = []
  for (let task = 0; task < count; task++) {
    const parent = model.tasks[task]!.parent
    if (parent < 0 || parent === task) roots.push(task)
    else {
      const list = children.get(parent)
      if (list) list.push(task)
      else children.set(parent, [task])
    }
  }
  const enter = new Int32Array(count).fill(-1)
  const leave = new Int32Array(count).fill(-1)
  const top = new Int32Array(count).fill(-1)
  const order = new Int32Array(count)
  let clock = 0
  const walk = (root: number) => {
    const stack = [root]
    while (stack.length > 0) {
      const task = stack.pop()!
      if (task < 0) {
        leave[~task] = clock
        continue
      }
      if (enter[task] !== -1) continue
      top[task] = root
      order[clock] = task
      enter[task] = clock++
      stack.push(~task)
      for (const child of children.get(task) ?? none) stack.push(child)
    }
  }
  for (const root of roots) walk(root)
  // Parents that form a cycle have no root: each stands for itself.
  for (let task = 0; task < count; task++) if (enter[task] === -1) walk(task)

  const isAncestor = (a: number, b: number) =>
    a >= 0 && b >= 0 && enter[a]! <= enter[b]! && enter[b]! < leave[a]!
  return {
    children: task => children.get(task) ?? none,
    isAncestor,
    related: (a, b) => isAncestor(a, b) || isAncestor(b, a),
    root: task => (task < 0 ? -1 : top[task]!),
    family: task => (task < 0 ? none : Array.from(order.subarray(enter[task]!, leave[task]!))),
  }
}
