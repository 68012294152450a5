import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nowNs } from '../../src/recorder/clock.ts'
import { setRunning } from '../../src/recorder/runtime.ts'
import { chargedTask, currentTask, Task, taskStorage } from '../../src/recorder/tasks.ts'
import { asTicks, endIdleTicks } from '../../src/recorder/ticks.ts'

describe('calls of a timer', () => {
  beforeAll(() => setRunning(true))
  afterAll(() => setRunning(false))
  const outcome = (task: Task | null) => task?.record.attributes['interleave.task.outcome']

  it('are charged to whoever set it until something is recorded in them', () => {
    const parent = new Task('poll', 'background', {})
    const seen: (Task | null)[] = []
    const call = taskStorage.run(parent, () =>
      asTicks('tick', null, () => void seen.push(chargedTask(), currentTask(), chargedTask())),
    )
    call()
    const [before, recorded, after] = seen
    expect(before).toBe(parent)
    expect(recorded?.name).toBe('tick')
    expect(recorded?.parent).toBe(parent)
    expect(after).toBe(recorded)
  })

  it('are a task each, across their awaits', async () => {
    const call = asTicks('tick', null, async () => {
      const first = currentTask()
      await null
      return void calls.push([first, currentTask()])
    })
    const calls: (Task | null)[][] = []
    await Promise.all([call(), call()])
    expect(calls.map(([first, later]) => first === later)).toEqual([true, true])
    expect(calls[0]![0]).not.toBe(calls[1]![0])
    expect(calls.map(([task]) => outcome(task!))).toEqual(['completed', 'completed'])
  })

  it('fail as they did without the recorder', async () => {
    let task: Task | null = null
    const failing = asTicks('tick', null, async () => {
      task = currentTask()
      throw new Error('no')
    })
    await expect(failing()).rejects.toThrow('no')
    expect(outcome(task)).toBe('failed')
    const throwing = asTicks('tick', null, () => {
      task = currentTask()
      throw new Error('at once')
    })
    expect(throwing).toThrow('at once')
    expect(outcome(task)).toBe('failed')
  })

  it('that returned end when nothing of them runs any more, but not while they hold something', () => {
    const tasks: Task[] = []
    const call = asTicks('tick', null, () => void tasks.push(currentTask()!))
    call()
    call()
    tasks[1]!.holds.set('h1', false)
    endIdleTicks(nowNs())
    expect(tasks.map(task => task.ended)).toEqual([true, false])
    tasks[1]!.holds.clear()
    endIdleTicks(nowNs())
    expect(tasks[1]!.ended).toBe(true)
  })

  it('go through untouched when nothing is recorded', () => {
    setRunning(false)
    expect(asTicks('tick', null, (a: number, b: number) => a + b)(1, 2)).toBe(3)
    setRunning(true)
  })
})
