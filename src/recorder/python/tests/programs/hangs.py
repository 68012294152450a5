"""Hangs in a lock for more than a second; how it ends is the argument of the environment."""

import asyncio
import os

import interleave_recorder.auto  # noqa: F401

lock = asyncio.Lock()


async def holder() -> None:
    async with lock:
        await asyncio.get_running_loop().create_future()


async def waiter() -> None:
    async with lock:
        pass


async def main() -> None:
    work = [asyncio.create_task(holder()), asyncio.create_task(waiter())]
    # The open records are written after a second, and are in the file some hundred milliseconds later.
    path = os.environ["INTERLEAVE_FILE"]
    while True:
        await asyncio.sleep(0.05)
        with open(path) as file:
            if file.read().count("interleave.span.open") >= 5:
                break
    print(os.environ["END"], flush=True)
    await asyncio.wait(work)


asyncio.run(main())
