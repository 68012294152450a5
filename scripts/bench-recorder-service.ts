import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** The services that `bench-recorder.ts` measures. They know nothing of the recorder. */
interface Line {
  readonly sku: string
  readonly quantity: number
  readonly price: number
}

/** Stands for a query: 2 ms in which nothing runs here. */
const queryMs = 2

async function plain(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const order = (await json(request)) as { readonly lines: readonly Line[] }
  await sleep(queryMs)
  const lines = order.lines.map(line => ({
    ...line,
    total: line.quantity * line.price,
    label: line.sku.toUpperCase(),
  }))
  lines.sort((a, b) => b.total - a.total || a.sku.localeCompare(b.sku))
  const total = lines.reduce((sum, line) => sum + line.total, 0)
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ total, lines }))
}

function bare(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  response.end('ok')
}

const server = createServer(
  process.argv[2] === 'bare' ? bare : (request, response) => void plain(request, response),
)
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
