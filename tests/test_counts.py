"""What the processes of a machine have counted adds up, whoever of them has ended; and a full disk stops nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.counts import (
    ACTIONS,
    FAMILIES,
    GAUGES,
    PROCESSES,
    REQUESTS,
    SILENT_S,
    STARTS,
    Counts,
    Folder,
    Writer,
    kind_of,
    open_folder,
    samples,
    writing,
)

LABELS = ("/cases/<number>", "GET", "2xx")


@given(st.lists(st.lists(st.floats(0, 20), max_size=5), min_size=1, max_size=4))
def test_what_several_processes_counted_is_what_one_would_have(processes: list[list[float]]) -> None:
    together = Counts()
    for took in processes:
        for seconds in took:
            together.took(REQUESTS, seconds, *LABELS)
    every = [seconds for took in processes for seconds in took]
    found = samples(REQUESTS, together.read()[REQUESTS.name])
    told = {(behind, labels["le"] if behind == "_bucket" else ""): value for behind, labels, value in found}
    if every:
        assert told["_count", ""] == told["_bucket", "+Inf"] == len(every)
        assert told["_sum", ""] == pytest.approx(sum(every))
        assert all(told["_bucket", str(bound)] == sum(one <= bound for one in every) for bound in REQUESTS.bounds)


def counted(*took: float) -> Counts:
    counts = Counts()
    for seconds in took:
        counts.took(REQUESTS, seconds, *LABELS)
    counts.add(ACTIONS, "cases.fire", "done", "")
    counts.watch(PROCESSES, lambda: {("serve",): 1})
    return counts


def test_the_files_of_all_processes_are_added_up(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a", counted(0.01, 0.2).read(), at=1000.0)
    folder.write("b", counted(0.2).read(), at=1000.0)
    both = folder.read(1000.0)
    assert both[REQUESTS.name][LABELS][-1] == pytest.approx(0.41)
    assert both[ACTIONS.name]["cases.fire", "done", ""] == [2.0]
    assert both[PROCESSES.name]["serve",] == [2.0]


def test_of_what_has_ended_the_totals_stay_and_nothing_of_this_moment(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a", counted(0.2).read(), at=1000.0)
    later = folder.read(1001.0 + SILENT_S)
    assert (later[ACTIONS.name]["cases.fire", "done", ""], later[PROCESSES.name]) == ([1.0], {})


def test_what_lies_there_goes_when_nobody_else_lives(tmp_path: Path) -> None:
    first, second, third = (Folder(tmp_path) for _ in range(3))
    first.open()
    first.write("a", counted().read(), at=1000.0)
    second.open()
    assert second.read(1000.0)[ACTIONS.name]
    for one in (first, second):
        one.close()
    third.open()
    third.close()
    assert not third.read(1000.0)[ACTIONS.name]


@pytest.mark.parametrize(
    "words",
    ["", "{", "[]", "{}", '{"at": 1, "series": {"casework_actions_total": [[["a"], [1]], [["a", "b", "c"], [1, 2]]]}}'],
)
def test_a_file_of_another_release_or_of_nobody_is_passed_over(words: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(words)
    assert not any(Folder(tmp_path).read(2.0).values())


def test_a_process_writes_at_once_and_when_it_ends(tmp_path: Path) -> None:
    counts, folder = counted(), open_folder(tmp_path)
    assert folder is not None
    with writing(folder, counts, "serve"):
        counts.add(ACTIONS, "cases.fire", "refused", "cases.role")
    (written,) = tmp_path.glob("*.json")
    assert written.name.startswith("serve-")
    found = folder.read(1000.0)
    assert (found[STARTS.name]["serve",], found[ACTIONS.name]["cases.fire", "refused", "cases.role"]) == ([1.0], [1.0])
    assert not found[PROCESSES.name]
    folder.close()


def test_where_nothing_can_be_written_everything_else_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    with writing(open_folder(tmp_path / "file" / "metrics"), Counts(), "serve"):
        pass
    gone = Writer(Folder(tmp_path / "gone"), Counts(), "serve")
    gone.start()
    gone.stop()
    assert [one.message for one in caplog.records] == [
        "nothing that is counted is written: Not a directory",
        "what was counted is not written: No such file or directory",
    ]


def test_each_family_has_its_kind_and_another_name() -> None:
    assert len({one.name for one in FAMILIES}) == len(FAMILIES)
    assert {kind_of(one) for one in FAMILIES} == {"gauge", "counter", "histogram"}
    assert all((kind_of(one) == "counter") == one.name.endswith("_total") for one in FAMILIES)
    assert all(kind_of(one) == "gauge" for one in GAUGES)
