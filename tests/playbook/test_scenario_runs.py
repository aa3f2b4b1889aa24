"""Scenarios run by the engine alone: a passed one, each difference, and what cannot be run."""

from __future__ import annotations

import pytest

from casework.definitions import library_of
from casework.engine.definition.forms import Date, Note
from casework.engine.definition.grammar import Final, Form, State, Task, Workflow, any_of, calendar_days, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import guard
from casework.engine.roles import Role
from casework.playbook.scenario_coverage import Seen, coverage, lacking
from casework.playbook.scenario_files import ScenarioFault, read_scenarios
from casework.playbook.scenario_runs import Outcome, run


class Where(Form):
    on = Date(label="On", past=True)
    note = Note(label="Note", required=False)


@guard(rule="It was looked at.", refusal="Nobody has looked at it.")
def toy_was_looked_at(f: Facts) -> bool:
    return bool(f.results("look"))


@guard(rule="It was seen today.", refusal="It was not seen today.", at=("on",))
def toy_is_of_today(f: Facts) -> bool:
    return f.data.get("on") == f.today.isoformat()


class Looked(Workflow):
    """Something is looked at."""

    workflow = "looked"
    title = "Looked at"

    begun = State("Begun", Role.OFFICER, working_days(5), "One", do="Look")
    waiting = State("Waiting", Role.SUPERVISOR, working_days(5), "Two", do="Decide")
    over = Final("Over")
    lapsed = Final("Lapsed")

    ask = begun.to(
        waiting,
        by=Role.OFFICER,
        do="Ask",
        form=Where,
        guards=[toy_is_of_today],
        opens=[Task("look", "Look", Role.OFFICER, working_days(5))],
    )
    agree = waiting.to(over, by=Role.SUPERVISOR, do="Agree", guards=[toy_was_looked_at])
    back = waiting.to(begun, by=Role.SUPERVISOR, do="Back")
    lapse = any_of(begun, waiting).after(calendar_days(60), lapsed)


class Circling(Workflow):
    """It goes round by itself."""

    workflow = "circling"
    title = "Circling"

    one = State("One", Role.OFFICER, working_days(5), "One", do="Go")
    two = State("Two", Role.OFFICER, working_days(5), "One", do="Go")
    over = Final("Over")

    go = one.to(two, by=Role.OFFICER, do="Go")
    on = two.then(one)
    again = one.then(two)
    end = one.to(over, by=Role.OFFICER, do="End")


EDITION = publish(Looked)
LIBRARY = library_of([EDITION, publish(Circling)])
ASKED = '{ who = "officer", does = "ask", form = { on = 0 }, then = "waiting", tasks = ["look"] }'


def scenario(*steps: str, more: str = "") -> str:
    return f'[[scenario]]\nname = "One"\n{more}\nsteps = [{", ".join(steps)}]\n'


def outcome(*steps: str, seen: Seen | None = None, workflow: str = "looked") -> Outcome:
    (found,) = run(LIBRARY, workflow, "x.toml", read_scenarios("x.toml", scenario(*steps)), seen or Seen())
    return found


def test_what_happens_as_it_is_told_passes() -> None:
    seen = Seen()
    found = outcome(
        ASKED,
        '{ who = "supervisor", does = "agree", refused = ["toy_was_looked_at"] }',
        '{ days = 1, clocks = [], due = 2026-03-09, may = { supervisor = ["back"] } }',
        '{ who = "officer", completes = "look", may = { supervisor = ["agree", "back"] } }',
        '{ who = "supervisor", does = "agree", then = "over", tasks = [], may = {} }',
        seen=seen,
    )
    assert (found.passed, found.steps, found.difference) == (True, 5, "")
    assert seen.guards == {("toy_is_of_today", True), ("toy_was_looked_at", True), ("toy_was_looked_at", False)}


#: Steps, at which it is otherwise, and how.
OTHERWISE = {
    "another state": ((ASKED.replace("waiting", "over"),), 1, "then: told was over, and it is waiting"),
    "other tasks": ((ASKED.replace('["look"]', "[]"),), 1, "tasks: told was nothing, and it is look"),
    "another day": ((ASKED, "{ days = 1, due = 2026-03-10 }"), 2, "due: told was 2026-03-10, and it is 2026-03-09"),
    "other clocks": ((ASKED, '{ days = 1, clocks = ["due"] }'), 2, "clocks: told was due, and it is nothing"),
    "refused": ((ASKED, '{ who = "supervisor", does = "agree" }'), 2, "was to succeed, and was refused by toy_was_looked_at"),
    "not refused": ((ASKED, '{ who = "supervisor", does = "back", refused = ["x"] }'), 2, "refused by x, and succeeded"),
    "the role": (('{ who = "compliance", does = "ask", form = { on = 0 } }',), 1, "was refused by not_allowed"),
    "the form": (('{ who = "officer", does = "ask", form = { on = 5 } }',), 1, "was refused by form.on"),
    "another way": ((ASKED, "{ days = 1, may = {} }"), 2, "supervisor may back, which is not told"),
    "no such way": ((ASKED, '{ days = 1, may_at_least = { officer = ["ask"] } }'), 2, "officer may not ask, which is told"),
    "a wrong turn": (('{ who = "supervisor", does = "agree" }',), 1, "“agree” does not lead out of begun"),
    "a clock that moves it": (("{ days = 61, moves = [] }",), 1, "moves: told was nothing, and it is lapse"),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERWISE)
