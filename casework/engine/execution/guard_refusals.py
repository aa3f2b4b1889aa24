"""What guards say that refuse an action, and of the answer to which question of its form they say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casework import reasons
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition
from casework.engine.definition.guard_facts import Facts, FormNeeded
from casework.engine.definition.limits import GuardLimit
from casework.engine.definition.registry import GUARDS
from casework.reasons import Why


@dataclass(frozen=True)
class Against:
    """Every reason against an action; where there is none it may be done."""

    reasons: Sequence[Why] = ()
    #: What of them speaks of the answer to one field, by its name.
    at: Mapping[str, Sequence[Why]] = field(default_factory=dict)


def refused_by(
    edition: Edition, guards: Iterable[str], form: Iterable[WrittenField], facts: Facts, more: Iterable[Why] = ()
) -> Against:
    """What those guards say that refuse, as far as each can tell by what is known of the form, and what `more` is."""
    refusing = {name: refusal_of(edition, name, facts) for name in guards if not holds(name, facts)}
    return Against([why for whys in refusing.values() for why in whys] + [*more], refused_fields(refusing, form, facts))


def refused_fields(
    refusing: Mapping[str, Sequence[Why]], form: Iterable[WrittenField], facts: Facts
) -> dict[str, list[Why]]:
    """By field what the guards that refuse say of its answer; what rests on no field that is asked is told beside the form."""
    asked = [rule["name"] for rule in form if _is_asked(rule, facts)]
    refused: dict[str, list[Why]] = {}
    for name, whys in refusing.items():
        if (at := next((one for one in GUARDS[name].at if one in asked), None)) is not None:
            refused.setdefault(at, []).extend(whys)
    return refused


def _is_asked(rule: WrittenField, facts: Facts) -> bool:
    """Whether it is asked by what was answered before it; what cannot be told is not."""
    try:
        return "when" not in rule or facts.data.get(rule["when"][0]) in rule["when"][1]
    except FormNeeded:
        return False


def refusal_of(edition: Edition, name: str, facts: Facts) -> list[Why]:
    """Why a guard refuses, and what exactly is in the way where it can tell."""
    guard = GUARDS[name]
    try:
        told = guard.because(facts) if guard.because is not None else ()
    except FormNeeded:
        told = ()
    return [edition.as_reason(f"guards.{name}"), *told, *(_limit_here(edition, limit, facts) for limit in guard.limits)]


def _limit_here(edition: Edition, limit: GuardLimit, facts: Facts) -> Why:
    """With what a guard compares here, since every programme may set that for itself."""
    return reasons.limits.HERE(
        limit=edition.as_reason(f"limits.{limit.name}"), length=reasons.limits.length(facts.limit(limit), limit.unit)
    )


def holds(name: str, facts: Facts) -> bool:
    """Whether a guard holds; one that cannot tell yet refuses nothing."""
    try:
        return GUARDS[name].holds(facts)
    except FormNeeded:
        return True
