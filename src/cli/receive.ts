import { once } from 'node:events'
import { resolve } from 'node:path'
import { type Received, type Receiver, startReceiver } from '../receiver/receiver.ts'
import { counted } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export interface ReceiveOptions {
  readonly port: string
  readonly output: string
}

/**
 * `interleave receive`: writes what exporters send until Ctrl+C or SIGTERM.
 *
 * @throws UsageError when the port is taken or the file can't be written
 */
export async function receive(options: ReceiveOptions): Promise<void> {
  const port = Number(options.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${options.port}: give a number from 0 to 65535`)
  const receiver = await started(port, resolve(options.output), options.output)
  process.stderr.write(
    `interleave: receiving OTLP/HTTP on http://127.0.0.1:${receiver.port}, writing ${options.output}; Ctrl+C ends\n`,
  )
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  process.stderr.write(`interleave: ${sentence(await receiver.stop())} in ${options.output}\n`)
}

function started(port: number, file: string, given: string): Promise<Receiver> {
  return startReceiver({ port, file }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE')
      throw new UsageError(`port ${port} is in use; end what listens there or give another --port`)
    if (error.code === 'EACCES' && error.syscall === 'listen')
      throw new UsageError(`port ${port} may not be used; give another --port`)
    throw new UsageError(`${given}: cannot be written (${error.code ?? error.message})`)
  })
}

function sentence({ requests, spans, logs, metrics, rejected }: Received): string {
  const parts = [counted(spans, 'span'), counted(logs, 'log record'), counted(metrics, 'metric')]
  const lost = rejected > 0 ? `; ${counted(rejected, 'item')} did not fit any more` : ''
  return `${parts.join(', ')} from ${counted(requests, 'request')}${lost}`
}
