/** Tests for `node --test`, without any package. */
import type { SkeletonFacts, SkeletonKind } from './test-skeleton.ts'

export function nodeSkeleton(facts: SkeletonFacts): string {
  const { body, helpers } = parts[facts.kind](facts)
  return `${[
    `// Written by Interleave from a finding, ${facts.detector} on ${facts.subject}:`,
    `// ${facts.title}`,
    ...(facts.steps.length > 0 ? ['//', ...facts.steps.map(step => `//   ${step}`)] : []),
    '//',
    '// Fill in what is marked TODO, then: node --test interleaving.test.mjs',
    ...(facts.kind === 'keeper' || facts.kind === 'cycle' ? [] : ["import assert from 'node:assert/strict'"]),
    ...(facts.kind === 'stall' ? ["import { monitorEventLoopDelay } from 'node:perf_hooks'"] : []),
    "import { test } from 'node:test'",
    '',
    `// TODO: the code under test; it was recorded at ${facts.site}.`,
    ...importsOf(facts),
    body.trimEnd(),
    ...helpers,
  ].join('\n')}\n`
}

const importsOf = ({ functions }: SkeletonFacts): string[] =>
  [...new Map(functions.map(each => [each.name, each])).values()].map(
    ({ name, file }) => `import { ${name} } from './${file || 'code.js'}'`,
  )

const parts: Record<SkeletonKind, (facts: SkeletonFacts) => { body: string; helpers: readonly string[] }> = {
  race: facts => ({
    body: `// TODO: what it reads ${facts.subject} with.
import { store } from './store.js'

// TODO: its arguments.
const run = () => ${nameOf(facts)}()
// TODO: the calls that read ${facts.subject}.
const held = [{ owner: store, method: 'get', matches: (...args) => true }]
// TODO: the state before.
const prepare = async () => {}
${checkOf(facts)}

test(${quoted(`${facts.subject}: two runs at the same time do what two runs do one after the other`)}, async () => {
  await prepare()
  const gate = barrier(2)
  const restore = held.map(call => holdAfter(call, gate))
  try {
    await check(await Promise.allSettled([run(), run()]))
  } finally {
    for (const undo of restore) undo()
  }
})
`,
    helpers: [barrier, holdAfter],
  }),
  entry: facts => ({
    body: `// TODO: what only one may be at: ${facts.detector === 'thundering-herd' ? 'the refresh' : 'the protected work'}.
import { work } from './work.js'

// TODO: its arguments.
const run = () => ${nameOf(facts)}()
// TODO: the call that begins it.
const held = [{ owner: work, method: 'begin', matches: (...args) => true }]

test(${quoted(`${facts.subject}: one at a time`)}, async () => {
  const gate = barrier(3)
  const restore = held.map(call => holdAfter(call, gate))
  try {
    await Promise.allSettled([run(), run(), run()])
    assert.equal(gate.together(), 1)
  } finally {
    for (const undo of restore) undo()
  }
})
`,
    helpers: [barrier, holdAfter],
  }),
  keeper: facts => ({
    body: `
// TODO: its arguments, on the path that keeps ${facts.subject}: an open stream, an error, a run that is cancelled.
const run = () => ${nameOf(facts)}()

test(${quoted(`${facts.subject}: run ${facts.capacity + 1} does not wait for ${facts.capacity} that no longer use it`)}, async () => {
  for (let n = 0; n < ${facts.capacity}; n += 1) await Promise.allSettled([within(1000, run())])
  await within(1000, run())
})
`,
    helpers: [within],
  }),
  cycle: facts => ({
    body: `// TODO: the locks, in the order in which they were taken.
import { locks } from './locks.js'

// TODO: their arguments.
const runs = [${pairOf(facts)
      .map(name => `() => ${name}()`)
      .join(', ')}]
// TODO: the calls that take the first lock of each.
const held = [{ owner: locks, method: 'acquire', matches: (...args) => true }]

test(${quoted(`${facts.subject}: both get on, whoever is first`)}, async () => {
  const gate = barrier(2)
  const restore = held.map(call => holdAfter(call, gate))
  try {
    await within(3000, Promise.all(runs.map(run => run())))
  } finally {
    for (const undo of restore) undo()
  }
})
`,
    helpers: [barrier, holdAfter, within],
  }),
  stall: facts => ({
    body: `
// TODO: its arguments, as large as in production.
const run = () => ${nameOf(facts)}()

test(${quoted(`${facts.subject}: the event loop is free again within ${facts.limitMs} ms`)}, async () => {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  await new Promise(resolve => setTimeout(resolve, 50))
  delay.reset()
  await run()
  await new Promise(resolve => setTimeout(resolve, 50))
  delay.disable()
  assert.ok(delay.max < ${facts.limitMs}e6, \`kept for \${Math.round(delay.max / 1e6)} ms\`)
})
`,
    helpers: [],
  }),
}

function checkOf({ detector, subject }: SkeletonFacts): string {
  if (detector === 'lost-update')
    return `// TODO: read ${subject} back; both updates must be in it.
const check = async () => assert.equal(await store.get(), 'the value after both')`
  return `// Nobody fails. TODO: and one of them had an effect, the other had not.
const check = async outcomes => assert.deepEqual(outcomes.map(({ status }) => status), ['fulfilled', 'fulfilled'])`
}

const nameOf = ({ functions }: SkeletonFacts): string => functions[0]?.name ?? 'operation'
const pairOf = ({ functions }: SkeletonFacts): string[] => [
  functions[0]?.name ?? 'operation',
  functions[1]?.name ?? functions[0]?.name ?? 'operation',
]
const quoted = (text: string): string => JSON.stringify(text)

const barrier = `
/**
 * Opens when all are there. A correct program does not let them all in (the second waits for a lock), so it also opens
 * by itself; \`together\` says how many had come by then.
 */
function barrier(parties, patienceMs = 500) {
  const { promise, resolve } = Promise.withResolvers()
  let arrived = 0
  let together = 0
  const open = () => {
    together ||= arrived
    resolve()
  }
  const arrive = () => {
    arrived += 1
    if (arrived === 1) setTimeout(open, patienceMs)
    if (arrived >= parties) open()
    return promise
  }
  return { arrive, together: () => together }
}`
const holdAfter = `
/** Whoever called it waits at the gate before it goes on: the recorded interleaving is forced, not hoped for. */
function holdAfter({ owner, method, matches }, gate) {
  const original = owner[method]
  owner[method] = function (...args) {
    const answer = original.apply(this, args)
    if (typeof answer?.then !== 'function' || !matches(...args)) return answer
    return answer.then(value => gate.arrive().then(() => value))
  }
  return () => {
    owner[method] = original
  }
}`
const within = `
function within(ms, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(\`nothing happened for \${ms} ms\`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}`