def test_what_is_otherwise_is_told_with_its_step(what: str) -> None:
    steps, n, said = OTHERWISE[what]
    found = outcome(*steps)
    assert found.step == n
    assert said in found.difference


#: Steps that cannot be run at all, and what is said of them.
HOSTILE = {
    "no transition": ('{ who = "officer", does = "fly" }', "“looked” has no transition “fly”"),
    "no task": ('{ who = "officer", completes = "fly" }', "no task “fly” is open"),
    "no track": ('{ who = "officer", does = "ask", on = "moon" }', "there is no track “moon”"),
    "no field": ('{ who = "officer", does = "ask", form = { moon = 1 } }', "ask has no field moon"),
    "no fact": ("{ world = { moon = 1 } }", "the world has no “moon”"),
    "a fact of another type": ('{ world = { rights = "all" } }', "told in other types"),
    "a country of another type": ("{ world = { countries = 5 } }", "told in other types"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_cannot_be_run_is_told_with_file_scenario_and_step(what: str) -> None:
    step, said = HOSTILE[what]
    with pytest.raises(ScenarioFault) as fault:
        outcome("{ days = 1 }", step)
    assert str(fault.value).startswith("x.toml: “One”, step 2: ")
    assert said in str(fault.value)


def test_what_opens_nothing_cannot_begin() -> None:
    text = scenario("{ days = 1 }", more='opens = "moon"')
    with pytest.raises(ScenarioFault, match="“One”: it cannot begin: no workflow is called “moon”"):
        run(LIBRARY, "looked", "x.toml", read_scenarios("x.toml", text), Seen())


def test_known_facts_of_another_shape_cannot_begin() -> None:
    text = scenario("{ days = 1 }", more="known = { consents = 5 }")
    with pytest.raises(ScenarioFault, match="it cannot begin"):
        run(LIBRARY, "looked", "x.toml", read_scenarios("x.toml", text), Seen())


def test_an_endless_loop_ends() -> None:
    with pytest.raises(ScenarioFault, match="do not come to rest"):
        outcome("{ days = 1 }", workflow="circling")


def test_what_follows_goes_on_where_the_other_ended_and_leaves_it_alone() -> None:
    back = '[[scenario]]\nname = "{}"\nfollows = "One"\nsteps = [{{ who = "supervisor", does = "back", then = "begun" }}]\n'
    text = back.format("Back") + scenario(ASKED) + back.format("Once more")
    found = run(LIBRARY, "looked", "x.toml", read_scenarios("x.toml", text), Seen())
    assert [(one.name, one.passed) for one in found] == [("Back", True), ("One", True), ("Once more", True)]


def test_what_follows_a_failed_one_fails_too() -> None:
    text = (
        scenario('{ days = 1, then = "over" }')
        + '[[scenario]]\nname = "Two"\nfollows = "One"\nsteps = [{ days = 1 }]\n'
    )
    _, two = run(LIBRARY, "looked", "x.toml", read_scenarios("x.toml", text), Seen())
    assert (two.passed, two.difference) == (False, "“One”, which it follows, failed")


def test_what_was_not_seen_is_named() -> None:
    seen = Seen()
    outcome(ASKED, seen=seen)
    covered = coverage(EDITION, seen)
    assert covered["states"].missing == ("over", "lapsed")
    assert covered["transitions"].missing == ("agree", "back", "lapse")
    assert covered["guards"].missing == (
        "toy_is_of_today refuses",
        "toy_was_looked_at holds",
        "toy_was_looked_at refuses",
    )
    (line,) = lacking(covered, {"states": 51, "transitions": 25})
    assert line == "states: 50 %, and 51 % is the least; not seen: over, lapsed"


def test_what_a_faulty_form_leaves_open_was_not_seen() -> None:
    seen = Seen()
    outcome('{ who = "officer", does = "ask", form = { on = 5 }, refused = ["form.on"] }', seen=seen)
    assert seen.guards == set()


def test_what_is_only_told_in_part_was_not_seen() -> None:
    seen = Seen()
    outcome(ASKED, '{ days = 1, may_at_least = { supervisor = ["back"] } }', seen=seen)
    assert ("toy_was_looked_at", False) not in seen.guards
