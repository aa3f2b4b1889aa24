"""The limits of an edition, by what a programme's settings call them: of its steps, of its side tasks, and of its guards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from casework.engine.deadlines.deadlines import (
    WrittenLimit,
    called,
    may_be_set,
    of_answer,
    of_appearing,
    of_firing,
    of_state,
    of_step,
    of_task,
)
from casework.engine.definition.edition_schema import WrittenOpening
from casework.engine.definition.editions import Edition, ancestors
from casework.engine.definition.graph import Fault
from casework.engine.definition.limits import GuardUnit
from casework.engine.definition.registry import GUARDS

#: What a clock does when a limit runs out, and "holds": what a guard compares with.
Kind: TypeAlias = Literal["due", "appears", "fires", "answered", "remind", "escalate", "flag", "holds"]
#: Where nothing else is said, a limit is from one of its unit to ten years of days.
LEAST, MOST = 1, 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLimit:
    """A limit of an edition, or of the catalogue, which no edition counts."""

    #: case.states.triage; one that several places share stands once.
    what: str
    kind: str
    #: The key of the text of what it is a limit of.
    words: str
    #: How many, without the sign of what counts back from a day.
    n: int
    unit: GuardUnit
    #: From the day that a form names; else from the beginning.
    since: str | None = None
    #: Where that day is asked: the keys of what the form is called by that asks it, and of the question.
    asked: tuple[tuple[str, str], ...] = ()
    #: It counts back from that day.
    back: bool = False
    law: str | None = None
    settable: bool = True
    least: int = LEAST
    most: int = MOST


#: What the limits of the catalogue stand under, in place of a workflow; and so many days before its last one whoever stated a need is asked
#: whether it still holds, and reminded.
CATALOGUE = "catalogue"
ASKED_BEFORE = NamedLimit(
    what="catalogue.limits.need_asked", kind="holds", words="limits.need_asked", n=30, unit="cd", least=3, most=90
)
REMINDED_BEFORE = NamedLimit(
    what="catalogue.limits.need_reminded", kind="holds", words="limits.need_reminded", n=7, unit="cd", least=1, most=90
)
OF_CATALOGUE = (ASKED_BEFORE, REMINDED_BEFORE)


def limits_of(edition: Edition) -> Iterator[NamedLimit]:
    """Every limit of an edition once."""
    workflow, seen = edition.workflow, set[str]()
    for what, ours in edition.guard_limits.items():
        # One that guards of several workflows ask for is a limit of the workflow that it is called by.
        if what.partition(".")[0] == workflow:
            words = f"limits.{what.rsplit('.', 1)[1]}"
            yield NamedLimit(
                what=what,
                kind="holds",
                words=words,
                n=ours["n"],
                unit=ours["unit"],
                least=ours["least"],
                most=ours["most"],
            )
    for what, kind, words, limit in _of_clocks(edition):
        if "shared" not in limit and what not in seen:
            seen.add(what)
            yield NamedLimit(
                what=called(limit, what),
                kind=kind,
                words=words,
                n=abs(limit["n"]),
                unit=limit["unit"],
                since=limit["since"],
                asked=tuple(dict.fromkeys(_asked(edition, words, limit["since"]))),
                back=limit["n"] < 0,
                law=limit.get("law"),
                settable=may_be_set(limit),
            )


def _of_clocks(edition: Edition) -> Iterator[tuple[str, Kind, str, WrittenLimit]]:
    workflow = edition.workflow
    for leaf, state in edition.states.items():
        if state.due is not None and state.queue is not None:
            yield of_state(workflow, leaf), "due", f"states.{leaf}", state.due
        for place, (limit, what) in enumerate(state.escalation):
            yield of_step(workflow, leaf, place), _step(what), f"states.{leaf}", limit
    for key, task in edition.tasks.items():
        yield of_task(workflow, key), "due", f"tasks.{key}", task.due
        if task.after is not None:
            yield of_appearing(workflow, key), "appears", f"tasks.{key}", task.after
    for opening, words in _openings(edition):
        if (wanted := opening.get("due")) is not None:
            yield of_answer(workflow, opening["service"], wanted), "answered", words, wanted
    for rule in edition.transitions:
        if rule.after is not None:
            yield of_firing(workflow, rule.name), "fires", f"transitions.{rule.name}.do", rule.after


#: What asks: the key of what it is called, and its form.
Asker: TypeAlias = tuple[str, str | None]


def _asked(edition: Edition, words: str, since: str | None) -> Iterator[tuple[str, str]]:
    """By what is asked from which day a limit counts, and as which question: of an earlier action by name, else of what begins it."""
    for name in since.split("|") if since else ():
        action, dot, field = name.rpartition(".")
        askers = _actions(edition, action) if dot else _beginning(edition, words)
        for key, form in askers:
            for question in edition.form(form):
                items = edition.tasks[words.removeprefix("tasks.")].per if words.startswith("tasks.") else None
                if question["name"] == (items.removeprefix("items:") if items and not dot else field):
                    yield key, f"forms.{form}.{question['name']}.label"


def _actions(edition: Edition, name: str) -> Iterator[Asker]:
    for rule in edition.transitions:
        if rule.name == name:
            yield f"transitions.{name}.do", rule.form
    for key, task in edition.tasks.items():
        if task.name == name:
            yield f"tasks.{key}", task.form


def _beginning(edition: Edition, words: str) -> Iterator[Asker]:
    """What opens a task, leads into a state, or opens what is answered."""
    of, _, name = words.partition(".")
    for rule in edition.transitions:
        opens = of == "tasks" and any(opening.get("task") == name for opening in rule.opens)
        if opens or (of == "states" and rule.target in ancestors(name)):
            yield f"transitions.{rule.name}.do", rule.form
    for key, task in edition.tasks.items():
        opened = (*task.opens, *(opening for _, _, opens_if in task.opens_if for opening in opens_if))
        if of == "tasks" and any(opening.get("task") == name for opening in opened):
            yield f"tasks.{key}", task.form


def _openings(edition: Edition) -> Iterator[tuple[WrittenOpening, str]]:
    """What tasks and transitions open, each with the key of what the one is called that opens it."""
    for key, task in edition.tasks.items():
        for opens in (task.opens, *(opens for _, _, opens in task.opens_if)):
            yield from ((opening, f"tasks.{key}") for opening in opens)
    for rule in edition.transitions:
        yield from ((opening, f"transitions.{rule.name}.do") for opening in rule.opens)


def _step(what: str) -> Kind:
    return "remind" if what == "remind" else "flag" if what == "flag" else "escalate"


def limit_faults(edition: Edition) -> Iterator[Fault]:
    """What an edition says of its guards' limits must be what the guards compare with; one from before says nothing of them."""
    guards = [name for rule in edition.transitions for name in rule.guards]
    guards += [
        name for task in edition.tasks.values() for name in (*task.guards, *([task.only_if] if task.only_if else ()))
    ]
    for name in dict.fromkeys(guards):
        for limit in GUARDS[name].limits if name in GUARDS else ():
            if edition.guard_limits.get(limit.what, limit.rule()) != limit.rule():
                yield Fault(
                    "other_limit",
                    f"guard {name}",
                    f"It compares with {limit.what}, of which the edition says otherwise.",
                )


__all__ = [
    "ASKED_BEFORE", "CATALOGUE", "LEAST", "MOST", "OF_CATALOGUE", "REMINDED_BEFORE", "Kind", "NamedLimit", "limit_faults", "limits_of",
]  # fmt: skip
