"""What a new step of a workflow is to be: the answers of options, or of somebody who types."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword
from typing import TypeVar

import click

from casework.commands.step_source import QUESTIONS, NewStep, Question, Words
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.grammar import EXCEPTION, Workflow
from casework.engine.roles import QUEUE_ROLES, Role

_T = TypeVar("_T")
#: Whose work a step can be.
QUEUES = tuple(str(role) for role in Role if role in QUEUE_ROLES)
MOST_DAYS, LONGEST = 3650, 200
_NAME, _HAN = re.compile(r"[a-z][a-z0-9_]{0,39}\Z"), re.compile("[\u3400-\u9fff]")


def answers(edition: Edition, said: Mapping[str, object]) -> NewStep:
    """All answers: those of the options, and what is asked for now. Raises click.UsageError for an option that cannot be."""
    ways = _ways(edition)
    after = _ask(said["after"], "After which transition", _one_of(ways))
    rule = ways[after]
    source = edition.states[rule.sources[0]]
    bars = dict.fromkeys(one.step for one in edition.states.values() if one.step and not one.step.startswith("="))
    name = _ask(said["name"], "Name of the step in code", _new_name(edition))
    label, do = _both(said, "label", "What the step is called"), _both(said, "do", "Its task")
    queue = _ask(said["queue"], "Whose work it is", _one_of(dict.fromkeys(QUEUES)), source.queue)
    days = _ask(said["days"], "How many days it may take", _days, "10")
    working = said["working"] if said["working"] is not None else click.confirm("Are these working days?", default=True)
    bar = _ask(said["bar"], "Its place on the step bar", _one_of(bars), source.step)
    out = _ask(said["out"], "Name of the way out in code", _new_name(edition, name))
    press, done = _both(said, "press", "The button of the way out"), _both(said, "done", "What the history says")
    asks = _several(said["asks"], "What its form asks (type:name:label:Chinese label, commas between)")
    left = _exceptions(edition, rule)
    left_by = _several(said["left_by"], f"Exceptions that leave it, too ({', '.join(left) or 'there is none'})", left)
    for one in left_by:
        _one_of(dict.fromkeys(left))(one)
    questions = tuple(map(_question, asks))
    if len({one.name for one in questions}) < len(questions):
        raise click.UsageError("Two questions of the form have one name.")
    return NewStep(
        after=after,
        name=name,
        out=out,
        label=label,
        do=do,
        press=press,
        done=done,
        queue=Role(queue),
        days=days,
        working=bool(working),
        bar=bar,
        questions=questions,
        left_by=tuple(dict.fromkeys(left_by)),
    )


def _ask(given: object, words: str, read: Callable[[str], _T], default: str | None = None) -> _T:
    """An answer of an option, which must be right; else one that somebody types, until it is."""
    if given is not None:
        return read(str(given))
    answer: _T = click.prompt(words, default=default, value_proc=lambda typed: read(str(typed)))
    return answer


def _both(said: Mapping[str, object], key: str, words: str) -> Words:
    return Words(_ask(said[key], words, _english), _ask(said[f"{key}_zh"], f"{words}, in Chinese", _chinese))


def _several(given: object, words: str, default: Sequence[str] = ()) -> list[str]:
    """Several answers; "-" says that there are none."""
    answers = list(given) if isinstance(given, tuple) else []
    if not answers:
        answers = str(click.prompt(words, default=",".join(default) or "-")).split(",")
    return [one.strip() for one in answers if one.strip() not in ("", "-")]


def _ways(edition: Edition) -> dict[str, TransitionRule]:
    """The transitions after which a step can come: people fire them, and they lead from states that lie in no other to one."""
    names = [rule.name for rule in edition.transitions]

    def flat(path: str) -> bool:
        return path in edition.states and "." not in path and edition.states[path].type in ("state", "final")

    return {
        rule.name: rule
        for rule in edition.transitions
        if rule.by_people and rule.after is None and not rule.automatic and not rule.reopens
        if flat(rule.target) and all(map(flat, rule.sources)) and names.count(rule.name) == 1
    }


def _exceptions(edition: Edition, way: TransitionRule) -> list[str]:
    """What leaves the states before and behind the new step by way of exception, and so would leave it."""
    around = [*way.sources, *([] if edition.states[way.target].final else [way.target])]
    return [
        rule.name
        for rule in edition.transitions
        if rule.kind == EXCEPTION and rule.name != way.name and not rule.automatic and set(around) <= set(rule.sources)
    ]


def _one_of(known: Mapping[str, object]) -> Callable[[str], str]:
    def read(said: str) -> str:
        if said not in known:
            raise click.UsageError(f"“{said[:80]}” is none of: {', '.join(known) or 'nothing'}.")
        return said

    return read


def _new_name(edition: Edition, *taken: str) -> Callable[[str], str]:
    known = {*edition.states, *(task.name for task in edition.tasks.values()), *taken}
    known |= {rule.name for rule in edition.transitions}

    def read(said: str) -> str:
        if not _NAME.match(said) or iskeyword(said):
            raise click.UsageError(f"“{said[:80]}” is no name in code; write small letters, digits and underscores.")
        if said in known or hasattr(Workflow, said):
            raise click.UsageError(f"{said} is there already.")
        return said

    return read


def _english(said: str) -> str:
    words = said.strip()
    if not words or len(words) > LONGEST or not words.isprintable():
        raise click.UsageError(f"“{words[:80]}” is no text of one line and at most {LONGEST} characters.")
    return words


def _chinese(said: str) -> str:
    words = _english(said)
    if not _HAN.search(words) or "%" in words:
        raise click.UsageError(f"“{words[:80]}” is not Chinese.")
    return words


def _days(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and 0 < int(said[:6]) <= MOST_DAYS):
        raise click.UsageError(f"“{said[:80]}” is no number of days from 1 to {MOST_DAYS}.")
    return int(said)


def _question(said: str) -> Question:
    parts = [part.strip() for part in said.split(":")]
    if len(parts) != 4 or parts[0] not in QUESTIONS:
        raise click.UsageError(
            f"“{said[:80]}” is no question; say type:name:label:Chinese label, and of the types {', '.join(QUESTIONS)}."
        )
    if not _NAME.match(parts[1]) or iskeyword(parts[1]) or parts[1] in ("fields", "rule", "texts"):
        raise click.UsageError(f"“{parts[1][:80]}” is no name of a question.")
    return Question(parts[0], parts[1], Words(_english(parts[2]), _chinese(parts[3])))
