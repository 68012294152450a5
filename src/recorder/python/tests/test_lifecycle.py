import pytest
from recording import Recording, run


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    recording = run("lifecycle.py", tmp_path_factory.mktemp("lifecycle"))
    assert recording.code == 0, recording.stderr
    return recording


def test_outcomes(recording: Recording) -> None:
    outcomes = {task["task.name"]: task["task.outcome"] for task in recording.of_type("task")}
    assert outcomes["fails"] == outcomes["unseen one"] == "failed"
    assert outcomes["cancelled one"] == "cancelled"
    assert outcomes["lost one"] == "abandoned"
    assert outcomes["shielded one"] == outcomes["main"] == "completed"
    assert "KeyError" in {task.attributes.get("error.type") for task in recording.of_type("task")}


def test_parents_and_creation_sites(recording: Recording) -> None:
    child = recording.task("shielded one")
    assert child["task.parent.id"] == recording.task("main")["task.id"]
    assert child.site == "main (lifecycle.py)"
    assert {link["attributes"]["interleave.link.type"] for link in child.links} == {"spawned_by"}


def test_slices_lie_inside_their_task_and_follow_each_other(recording: Recording) -> None:
    for task in recording.of_type("task"):
        offsets, durations = task["run.offsets"], task["run.durations"]
        assert len(offsets) == len(durations) > 0
        ends = [offset + duration for offset, duration in zip(offsets, durations, strict=True)]
        assert all(end <= start for end, start in zip(ends, offsets[1:], strict=False))
        assert ends[-1] <= task.end - task.start + 1000


def test_seq_is_unique_and_agrees_with_the_clock(recording: Recording) -> None:
    points = [
        (record["seq"], record.start)
        for record in [*recording.spans, *recording.logs]
        if record.get("seq") and record.get("record.type") not in ("loop.stall", "timer")
    ]
    assert len({seq for seq, _ in points}) == len(points) > 20


def test_joins(recording: Recording) -> None:
    main = recording.task("main")["task.id"]
    joins = [each for each in recording.of_type("await") if each["task.id"] == main and each.get("await.join") == "all"]
    assert [len(each.links) for each in joins] == [2, 2]
    (shielded,) = [
        each
        for each in recording.of_type("await")
        if each["await.target.id"] == recording.task("shielded one")["task.id"]
    ]
    assert shielded["await.target.type"] == "task"


def test_a_stall_names_the_line_that_blocked(recording: Recording) -> None:
    (stall,) = recording.of_type("loop.stall")
    task = recording.task("blocking one")
    assert stall["task.id"] == task["task.id"]
    assert stall.site == "block (lifecycle.py)"
    assert stall.end - stall.start >= 120_000_000
    assert task["task.type"] == "background"


def test_what_only_the_runtime_knows(recording: Recording) -> None:
    bodies = {log.body for log in recording.logs}
    assert "Task exception was never retrieved" in bodies
    assert "coroutine 'works' was never awaited" in bodies
    unseen = next(log for log in recording.logs if log.body.startswith("Task exception"))
    assert unseen["task.id"] == recording.task("unseen one")["task.id"]


def test_application_spans_are_stamped_with_task_and_holds(recording: Recording) -> None:
    (query,) = [span for span in recording.spans if span.name == "query"]
    request = recording.task("GET /carts/{id}")
    assert request["task.type"] == "request"
    assert query["task.id"] == request["task.id"]
    (hold,) = [hold for hold in recording.of_type("resource.hold") if hold["task.id"] == request["task.id"]]
    assert query["hold.ids"] == [hold["hold.id"]]
    assert hold.parent_id in {span.span_id for span in recording.spans if span.name == "GET /carts/{id}"}


def test_tracked_state_has_versions_and_reads(recording: Recording) -> None:
    (read,) = recording.events("state.read")
    write, in_thread = sorted(recording.events("state.write"), key=lambda log: log["state.key"])
    assert read["state.key"] == write["state.key"] == "cart:7"
    assert (write["state.value"], write["state.version"]) == ("full!", "1")
    assert write["state.read.seq"] == read["seq"]
    assert len(write["hold.ids"]) == 1
    assert in_thread["task.id"] == recording.task("main")["task.id"]


def test_timers(recording: Recording) -> None:
    ticks = recording.of_type("timer")
    session = [tick for tick in ticks if tick.name == "timer session"]
    polls = [tick for tick in ticks if tick.name == "timer polls"]
    assert [len(session), len(polls)] == [3, 3]
    assert {tick["timer.nominal_duration"] for tick in session} == {0.03}
    assert {tick["timer.style"] for tick in ticks} == {"sleep_loop"}
    assert all(tick["timer.lateness"] >= 0 for tick in ticks)


def test_marks_and_messages(recording: Recording) -> None:
    assert [mark["mark.kind"] for mark in recording.events("mark")] == ["deploy", "shutdown"]
    (sent,) = recording.events("message.send")
    assert (sent["message.channel"], sent["message.receiver"], sent["message.sequence"]) == ("prices", "ada", 1)


def test_nothing_is_lost_and_no_path_of_this_machine_is_told(recording: Recording) -> None:
    (loss,) = recording.events("recorder.loss")
    assert loss["loss.count"] == 0
    assert "/programs/" not in recording.text
    assert recording.resource["telemetry.sdk.language"] == "python"
    assert {"service.instance.id", "process.pid", "interleave.clock.anchor.unix_nano"} <= set(recording.resource)
