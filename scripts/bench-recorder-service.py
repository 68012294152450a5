"""The service that `bench-recorder.ts` measures, in Python: what `bench-recorder-service.ts` does. It knows nothing of the recorder."""

import asyncio
import json
import os
import signal

# Stands for a query: 2 ms in which nothing runs here.
QUERY_S = 0.002


def total_of(order: bytes) -> bytes:
    lines = [
        {**line, "total": line["quantity"] * line["price"], "label": line["sku"].upper()}
        for line in json.loads(order)["lines"]
    ]
    lines.sort(key=lambda line: (-line["total"], line["sku"]))
    return json.dumps({"total": sum(line["total"] for line in lines), "lines": lines}).encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionResetError):
            break
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        order = await reader.readexactly(length)
        body = await asyncio.create_task(request(order))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
    writer.close()


async def request(order: bytes) -> bytes:
    await asyncio.sleep(QUERY_S)
    return total_of(order)


async def main() -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=1 << 20)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    os.write(int(os.environ["NODE_CHANNEL_FD"]), b"%d\n" % server.sockets[0].getsockname()[1])
    await ended.wait()


asyncio.run(main())
