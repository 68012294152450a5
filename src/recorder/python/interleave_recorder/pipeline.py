"""Finished records, as JSON, in one bounded queue on their way to the sink."""

import threading
from collections import deque

from .keys import CONVENTION_VERSION, SCHEMA_URL, SCOPE_NAME
from .otlp_json import Attributes, attributes_json, quote, scope_json
from .runtime import count_loss
from .sinks import Signal, Sink

_MAX_QUEUE = 50_000
# Small lines: a file cut in the middle loses little.
_MAX_PER_LINE = 128

OWN_SCOPE = scope_json(SCOPE_NAME, CONVENTION_VERSION)


class Pipeline:
    def __init__(self, sink: Sink, resource: Attributes) -> None:
        self._sink = sink
        self._resource = f'{{"attributes":{attributes_json(resource)}}}'
        self._spans: deque[tuple[str, str]] = deque()
        self._logs: deque[tuple[str, str]] = deque()
        # A signal's handler may flush in the middle of a flush.
        self._writing = threading.RLock()

    def add_span(self, scope: str, text: str) -> None:
        if len(self._spans) < _MAX_QUEUE:
            self._spans.append((scope, text))
        else:
            count_loss("record" if scope is OWN_SCOPE else "span", "queue full")

    def add_log(self, text: str) -> None:
        if len(self._logs) < _MAX_QUEUE:
            self._logs.append((OWN_SCOPE, text))
        else:
            count_loss("log", "queue full")

    def flush(self) -> None:
        """What it took is with the sink when it returns. Never raises."""
        with self._writing:
            while self._spans:
                self._write("traces", _take(self._spans))
            while self._logs:
                self._write("logs", _take(self._logs))

    def close(self) -> None:
        self.flush()
        self._sink.close()

    def _write(self, signal: Signal, items: list[tuple[str, str]]) -> None:
        by_scope: dict[str, list[str]] = {}
        for scope, text in items:
            by_scope.setdefault(scope, []).append(text)
        resources, scopes, records = (
            ("resourceSpans", "scopeSpans", "spans")
            if signal == "traces"
            else ("resourceLogs", "scopeLogs", "logRecords")
        )
        groups = ",".join(
            f'{{"scope":{scope},"{records}":[{",".join(texts)}]'
            + (f',"schemaUrl":{quote(SCHEMA_URL)}}}' if scope is OWN_SCOPE else "}")
            for scope, texts in by_scope.items()
        )
        body = f'{{"{resources}":[{{"resource":{self._resource},"{scopes}":[{groups}]}}]}}'
        try:
            self._sink.write(signal, body)
        except Exception as error:
            count_loss("span" if signal == "traces" else "log", f"export failed: {error}"[:200], len(items))


def _take(queue: deque[tuple[str, str]]) -> list[tuple[str, str]]:
    taken: list[tuple[str, str]] = []
    while queue and len(taken) < _MAX_PER_LINE:
        taken.append(queue.popleft())
    return taken


_pipeline: Pipeline | None = None


def set_pipeline(pipeline: Pipeline | None) -> None:
    global _pipeline
    _pipeline = pipeline


def pipeline() -> Pipeline:
    if _pipeline is None:
        raise RuntimeError("not recording")
    return _pipeline
