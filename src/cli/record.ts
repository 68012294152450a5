import { spawn } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from './usage-error.ts'

export interface RecordOptions {
  /** Absolute or relative to the working directory. An existing file is replaced. */
  readonly out: string
  /** Program and its arguments. */
  readonly command: readonly string[]
}

/**
 * `interleave record [-o OUT] -- COMMAND …`, given what follows `record`. Returns the command's exit code, 128 + n when signal n
 * ended it.
 *
 * @throws UsageError when there is no command, it can't be started, or the file can't be written
 */
export function record(argv: readonly string[]): Promise<number> {
  return runRecorded(parseRecordArguments(argv))
}

export function parseRecordArguments(argv: readonly string[]): RecordOptions {
  const dashes = argv.indexOf('--')
  const own = dashes < 0 ? argv : argv.slice(0, dashes)
  let command = dashes < 0 ? [] : argv.slice(dashes + 1)
  let out = defaultOut()
  for (let index = 0; index < own.length; index += 1) {
    const word = own[index]!
    if (word === '-o' || word === '--out' || word === '--output') {
      const value = own[index + 1]
      if (value === undefined) throw new UsageError(`record: ${word} needs a file name`)
      out = value
      index += 1
    } else if (word.startsWith('-')) {
      throw new UsageError(
        `record: unknown option ${word}; usage: interleave record [-o OUT.otlp.jsonl] -- COMMAND …`,
      )
    } else if (dashes < 0) {
      // `interleave record node app.js` is plain enough without the dashes.
      command = own.slice(index)
      break
    } else {
      throw new UsageError(
        `record: unexpected ${word} before --; usage: interleave record [-o OUT.otlp.jsonl] -- COMMAND …`,
      )
    }
  }
  if (command.length === 0)
    throw new UsageError('record: no command; usage: interleave record [-o OUT.otlp.jsonl] -- COMMAND …')
  return { out, command }
}

/** Runs a command with the recorder preloaded into every node process it starts; they append to one file. */
export async function runRecorded(options: RecordOptions): Promise<number> {
  const out = resolve(options.out)
  try {
    writeFileSync(out, '')
  } catch (error) {
    throw new UsageError(
      `record: cannot write ${options.out}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  const preload = `--import=${pathToFileURL(recorderPath()).href}`
  const inherited = process.env.NODE_OPTIONS
  const [program = '', ...args] = options.command
  const child = spawn(program, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: inherited === undefined || inherited === '' ? preload : `${inherited} ${preload}`,
      INTERLEAVE_FILE: out,
    },
  })

  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal)
  }
  // A terminal sends Ctrl-C to the child as well; we only must not die before it.
  const onInterrupt = (): void => {
    if (!process.stdin.isTTY) forward('SIGINT')
  }
  process.on('SIGTERM', forward).on('SIGHUP', forward).on('SIGINT', onInterrupt)
  try {
    return await new Promise<number>((settle, reject) => {
      child.once('error', error =>
        reject(new UsageError(`record: cannot start ${program}: ${error.message}`)),
      )
      child.once('close', (code, signal) =>
        settle(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      )
    })
  } finally {
    process.off('SIGTERM', forward).off('SIGHUP', forward).off('SIGINT', onInterrupt)
    const bytes = statSync(out, { throwIfNoEntry: false })?.size ?? 0
    const told =
      bytes > 0
        ? `recorded ${Math.ceil(bytes / 1024)} KiB into ${options.out}`
        : 'nothing was recorded: no node process ran'
    process.stderr.write(`interleave: ${told}\n`)
  }
}

/** Beside the built command, or in the sources when run from there. */
function recorderPath(): string {
  const here = import.meta.dirname
  const candidates = [
    join(here, 'recorder-auto.js'),
    join(dirname(here), 'recorder-auto.js'),
    join(dirname(here), 'recorder', 'auto.ts'),
  ]
  const found = candidates.find(path => existsSync(path))
  if (found === undefined)
    throw new UsageError('record: the recorder is missing from this installation; run npm run build')
  return found
}

function defaultOut(): string {
  const at = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  return `interleave-${at}.otlp.jsonl`
}
