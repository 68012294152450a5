import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A plain service: reads what it needs without blocking, makes JSON of it, answers. Knows nothing of the recorder. */
const items = new Map(
  Array.from({ length: 100 }, (_, id) => [id, { id, name: `Item ${id}`, tags: ['a', 'b', 'c'] }]),
)

const server = createServer(async (request, response) => {
  const id = Number(request.url?.split('/').at(-1))
  const source = await readFile(import.meta.filename, 'utf8')
  const neighbours = Array.from({ length: 50 }, (_, step) => items.get((id + step) % 100))
  const body = JSON.stringify({ neighbours, lines: source.split('\n').length })
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
