import { mark, writeLosses } from './mark.ts'
import { writeAllOpenRecords } from './open-records.ts'
import type { Pipeline } from './pipeline.ts'
import { stopProfile } from './profile.ts'
import { guard } from './runtime.ts'
import { resetCallbacks } from './slices.ts'
import { recordUncaught } from './uncaught.ts'

/**
 * The end of the recording. Whatever way the process ends, short of SIGKILL: open records, the loss report, a shutdown mark,
 * and everything written before the process is gone.
 */
export function finishOnExit(pipeline: Pipeline): void {
  let finished = false
  const save = (): void =>
    guard('exit', () => {
      writeAllOpenRecords()
      pipeline.flush()
    })
  const finish = (reason: string): void => {
    if (finished) return
    finished = true
    guard('exit', () => {
      writeAllOpenRecords()
      mark('shutdown', reason)
      writeLosses(true)
      pipeline.close()
    })
    guard('exit', stopProfile)
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const onSignal = (): void => {
      save()
      // With a listener of its own the host decides how to end; alone, ours must not keep the process alive.
      if (process.listenerCount(signal) > 1) return
      finish(signal)
      process.removeListener(signal, onSignal)
      process.kill(process.pid, signal)
    }
    process.on(signal, onSignal)
  }
  process.on('uncaughtExceptionMonitor', error => {
    guard('exit', () => {
      recordUncaught(error, process.listenerCount('uncaughtException') === 0)
      resetCallbacks()
    })
    save()
  })
  process.on('beforeExit', save)
  process.on('exit', code => finish(`exit ${code}`))
}
