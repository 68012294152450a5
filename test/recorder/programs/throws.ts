import './start.ts'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'

const server = createServer(() => {
  throw new TypeError('boom')
})
server.listen(0, '127.0.0.1', () => {
  get({ port: (server.address() as AddressInfo).port, agent: false }).once('error', () => {})
})
