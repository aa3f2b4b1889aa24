"""Which answers to a question would be refused as the case stands: asked before anybody gives one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition
from casework.engine.definition.guard_facts import UNKNOWN, Facts, FormNeeded, NotGiven
from casework.engine.definition.registry import GUARDS
from casework.engine.execution.guard_refusals import refusal_of
from casework.reasons import Why


class _OneAnswer(Mapping[str, Any]):
    """A form in which one question has been answered: who asks for another one is told that it is not filled in."""

    def __init__(self, field: str, value: object) -> None:
        self._field, self._value = field, value

    def __getitem__(self, key: str) -> Any:
        if key != self._field:
            raise FormNeeded(key)
        return self._value

    def __iter__(self) -> Iterator[str]:
        raise FormNeeded

    def __len__(self) -> int:
        raise FormNeeded

    def get(self, key: str, default: Any = None) -> Any:
        return self[key]


def refused_answers(
    facts: Facts, guards: Iterable[str], form: Iterable[WrittenField]
) -> dict[str, dict[str, list[str]]]:
    """By question and answer the guards that refuse it. What refuses the action whatever is answered is told elsewhere."""
    asked = [name for name in guards if holds(name, replace(facts, data=UNKNOWN))]
    refused: dict[str, dict[str, list[str]]] = {}
    for field in form:
        for code in field.get("choices", ()) if field["type"] == "choice" else ():
            one = replace(facts, data=_OneAnswer(field["name"], code))
            if against := [name for name in asked if not holds(name, one)]:
                refused.setdefault(field["name"], {})[code] = against
    return refused


def refusal(edition: Edition, name: str, facts: Facts, field: str, code: str) -> list[Why]:
    """What a guard says against an answer, as far as it can be told before the rest of the form is filled in."""
    try:
        return refusal_of(edition, name, replace(facts, data=_OneAnswer(field, code)) if field else facts)
    except (FormNeeded, NotGiven):
        return [edition.as_reason(f"guards.{name}")]


def holds(name: str, facts: Facts) -> bool:
    """Whether a guard holds, as far as it can be known before an answer is given."""
    try:
        return GUARDS[name].holds(facts)
    except (FormNeeded, NotGiven):
        return True
