import { type Attributes, context } from '@opentelemetry/api'
import { Event, Key, RecordType } from '../core/convention/keys.ts'
import { hrTimeOf, nowNs } from './clock.ts'
import { guard, isRunning, logger, loopId, nextSeq } from './runtime.ts'
import { captureSite, siteAttributes } from './site.ts'
import { currentTask } from './tasks.ts'

/** Numbered messages to receivers: what shows that one was overtaken. */
export interface RecordedChannel {
  /** Call when the message goes out. */
  send(receiver: string, sequence: number): void
  /** Call where it arrives, in the order of arrival. */
  receive(receiver: string, sequence: number): void
}

/** `const prices = channel('prices')`, then `prices.send(clientId, version)` and, at the client, `prices.receive(clientId, version)`. */
export function channel(name: string): RecordedChannel {
  const write = (direction: 'send' | 'receive', receiver: string, sequence: number): void => {
    if (!isRunning()) return
    guard('message', () => {
      const task = currentTask()
      const attributes: Attributes = {
        [Key.recordType]: RecordType.message,
        [Key.seq]: nextSeq(),
        [Key.loopId]: loopId,
        [Key.messageChannel]: name,
        [Key.messageReceiver]: receiver,
        [Key.messageSequence]: sequence,
        ...(task ? { [Key.taskId]: task.id } : {}),
        ...siteAttributes(captureSite()),
      }
      const at = hrTimeOf(nowNs())
      logger().emit({
        eventName: Event.message + direction,
        timestamp: at,
        observedTimestamp: at,
        attributes,
        context: context.active(),
      })
    })
  }
  return {
    send: (receiver, sequence) => write('send', receiver, sequence),
    receive: (receiver, sequence) => write('receive', receiver, sequence),
  }
}
