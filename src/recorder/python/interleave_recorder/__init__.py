"""Records a Python asyncio service for Interleave: `import interleave_recorder.auto`, or `start("api", file="api.otlp.jsonl")`."""

from .events import channel, mark
from .pool import external_lock, pool
from .primitives import named
from .recorder import start
from .state import TrackedAttribute, TrackedDict, state
from .tasks import describe_task
from .timers import ticks

__all__ = [
    "TrackedAttribute",
    "TrackedDict",
    "channel",
    "describe_task",
    "external_lock",
    "mark",
    "named",
    "pool",
    "start",
    "state",
    "ticks",
]
