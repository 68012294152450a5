"""Knows nothing of the recorder."""

import asyncio


async def main() -> None:
    await asyncio.sleep(0.001)


asyncio.run(main())
