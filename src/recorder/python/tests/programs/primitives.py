"""Everything asyncio has that a task can wait for."""

import asyncio

import interleave_recorder.auto  # noqa: F401
from interleave_recorder import named


class Store:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def use(self, seconds: float) -> None:
        async with self._lock:
            await asyncio.sleep(seconds)


slots = asyncio.Semaphore(2)
gate = named("the gate", asyncio.Lock())
ready = asyncio.Event()
changed = asyncio.Condition()
jobs: asyncio.Queue[int] = asyncio.Queue(maxsize=1)
done: list[str] = []


async def take_slot() -> None:
    async with slots:
        await asyncio.sleep(0.01)


async def late() -> None:
    async with asyncio.timeout(0.02), gate:
        done.append("never")


async def given_up() -> None:
    async with gate:
        done.append("never")


async def wait_for_lock() -> None:
    await asyncio.wait_for(gate.acquire(), 1)
    await asyncio.sleep(0.005)
    gate.release()


async def wait_for_event() -> None:
    await ready.wait()


async def wait_for_change() -> None:
    async with changed:
        await changed.wait()


async def produce() -> None:
    for n in range(3):
        await jobs.put(n)


async def consume() -> None:
    for _ in range(3):
        await asyncio.sleep(0.005)
        await jobs.get()


async def main() -> None:
    store = Store()
    await asyncio.gather(store.use(0.02), store.use(0.01))
    async with asyncio.TaskGroup() as group:
        for n in range(5):
            group.create_task(take_slot(), name=f"slot {n}")
    async with gate:
        impatient = [asyncio.create_task(late()), asyncio.create_task(given_up())]
        await asyncio.sleep(0.03)
        impatient[1].cancel("nobody needs it")
        await asyncio.wait(impatient)
    await asyncio.create_task(wait_for_lock())
    waiting = [asyncio.create_task(wait_for_event()), asyncio.create_task(wait_for_change())]
    await asyncio.sleep(0.01)
    ready.set()
    async with changed:
        changed.notify_all()
    await asyncio.gather(*waiting, produce(), consume())


asyncio.run(main())
