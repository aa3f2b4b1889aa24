"""Scenarios are read as they stand, and whatever is wrong in a file is told with its place."""

from __future__ import annotations

from datetime import date

import pytest

from casework.playbook.scenario_files import MOST_BYTES, ScenarioFault, read_scenarios

GOOD = """
[[scenario]]
name = "First"
begins = 2026-05-04
steps = [
  { who = "officer 2", does = "go", form = { on = 3 }, then = "b", due = 2026-05-11, may = { officer = ["back"] } },
  { days = 4, clocks = [] },
]
[[scenario]]
name = "Second"
follows = "First"
steps = [{ who = "supervisor", completes = "look", refused = ["something_holds"] }]
"""

STEP = '[[scenario]]\nname = "One"\nsteps = [{}]'
#: What is wrong, and what is said of it.
WRONG = {
    "no TOML": ("[[scenario", "it is no TOML"),
    "nested without end": ("x = " + "[" * 5_000, "it is no TOML"),
    "another table": ("[coverage]\nstates = 1", "“coverage”, which nothing is called"),
    "no list": ("scenario = 1", "scenario is no list"),
    "no name": ("[[scenario]]\nsteps = []", "scenario 1: its name is no text"),
    "a name twice": (GOOD + GOOD, "two scenarios are called “First”"),
    "no steps": ('[[scenario]]\nname = "One"\nsteps = []', "“One”: it needs steps"),
    "steps of another type": ('[[scenario]]\nname = "One"\nsteps = "x"', "“One”: steps is no list"),
    "too many steps": (STEP.format("{ days = 1 }, " * 301), "no more than 300"),
    "another word": (STEP.format('{ days = 1, tehn = "b" }'), "“One”, step 1: it says “tehn”"),
    "nothing done": (STEP.format('{ then = "b" }'), "step 1: it needs one of does"),
    "two things done": (STEP.format('{ who = "officer", does = "a", days = 1 }'), "step 1: it needs one of does"),
    "nobody": (STEP.format('{ does = "a" }'), "step 1: who says whose action it is"),
    "no role": (STEP.format('{ who = "gardener", does = "a" }'), "who is no role"),
    "a role without sense": (STEP.format('{ who = "officer ²", does = "a" }'), "who is no role"),
    "a role with a huge number": (STEP.format('{ who = "officer 999999999999", does = "a" }'), "who is no role"),
    "no number": (STEP.format('{ days = "x" }'), "days is no number"),
    "a truth for a number": (STEP.format("{ days = true }"), "days is no number"),
    "too long": (STEP.format("{ days = 99999999999 }"), "days is no number"),
    "no day": (STEP.format('{ days = 1, due = "soon" }'), "due is no day"),
    "no role that may": (STEP.format('{ days = 1, may = { gardener = ["x"] } }'), "may names “gardener”"),
    "no names": (STEP.format('{ days = 1, tasks = "x" }'), "tasks is no list"),
    "a form of nothing": (STEP.format("{ days = 1, form = {} }"), "only an action has form"),
    "clocks where no time passes": (STEP.format('{ who = "officer", does = "a", clocks = [] }'), "clocks speak where"),
    "a paper with more": (STEP.format('{ paper = { colour = "red" } }'), "a paper has a title"),
    "follows nothing": ('[[scenario]]\nname = "One"\nfollows = "Two"\nsteps = [{ days = 1 }]', "which is no scenario here"),
    "follows itself": ('[[scenario]]\nname = "One"\nfollows = "One"\nsteps = [{ days = 1 }]', "it follows itself"),
    "follows and begins": ('[[scenario]]\nname = "One"\nfollows = "One"\nopens = "x"\nsteps = [{ days = 1 }]', "begins as that one does"),
    "begins at no day": ('[[scenario]]\nname = "One"\nbegins = 0001-01-01\nsteps = [{ days = 1 }]', "begins is no day"),
}  # fmt: skip


def test_a_scenario_is_read_as_it_stands() -> None:
    first, second = read_scenarios("x.toml", GOOD)
    assert (first.begins, second.follows) == (date(2026, 5, 4), "First")
    step, passing = first.steps
    assert (step.who, step.then, step.due, step.may) == ("officer 2", ("b",), date(2026, 5, 11), {"officer": ("back",)})
    assert (passing.days, passing.clocks, passing.then) == (4, (), None)
    assert second.steps[0].refused == ("something_holds",)


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_told_with_its_place(what: str) -> None:
    text, said = WRONG[what]
    with pytest.raises(ScenarioFault) as fault:
        read_scenarios("x.toml", text)
    assert str(fault.value).startswith("x.toml: ")
    assert said in str(fault.value)
    assert len(str(fault.value)) < 500


def test_a_circle_of_several_is_found() -> None:
    circle = "".join(
        f'[[scenario]]\nname = "{name}"\nfollows = "{after}"\nsteps = [{{ days = 1 }}]\n'
        for name, after in ("ab", "bc", "ca")
    )
    with pytest.raises(ScenarioFault, match="it follows itself"):
        read_scenarios("x.toml", circle)


def test_a_huge_file_is_not_read() -> None:
    with pytest.raises(ScenarioFault, match="longer than"):
        read_scenarios("x.toml", "#" * (MOST_BYTES + 1))
