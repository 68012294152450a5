#!/usr/bin/env node
import { CommanderError } from 'commander'
import { program } from './program.ts'

/** What went wrong, in one line; with the stack only when asked. */
function fail(error: unknown): void {
  process.exitCode = 2
  // Commander has printed its own line already.
  if (error instanceof CommanderError) return
  const debug = process.argv.includes('--debug')
  const line = error instanceof Error ? error.message : String(error)
  process.stderr.write(`interleave: ${line.replace(/\s*\n\s*/g, ' ')}\n`)
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`)
}

// `interleave … | head` closes the pipe early: that is the reader's right.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
  throw error
})

const root = program(code => {
  process.exitCode = code
})
for (const command of [root, ...root.commands]) {
  command.exitOverride().configureOutput({
    outputError: (text, write) => {
      const asked = command === root ? '' : ` ${command.name()}`
      write(
        `interleave: ${text
          .replace(/^error: /, '')
          .trim()
          .replace(/\s*\n\s*/g, ' ')}; see interleave${asked} --help\n`,
      )
    },
  })
}
try {
  await root.parseAsync()
} catch (error) {
  // Help and version come as errors too, with exit code 0.
  if (!(error instanceof CommanderError) || error.exitCode !== 0) fail(error)
}
