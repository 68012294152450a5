"""`import interleave_recorder.auto`: recording without another line of code.

OTEL_SERVICE_NAME · INTERLEAVE_FILE, or OTEL_EXPORTER_OTLP_ENDPOINT · INTERLEAVE_STALL_MS
"""

import os
import sys
import warnings

from .recorder import start


def _start() -> None:
    script = os.path.basename(sys.argv[0] if sys.argv else "").removesuffix(".py")
    service_name = os.environ.get("OTEL_SERVICE_NAME") or script or "python"
    file = os.environ.get("INTERLEAVE_FILE")
    otlp = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    stall_ms = float(os.environ.get("INTERLEAVE_STALL_MS") or 50)
    if not file and otlp:
        start(service_name, otlp=otlp, stall_threshold_ms=stall_ms)
    else:
        start(service_name, file=file or f"{service_name}.otlp.jsonl", stall_threshold_ms=stall_ms)


try:
    _start()
except (OSError, ValueError, RuntimeError) as error:
    warnings.warn(f"not recording: {error}", RuntimeWarning, stacklevel=2)
