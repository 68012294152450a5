import { createHook, executionAsyncResource } from 'node:async_hooks'
import { noteCallback } from './awaits.ts'
import { countLoss } from './loss.ts'
import { enterCallback, leaveCallback } from './slices.ts'
import { chargedTask } from './tasks.ts'
import { onTimeoutCreated, onTimeoutDone, onTimeoutFires } from './timers.ts'

/**
 * The async_hooks of the recorder. Only timers are looked at when they are made; every callback is charged to the task its
 * async context belongs to. These run thousands of times a second: nothing here allocates or throws.
 */
const hook = createHook({
  init(_asyncId, type, _trigger, resource) {
    if (type !== 'Timeout') return
    try {
      onTimeoutCreated(resource)
    } catch {
      countLoss('timer', 'recorder error')
    }
  },
  before() {
    try {
      const resource = executionAsyncResource()
      if (!(resource instanceof Promise)) {
        noteCallback(resource)
        onTimeoutFires(resource)
      }
      enterCallback(chargedTask())
    } catch {
      countLoss('run', 'recorder error')
    }
  },
  after() {
    try {
      leaveCallback()
      onTimeoutDone()
    } catch {
      countLoss('run', 'recorder error')
    }
  },
})

export function enableHooks(): void {
  hook.enable()
}
