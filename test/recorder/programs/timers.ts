import './start.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { state, track } from '../../../src/recorder/index.ts'

const spin = (ms: number): void => {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

// Set anew at every sign of life: due 40 ms after the last one, not after the first.
const idle = setTimeout(function onIdle() {}, 40)
await track('stream', async () => {
  for (let n = 0; n < 6; n++) {
    idle.refresh()
    spin(15)
    await sleep(1)
  }
})
// Late in any case, so that it is told.
spin(80)
await sleep(1)

// Outside of tasks each is one of its own.
setTimeout(function first() {
  state('var:n').read(0)
}, 1)
setTimeout(function second() {
  state('var:n').read(0)
}, 1)
await sleep(20)
