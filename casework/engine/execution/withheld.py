"""What the parties let no case sheet tell a provider: neither does a guard tell it, nor does a form take it.

Guards judge what a provider does without what its parties keep back: one that would need it says nothing, so that neither a
refusal nor its want tells of it. What the provider has done stands on the record, and the office sees what comes of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from casework.engine.definition.editions import Edition
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.sheets import (
    NOTHING_KEPT,
    RECORD_PARTS,
    REQUEST,
    RIGHTS,
    TOLD_PARTS,
    KeptBack,
)
from casework.engine.execution.sheet_consents import CONCERNED, WrittenSheet, concerned
from casework.engine.parties import PARTIES
from casework.engine.roles import ORGANISATION_ROLES
from casework.engine.state.case import Case, Track


def unwilling(case: Case, provider: str | None, parties: Collection[str]) -> tuple[str, ...]:
    """Those of some parties of whom no standing consent lets this provider read the sheet."""
    willing = {consent.party for consent in case.consents.values() if consent.covers_sheet(provider)}
    return tuple(party for party in PARTIES if party in parties and party not in willing)


def owners_among(case: Case, owners: Collection[str]) -> tuple[str, ...]:
    """The parties whose right it is; both where it is neither's, as of a paper of neither party."""
    return tuple(party for party in PARTIES if case.parties.get(party) in owners) or PARTIES


def withheld(
    case: Case, referral: Track, written: WrittenSheet, owners: Mapping[str, Collection[str]], *, closed: bool = False
) -> KeptBack:
    """What a sheet does not tell its provider for want of a consent; all of it where it is `closed`.

    `owners`: by right the organisations whose it is.
    """

    def missing(parties: Collection[str]) -> bool:
        return closed or bool(unwilling(case, referral.provider, parties))

    return KeptBack(
        frozenset(
            (REQUEST if home == REQUEST else action, name)
            for part in TOLD_PARTS
            for one in written.get(part, ())
            if missing(concerned(case, referral, written, part, one))
            for home, action, name in places((one,))
        ),
        frozenset(right for right in case.rights if missing(owners_among(case, owners.get(right, ())))),
        frozenset(
            part
            for part in RECORD_PARTS
            if part != RIGHTS and (part not in written.get("records", ()) or missing(CONCERNED[part]))
        ),
    )


def places(answers: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Where answers of a sheet are said: the home, the action of a service and the field."""
    for written in answers:
        for where in written.split("|"):
            home, _, rest = where.partition(".")
            action, _, name = rest.rpartition(".")
            yield home, action, name


def kept_from(facts: Facts, editions: Mapping[str, Edition], role: str | None) -> KeptBack:
    """What is kept back from whoever acts in a role on the track of some facts; from the office nothing."""
    above = facts.case.referral_of(facts.track) if role in ORGANISATION_ROLES else None
    if above is None:
        return NOTHING_KEPT
    rights = facts.outside.get("rights", {})
    owners = {right: {one["organisation"] for one in record.get("owners") or ()} for right, record in rights.items()}
    return withheld(facts.case, above, editions[above.edition].sheets.get(above.kind, {}), owners)


def as_told(facts: Facts, editions: Mapping[str, Edition], role: str | None) -> Facts:
    """The same facts as a guard may judge by them what somebody does in a role."""
    return replace(facts, kept=kept_from(facts, editions, role))
