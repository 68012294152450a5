import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Runs the service against a port; the SDK's own words on what went wrong. It sends 40 spans and one log record. */
export async function exportTo(
  port: number,
  protocol = 'http/protobuf',
  compression = 'none',
): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'exporting-service.ts')], {
    stdio: 'inherit',
    env: {
      ...process.env,
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    },
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the exporting service ended with ${code}`)
}
