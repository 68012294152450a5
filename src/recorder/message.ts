import { Event, Key, RecordType } from '../core/convention/keys.ts'
import { emit, stepAttributes } from './emit.ts'
import { guard, isRunning } from './runtime.ts'
import { captureSite, siteAttributes } from './site.ts'

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
      emit(Event.message + direction, {
        ...stepAttributes(RecordType.message),
        [Key.messageChannel]: name,
        [Key.messageReceiver]: receiver,
        [Key.messageSequence]: sequence,
        ...siteAttributes(captureSite()),
      })
    })
  }
  return {
    send: (receiver, sequence) => write('send', receiver, sequence),
    receive: (receiver, sequence) => write('receive', receiver, sequence),
  }
}
