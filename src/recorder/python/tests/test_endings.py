from pathlib import Path

import pytest
from recording import run


@pytest.mark.parametrize(("end", "code", "told"), [("kill", -9, False), ("terminate", -15, True)])
def test_what_never_ended_is_in_the_file(tmp_path: Path, end: str, code: int, told: bool) -> None:
    recording = run("hangs.py", tmp_path, END=end)
    assert recording.code == code, recording.stderr
    opened = {log["record.type"]: log for log in recording.events("span.open")}
    assert set(opened) == {"task", "await", "resource.wait", "resource.hold"}
    assert opened["resource.hold"]["resource.name"] == "lock"
    assert opened["resource.hold"]["span.name"] == "hold lock"
    waiting = [log for log in recording.events("span.open") if log.get("await.target.id") == "lock#1"]
    assert waiting
    assert not recording.of_type("resource.hold")
    assert [mark["mark.text"] for mark in recording.events("mark")] == (["SIGTERM"] if told else [])


def test_without_a_line_in_the_program(tmp_path: Path) -> None:
    recording = run("plain.py", tmp_path, python_args=("-m", "interleave_recorder"))
    assert recording.code == 0, recording.stderr
    assert recording.task("main")["task.outcome"] == "completed"
    assert recording.resource["service.name"] == "probe"


def test_a_file_that_cannot_be_written_does_not_stop_the_host(tmp_path: Path) -> None:
    (tmp_path / "out.otlp.jsonl").touch()
    recording = run("plain.py", tmp_path, python_args=("-m", "interleave_recorder"), INTERLEAVE_FILE="/nowhere/x.jsonl")
    assert recording.code == 0
    assert "not recording" in recording.stderr
