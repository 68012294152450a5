import './start.ts'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpanStatusCode, trace } from '@opentelemetry/api'
import { timer } from '../../../src/recorder/index.ts'

function spinFor(ms: number): number {
  const until = performance.now() + ms
  let sum = 0
  while (performance.now() < until) sum += Math.sqrt(sum + 1)
  return sum
}

const server = createServer(async (incoming, response) => {
  await sleep(20)
  if (incoming.url === '/spin') spinFor(150)
  if (incoming.url === '/fail') response.statusCode = 500
  trace.getTracer('app').startSpan('in handler').setStatus({ code: SpanStatusCode.OK }).end()
  response.end('done')
})

let onBeat = (): void => {}
const heartbeat = timer('heartbeat', { everyMs: 30, style: 'heartbeat' }, () => onBeat())
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo
  const get = (path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      request({ port, path, agent: false }, response => response.resume().once('end', resolve))
        .once('error', reject)
        .end()
    })
  await Promise.all([get('/a'), get('/b')])
  await get('/fail')
  await Promise.all([get('/spin'), get('/beside')])
  // The answers may be here before the heartbeat they delayed.
  await new Promise<void>(resolve => {
    onBeat = resolve
  })
  setImmediate(() => heartbeat.stop())
  server.close()
})
