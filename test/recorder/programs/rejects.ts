import './start.ts'
import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { track } from '../../../src/recorder/index.ts'

const heard: string[] = []
const listen = (reason: unknown): void => {
  heard.push((reason as Error).message)
}
process.on('unhandledRejection', listen)
const bus = new EventEmitter()
bus.on('placed', async () => {
  await track('mail', async () => {
    await sleep(10)
    throw new Error('SMTP 451')
  })
})
await track('order', async () => void bus.emit('placed'))
await sleep(60)
process.off('unhandledRejection', listen)
process.stdout.write(`${heard.join()} ${process.listenerCount('unhandledRejection')}`)
