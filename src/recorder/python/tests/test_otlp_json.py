"""The JSON is what a receiver of OTLP understands."""

import json

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Link, SpanContext, TraceFlags

from interleave_recorder.otlp_json import attributes_json, span_json


def test_values() -> None:
    attributes = {
        "s": 'a"\n\u2028',
        "i": 1 << 60,
        "b": True,
        "f": 0.5,
        "nan": float("nan"),
        "list": [1, 2],
        "none": None,
    }
    values = {entry["key"]: entry["value"] for entry in json.loads(attributes_json(attributes))}
    assert values == {
        "s": {"stringValue": 'a"\n\u2028'},
        "i": {"intValue": str(1 << 60)},
        "b": {"boolValue": True},
        "f": {"doubleValue": 0.5},
        "nan": {"doubleValue": "NaN"},
        "list": {"arrayValue": {"values": [{"intValue": "1"}, {"intValue": "2"}]}},
        "none": {"stringValue": "None"},
    }


def test_a_span_of_the_application() -> None:
    tracer = TracerProvider().get_tracer("app", "1")
    other = SpanContext(1, 2, is_remote=False, trace_flags=TraceFlags(1))
    with (
        tracer.start_as_current_span("outer") as outer,
        tracer.start_as_current_span("inner", links=[Link(other, {"k": 1})]) as span,
    ):
        span.add_event("happened", {"n": 2})
        span.record_exception(ValueError("bad"))
    told = json.loads(span_json(span))  # type: ignore[arg-type]
    assert told["parentSpanId"] == f"{outer.get_span_context().span_id:016x}"
    assert [event["name"] for event in told["events"]] == ["happened", "exception"]
    assert told["links"][0]["spanId"] == "0000000000000002"
    assert int(told["endTimeUnixNano"]) >= int(told["startTimeUnixNano"])
    assert told["kind"] == 1
