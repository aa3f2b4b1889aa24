"""What stands in the way of an agreement, in words: on which right, what, where, for which uses, until when, and whose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from casework import reasons
from casework.engine.case_objects.licence_conflicts import LICENCE, Terms, beyond, may_sublicense, terms_of
from casework.engine.case_objects.right_days import sure_until
from casework.reasons import Reason, Text, Why
from casework.reasons.rights import Holder

#: A right as it is known, and what lies on it.
Found = tuple[Mapping[str, Any], Mapping[str, Any]]
Words = list[Reason]


def say_conflicts(
    found: Iterable[Found], form: str, territories: tuple[str, Mapping[str, str]], uses: tuple[str, Mapping[str, str]]
) -> Words:
    """A sentence for each. Territories and uses are called as a `form` of an edition ("agreement.forms.Signature") calls the
    answers to its questions."""
    return [
        reasons.rights.IN_THE_WAY(
            right=call_right(right),
            what=str(burden.get("licence") or burden["kind"]),
            since=str(burden.get("from") or ""),
            where=_answers(form, *territories, burden.get("territories")) or [reasons.rights.EVERYWHERE],
            uses=_answers(form, *uses, burden.get("fields")) or [reasons.rights.EVERY_USE],
            until=reasons.rights.UNTIL(day=burden["until"]) if burden.get("until") else reasons.rights.NO_END,
            holder=_held(burden),
        )
        for right, burden in found
    ]


def _held(burden: Mapping[str, Any]) -> Holder:
    organisation, case = str(burden.get("holder") or ""), str(burden.get("case") or "")
    if case:
        return Holder(organisation=organisation, case=case)
    return Holder(template=reasons.rights.OUTSIDER.template, organisation=organisation)


def say_not_theirs(right: Mapping[str, Any], wanted: Terms, own: Iterable[Mapping[str, Any]], giver: set[str]) -> Words:
    """Why who gives something of a right that it does not own may not give it of its own licences either; nothing where one lets it."""
    called, found = call_right(right), list(own)
    if not found:
        return [reasons.rights.NOT_THEIRS(right=called)]
    if wanted.kind != LICENCE:
        return [reasons.rights.ONLY_LICENSED(right=called)]
    said: Words = []
    for one in found:
        since = str(one.get("from") or "")
        if not may_sublicense(one, giver):
            said.append(reasons.rights.NO_SUBLICENCE(right=called, since=since))
        elif wider := beyond(wanted, terms_of(one)):
            said.append(reasons.rights.WIDER(right=called, since=since, what=wider))
        else:
            return []
    return said


def say_ended(rights: Iterable[Mapping[str, Any]], today: str) -> Words:
    """Of each right that has ended, how the record says it."""
    return [
        reasons.rights.RAN_OUT(right=call_right(right), day=right["expires_on"])
        if (right.get("expires_on") or today) < today
        else reasons.rights.HAS_ENDED(right=call_right(right), status=str(right.get("status")))
        for right in rights
    ]


def say_ends(rights: Iterable[Mapping[str, Any]]) -> Words:
    """The last day of each right, or how far it is known."""
    return [
        reasons.rights.RUNS_OUT(right=call_right(right), day=right["expires_on"])
        if right.get("expires_on")
        else reasons.rights.OF(right=call_right(right), what=say_last_day(right))
        for right in rights
    ]


def say_last_day(right: Mapping[str, Any]) -> Reason:
    """The last day of a right: on record, or by its filing."""
    if right.get("expires_on"):
        return reasons.rights.LASTS_UNTIL(day=right["expires_on"])
    day = sure_until(right)
    return reasons.rights.LASTS_BY_FILING(day=day) if day else reasons.rights.NO_LAST_DAY


def call_right(right: Mapping[str, Any]) -> Why | str:
    """A right by its office and number, or by its kind where it has none."""
    number = " ".join(part for part in (right.get("office"), right.get("number")) if part)
    return number or reasons.rights.UNNUMBERED(kind=str(right.get("kind")))


def _answers(form: str, field: str, words: Mapping[str, str], codes: Sequence[str] | None) -> list[Why]:
    return [Text(f"{form}.{field}.choices.{code}", words.get(code, code)) for code in codes or ()]
