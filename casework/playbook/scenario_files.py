"""Scenarios as they stand in a file beside a definition: what happens to whom and when, and what is told to follow.

A file is TOML and says each scenario step by step. What it names wrongly, or says in another type, is refused with the file, the
scenario and the step.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.engine.roles import PERSONAL_ROLES

#: A file holds no more than this, of each.
MOST_BYTES, MOST_SCENARIOS, MOST_STEPS, MOST_DAYS = 1_000_000, 200, 300, 20_000
#: A scenario begins on a Monday, unless it says when.
BEGINS = date(2026, 3, 2)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)

Json = Any


class ScenarioFault(ValueError):
    """What is wrong in a file of scenarios, with the place where it stands."""


@dataclass(frozen=True)
class Step:
    """One thing that happens, and what is told of the case after it; `None` where nothing is told."""

    n: int
    #: `officer`, or `officer 2`; nobody where time passes or the world changes.
    who: str = ""
    #: The transition that is fired, the task that is finished, the task that is added.
    does: str = ""
    completes: str = ""
    adds: str = ""
    #: The task that nobody needs any more: every open one of the name.
    drops: str = ""
    about: str | None = None
    #: The track, where it is not the scenario's own.
    on: str = ""
    form: Mapping[str, Json] = field(default_factory=dict)
    #: What of the form is left empty that would be filled in with something ordinary.
    leaves: tuple[str, ...] = ()
    #: So many days pass, and each clock does what is due.
    days: int = 0
    #: A paper is registered: its title, kind, party, or the referral of which it is.
    paper: Mapping[str, str] = field(default_factory=dict)
    #: What lies outside the case is otherwise from here on.
    world: Mapping[str, Json] = field(default_factory=dict)
    #: The papers that an action asks for are not handed in before it.
    without_papers: bool = False

    #: By which guards it is refused, or by what else.
    refused: tuple[str, ...] | None = None
    #: The states in which the track stands then.
    then: tuple[str, ...] | None = None
    #: What else moves by itself, in its order.
    moves: tuple[str, ...] | None = None
    #: Every task that is open, beside those of states.
    tasks: tuple[str, ...] | None = None
    #: The day on which what is to be done in the track's state is due.
    due: date | None = None
    #: What clocks said while time passed.
    clocks: tuple[str, ...] | None = None
    #: Role: every transition that it may fire then; whoever is not named may fire none.
    may: Mapping[str, tuple[str, ...]] | None = None
    #: Role: transitions that it may fire then, among others.
    may_at_least: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Scenario:
    """A named course of one case, from its opening on or from the end of another scenario."""

    name: str
    steps: tuple[Step, ...]
    #: The scenario whose steps come before.
    follows: str = ""
    #: What is opened, where it is not the workflow alone: `case`, or `referral:pledge` for a service that somebody is asked for.
    opens: str = ""
    begins: date = BEGINS
    world: Mapping[str, Json] = field(default_factory=dict)
    #: What the case has recorded before, in the words of events: consents, records of the effect.
    known: Mapping[str, Json] = field(default_factory=dict)


#: Fields of a step: how it is read.
_WORDS = ("who", "does", "completes", "adds", "drops", "about", "on")
_NAMES = ("leaves", "refused", "moves", "tasks", "clocks")
_ROLES = ("may", "may_at_least")
_TABLES = ("form", "world", "paper")
_STEP = {*_WORDS, *_NAMES, *_ROLES, *_TABLES, "days", "without_papers", "then", "due"}
_SCENARIO = {"name", "follows", "opens", "begins", "world", "known", "steps"}


def read_scenarios(file: str, text: str) -> list[Scenario]:
    """The scenarios of a file, in its order. Raises ScenarioFault with the place of what is wrong."""
    if len(text.encode()) > MOST_BYTES:
        raise ScenarioFault(f"{file}: it is longer than {MOST_BYTES} bytes")
    try:
        written = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise ScenarioFault(f"{file}: it is no TOML: {str(error) or 'it is nested too deep'}") from None
    _insist(file, set(written) <= {"scenario"}, f"it says {_unknown(written, {'scenario'})}, which nothing is called")
    tables = _list(file, written.get("scenario", []), "scenario")
    _insist(file, len(tables) <= MOST_SCENARIOS, f"it holds more than {MOST_SCENARIOS} scenarios")
    found = [_scenario(file, n, table) for n, table in enumerate(tables, 1)]
    names = [one.name for one in found]
    for name in names:
        _insist(file, names.count(name) == 1, f"two scenarios are called “{name}”")
    _follow(file, {one.name: one for one in found})
    return found


def _follow(file: str, named: Mapping[str, Scenario]) -> None:
    for scenario in named.values():
        place, seen = f"{file}: “{scenario.name}”", {scenario.name}
        while scenario.follows:
            _insist(place, scenario.follows in named, f"it follows “{scenario.follows}”, which is no scenario here")
            _insist(place, scenario.follows not in seen, f"it follows itself, by “{scenario.follows}”")
            scenario = named[scenario.follows]
            seen.add(scenario.name)


def _scenario(file: str, n: int, table: Json) -> Scenario:
    place = f"{file}: scenario {n}"
    table = _table(place, table, "it")
    name = _text(place, table.get("name"), "its name")
    place = f"{file}: “{name}”"
    _insist(place, set(table) <= _SCENARIO, f"it says {_unknown(table, _SCENARIO)}, which nothing is called")
    steps = _list(place, table.get("steps", []), "steps")
    _insist(place, 0 < len(steps) <= MOST_STEPS, f"it needs steps, and no more than {MOST_STEPS}")
    begins, follows = table.get("begins", BEGINS), _text(place, table.get("follows", ""), "follows", empty=True)
    _insist(place, type(begins) is date and EARLIEST <= begins <= LATEST, "begins is no day of this century")
    opens = _text(place, table.get("opens", ""), "opens", empty=True)
    _insist(
        place,
        not follows or not {"opens", "begins", "known"} & set(table),
        "what follows another begins as that one does",
    )
    world, known = (_table(place, table.get(key, {}), key) for key in ("world", "known"))
    read = tuple(_step(f"{place}, step {n}", n, one) for n, one in enumerate(steps, 1))
    return Scenario(name, read, follows, opens, begins, world, known)


def _step(place: str, n: int, table: Json) -> Step:
    table = _table(place, table, "it")
    _insist(place, set(table) <= _STEP, f"it says {_unknown(table, _STEP)}, which nothing is called")
    read: dict[str, Json] = {name: _text(place, table[name], name) for name in _WORDS if name in table}
    read |= {name: _names(place, table[name], name) for name in _NAMES if name in table}
    read |= {name: _by_role(place, table[name], name) for name in _ROLES if name in table}
    read |= {name: _table(place, table[name], name) for name in _TABLES if name in table}
    if "then" in table:
        states = table["then"]
        read["then"] = _names(place, [states] if isinstance(states, str) else states, "then")
    if "due" in table:
        _insist(place, type(table["due"]) is date, "due is no day, as 2026-03-02 is one")
        read["due"] = table["due"]
    if "days" in table:
        days = table["days"]
        _insist(place, type(days) is int and 0 < days <= MOST_DAYS, f"days is no number from 1 to {MOST_DAYS}")
        read["days"] = days
    if "without_papers" in table:
        _insist(place, type(table["without_papers"]) is bool, "without_papers is neither true nor false")
        read["without_papers"] = table["without_papers"]
    _one_thing(place, read)
    return Step(n, **read)


def _one_thing(place: str, read: Mapping[str, Json]) -> None:
    deeds = {"does", "completes", "adds", "drops", "days", "paper", "world"} & set(read)
    _insist(place, len(deeds) == 1, "it needs one of does, completes, adds, drops, days, paper and world")
    acts = bool(deeds & {"does", "completes", "adds", "drops"})
    _insist(place, acts == ("who" in read), "who says whose action it is, and belongs to one")
    _insist(
        place,
        acts or not {"form", "leaves", "about", "on", "refused"} & set(read),
        "only an action has form, leaves, about, on, refused",
    )
    _insist(place, "clocks" not in read or "days" in read, "clocks speak where days pass")
    if acts:
        role, _, number = read["who"].partition(" ")
        known = role in PERSONAL_ROLES and (
            not number or number.isascii() and number.isdecimal() and 0 < int(number[:3]) < 10
        )
        _insist(place, known, f"who is no role, and no role with a number: “{read['who'][:80]}”")
    for name, value in read.get("paper", {}).items():
        known = name in ("title", "kind", "party", "of") and isinstance(value, str)
        _insist(place, known, "a paper has a title, a kind, a party, or the referral of which it is")


def _insist(place: str, holds: bool, otherwise: str) -> None:
    if not holds:
        raise ScenarioFault(f"{place}: {otherwise}")


def _unknown(table: Mapping[str, Json], known: set[str]) -> str:
    return ", ".join(f"“{name[:80]}”" for name in sorted(set(table) - known)[:5])


def _table(place: str, value: Json, name: str) -> Mapping[str, Json]:
    _insist(place, isinstance(value, dict), f"{name} is no table")
    return dict(value)


def _list(place: str, value: Json, name: str) -> list[Json]:
    _insist(place, isinstance(value, list), f"{name} is no list")
    return list(value)


def _text(place: str, value: Json, name: str, *, empty: bool = False) -> str:
    _insist(
        place, isinstance(value, str) and (empty or bool(value.strip())) and len(value) <= 200, f"{name} is no text"
    )
    return str(value)


def _names(place: str, value: Json, name: str) -> tuple[str, ...]:
    return tuple(_text(place, one, f"what {name} lists") for one in _list(place, value, name))


def _by_role(place: str, value: Json, name: str) -> Mapping[str, tuple[str, ...]]:
    table = _table(place, value, name)
    for role in table:
        _insist(place, role in PERSONAL_ROLES, f"{name} names “{role[:80]}”, which is no role")
    return {role: _names(place, names, name) for role, names in table.items()}
