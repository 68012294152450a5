"""Runs a program of `programs/` with the recorder in it, and reads what it wrote."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Record:
    name: str
    scope: str
    attributes: dict[str, Any]
    start: int
    end: int
    span_id: str
    parent_id: str
    links: list[dict[str, Any]]
    body: str
    raw: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.attributes[f"interleave.{key}"]

    def get(self, key: str) -> Any:
        return self.attributes.get(f"interleave.{key}")

    @property
    def site(self) -> str:
        return f"{self.attributes.get('code.function.name', '')} ({self.attributes['code.file.path']})"


@dataclass(frozen=True)
class Recording:
    code: int
    stderr: str
    text: str
    resource: dict[str, Any]
    spans: list[Record]
    logs: list[Record]

    def of_type(self, kind: str) -> list[Record]:
        return [span for span in self.spans if span.get("record.type") == kind]

    def events(self, name: str) -> list[Record]:
        return [log for log in self.logs if log.name == f"interleave.{name}"]

    def task(self, name: str) -> Record:
        (found,) = [task for task in self.of_type("task") if task["task.name"] == name]
        return found


def run(program: str, tmp_path: Path, *, python_args: tuple[str, ...] = (), **env: str) -> Recording:
    """Ends when the program does. A program that prints `kill` is killed, one that prints `terminate` gets SIGTERM."""
    file = tmp_path / "out.otlp.jsonl"
    process = subprocess.Popen(
        [sys.executable, *python_args, program],
        cwd=HERE / "programs",
        env={
            **os.environ,
            "PYTHONPATH": str(HERE.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
            "INTERLEAVE_FILE": str(file),
            "OTEL_SERVICE_NAME": "probe",
            **env,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    for line in process.stdout:
        if line.strip() == "kill":
            process.kill()
        elif line.strip() == "terminate":
            process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=30)
    return read(file, process.returncode, stderr)


def read(file: Path, code: int = 0, stderr: str = "") -> Recording:
    text = file.read_text()
    resource: dict[str, Any] = {}
    spans: list[Record] = []
    logs: list[Record] = []
    for line in text.splitlines():
        request = json.loads(line)
        for group in request.get("resourceSpans", request.get("resourceLogs", [])):
            resource = _attributes(group["resource"])
            for scope in group.get("scopeSpans", group.get("scopeLogs", [])):
                for item in scope.get("spans", []):
                    spans.append(_record(item, scope))
                for item in scope.get("logRecords", []):
                    logs.append(_record(item, scope))
    return Recording(code, stderr, text, resource, spans, logs)


def _record(item: dict[str, Any], scope: dict[str, Any]) -> Record:
    start = int(item.get("startTimeUnixNano") or item["timeUnixNano"])
    return Record(
        name=item.get("name") or item["eventName"],
        scope=scope["scope"]["name"],
        attributes=_attributes(item),
        start=start,
        end=int(item.get("endTimeUnixNano", start)),
        span_id=item.get("spanId", ""),
        parent_id=item.get("parentSpanId", ""),
        links=[{**link, "attributes": _attributes(link)} for link in item.get("links", [])],
        body=item.get("body", {}).get("stringValue", ""),
        raw=item,
    )


def _attributes(owner: dict[str, Any]) -> dict[str, Any]:
    return {entry["key"]: _value(entry["value"]) for entry in owner.get("attributes", [])}


def _value(value: dict[str, Any]) -> Any:
    ((kind, inner),) = value.items()
    if kind == "intValue":
        return int(inner)
    return [_value(item) for item in inner["values"]] if kind == "arrayValue" else inner
