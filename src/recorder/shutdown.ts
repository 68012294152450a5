import { nowNs } from './clock.ts'
import { mark, writeLosses } from './mark.ts'
import { writeAllOpenRecords } from './open-records.ts'
import type { Pipeline } from './pipeline.ts'
import { stopProfile } from './profile.ts'
import { guard } from './runtime.ts'
import { resetCallbacks } from './slices.ts'
import { endIdleTicks } from './ticks.ts'
import { recordUncaught, watchRejections } from './uncaught.ts'

/** The loop was empty: whoever still waited, waited for nobody. */
const idleEnd = 'nothing left to do'
/** A collector that does not answer must not keep a process from ending. */
const maxCloseMs = 2000

/**
 * The end of the recording. Whatever way the process ends, short of SIGKILL: open records, the loss report, a shutdown mark,
 * and everything written before the process is gone.
 */
export function finishOnExit(pipeline: Pipeline, asynchronous: boolean): void {
  let finished = false
  const save = (): void =>
    guard('exit', () => {
      writeAllOpenRecords()
      pipeline.flush()
    })
  /** Returns a promise when the sink needs time to deliver. */
  const finish = (reason: string): Promise<void> | null => {
    if (finished) return null
    finished = true
    let closing: Promise<void> | null = null
    guard('exit', () => {
      endIdleTicks(nowNs())
      writeAllOpenRecords()
      mark('shutdown', reason)
      writeLosses(true)
      closing = pipeline.close()
    })
    guard('exit', stopProfile)
    return closing
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const onSignal = (): void => {
      save()
      // With a listener of its own the host decides how to end; alone, ours must not keep the process alive.
      if (process.listenerCount(signal) > 1) return
      const end = (): void => {
        process.removeListener(signal, onSignal)
        process.kill(process.pid, signal)
      }
      const closing = finish(signal)
      if (!closing) return end()
      const giveUp = setTimeout(end, maxCloseMs)
      void closing.finally(() => {
        clearTimeout(giveUp)
        end()
      })
    }
    process.on(signal, onSignal)
  }
  watchRejections()
  process.on('uncaughtExceptionMonitor', error => {
    guard('exit', () => {
      recordUncaught(error, process.listenerCount('uncaughtException') === 0)
      resetCallbacks()
    })
    save()
  })
  // Nothing asynchronous can be sent after `exit`.
  let idle = false
  process.on('beforeExit', () => {
    idle = true
    void (asynchronous ? finish(idleEnd) : save())
  })
  process.on('exit', code => finish(idle ? `exit ${code}: ${idleEnd}` : `exit ${code}`))
}
