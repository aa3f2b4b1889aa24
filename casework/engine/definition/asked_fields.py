"""Which questions of a form need be asked: those that no record answers already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.graph import Fault, quoted
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import GUARDS


def unasked(
    facts: Facts, form: Iterable[WrittenField], known: Mapping[str, Any], rights: Iterable[str]
) -> frozenset[str]:
    """The names of the questions that the record answers, whichever of some rights are named.

    `known` is what the form is filled with to begin with, `rights` what it can name. Who names fewer rights is asked no less
    than is needed, for what the record tells of all of them it tells of some.
    """
    given = replace(facts, data={**known, "rights": list(rights)})
    guards = ((field["name"], field.get("asked_if")) for field in form)
    return frozenset(name for name, guard in guards if guard and not GUARDS[guard].holds(given))


def reads_of(form: Iterable[WrittenField]) -> frozenset[str]:
    """Keys of the facts from outside that decide what is asked."""
    return frozenset(key for field in form if "asked_if" in field for key in GUARDS[field["asked_if"]].reads)


def asked_faults(name: str, form: Iterable[WrittenField]) -> Iterator[Fault]:
    """What is asked only if a guard holds cannot be required whatever it says, and the guard must be known."""
    for field in form:
        if (asked_if := field.get("asked_if", "")) and (asked_if not in GUARDS or field["required"]):
            said = f"{quoted(field['name'])} is asked by a guard that is unknown, or must be answered all the same."
            yield Fault("unknown_asked_if", f"form {name}", said)
