"""Spans and log records of the convention.

They do not go through the SDK's tracer: a service makes several of them for each of its own spans, a sampler must not drop them,
and they must never become the active span.
"""

import random
from collections.abc import Callable

from opentelemetry import trace

from .clock import now_ns, unix_ns
from .keys import Event, Key
from .otlp_json import Value, attributes_json, quote
from .pipeline import OWN_SCOPE, pipeline
from .runtime import guard, is_running, next_seq

_random = random.Random()
_MAX_LINKS = 32
# There are five kinds.
_link_attributes: dict[str, str] = {}
_FIRST_NS = 1_000_000_000
_AGAIN_NS = 5_000_000_000


def active_span() -> tuple[str, str]:
    """Trace and span id of the application's active span; empty when there is none."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return "", ""
    return f"{context.trace_id:032x}", f"{context.span_id:016x}"


class RecordSpan:
    """A span of the convention on its way to be written. Its attributes may change until it ends."""

    __slots__ = (
        "attributes",
        "ended",
        "links",
        "name",
        "open_written_ns",
        "parent_id",
        "refresh",
        "span_id",
        "start_ns",
        "trace_id",
    )

    def __init__(
        self,
        type: str,
        name: str,
        attributes: dict[str, Value],
        start_ns: int | None = None,
        seq: int | None = None,
        parent: tuple[str, str] | None = None,
    ) -> None:
        self.name = name
        self.start_ns = now_ns() if start_ns is None else start_ns
        self.trace_id, self.parent_id = active_span() if parent is None else parent
        if not self.trace_id:
            self.trace_id = f"{_random.getrandbits(128) or 1:032x}"
        self.span_id = f"{_random.getrandbits(64) or 1:016x}"
        self.attributes: dict[str, Value] = {
            Key.RECORD_TYPE: type,
            Key.SEQ: next_seq() if seq is None else seq,
            **attributes,
        }
        self.links: list[str] = []
        self.ended = False
        self.open_written_ns = -1
        # Called before an open record is written, so that the owner can bring the attributes up to date.
        self.refresh: Callable[[], None] | None = None

    @property
    def own_context(self) -> tuple[str, str]:
        """To be the parent of other records: the application's span when there is one, for ours never re-parent."""
        return self.trace_id, self.parent_id

    def link(self, kind: str, to: "RecordSpan") -> None:
        if len(self.links) < _MAX_LINKS:
            attributes = _link_attributes.get(kind) or _link_attributes.setdefault(
                kind, attributes_json({Key.LINK_TYPE: kind})
            )
            self.links.append(f'{{"traceId":"{to.trace_id}","spanId":"{to.span_id}","attributes":{attributes}}}')

    def end(self, end_ns: int | None = None, error: str | None = None, seq_end: int | None = None) -> None:
        if self.ended:
            return
        self.ended = True
        self.attributes[Key.SEQ_END] = next_seq() if seq_end is None else seq_end
        start = unix_ns(self.start_ns)
        end = max(start, unix_ns(now_ns() if end_ns is None else end_ns))
        status = '"code":0' if error is None else f'"code":2,"message":{quote(error)}'
        parent = f',"parentSpanId":"{self.parent_id}"' if self.parent_id else ""
        links = f',"links":[{",".join(self.links)}]' if self.links else ""
        pipeline().add_span(
            OWN_SCOPE,
            f'{{"traceId":"{self.trace_id}","spanId":"{self.span_id}"{parent},"name":{quote(self.name)},"kind":1'
            f',"startTimeUnixNano":"{start}","endTimeUnixNano":"{end}"'
            f',"attributes":{attributes_json(self.attributes)},"status":{{{status}}}{links},"flags":257}}',
        )

    def write_open(self, at_ns: int) -> None:
        """The open record: what is known so far of a span that may never end."""
        if self.ended:
            return
        if self.refresh:
            self.refresh()
        self.open_written_ns = at_ns
        attributes: dict[str, Value] = {
            **self.attributes,
            Key.SPAN_NAME: self.name,
            Key.SPAN_START: str(unix_ns(self.start_ns)),
        }
        if self.parent_id:
            attributes[Key.SPAN_PARENT_ID] = self.parent_id
        _add_log(Event.SPAN_OPEN, attributes, at_ns, (self.trace_id, self.span_id))


def write_event(
    name: str, attributes: dict[str, Value], at_ns: int | None = None, *, body: str = "", severity: int = 0
) -> None:
    """A log record of the convention, at this moment and under the application's active span."""
    if is_running():
        _add_log(name, attributes, now_ns() if at_ns is None else at_ns, active_span(), body, severity)


def _add_log(
    name: str,
    attributes: dict[str, Value],
    at_ns: int,
    context: tuple[str, str],
    body: str = "",
    severity: int = 0,
) -> None:
    at = unix_ns(at_ns)
    trace_id, span_id = context
    ids = f',"traceId":"{trace_id}","spanId":"{span_id}"' if trace_id else ""
    text = f',"body":{{"stringValue":{quote(body)}}}' if body else ""
    level = f',"severityNumber":{severity}' if severity else ""
    pipeline().add_log(
        f'{{"timeUnixNano":"{at}","observedTimeUnixNano":"{at}","eventName":{quote(name)}{level}{text}'
        f',"attributes":{attributes_json(attributes)}{ids}}}'
    )


# Records that are still open. OpenTelemetry exports a span only when it ends; what hangs would be invisible without these.
#
#   start ──1 s──▶ open record ──5 s──▶ open record … SIGTERM/exit ──▶ open record
_open: dict[RecordSpan, None] = {}


def add_open(span: RecordSpan) -> None:
    _open[span] = None


def remove_open(span: RecordSpan) -> None:
    _open.pop(span, None)


def write_due_open_records() -> None:
    now = now_ns()
    for span in list(_open):
        written = span.open_written_ns
        if now - span.start_ns >= _FIRST_NS if written < 0 else now - written >= _AGAIN_NS:
            with guard("open"):
                span.write_open(now)


def write_all_open_records() -> None:
    """The last word before the process ends; once, though several events announce the end."""
    now = now_ns()
    for span in list(_open):
        if span.open_written_ns < 0 or now - span.open_written_ns > 100_000_000:
            with guard("open"):
                span.write_open(now)


def forget_open_records() -> None:
    """In a forked child: what was open belongs to the parent."""
    _open.clear()
