import { expect, it } from 'vitest'
import { readRecording, text } from './recording.ts'
import { runProgram } from './run-program.ts'

it('tells timers by when they were set last, and those outside tasks as tasks', async () => {
  const { file, code, stderr } = await runProgram('timers.ts')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const recording = readRecording(file)
  const idle = recording.ofType('timer').find(span => span.name === 'timer onIdle')!
  const stream = recording.ofType('task').find(span => span.name === 'task stream')!
  // Five rounds of 15 ms before it was set for the last time, and 40 ms from then on.
  const due = BigInt(text(idle, 'interleave.timer.expected_unix_nano'))
  expect(Number(due - stream.startTimeUnixNano) / 1e6).toBeGreaterThan(5 * 15 + 40)
  const tasks = recording.ofType('task').filter(span => text(span, 'interleave.task.type') === 'timer')
  expect(tasks.map(span => text(span, 'interleave.task.name'))).toEqual(['first', 'second'])
  expect(tasks.map(span => text(span, 'code.file.path'))).toEqual(['timers.ts', 'timers.ts'])
  const reads = recording.logs.filter(log => text(log, 'interleave.state.key') === 'var:n')
  expect(reads.map(log => text(log, 'interleave.task.id'))).toEqual(
    tasks.map(span => text(span, 'interleave.task.id')),
  )
})
