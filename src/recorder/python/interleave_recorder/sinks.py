"""Where the lines go."""

import os
import urllib.request
from typing import Literal, Protocol

Signal = Literal["traces", "logs"]


class Sink(Protocol):
    def write(self, signal: Signal, body: str) -> None:
        """What it raises is counted as the loss of that line's records."""

    def close(self) -> None: ...


class FileSink:
    """OTLP/JSON lines, traces and logs in one file, appended: written with one system call, so nothing is in flight when the process dies."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, signal: Signal, body: str) -> None:
        rest = memoryview(f"{body}\n".encode())
        while rest:
            rest = rest[os.write(self._fd, rest) :]

    def close(self) -> None:
        os.close(self._fd)


class OtlpSink:
    """An OTLP/HTTP receiver, `http://127.0.0.1:4318`. Called on the recorder's own thread."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")

    def write(self, signal: Signal, body: str) -> None:
        request = urllib.request.Request(
            f"{self._base}/v1/{signal}",
            body.encode(),
            {"Content-Type": "application/json"},
        )
        # A collector that does not answer must not keep a process from ending.
        with urllib.request.urlopen(request, timeout=2):
            pass

    def close(self) -> None:
        pass
