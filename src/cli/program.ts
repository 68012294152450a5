import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }

/** Sets the exit code a command ends with; 0 unless it says otherwise. */
export type Exit = (code: number) => void

const instants = 'T is relative (12.5s, 840ms) or RFC 3339.'
const clocks = 'raw (default), or suggested: corrected by what calls between processes tell'
const config = 'JSON with thresholds to change, findings to allow and rules for spans'
const files = 'trace files, merged into one; - reads stdin'

/**
 * The `interleave` command line, as written in `docs/contract.md`. Each action loads its own module: `analyze` never
 * pays for what only `open` needs.
 */
export function program(exit: Exit): Command {
  const root = new Command('interleave')
    .description(manifest.description)
    .version(manifest.version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nResults go to stdout, everything else to stderr.\nExit: 0 fine, 1 findings at or above --fail-on or new in diff, 2 usage or unreadable input.',
    )
  const command = (name: string, description: string, options = {}): Command =>
    root
      .command(name, options)
      .description(description)
      .helpOption('--help', 'print this help')
      .option('--debug', 'print the stack of an error')

  command('open', 'show traces in the app (the default command)', { isDefault: true })
    .argument('[file...]', `${files}; FILE#finding=F2 shows that finding first`)
    .option('--browser', 'in a browser tab instead of a window')
    .option('--port <port>', 'in a browser tab, at this port of 127.0.0.1 (for ssh -L)')
    .action(async (paths: string[], options) => exit(await (await import('./open.ts')).open(paths, options)))

  command('analyze', 'find what went wrong and who blocked whom')
    .argument('[file...]', files)
    .option('--json', 'as JSON, version 1')
    .option('--fail-on <severity>', 'exit 1 on findings of critical, high, medium or low and above')
    .option('--detector <id...>', 'only these detectors')
    .option('--config <file>', config)
    .option('--clocks <which>', clocks)
    .action(async (paths: string[], options) =>
      exit(await (await import('./analyze.ts')).analyze(paths, options)),
    )

  command('check', 'say what was read, repaired and lost')
    .argument('<file...>', files)
    .option('--json', 'as JSON, version 1')
    .option('--clocks <which>', clocks)
    .action(async (paths: string[], options) => (await import('./check.ts')).check(paths, options))

  command('state', 'say who holds what, who waits and what the loops do at one instant')
    .argument('<file...>', files)
    .requiredOption('--at <T>', `the instant; ${instants}`)
    .option('--json', 'as JSON, version 1')
    .option('--clocks <which>', clocks)
    .action(async (paths: string[], options) => (await import('./state.ts')).state(paths, options))

  command('shot', 'draw a picture of a view, a finding or an interval')
    .argument('<file...>', files)
    .requiredOption('-o, --output <file>', 'OUT.png or OUT.svg')
    .option('--finding <id>', 'the finding to show; the whole trace by default')
    .option('--from <T>', `start of the interval; ${instants}`)
    .option('--to <T>', 'its end')
    .option('--notes <file>', 'a notebook to draw')
    .option('--width <px>', 'width; 1600 by default')
    .option('--height <px>', 'height; as much as the lanes need by default')
    .option('--scale <scale>', '1, 2 (default) or 3 pixels of a PNG per px')
    .option('--theme <theme>', 'light or dark')
    .option('--time <display>', 'relative (default), utc or local times')
    .option('--title <text>', 'title of the caption')
    .option('--redact', 'pseudonyms for values and identifiers')
    .option('--embed <what>', 'none, view or slice: what the picture carries')
    .option('--clocks <which>', clocks)
    .action(async (paths: string[], options) => (await import('./shot.ts')).shot(paths, options))

  command('report', 'write the report of an incident, with pictures')
    .argument('<file...>', files)
    .requiredOption('-o, --output <file>', 'OUT.md (pictures beside it) or OUT.html (everything inside)')
    .option('--notes <file>', 'a notebook to take in')
    .option('--after <file>', 'a recording made after the fix: fills the validation')
    .option('--title <text>', 'title of the report')
    .option('--redact', 'pseudonyms for values and identifiers')
    .option('--config <file>', config)
    .action(async (paths: string[], options) => (await import('./report.ts')).report(paths, options))

  command('diff', 'compare two recordings: findings gone, new and the same, times, peaks, lock orders')
    .argument('<before>', 'trace file of the run before the change; - reads stdin')
    .argument('<after>', 'trace file of the run after it')
    .option('--json', 'as JSON, version 1')
    .option('--config <file>', config)
    .addHelpText('after', '\nExit: 1 when AFTER has a finding, low or above, that BEFORE has not.')
    .action(async (before: string, after: string, options) =>
      exit(await (await import('./diff.ts')).diff(before, after, options)),
    )

  command('convert', 'write the trace in another format')
    .argument('<file...>', files)
    .requiredOption('-o, --output <file>', 'OUT.otlp.jsonl, OUT.chrome.json (Perfetto) or OUT.interleave')
    .action(async (paths: string[], options) => (await import('./convert.ts')).convert(paths, options))

  command('receive', 'take what OTLP/HTTP exporters send to 127.0.0.1 and write it to a file, until Ctrl+C')
    .option('--port <port>', 'port of 127.0.0.1; 0 is any', '4318')
    .requiredOption('-o, --output <file>', 'OUT.otlp.jsonl; an existing file is replaced')
    .action(async options => (await import('./receive.ts')).receive(options))

  command('record', 'run a Node service with the recorder preloaded; exits as the service does')
    .argument('[command...]', 'what to run, after --')
    .option('-o, --output <file>', 'OUT.otlp.jsonl; named for the time by default')
    .passThroughOptions()
    .action(async () => exit(await (await import('./record.ts')).record(wordsAfter('record'))))

  return root
}

/** What follows a command, as it was typed: the service's own options are its own. */
function wordsAfter(name: string): readonly string[] {
  const words = process.argv.slice(process.argv.indexOf(name) + 1)
  const dashes = words.indexOf('--')
  return words.filter((word, at) => word !== '--debug' || (dashes >= 0 && at > dashes))
}
