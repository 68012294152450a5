/** Tests for pytest and asyncio, without any plug-in. */
import type { SkeletonFacts, SkeletonKind } from './test-skeleton.ts'

export function pythonSkeleton(facts: SkeletonFacts): string {
  const { body, helpers } = parts[facts.kind](facts)
  return `${[
    `# Written by Interleave from a finding, ${facts.detector} on ${facts.subject}:`,
    `# ${facts.title}`,
    ...(facts.steps.length > 0 ? ['#', ...facts.steps.map(step => `#   ${step}`)] : []),
    '#',
    '# Fill in what is marked TODO, then: pytest test_interleaving.py',
    'import asyncio',
    ...(facts.kind === 'stall' ? ['import time'] : []),
    '',
    `# TODO: the code under test; it was recorded at ${facts.site}.`,
    ...importsOf(facts),
    body.trimEnd(),
    ...helpers,
  ].join('\n')}\n`
}

const importsOf = ({ functions }: SkeletonFacts): string[] =>
  [...new Map(functions.map(each => [each.name, each])).values()].map(
    ({ name, file }) => `from ${file.replace(/\.\w+$/, '').replace(/\W/g, '_') || 'code'} import ${name}`,
  )

const parts: Record<SkeletonKind, (facts: SkeletonFacts) => { body: string; helpers: readonly string[] }> = {
  race: facts => ({
    body: `# TODO: what it reads ${facts.subject} with.
from store import store


async def run():  # TODO: its arguments.
    return await ${nameOf(facts)}()


async def prepare():  # TODO: the state before.
    pass


${checkOf(facts)}


def test_two_runs_at_once(monkeypatch):
    async def scenario():
        await prepare()
        gate = Gate(2)
        # TODO: the call that reads ${facts.subject}.
        monkeypatch.setattr(store, "get", hold_after(store.get, gate))
        await check(await asyncio.gather(run(), run(), return_exceptions=True))

    asyncio.run(scenario())
`,
    helpers: [gate, holdAfter],
  }),
  entry: facts => ({
    body: `# TODO: what only one may be at: ${facts.detector === 'thundering-herd' ? 'the refresh' : 'the protected work'}.
from work import work


async def run():  # TODO: its arguments.
    return await ${nameOf(facts)}()


def test_one_at_a_time(monkeypatch):
    async def scenario():
        gate = Gate(3)
        # TODO: the call that begins it.
        monkeypatch.setattr(work, "begin", hold_after(work.begin, gate))
        await asyncio.gather(run(), run(), run(), return_exceptions=True)
        assert gate.together == 1

    asyncio.run(scenario())
`,
    helpers: [gate, holdAfter],
  }),
  keeper: facts => ({
    body: `

async def run():  # TODO: its arguments, on the path that keeps ${facts.subject}: an open stream, an error, a cancelled run.
    return await ${nameOf(facts)}()


def test_run_${facts.capacity + 1}_is_served():
    async def scenario():
        for _ in range(${facts.capacity}):
            await asyncio.gather(asyncio.wait_for(run(), 1), return_exceptions=True)
        await asyncio.wait_for(run(), 1)

    asyncio.run(scenario())
`,
    helpers: [],
  }),
  cycle: facts => ({
    body: `# TODO: the locks, in the order in which they were taken.
from locks import lock


def test_both_get_on(monkeypatch):
    async def scenario():
        gate = Gate(2)
        # TODO: the call that takes the first lock of each.
        monkeypatch.setattr(lock, "acquire", hold_after(lock.acquire, gate))
        await asyncio.wait_for(asyncio.gather(${pairOf(facts)
          .map(name => `${name}()`)
          .join(', ')}), 3)

    asyncio.run(scenario())
`,
    helpers: [gate, holdAfter],
  }),
  stall: facts => ({
    body: `

async def run():  # TODO: its arguments, as large as in production.
    return await ${nameOf(facts)}()


def test_loop_is_free_again_within_${facts.limitMs}_ms():
    async def scenario():
        worst = 0.0

        async def probe():
            nonlocal worst
            while True:
                due = time.monotonic() + 0.005
                await asyncio.sleep(0.005)
                worst = max(worst, time.monotonic() - due)

        probing = asyncio.create_task(probe())
        await asyncio.sleep(0.02)
        await run()
        await asyncio.sleep(0.02)
        probing.cancel()
        assert worst < ${facts.limitMs / 1000}

    asyncio.run(scenario())
`,
    helpers: [],
  }),
}

function checkOf({ detector, subject }: SkeletonFacts): string {
  if (detector === 'lost-update')
    return `async def check(outcomes):  # TODO: read ${subject} back; both updates must be in it.
    assert await store.get() == "the value after both"`
  return `async def check(outcomes):  # Nobody fails. TODO: and one of them had an effect, the other had not.
    assert not [each for each in outcomes if isinstance(each, BaseException)]`
}

const nameOf = ({ functions }: SkeletonFacts): string => functions[0]?.name ?? 'operation'
const pairOf = ({ functions }: SkeletonFacts): string[] => [
  functions[0]?.name ?? 'operation',
  functions[1]?.name ?? functions[0]?.name ?? 'operation',
]

const gate = `

class Gate:
    """Opens when all are there. A correct program does not let them all in (the second waits for a lock), so it
    also opens by itself; \`together\` says how many had come by then."""

    def __init__(self, parties, patience=0.5):
        self.parties, self.patience = parties, patience
        self.arrived = self.together = 0
        self.opened = asyncio.Event()

    def open(self):
        self.together = self.together or self.arrived
        self.opened.set()

    async def arrive(self):
        self.arrived += 1
        if self.arrived == 1:
            asyncio.get_running_loop().call_later(self.patience, self.open)
        if self.arrived >= self.parties:
            self.open()
        await self.opened.wait()`
const holdAfter = `

def hold_after(original, gate):
    """Whoever called it waits at the gate before it goes on: the recorded interleaving is forced, not hoped for."""

    async def held(*args, **kwargs):
        answer = await original(*args, **kwargs)
        await gate.arrive()
        return answer

    return held`
