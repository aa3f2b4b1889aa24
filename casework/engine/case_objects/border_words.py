"""What contradicts what where technology crosses a border, in words: which way it goes, its class, its papers, the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casework import reasons
from casework.reasons import Text, Why

Words = list[Why]
#: What countries and kinds of agreement are called, as the form of a signature calls its answers.
_FORM = "agreement.forms.Signature"

CLASS_MISSING = reasons.borders.CLASS_MISSING
NO_LETTER = reasons.borders.NO_LETTER
GATE_PASSES = reasons.borders.GATE_PASSES
#: What is still awaited where an agreement waits, and how one ended that may not go on.
NO_CLASS_YET, NO_LETTER_YET, NO_LICENCE_YET = (
    reasons.borders.GATE_NO_CLASS,
    reasons.borders.GATE_NO_LETTER,
    reasons.borders.GATE_NO_LICENCE,
)
ENDED_PROHIBITED, ENDED_NOT_PERMITTED = reasons.borders.GATE_PROHIBITED, reasons.borders.GATE_NOT_PERMITTED
#: What the classes are called.
FREELY_TRADED, RESTRICTED, DUAL_USE, PROHIBITED = (
    reasons.borders.FREELY_TRADED,
    reasons.borders.RESTRICTED,
    reasons.borders.DUAL_USE,
    reasons.borders.PROHIBITED,
)


def call(field: str, code: str | None, words: Mapping[str, str]) -> Why | str:
    """A country ("territories") or a kind of agreement ("kind"); one without words by its code."""
    return Text(f"{_FORM}.{field}.choices.{code}", words[code]) if code is not None and code in words else code or ""


def say_way(way: str, kind: Why | str, giver: Why | str, taker: Why | str) -> Words:
    """Which way technology goes, and from which facts that follows."""
    match way:
        case "none":
            return [reasons.borders.NO_TECHNOLOGY(kind=kind)]
        case "unknown":
            return [reasons.borders.UNKNOWN]
        case "home":
            return [reasons.borders.AT_HOME(giver=giver)]
        case "export":
            return [reasons.borders.ABROAD(giver=giver, taker=taker)]
        case "import":
            return [reasons.borders.INTO(giver=giver, taker=taker)]
    return [reasons.borders.ELSEWHERE(giver=giver, taker=taker)]


def say_class(name: Why, *, of_exports: bool = False) -> Why:
    """The class that was recorded, and whether it is one of exports alone."""
    return reasons.borders.CLASS_OF_EXPORTS(name=name) if of_exports else reasons.borders.CLASS_IS(name=name)


def say_letter_ended(day: str) -> Why:
    return reasons.borders.LETTER_ENDED(day=day)


def say_refused(day: str) -> Why:
    return reasons.borders.GATE_REFUSED(day=day)


def say_kinds(proposed: Why | str, signed: Why | str) -> Why:
    return reasons.borders.KINDS(proposed=proposed, signed=signed)


def say_kind(kind: str) -> Why:
    """Of a right that no one country's office grants."""
    return reasons.rights.KIND(kind=kind)


def say_where_it_holds(country: str, beyond: Sequence[str], words: Mapping[str, str]) -> Why:
    """In which country alone a right holds, and in which territories of the terms it gives nothing."""
    here, *where = (Text(f"{_FORM}.territories.choices.{code}", words[code]) for code in (country, *beyond))
    return reasons.rights.GIVES_NOTHING(country=here, where=where) if where else reasons.rights.HOLDS_IN(country=here)
