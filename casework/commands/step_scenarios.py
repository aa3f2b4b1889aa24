"""A new step in the scenarios of its workflow: whatever went by its way goes through it, and on as it was told."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casework.commands.step_source import CannotWrite, NewStep, said
from casework.engine.deadlines.deadlines import moment_of
from casework.engine.execution.context import Library
from casework.engine.roles import QUEUE_ROLES, STANDS_FOR
from casework.playbook.scenario_files import Scenario, read_scenarios
from casework.playbook.scenario_play import CALENDAR
from casework.playbook.scenario_runs import fired_in

Json = Any


@dataclass(frozen=True)
class Passing:
    """A step of a scenario in which the way was gone, by its place in the file, and when."""

    place: int
    at: datetime


def with_steps(file: str, text: str, library: Library, workflow: str, *, step: NewStep, leaving: Sequence[str]) -> str:
    """A file of scenarios that pass through a new step. Raises CannotWrite where none goes there, or it is laid out otherwise.

    `leaving`: what leads out of the state that came next until now. The library is that of the definitions as they were.
    """
    scenarios = read_scenarios(file, text)
    lines = text.splitlines(keepends=True)
    places = list(_steps(lines))
    if len(places) != sum(len(one.steps) for one in scenarios):
        raise CannotWrite(f"in {file} each step of a scenario must stand on a line of its own")
    passed = list(_passed(file, scenarios, library, workflow, step.after))
    if not passed:
        raise CannotWrite(f"no scenario in {file} goes by {step.after}; write one first")
    for one in reversed(passed):
        n, told = places[one.place]
        lines[n : n + 1] = [f"  {_inline(table)},\n" for table in _through(told, one.at, workflow, step, leaving)]
    return "".join(lines)


def _steps(lines: Sequence[str]) -> Iterator[tuple[int, dict[str, Json]]]:
    """The lines that hold a step, and what it says."""
    for n, line in enumerate(lines):
        if line.strip().startswith("{"):
            try:
                (told,) = tomllib.loads(f"step = [{line.strip()}]")["step"]
            except (tomllib.TOMLDecodeError, ValueError):
                continue
            yield n, told


def _passed(file: str, scenarios: Sequence[Scenario], library: Library, workflow: str, way: str) -> Iterator[Passing]:
    """Where the way is gone while the scenarios run. The file passes as it stands, or cannot be changed."""
    fired = fired_in(library, workflow, file, scenarios)
    steps = ((one.name, step.n) for one in scenarios for step in one.steps)
    for place, step in enumerate(steps):
        yield from (Passing(place, event.at) for event in fired[step] if event.effects["transition"] == way)


def _through(
    told: Mapping[str, Json], at: datetime, workflow: str, step: NewStep, leaving: Sequence[str]
) -> Iterator[dict[str, Json]]:
    """The step that goes the way, and the one that goes on; what was told to follow follows the second."""
    after = ("then", "tasks", "due", "may", "may_at_least")
    first = {key: value for key, value in told.items() if key not in after}
    if "then" in told:
        first["then"] = step.name
    if "tasks" in told:
        first["tasks"] = told["tasks"]
    if "due" in told:
        first["due"] = CALENDAR.local_date(
            moment_of({"n": step.days, "unit": "wd" if step.working else "cd"}, at, CALENDAR)
        )
    first |= {key: _may(told[key], step, leaving) for key in ("may", "may_at_least") if key in told}
    yield first
    who = told.get("who", "")
    second: dict[str, Json] = {"who": who if who.partition(" ")[0] == step.queue else str(step.queue), "does": step.out}
    if "on" in told:
        second["on"] = told["on"] if "does" in told else workflow
    yield second | {key: told[key] for key in after if key in told}


def _may(may: Mapping[str, Sequence[str]], step: NewStep, leaving: Sequence[str]) -> dict[str, list[str]]:
    """Who may do what in the step: what leaves the next state stays behind, unless it leaves the step as well."""
    kept = {
        role: [name for name in names if name in step.left_by or name not in leaving] for role, names in may.items()
    }
    for role in sorted(QUEUE_ROLES[step.queue] | {one for one, roles in STANDS_FOR.items() if step.queue in roles}):
        kept[str(role)] = [step.out, *kept.get(str(role), [])]
    return {role: names for role, names in kept.items() if names}


def _inline(value: Json) -> str:
    """A value as TOML writes it in a line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return said(value)
        case date() | int() | float():
            return value.isoformat() if isinstance(value, date) else str(value)
        case list() | tuple():
            return f"[{', '.join(map(_inline, value))}]"
    pairs = (f"{_key(str(key))} = {_inline(one)}" for key, one in value.items())
    inside = ", ".join(pairs)
    return f"{{ {inside} }}" if inside else "{}"


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else said(key)
