import { spawn } from 'node:child_process'
import { freePort } from './free-port.ts'

/** A throw-away Redis on loopback: nothing is written to disk. */
export interface Redis {
  readonly port: number
  stop(): Promise<void>
}

/**
 * @throws Error with one line that says what to install, when there is no redis-server
 */
export async function startRedis(): Promise<Redis> {
  const port = await freePort()
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const exited = new Promise<void>(resolve => server.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let log = ''
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4000)
      if (log.includes('Ready to accept connections')) resolve()
    })
    server.once('error', () =>
      reject(
        new Error(
          'Redis server not found: install it first (Debian and Ubuntu: apt-get install redis-server)',
        ),
      ),
    )
    server.once('exit', code => reject(new Error(`redis-server ended with ${code}`)))
  })
  return {
    port,
    async stop() {
      if (server.exitCode === null) server.kill('SIGTERM')
      await exited
    },
  }
}
