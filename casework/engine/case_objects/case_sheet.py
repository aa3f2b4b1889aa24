"""The case sheet: what the provider of a referral reads of the case instead of a paper that somebody would have to write.

Composed of the record whenever it is read, and kept nowhere: so nothing in it is older than the case. It opens when the provider
takes the request on and closes when the referral ends. Each part is somebody's, and is there as long as a consent of that party
covers the sheet and this provider. What its service gets at all stands in the definition (`engine.definition.sheets`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from casework.engine.definition.sheets import (
    RECORD_PARTS,
    REQUEST,
    RIGHTS,
    TOLD_PARTS,
    KeptBack,
)
from casework.engine.execution.sheet_consents import CONCERNED, WrittenSheet, concerned, said_first
from casework.engine.execution.withheld import owners_among, places, unwilling, withheld
from casework.engine.parties import PARTIES
from casework.engine.parts import ACCEPTS
from casework.engine.state.case import Case, Track
from casework.json_values import Answers


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """An answer of a form that a sheet holds."""

    #: The field, and by which form of which edition it was asked.
    name: str
    edition: str
    form: str
    value: Any


@dataclass(frozen=True, slots=True)
class ComposedSheet:
    """What a sheet holds of a case, and what it would hold besides if these parties let it."""

    parts: tuple[str, ...]
    rights: tuple[str, ...]
    told: Mapping[str, tuple[ToldAnswer, ...]]
    #: By part the parties without whose consent it is left out.
    withheld: Mapping[str, tuple[str, ...]]


def is_open(track: Track) -> bool:
    """Whether the provider of a referral reads its sheet: from its acceptance to its end."""
    return track.live and ACCEPTS in track.played


def compose(
    case: Case,
    referral: Track,
    written: WrittenSheet,
    owners: Mapping[str, Collection[str]],
    *,
    forms: Mapping[tuple[str, str], str],
    provider: str | None = None,
    request: Answers | None = None,
) -> ComposedSheet:
    """The sheet of a referral as the case stands.

    `owners`: by right the organisations whose it is; `forms`: by edition and action the form that it asks. For an officer who
    is about to send it, `provider` and `request` are what would be sent.
    """
    whose = provider or referral.provider
    withheld = {
        part: missing
        for part in written.get("records", ())
        if part != RIGHTS and (missing := unwilling(case, whose, CONCERNED[part]))
    }
    rights = []
    for right in case.rights if RIGHTS in written.get("records", ()) else ():
        if missing := unwilling(case, whose, owners_among(case, owners.get(right, ()))):
            withheld[RIGHTS] = tuple(party for party in PARTIES if party in {*withheld.get(RIGHTS, ()), *missing})
        else:
            rights.append(right)
    told: dict[str, tuple[ToldAnswer, ...]] = {}
    for part in TOLD_PARTS:
        answers = []
        for one in written.get(part, ()):
            said = _told(case, referral, one, forms, request)
            parties = concerned(case, referral, written, part, one, request=request)
            if missing := unwilling(case, whose, parties):
                # What is another one's than the part is withheld only once it has been said.
                if said is not None or parties == concerned(case, referral, written, part, "", request=request):
                    withheld[part] = tuple(party for party in PARTIES if party in {*withheld.get(part, ()), *missing})
            elif said is not None:
                answers.append(said)
        if answers:
            told[part] = tuple(answers)
    named = (part for part in RECORD_PARTS if part in written.get("records", ()))
    # Of several rights some may be there though others are left out.
    parts = tuple(part for part in named if (rights if part == RIGHTS else part not in withheld))
    return ComposedSheet(parts, tuple(rights), told, withheld)


def _told(
    case: Case, referral: Track, written: str, forms: Mapping[tuple[str, str], str], request: Answers | None
) -> ToldAnswer | None:
    found = said_first(case, referral, written, request)
    if found is None:
        return None
    edition, action, name, value = found
    return ToldAnswer(name, edition, forms.get((edition, action), ""), value)


def request_fields(sheets: Mapping[str, WrittenSheet]) -> frozenset[str]:
    """What a request says for the sheet: it is read there once the provider has accepted, and nowhere before."""
    written = (one for sheet in sheets.values() for part in TOLD_PARTS for one in sheet.get(part, ()))
    return frozenset(
        where.partition(".")[2] for one in written for where in one.split("|") if where.partition(".")[0] == REQUEST
    )


def service_fields(sheets: Iterable[WrittenSheet]) -> frozenset[tuple[str, str]]:
    """The same of what the office says in the provider's own track: by action and field. What nobody must consent to is told there."""
    return frozenset(
        (action, name)
        for sheet in sheets
        for part in TOLD_PARTS
        if CONCERNED[part]
        for home, action, name in places(sheet.get(part, ()))
        if home != REQUEST
    )


def kept_back(case: Case, referral: Track, written: WrittenSheet, owners: Mapping[str, Collection[str]]) -> KeptBack:
    """What a provider does not learn by a sheet: all of it while that is closed, else what is withheld (`compose`)."""
    return withheld(case, referral, written, owners, closed=not is_open(referral))


__all__ = [
    "CONCERNED",
    "ComposedSheet",
    "ToldAnswer",
    "compose",
    "is_open",
    "kept_back",
    "owners_among",
    "request_fields",
    "service_fields",
    "unwilling",
]
