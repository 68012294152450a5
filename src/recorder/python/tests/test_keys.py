"""One list of keys: the Python constants say what `src/core/convention/keys.ts` says."""

import re
from pathlib import Path

from interleave_recorder import keys

SOURCE = (Path(__file__).parents[4] / "src/core/convention/keys.ts").read_text()


def _typescript(name: str) -> dict[str, str]:
    (body,) = re.findall(rf"export const {name} = {{(.*?)}} as const", SOURCE, re.S)
    entries = re.findall(r"^\s*(\w+): '(.*)',", body, re.M)
    return {re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).upper(): value for key, value in entries}


def _python(name: str) -> dict[str, str]:
    return {key: value for key, value in vars(getattr(keys, name)).items() if not key.startswith("_")}


def test_keys_are_the_same() -> None:
    for name in ("Key", "RecordType", "Event", "Otel"):
        assert _python(name) == _typescript(name), name
        assert len(_python(name)) >= 8


def test_scope_and_version_are_the_same() -> None:
    for name in ("SCOPE_NAME", "CONVENTION_VERSION", "SCHEMA_URL"):
        assert re.search(rf"{name} = '(.*)'", SOURCE)[1] == getattr(keys, name)  # type: ignore[index]
