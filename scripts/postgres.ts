import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

const run = promisify(execFile)

/** A throw-away PostgreSQL cluster on loopback: nothing survives `stop()`, nothing is synced to disk. */
export interface Postgres {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  stop(): Promise<void>
}

/**
 * @throws Error with one line that says what to install, when the server programs are missing
 */
export async function startPostgres(): Promise<Postgres> {
  const bin = await findBinaries()
  const owner = await unprivilegedUser()
  const directory = await mkdtemp(join(tmpdir(), 'interleave-pg-'))
  if (owner) await chown(directory, owner.uid, owner.gid)
  const data = join(directory, 'data')
  const options = owner ?? {}
  let server: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    if (server && server.exitCode === null && server.signalCode === null) {
      const exited = new Promise(resolve => server?.once('exit', resolve))
      server.kill('SIGINT')
      await exited
    }
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await run(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'app', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'],
      {
        ...options,
        cwd: directory,
      },
    )
    const port = await freePort()
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: directory,
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '100',
      shared_buffers: '16MB',
    }
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])
    server = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
      ...options,
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await untilReady(server)
    return { host: '127.0.0.1', port, user: 'app', database: 'postgres', stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** In PATH, or where Debian keeps them. */
async function findBinaries(): Promise<string> {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? await readdir(debian) : []
  const newestFirst = versions
    .sort((a, b) => Number(b) - Number(a))
    .map(version => join(debian, version, 'bin'))
  for (const directory of [...(process.env.PATH ?? '').split(delimiter), ...newestFirst]) {
    if (existsSync(join(directory, 'initdb')) && existsSync(join(directory, 'postgres'))) return directory
  }
  throw new Error(
    'PostgreSQL server not found: install it first (Debian and Ubuntu: apt-get install postgresql)',
  )
}

/** PostgreSQL refuses to run as root: another user then. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map(line => line.split(':'))
  const found = lines.find(fields => fields[0] === 'postgres') ?? lines.find(fields => fields[0] === 'nobody')
  if (!found) throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody"')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4000)
      if (log.includes('ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', code =>
      reject(new Error(`postgres ended with ${code}: ${log.trim().split('\n').at(-1)}`)),
    )
  })
}
