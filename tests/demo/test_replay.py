"""The cases of the demo are replayed by the verifier, which knows nothing of the application; and forgeries of one of them.

Each forgery is chained anew, so that hashes and chain are whole and only what happened betrays it.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.ledger.canonical_json import instant
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.row_security import whole
from tests.demo.told import Told as Demo
from tests.support.replays import Forgery, Told, told_of

Json = Any


@pytest.fixture(scope="module")
def cases(told: Demo) -> dict[str, Told]:
    """What the file of each case tells, by its number."""
    found = {}
    with transaction(told.engine) as db, whole(db):
        for row in told.rows("SELECT id::text, number FROM cases ORDER BY number"):
            found[row.number] = told_of(db, load(db, row.id, "case", every_task=True))
    return found


@pytest.fixture
def case(cases: dict[str, Told]) -> Told:
    """One in which two persons approved a plan, clocks fired, and which was closed."""
    wanted = ("approve_plan", "pass_triage", "close")
    return next(one for one in cases.values() if all(one.has("fired", transition=name) for name in wanted)).copy()


def test_every_case_replays_without_a_fault(cases: dict[str, Told]) -> None:
    assert len(cases) > 20
    assert {number: faults for number, one in cases.items() if (faults := one.faults())} == {}


# --- forgeries ---------------------------------------------------------------------------------------------------------------


def seq(told: Told, place: int) -> int:
    return int(told.history[place]["header"]["seq"])


def a_transition_that_no_edition_has(told: Told) -> int:
    place = told.at("fired", transition="pass_triage")
    told.history[place]["effects"]["transition"] = "wave_through"
    return seq(told, place)


def another_state_to_start_from(told: Told) -> int:
    place = told.at("fired", transition="pass_triage")
    told.history[place]["header"]["from"] = ["scoping"]
    return seq(told, place)


def another_state_to_lead_to(told: Told) -> int:
    place = told.at("fired", transition="approve_plan")
    told.history[place]["header"]["to"] = ["structuring"]
    return seq(told, place)


def _grant(told: Told, role: str) -> Json:
    who = told.who(role)
    events = told.evidence["roles"]["events"]
    return next(one for one in events if (one["effects"].get("person"), one["effects"].get("role")) == (who, role))


def a_role_never_held(told: Told) -> int:
    who = told.who("supervisor")
    roles = told.evidence["roles"]
    roles["events"] = [one for one in roles["events"] if one["effects"].get("person") != who]
    return min(int(row["header"]["seq"]) for row in told.history if row["header"]["actor"] == who)


def a_role_that_had_ended(told: Told) -> int:
    place, given = told.at("fired", transition="approve_plan"), _grant(told, "supervisor")
    ended = deepcopy(given)
    ended["header"] |= {"kind": "ended", "seq": given["header"]["seq"] + 1000}
    ended["effects"] = {"membership": given["effects"]["membership"], "ends_at": told.history[0]["header"]["at"]}
    told.evidence["roles"]["events"].append(ended)
    return seq(told, place)


def a_role_added_afterwards(told: Told) -> int:
    place = told.at("fired", transition="approve_plan")
    _grant(told, "supervisor")["header"]["at"] = told.history[place + 1]["header"]["at"]
    return seq(told, place)


def one_person_where_two_are_asked_for(told: Told) -> int:
    place, officer = told.at("fired", transition="approve_plan"), told.who("officer")
    _grant(told, "supervisor")["effects"]["person"] = officer
    row = told.history[place]
    row["header"]["actor"] = officer
    for change in row["effects"].get("task_states", ()):
        change |= {"by": officer} if "by" in change else {}
    return seq(told, place)


def a_field_left_out(told: Told) -> int:
    place = told.at("completed", name="triage_check")
    told.history[place]["effects"]["task_states"][0]["result"].popitem()
    return seq(told, place)


def an_answer_that_no_form_takes(told: Told) -> int:
    place = told.at("completed", name="triage_check")
    result = told.history[place]["effects"]["task_states"][0]["result"]
    result[next(iter(result))] = "perhaps"
    return seq(told, place)


def _clock(told: Told, place: int) -> tuple[Json, Json]:
    """A clock that an event starts for a task, and the step at which that is due."""
    clock = next(one for one in told.history[place]["effects"]["clocks"] if one.get("task"))
    return clock, next(step for step in clock["steps"] if step[1] == "due")


def a_deadline_moved(told: Told) -> int:
    place = told.at("fired", transition="approve_plan")
    clock, step = _clock(told, place)
    step[0] = instant(datetime.fromisoformat(step[0]) + timedelta(days=7))
    for task in told.history[place]["effects"]["tasks"]:
        task |= {"due": step[0]} if task["id"] == clock["task"] else {}
    return seq(told, place)


def a_limit_that_no_edition_has(told: Told) -> int:
    place = told.at("fired", transition="approve_plan")
    _, step = _clock(told, place)
    step[2]["n"] += 30
    return seq(told, place)


def a_clock_that_fired_early(told: Told) -> int:
    place = told.at("timer_fired")
    before = datetime.fromisoformat(told.history[place - 1]["header"]["at"])
    told.history[place]["header"]["at"] = instant(before + timedelta(microseconds=7))
    return seq(told, place)


def a_clock_stopped_by_nothing(told: Told) -> int:
    running: set[str] = set()
    for place, row in enumerate(told.history):
        running -= {one["id"] for one in row["effects"].get("clock_states", ())}
        if row["header"]["kind"] == "document_registered" and running:
            row["effects"]["clock_states"] = [{"id": min(running), "state": "stopped"}]
            return seq(told, place)
        running |= {one["id"] for one in row["effects"].get("clocks", ())}
    raise LookupError("no clock runs while a document is entered")


def a_task_finished_by_another_than_its_holder(told: Told) -> int:
    """A supervisor takes it before, and the officer finishes it all the same."""
    place, leader = told.at("completed", name="triage_check"), told.who("supervisor")
    claimed = deepcopy(told.history[place])
    task = claimed["effects"]["task"]
    before = datetime.fromisoformat(told.history[place - 1]["header"]["at"])
    claimed["header"] |= {
        "kind": "claimed",
        "actor": leader,
        "role": "supervisor",
        "at": instant(before + timedelta(seconds=9)),
    }
    held = {"id": task, "state": "Reserved", "holder": leader}
    claimed |= {"body": {}, "effects": {"task": task, "task_states": [held]}}
    told.history.insert(place, claimed)
    for number, row in enumerate(told.history, 1):
        row["header"]["seq"] = number
    return seq(told, place + 1)


def something_after_the_end(told: Told) -> int:
    more = deepcopy(told.history[told.at("fired", transition="approve_plan")])
    last = told.history[-1]["header"]
    at = instant(datetime.fromisoformat(last["at"]) + timedelta(minutes=1))
    more["header"] |= {"seq": last["seq"] + 1, "at": at, "log": last["log"]}
    told.history.append(more)
    return int(more["header"]["seq"])


def a_role_written_over(told: Told) -> None:
    _grant(told, "officer")["effects"]["starts_at"] = "2020-01-01T00:00:00+00:00"


def another_edition_swapped_in(told: Told) -> None:
    one, other = sorted(told.evidence["editions"])[:2]
    told.evidence["editions"][one] = told.evidence["editions"][other]


def a_state_told_otherwise(told: Told) -> None:
    told.evidence["index"]["case"]["state"] = "triage"


def an_outcome_told_otherwise(told: Told) -> None:
    told.evidence["index"]["case"]["outcome"] = "a triumph"


def a_task_told_to_be_open(told: Told) -> None:
    next(row for row in told.evidence["index"]["rows"]["tasks"] if row["state"] == "Completed")["state"] = "Ready"


def a_track_left_out(told: Told) -> None:
    told.evidence["index"]["rows"]["tracks"].pop()


IN_AN_EVENT: tuple[tuple[Forgery, str], ...] = (
    (a_transition_that_no_edition_has, "transition_unknown"),
    (another_state_to_start_from, "from_other"),
    (another_state_to_lead_to, "transition_to"),
    (a_role_never_held, "role_never"),
    (a_role_that_had_ended, "role_ended"),
    (a_role_added_afterwards, "role_later"),
    (one_person_where_two_are_asked_for, "four_eyes"),
    (a_field_left_out, "form_missing"),
    (an_answer_that_no_form_takes, "form_unfit"),
    (a_deadline_moved, "clock_moment"),
    (a_limit_that_no_edition_has, "limit_other"),
    (a_clock_that_fired_early, "timer_early"),
    (a_clock_stopped_by_nothing, "clock_stopped"),
    (a_task_finished_by_another_than_its_holder, "task_holder"),
    (something_after_the_end, "transition_not_here"),
)
BESIDE: tuple[tuple[Forgery, str], ...] = (
    (a_role_written_over, "role_unsealed"),
    (another_edition_swapped_in, "edition_swapped"),
    (a_state_told_otherwise, "told_case"),
    (an_outcome_told_otherwise, "told_case"),
    (a_task_told_to_be_open, "told_row"),
    (a_track_left_out, "told_row_missing"),
)


def _ids(forgeries: tuple[tuple[Forgery, str], ...]) -> Iterator[str]:
    return (forge.__name__ for forge, _ in forgeries)


@pytest.mark.parametrize(("forge", "code"), IN_AN_EVENT, ids=_ids(IN_AN_EVENT))
def test_the_first_wrong_event_of_a_forgery_is_named(case: Told, forge: Forgery, code: str) -> None:
    wrong = forge(case)
    case.seal()
    found = [fault for fault in case.faults() if fault.seq is not None]
    assert found[0].seq == wrong
    assert code in {fault.code for fault in found if fault.seq == wrong}


@pytest.mark.parametrize(("forge", "code"), BESIDE, ids=_ids(BESIDE))
def test_what_is_false_beside_the_events_is_found(case: Told, forge: Forgery, code: str) -> None:
    forge(case)
    assert code in {fault.code for fault in case.faults()}


@pytest.mark.parametrize("forge", [forge for forge, _ in IN_AN_EVENT], ids=_ids(IN_AN_EVENT))
def test_no_chain_betrays_a_forgery(case: Told, forge: Forgery) -> None:
    forge(case)
    case.seal()
    assert case.chain_faults() == []
