"""Pools of every shape."""

import asyncio
from typing import Any

import interleave_recorder.auto  # noqa: F401
from interleave_recorder import external_lock, pool


class Connections:
    """asyncpg's shape."""

    _maxsize = 1

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(1)

    async def acquire(self, timeout: float = 10) -> object:
        await asyncio.wait_for(self._free.acquire(), timeout)
        return object()

    async def release(self, connection: object) -> None:
        self._free.release()


class Plain:
    """psycopg_pool's shape, synchronous."""

    max_size = 2

    def getconn(self) -> object:
        return object()

    def putconn(self, connection: object) -> None:
        pass


connections: Any = pool("db", Connections())
plain = pool("files", Plain())


async def query(seconds: float) -> None:
    async with connections.acquire():
        await asyncio.sleep(seconds)


async def impatient() -> None:
    await connections.acquire(timeout=0.01)


async def main() -> None:
    await asyncio.gather(query(0.03), query(0.01), impatient(), return_exceptions=True)
    connection = plain.getconn()
    plain.putconn(connection)
    async with external_lock("row:jobs/1", "transaction") as ask:
        await ask(asyncio.sleep(0.01))


asyncio.run(main())
