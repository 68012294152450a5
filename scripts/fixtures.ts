import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { incidentsFolder, runDriver } from './incidents.ts'
import { pythonFolder, recordPatterns } from './patterns.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { pythonFor } from './python.ts'
import { type Redis, startRedis } from './redis.ts'

/**
 * Records the incidents again: `npm run fixtures`, or `npm run fixtures -- frozen-app blocked-loop`; `ordinary` are the
 * services without our recorder in them, `npm run fixtures -- patterns [NAME…]` and `-- python [NAME…]` the small programs in `fixtures/patterns` and `fixtures/python`.
 * Each service runs for real, under real load, with the recorder in it (or OpenTelemetry's own instrumentation); nothing in a recording is written by hand.
 */
const root = resolve(import.meta.dirname, '..')
const fixtures = join(root, 'fixtures')
const ordinary = ['ordinary/node', 'ordinary/python']
const variants = ['bug', 'fixed']
const ordinaryVariants = ['healthy', 'frozen-app', 'double-completion', 'blocked-loop']

async function main(names: readonly string[]): Promise<void> {
  if (!existsSync(join(root, 'out', 'main', 'recorder.js'))) {
    throw new Error('the recorder is not built: run `npx electron-vite build` first')
  }
  if (names[0] === 'patterns') return recordPatterns(names.slice(1))
  if (names[0] === 'python') return recordPatterns(names.slice(1), pythonFolder)
  const all = (await readdir(incidentsFolder, { withFileTypes: true }))
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .concat(ordinary)
  if (names[0] === 'ordinary') names = ordinary
  const unknown = names.filter(name => !all.includes(name))
  if (unknown.length > 0)
    throw new Error(`no such incident: ${unknown.join(', ')} (there are ${all.join(', ')})`)

  let postgres: Postgres | undefined
  let redis: Redis | undefined
  try {
    for (const name of names.length > 0 ? names : all) {
      const isOrdinary = name.startsWith('ordinary/')
      const directory = isOrdinary ? join(fixtures, name) : join(incidentsFolder, name)
      if (!isOrdinary && !existsSync(join(directory, 'driver.ts'))) continue
      for (const variant of isOrdinary ? ordinaryVariants : variants) {
        postgres ??= await startPostgres()
        if (isOrdinary) redis ??= await startRedis()
        await record(directory, variant, postgres, redis)
      }
    }
  } finally {
    await postgres?.stop()
    await redis?.stop()
  }
}

async function record(directory: string, variant: string, postgres: Postgres, redis?: Redis): Promise<void> {
  const started = performance.now()
  const file = `${variant}.otlp.jsonl`
  const size = await runDriver(directory, variant, join(directory, file), postgres, {
    ...(redis && { REDIS_PORT: String(redis.port) }),
    ...(basename(directory) === 'python' && {
      PYTHON: pythonFor('fixtures/ordinary/python/requirements.txt'),
    }),
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stderr.write(`${basename(directory)}/${file}  ${Math.ceil(size / 1024)} KiB  ${seconds} s\n`)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`fixtures: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
