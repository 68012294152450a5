import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'

// Knows nothing of the recorder.
const server = createServer((_request, response) => response.end('hello'))
server.listen(0, '127.0.0.1', () => {
  get({ port: (server.address() as AddressInfo).port, agent: false }, response => {
    response.setEncoding('utf8').on('data', chunk => process.stdout.write(chunk))
    response.once('end', () => server.close())
  })
})
