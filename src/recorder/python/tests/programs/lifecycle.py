"""Tasks that end in every way there is, blocking code, threads, state, and the application's own spans."""

import asyncio
import gc
import time

from opentelemetry import trace
from opentelemetry.trace import SpanKind

import interleave_recorder.auto  # noqa: F401
from interleave_recorder import TrackedDict, channel, describe_task, mark, state, ticks

lock = asyncio.Lock()
carts = TrackedDict("cart", {7: "full"})
tracer = trace.get_tracer("shop")


async def works() -> str:
    await asyncio.sleep(0.005)
    return "done"


async def fails() -> None:
    await asyncio.sleep(0.001)
    raise KeyError("missing")


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


def block() -> None:
    time.sleep(0.12)


async def blocks() -> None:
    describe_task("blocking one", "background")
    block()
    await asyncio.sleep(0)


async def request() -> None:
    with tracer.start_as_current_span("GET /carts", kind=SpanKind.SERVER) as span:
        span.update_name("GET /carts/{id}")
        async with lock:
            with tracer.start_as_current_span("query"):
                carts[7] = carts[7] + "!"
                await asyncio.sleep(0.002)


async def polls() -> None:
    for _ in range(4):
        await asyncio.sleep(0.01)


async def session() -> None:
    async for count in ticks("session", every=0.01, nominal=0.03):
        if count == 3:
            return


async def main() -> None:
    results = await asyncio.gather(works(), fails(), return_exceptions=True)
    cancelled = asyncio.create_task(forever(), name="cancelled one")
    await asyncio.sleep(0.002)
    cancelled.cancel("enough")
    await asyncio.wait([cancelled])
    asyncio.create_task(forever(), name="lost one")  # noqa: RUF006
    await asyncio.sleep(0.002)
    gc.collect()
    asyncio.create_task(fails(), name="unseen one")  # noqa: RUF006
    await asyncio.create_task(blocks())
    await asyncio.shield(asyncio.create_task(works(), name="shielded one"))
    await asyncio.to_thread(state("var:thread").write, 1)
    await asyncio.create_task(request())
    await asyncio.gather(polls(), session())
    mark("deploy", "version 2")
    channel("prices").send("ada", 1)
    works()  # type: ignore[unused-coroutine]  # never awaited
    gc.collect()
    print(results)


asyncio.run(main())
