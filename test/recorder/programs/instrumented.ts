/** A server whose HTTP is instrumented by OpenTelemetry as well. */
import './start.ts'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { trace } from '@opentelemetry/api'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'

const instrumentation = new HttpInstrumentation()
instrumentation.setTracerProvider(trace.getTracerProvider())
const http = createRequire(import.meta.url)('node:http') as typeof import('node:http')

const server: Server = http.createServer(async (_request, response) => {
  await sleep(10)
  trace.getTracer('app').startSpan('in handler').end()
  response.end('done')
})
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo
  for (const path of ['/a', '/b']) await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  server.close()
})
