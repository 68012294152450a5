import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** The recording; missing when the program was told to write elsewhere. */
  readonly file: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
  /** Called with the process when it sends its first message. */
  readonly onMessage?: (child: ChildProcess) => void
}

/** Runs `programs/NAME` in a process of its own, with INTERLEAVE_FILE in a new folder, and waits for its end. */
export async function runProgram(name: string, options: RunOptions = {}): Promise<Finished> {
  const file = join(mkdtempSync(join(tmpdir(), 'interleave-recorder-')), 'out.otlp.jsonl')
  const directory = join(import.meta.dirname, 'programs')
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), join(directory, name)], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      INTERLEAVE_FILE: file,
      OTEL_SERVICE_NAME: 'probe',
      ...options.env,
    },
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', chunk => {
    stdout += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', chunk => {
    stderr += chunk
  })
  child.once('message', () => options.onMessage?.(child))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, stdout, stderr, file }
}
