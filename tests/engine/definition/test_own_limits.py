"""The limits of an edition: each once, by what settings call it, with whose it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.definitions import load_library
from casework.engine.definition.grammar import (
    Final,
    Law,
    Referral,
    State,
    Task,
    Workflow,
    calendar_days,
    until,
    working_days,
)
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.limits import GuardLimit
from casework.engine.definition.own_limits import MOST, limit_faults, limits_of
from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import guard
from casework.engine.roles import Role

HOLDS = GuardLimit("case.limits.toy_holds", 30, "cd", 10, 60, "A toy holds")


@guard(rule="The toy is whole.", refusal="The toy is too old.", limits=(HOLDS,))
def toy_is_whole(f: Facts) -> bool:
    return f.limit(HOLDS) > 0


class Toys(Workflow):
    """Everything that has a limit."""

    workflow = "case"
    title = "Toys"
    playing = State("Playing", Role.OFFICER, working_days(5), "Play", escalation=((working_days(3), "remind"),))
    waiting = State("Waiting", Role.OFFICER, calendar_days(9, law=Law("toy_law", "Toy Law Art. 1")), "Play")
    named = State("Named", Role.OFFICER, until("break.on"), "Play")
    done = Final("Done")
    stop = playing.to(waiting, by=Role.OFFICER, do="Stop", done="stopped", guards=[toy_is_whole])
    go = waiting.to(
        named,
        by=Role.OFFICER,
        do="Go",
        done="went",
        opens=[
            Task("clean", "Clean up", Role.OFFICER, calendar_days(30, since="break.on", shared=HOLDS)),
            Task(
                "look",
                "Look",
                Role.OFFICER,
                calendar_days(4),
                after=calendar_days(-8, since="break.on"),
                opens=(Referral("fix", due=calendar_days(60)),),
                opens_if=(("broken", True, (Referral("fix", due=calendar_days(335, since="break.on")),)),),
            ),
        ],
    )
    finish = named.to(done, by=Role.OFFICER, do="Finish", done="finished")
    lapse = playing.after(working_days(7), done, done="lapsed")


EDITION = publish(Toys)


def test_each_limit_is_named_once_with_whose_it_is() -> None:
    known = {one.what: (one.kind, one.n, one.unit, one.settable, one.back) for one in limits_of(EDITION)}
    assert known == {
        "case.limits.toy_holds": ("holds", 30, "cd", True, False),
        "case.states.playing": ("due", 5, "wd", True, False),
        "case.states.playing.escalation.0": ("remind", 3, "wd", True, False),
        "case.states.waiting": ("due", 9, "cd", False, False),
        "case.states.named": ("due", 0, "cd", False, False),
        "case.tasks.look": ("due", 4, "cd", True, False),
        "case.tasks.look.after": ("appears", 8, "cd", True, True),
        "case.answers.fix": ("answered", 60, "cd", True, False),
        "case.answers.fix.break.on": ("answered", 335, "cd", True, False),
        "case.transitions.lapse.after": ("fires", 7, "wd", True, False),
    }
    bounds = {one.what: (one.least, one.most) for one in limits_of(EDITION)}
    assert bounds["case.limits.toy_holds"] == (10, 60)
    assert bounds["case.states.playing"] == (1, MOST)
    assert next(one.law for one in limits_of(EDITION) if one.what == "case.states.waiting") == "toy_law"


def test_a_limit_that_counts_from_a_day_knows_what_asks_for_it() -> None:
    library = load_library()
    for workflow in library.newest:
        edition = library.latest(workflow)
        assert edition is not None
        limits = {one.what: one for one in limits_of(edition)}
        for one in limits.values():
            assert bool(one.asked) == (one.since is not None), one.what
            assert {key for asked in one.asked for key in asked} <= edition.texts.keys()
        if workflow == "case":
            assert limits["case.tasks.duty"].asked == (("tasks.agreed_duty", "forms.AgreedDuties.duties.label"),)
            assert limits["case.transitions.resume_due.after"].asked == (
                ("transitions.hold.do", "forms.Hold.resume_by.label"),
            )


def test_an_edition_says_what_its_rules_compare_with_and_what_that_is_called() -> None:
    assert EDITION.guard_limits == {"case.limits.toy_holds": {"n": 30, "unit": "cd", "least": 10, "most": 60}}
    assert EDITION.text("limits.toy_holds") == "A toy holds"
    assert list(limit_faults(EDITION)) == []


def test_an_edition_that_says_otherwise_than_its_rules_is_faulty() -> None:
    other = replace(EDITION, rules={**EDITION.rules, "limits": {HOLDS.what: {**HOLDS.rule(), "n": 31}}})
    assert [fault.kind for fault in limit_faults(other)] == ["other_limit"]


@pytest.mark.parametrize(
    ("what", "n", "words"),
    [("case.limits.x", 9, "not between"), ("case.limits.x", 61, "not between"), ("case.x", 30, "names no workflow")],
)
def test_a_limit_of_a_rule_lies_within_its_bounds_and_has_a_place(what: str, n: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        GuardLimit(what, n, "cd", 10, 60, "A toy holds")


def test_what_a_clock_shares_with_a_rule_is_the_same() -> None:
    with pytest.raises(ValueError, match="another than"):
        calendar_days(31, shared=HOLDS)
