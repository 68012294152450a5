/** The services in `fixtures/incidents`: which there are, and how one is run under its load with the recorder in it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Postgres } from './postgres.ts'

export const incidentsFolder = resolve(import.meta.dirname, '..', 'fixtures', 'incidents')

export const incidentNames = (): string[] =>
  readdirSync(incidentsFolder).filter(name => existsSync(join(incidentsFolder, name, 'driver.ts')))

/** Runs one driver; the recording is at `out` afterwards. Throws when the incident did not happen. @returns its size in bytes */
export async function runDriver(
  directory: string,
  variant: string,
  out: string,
  postgres: Postgres,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  await rm(out, { force: true })
  // Ordinary services share one.
  const driverFile = [directory, join(directory, '..')]
    .map(folder => join(folder, 'driver.ts'))
    .find(existsSync)
  if (!driverFile) throw new Error(`${basename(directory)}: no driver.ts`)
  const driver = spawn(process.execPath, [driverFile, variant], {
    // Code sites are recorded relative to the working directory: `service.ts:41`.
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      INTERLEAVE_FILE: out,
      PGHOST: postgres.host,
      PGPORT: String(postgres.port),
      PGUSER: postgres.user,
      PGDATABASE: postgres.database,
      ...env,
    },
  })
  const [code] = await once(driver, 'exit')
  if (code !== 0) throw new Error(`${basename(directory)} ${variant}: the driver ended with ${code}`)
  return (await stat(out)).size
}
