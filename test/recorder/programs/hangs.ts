import './start.ts'
import { mutex, track } from '../../../src/recorder/index.ts'

const lock = mutex('stuck')
void track('holder', async () => {
  await lock.acquire()
  await new Promise(() => {})
})
void track('waiter', () => lock.acquire())
setInterval(() => {}, 1000)
setImmediate(() => process.send?.('hanging'))
