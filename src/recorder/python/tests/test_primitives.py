from pathlib import Path

import pytest
from recording import Recording, run


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return run("primitives.py", tmp_path_factory.mktemp("primitives"))


def test_nothing_is_lost(recording: Recording) -> None:
    assert recording.code == 0, recording.stderr
    (loss,) = recording.events("recorder.loss")
    assert loss["loss.count"] == 0


def test_locks_have_the_names_of_their_variables(recording: Recording) -> None:
    names = {hold["resource.name"] for hold in recording.of_type("resource.hold")}
    assert names == {"Store._lock", "slots", "the gate", "changed"}


def test_a_grant_is_the_end_of_the_wait_and_the_start_of_the_hold(recording: Recording) -> None:
    holds = {hold["hold.id"]: hold for hold in recording.of_type("resource.hold")}
    acquired = [wait for wait in recording.of_type("resource.wait") if wait["resource.outcome"] == "acquired"]
    assert len(acquired) >= 4
    for wait in acquired:
        hold = holds[wait["hold.id"]]
        assert hold.start == wait.end
        assert hold["wait.id"] == wait["wait.id"]
        assert {"blocked_by", "granted_by"} <= {link["attributes"]["interleave.link.type"] for link in wait.links}


def test_holds_of_an_exclusive_lock_do_not_overlap(recording: Recording) -> None:
    first, second = sorted(
        (hold for hold in recording.of_type("resource.hold") if hold["resource.name"] == "Store._lock"),
        key=lambda hold: hold.start,
    )
    assert first.end <= second.start
    assert first.site == "Store.use (primitives.py)"


def test_never_more_holds_than_permits(recording: Recording) -> None:
    holds = [hold for hold in recording.of_type("resource.hold") if hold["resource.name"] == "slots"]
    assert len(holds) == 5
    assert max(sum(other.start <= hold.start < other.end for other in holds) for hold in holds) == 2
    assert {hold["resource.capacity"] for hold in holds} == {2}


def test_a_deadline_and_a_cancellation_are_told_apart(recording: Recording) -> None:
    outcomes = {
        wait["task.id"]: wait["resource.outcome"]
        for wait in recording.of_type("resource.wait")
        if wait["resource.outcome"] != "acquired"
    }
    assert outcomes == {
        recording.task("late")["task.id"]: "timeout",
        recording.task("given_up")["task.id"]: "cancelled",
    }
    (cancel,) = recording.events("task.cancel")
    assert cancel["task.cancel.reason"] == "nobody needs it"


def test_what_wait_for_acquires_belongs_to_the_caller(recording: Recording) -> None:
    task = recording.task("wait_for_lock")["task.id"]
    assert [hold["resource.name"] for hold in recording.of_type("resource.hold") if hold["task.id"] == task] == [
        "the gate"
    ]


@pytest.mark.parametrize(
    ("task", "kind", "target"),
    [("wait_for_event", "event", "ready"), ("wait_for_change", "event", "changed"), ("produce", "queue", "jobs")],
)
def test_awaits_say_what_for(recording: Recording, task: str, kind: str, target: str) -> None:
    id = recording.task(task)["task.id"]
    awaits = [each for each in recording.of_type("await") if each["task.id"] == id]
    assert (kind, target) in {(each["await.target.type"], each["await.target.id"]) for each in awaits}


def test_queue_items_come_out_as_they_went_in(recording: Recording) -> None:
    puts, gets = recording.events("queue.put"), recording.events("queue.get")
    assert [put["queue.item.id"] for put in puts] == [get["queue.item.id"] for get in gets] == ["1", "2", "3"]
    assert {put["queue.capacity"] for put in puts} == {1}
    assert puts[0]["queue.depth"] == 1


def test_pools_and_external_locks(tmp_path: Path) -> None:
    recording = run("pools.py", tmp_path)
    assert recording.code == 0, recording.stderr
    holds = recording.of_type("resource.hold")
    # The semaphore inside the pool is a resource as well.
    assert sorted(hold["resource.name"] for hold in holds if hold["resource.name"] != "Connections._free") == [
        "db",
        "db",
        "files",
        "row:jobs/1",
    ]
    waits = {wait["resource.outcome"] for wait in recording.of_type("resource.wait") if wait["resource.name"] == "db"}
    assert waits == {"acquired", "timeout"}
    assert {hold["resource.capacity"] for hold in holds if hold["resource.name"] == "db"} == {1}
