"""One edition, many threads: each moves with a machine of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from casework.engine import roles
from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import Final, Parallel, Stage, State, Workflow, working_days
from casework.engine.definition.publisher import publish
from casework.engine.execution import entered_states

THREADS, ROUNDS = 8, 400


def _state(label: str) -> State:
    return State(label, roles.Role.OFFICER, working_days(5), "Step")


class Busy(Workflow):
    start = _state("Start")
    checks = Parallel(
        "Checks",
        lab=Stage("Lab", a=_state("A"), b=_state("B"), good=Final("Good")),
        site=Stage("Site", c=_state("C"), seen=Final("Seen")),
    )
    done = Final("Done")

    begin = start.to(checks, by=roles.Role.OFFICER)
    ab = checks["lab"]["a"].to(checks["lab"]["b"], by=roles.Role.OFFICER)
    see = checks["site"]["c"].to(checks["site"]["seen"], by=roles.Role.OFFICER)
    fine = checks["lab"]["b"].to(checks["lab"]["good"], by=roles.Role.OFFICER)
    end = checks.to(done, by=roles.Role.OFFICER)


WAY = ("begin", "ab", "see", "fine", "end")
STOPS = [
    ("checks.lab.a", "checks.site.c"), ("checks.lab.b", "checks.site.c"), ("checks.lab.b", "checks.site.seen"),
    ("checks.lab.good", "checks.site.seen"), ("done",),
]  # fmt: skip


def _faults(edition: Edition) -> int:
    """How many of so many rounds, in each of so many threads, did not come where they should."""
    together = Barrier(THREADS)

    def run(_: int) -> int:
        together.wait()
        return sum(not _one_round(edition) for _ in range(ROUNDS))

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(run, range(THREADS)))


def _one_round(edition: Edition) -> bool:
    at = edition.initial
    for name, stop in zip(WAY, STOPS, strict=True):
        found = edition.find(name, at)
        if found is None:
            return False
        try:
            at = entered_states.ask(edition, at, *found, ())
        except Exception:
            return False
        if at != stop:
            return False
    return True


def test_threads_do_not_disturb_each_other() -> None:
    assert THREADS * ROUNDS * len(WAY) == 16_000
    assert _faults(publish(Busy)) == 0


def test_with_one_machine_for_all_threads_they_would(monkeypatch: Any) -> None:
    """Why each thread has its own: the library keeps the region that it is in on the machine itself."""
    edition = publish(Busy)
    shared = entered_states._compile(edition)

    def same(_: Edition) -> Any:
        return shared

    monkeypatch.setattr(entered_states, "_machine", same)
    assert _one_round(edition)
    assert any(_faults(edition) for _ in range(20))
