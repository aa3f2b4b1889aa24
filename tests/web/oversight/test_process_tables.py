"""How cases ran as tables: each number beside what it is of, the first lines of long lists, and each case with its way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.mining.conformance import NOT_FROM_THERE, Conformance, Deviation
from casework.engine.mining.process import MOST, Process, as_shown
from casework.engine.mining.waits import Place, Work
from casework.engine.mining.ways import Arc, Variant
from casework.engine.parts import MAIN
from casework.web.oversight.figure_drafts import Section
from casework.web.oversight.process_tables import FEW, FIRST, MOST_CASES, WRONG, Links, edition_name, say_task, sections
from tests.web.oversight.test_process_heat import place

LINKS = Links(way=lambda way: f"/{way.key}", state=lambda place: f"/{place.state}")


def case_edition() -> Edition:
    found = load_library().playing(MAIN)
    assert found is not None
    return found


def here(state: str, **more: Any) -> Place:
    """A state of the edition that is looked at."""
    return place(state, edition=case_edition().fingerprint, **more)


def process(**more: Any) -> Process:
    told: dict[str, Any] = {"variants": (), "arcs": (), "places": (), "works": (), "conformance": ()}
    return Process(at=datetime(2026, 1, 5, tzinfo=UTC), calendar="c", **(told | more))


def told(app: Flask, process: Process, *places: Place) -> dict[str, Section]:
    with app.test_request_context("/process"):
        found = sections(process, case_edition(), {one.state: one for one in places}, LINKS)
    return {one.name: one for one in found}


def cells(section: Section, *keys: str) -> list[tuple[str, ...]]:
    (table,) = section.tables
    return [tuple(row[key].words for key in keys) for row in table.rows]


def test_states_stand_in_the_order_of_the_definition_with_what_was_late(app: Flask) -> None:
    late = here("triage", count=3, now=1, median=90, dated=12, overdue=3)
    found = told(app, process(), late, here("proposed", count=4))["states"]
    assert cells(found, "what", "count", "now", "median", "late") == [
        ("Proposed", "4", "0", "", ""),
        ("Triage", "3", "1", "1.5 working hours", "3 of 12"),
    ]
    # Under ten there is no percentage.
    assert found.tables[0].rows[1]["late"].second == "25.0 %"
    few = told(app, process(), here("triage", dated=4, overdue=1))["states"]
    assert few.tables[0].rows[0]["late"].second == ""


def test_waiting_stands_against_work_where_a_task_took_time(app: Flask) -> None:
    worked = here("triage", minutes={"waiting": 60, "in_hand": 30, "resting": 0})
    found = told(app, process(), worked, here("proposed"))["waiting"]
    assert cells(found, "what", "waiting", "in_hand", "resting") == [
        ("Triage", "1.0 working hours", "0.5 working hours", "0.0 working hours")
    ]
    assert told(app, process(), here("proposed"))["waiting"].tables == []


def test_bottlenecks_are_the_first_states_of_all_editions(app: Flask) -> None:
    edition = case_edition()
    there = here("triage", total=300)
    gone = place("old_state", workflow="past", edition="gone", total=100)
    # Nothing is slow where a case has ended.
    closed = here("closed", total=900)
    found = told(app, process(places=(closed, there, gone, here("proposed"))))["bottlenecks"]
    assert cells(found, "what", "share") == [("Triage", "75.0 %"), ("old state", "25.0 %")]
    with app.test_request_context("/process"):
        assert [row["what"].second for row in found.tables[0].rows] == [edition_name(edition), "past"]


def test_a_task_is_called_as_its_definition_does(app: Flask) -> None:
    minutes = {"waiting": 60, "in_hand": 0, "resting": 0}
    names = ("triage", "ask_waiver", "unheard_of")
    works = tuple(Work(workflow="case", name=name, count=1, minutes=minutes) for name in names)
    quick = Work(workflow="case", name="proposed", count=1, minutes={**minutes, "waiting": 0})
    found = told(app, process(works=(*works, quick)))["tasks"]
    assert [words for (words,) in cells(found, "what")] == ["Complete the triage", "Ask for a waiver", "unheard of"]


def test_a_way_has_its_share_its_time_and_its_first_cases(app: Flask) -> None:
    many = tuple(f"BJ-{n:02}" for n in range(MOST_CASES + 2))
    ways = (
        Variant(("take", "unheard_of"), many, Fraction(7, 10), timedelta(days=2, hours=12)),
        Variant((), ("BJ-90", "BJ-91", "BJ-92"), Fraction(3, 10), None),
    )
    found = told(app, process(variants=ways))["ways"]
    take = case_edition().text("transitions.take.do")
    assert cells(found, "what", "count", "share", "time") == [
        (f"{take} → unheard of", "7", "70.0 %", "2.5 days"),
        ("no action yet", "3", "30.0 %", ""),
    ]
    first, second = (row["what"].second for row in found.tables[0].rows)
    assert first.count("<a ") == MOST_CASES
    assert first.endswith("2 more")
    assert '<a href="/cases/BJ-92">BJ-92</a>' in second
    assert "more" not in second


def test_what_followed_what_has_its_count_and_its_wait(app: Flask) -> None:
    arcs = (Arc("take", "unheard_of", 3, timedelta(hours=36)), Arc("take", "take", 1, None))
    take = case_edition().text("transitions.take.do")
    found = told(app, process(arcs=arcs))["arcs"]
    assert cells(found, "what", "then", "count", "time") == [
        (take, "unheard of", "3", "1.5 days"),
        (take, take, "1", ""),
    ]
    assert told(app, process())["arcs"].tables == []


def test_of_many_ways_the_first_are_shown_and_the_others_counted(app: Flask) -> None:
    ways = tuple(Variant((f"a{n}",), (f"BJ-{n}",), Fraction(1, MOST + 3), None) for n in range(MOST + 3))
    found = told(app, process(variants=ways))["ways"]
    first, others = found.tables
    assert (len(first.rows), len(others.rows), first.folded, others.folded) == (FIRST, MOST - FIRST, False, True)
    assert [row["what"].words for row in (*first.rows, *others.rows)] == [f"a{n}" for n in range(MOST)]
    assert others.caption == f"Ways that cases went: {MOST - FIRST} more"
    assert list(found.beside) == ["3 more"]
    # A few are not folded away.
    few = told(app, process(variants=ways[: FIRST + FEW]))["ways"]
    assert [len(one.rows) for one in few.tables] == [FIRST + FEW]
    # Counted ahead, the page has these alone, and says the same.
    assert told(app, as_shown(process(variants=ways)))["ways"] == found


@pytest.mark.parametrize("what", WRONG)
def test_a_case_that_left_its_definition_is_linked_with_the_first_thing_that_is_wrong(app: Flask, what: str) -> None:
    wrong = (Deviation(7, "case", "take", what), Deviation(9, "case", "take", NOT_FROM_THERE))
    cases = (Conformance("BJ-1", 3, ()), Conformance("BJ-2", 4, wrong))
    found = told(app, process(conformance=cases))["conformance"]
    (row,) = found.tables[0].rows
    assert (row["what"].words, row["what"].url, row["count"].words) == ("BJ-2", "/cases/BJ-2", "2 of 4")
    assert row["first"].words == f"{case_edition().text('transitions.take.do')}: {WRONG[what]}"
    assert row["first"].second == "event 7"
    assert list(found.beside) == ["2 cases, 7 actions"]
    assert told(app, as_shown(process(conformance=cases)))["conformance"] == found


def test_where_no_case_left_its_definition_it_says_so(app: Flask) -> None:
    found = told(app, process(conformance=(Conformance("BJ-1", 3, ()),)))["conformance"]
    assert list(found.tables) == []
    assert found.nothing == "Every action was taken as its edition says."


def test_every_kind_of_task_has_words(app: Flask) -> None:
    """Those of a rule, those that a state asks for, and the decision on what somebody else asked for."""
    without = []
    for edition in load_library().editions.values():
        names = {rule.name for rule in edition.tasks.values()}
        names |= {state.path for state in edition.states.values() if f"states.{state.path}.do" in edition.texts}
        names |= {f"decide_{rule.name}" for rule in edition.transitions if rule.confirm_by}
        with app.test_request_context("/process", headers={"Accept-Language": "zh-CN"}):
            tasks = [Work(workflow=edition.workflow, name=name, count=1, minutes={}) for name in sorted(names)]
            without += [f"{one.workflow}.{one.name}" for one in tasks if say_task(one).isascii()]
    assert without == []


def test_a_decision_says_that_it_is_one(app: Flask) -> None:
    with app.test_request_context("/process"):
        decision = Work(workflow=case_edition().workflow, name="decide_amend_plan", count=1, minutes={})
        assert say_task(decision) == "Decide: Amend the plan"
