"""OTLP/JSON, written straight into strings: records are made on the event loop, so each must cost microseconds."""

from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring_ascii
from math import isfinite

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext

Value = str | int | float | bool | Sequence[str] | Sequence[int]
Attributes = Mapping[str, Value]

quote = encode_basestring_ascii

_keys: dict[str, str] = {}
_MAX_KEYS = 1000


def _key_json(key: str) -> str:
    json = f'{{"key":{quote(key)},"value":'
    if len(_keys) < _MAX_KEYS:
        _keys[key] = json
    return json


def value_json(value: object) -> str:
    kind = type(value)
    if kind is str:
        return f'{{"stringValue":{quote(value)}}}'  # type: ignore[arg-type]
    if kind is int:
        return f'{{"intValue":"{value}"}}'
    if kind is bool:
        return '{"boolValue":true}' if value else '{"boolValue":false}'
    if isinstance(value, float):
        return f'{{"doubleValue":{value!r}}}' if isfinite(value) else f'{{"doubleValue":"{_special(value)}"}}'
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return f'{{"arrayValue":{{"values":[{",".join(map(value_json, value))}]}}}}'
    return f'{{"stringValue":{quote(str(value))}}}'


def _special(value: float) -> str:
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def attributes_json(attributes: Mapping[str, object]) -> str:
    parts = []
    for key, value in attributes.items():
        start = _keys.get(key) or _key_json(key)
        # Nearly all are one of these two, and there are hundreds of thousands.
        if type(value) is str:
            parts.append(f'{start}{{"stringValue":{quote(value)}}}}}')
        elif type(value) is int:
            parts.append(f'{start}{{"intValue":"{value}"}}}}')
        else:
            parts.append(f"{start}{value_json(value)}}}")
    return f"[{','.join(parts)}]"


def scope_json(name: str, version: str | None) -> str:
    return f'{{"name":{quote(name)},"version":{quote(version)}}}' if version else f'{{"name":{quote(name)}}}'


def link_json(trace_id: str, span_id: str, attributes: Mapping[str, object]) -> str:
    return f'{{"traceId":"{trace_id}","spanId":"{span_id}","attributes":{attributes_json(attributes)}}}'


def span_json(span: ReadableSpan) -> str:
    """An application's span, as the SDK's own exporter would tell it."""
    context = span.get_span_context()
    if context is None or span.start_time is None:
        raise ValueError("a span without context or start")
    parent = f',"parentSpanId":"{span.parent.span_id:016x}"' if span.parent else ""
    state = f',"traceState":{quote(context.trace_state.to_header())}' if context.trace_state else ""
    status = f'"code":{span.status.status_code.value}'
    if span.status.description:
        status += f',"message":{quote(span.status.description)}'
    events = _field(
        "events",
        [
            f'{{"name":{quote(event.name)},"timeUnixNano":"{event.timestamp}","attributes":{attributes_json(event.attributes or {})}}}'
            for event in span.events
        ],
    )
    links = _field(
        "links",
        [
            link_json(f"{link.context.trace_id:032x}", f"{link.context.span_id:016x}", link.attributes or {})
            for link in span.links
        ],
    )
    return (
        f'{{"traceId":"{context.trace_id:032x}","spanId":"{context.span_id:016x}"{parent}{state}'
        f',"name":{quote(span.name)},"kind":{span.kind.value + 1}'
        f',"startTimeUnixNano":"{span.start_time}","endTimeUnixNano":"{span.end_time or span.start_time}"'
        f',"attributes":{attributes_json(span.attributes or {})}'
        f'{events}{links},"status":{{{status}}},"flags":{_flags(context, span.parent)}}}'
    )


def _field(name: str, items: list[str]) -> str:
    return f',"{name}":[{",".join(items)}]' if items else ""


def _flags(context: SpanContext, parent: SpanContext | None) -> int:
    """W3C flags, and whether the parent is remote as the OTLP bits 8 and 9."""
    return (int(context.trace_flags) & 0xFF) | 0x100 | (0x200 if parent and parent.is_remote else 0)
