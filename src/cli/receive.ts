import { once } from 'node:events'
import { type Received, startReceiver } from '../receiver/receiver.ts'
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
  const receiver = await startReceiver({ port, file: options.output }).catch(error => {
    throw new UsageError(error.message)
  })
  process.stderr.write(
    `interleave: receiving OTLP/HTTP on http://127.0.0.1:${receiver.port}, writing ${options.output}; Ctrl+C ends\n`,
  )
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  process.stderr.write(`interleave: ${sentence(await receiver.stop())} in ${options.output}\n`)
}

function sentence({ requests, spans, logs, metrics, rejected }: Received): string {
  const parts = [counted(spans, 'span'), counted(logs, 'log record'), counted(metrics, 'metric')]
  const lost = rejected > 0 ? `; ${counted(rejected, 'item')} did not fit any more` : ''
  return `${parts.join(', ')} from ${counted(requests, 'request')}${lost}`
}
