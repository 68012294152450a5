"""The application's own spans: put into their task and under its holds, and written into the same file."""

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.trace import SpanKind

from .keys import Key
from .otlp_json import scope_json, span_json
from .pipeline import pipeline
from .runtime import guard, is_running
from .tasks import current_task, hold_ids


class RecorderSpanProcessor(SpanProcessor):
    """Stamps each span with its task and holds, which is how the useful part of a hold is known, and writes it when it ends."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        if not is_running():
            return
        with guard("span"):
            task = current_task()
            if task is None:
                return
            span.set_attribute(Key.TASK_ID, task.id)
            holds = hold_ids(task, all=False)
            if holds:
                span.set_attribute(Key.HOLD_IDS, holds)
            if span.kind is SpanKind.SERVER and not _has_local_parent(span):
                task.serves(span)

    def on_end(self, span: ReadableSpan) -> None:
        if not is_running():
            return
        with guard("span"):
            scope = span.instrumentation_scope
            pipeline().add_span(scope_json(scope.name, scope.version) if scope else "{}", span_json(span))


def _has_local_parent(span: Span) -> bool:
    return span.parent is not None and not span.parent.is_remote


_attached: list[TracerProvider] = []


def attach_to_tracer_provider() -> None:
    """To the application's tracer provider; to one of ours when it has none by the time it makes its first task."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    if provider not in _attached:
        _attached.append(provider)
        provider.add_span_processor(RecorderSpanProcessor())
