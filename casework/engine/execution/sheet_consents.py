"""Whose consent each part of a case sheet takes, and which referrals lean on one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casework.engine.definition.sheets import (
    AMOUNTS,
    BUDGET,
    CLAIM,
    DISPUTE,
    EFFECT,
    NEED,
    REQUEST,
    SITE,
    TECHNOLOGY,
    TOLD_PARTS,
    WHOSE,
)
from casework.engine.parties import PARTIES
from casework.engine.parts import SENDS
from casework.engine.state.case import Case, Track
from casework.engine.state.case_documents import Consent
from casework.json_values import Answers

WrittenSheet = Mapping[str, Sequence[str]]
_NEED_OWNER, _TECHNOLOGY_OWNER = PARTIES
#: Whose consent each part takes. Of a dispute both have told what is in it; of each right it is asked by its owners.
CONCERNED: Mapping[str, tuple[str, ...]] = {
    NEED: (_NEED_OWNER,),
    SITE: (_NEED_OWNER,),
    BUDGET: (_NEED_OWNER,),
    EFFECT: (_NEED_OWNER,),
    AMOUNTS: (_NEED_OWNER,),
    TECHNOLOGY: (_TECHNOLOGY_OWNER,),
    CLAIM: (_TECHNOLOGY_OWNER,),
    DISPUTE: (),
}


def said_first(
    case: Case, referral: Track, written: str, request: Answers | None = None
) -> tuple[str, str, str, Any] | None:
    """Of places with bars between the first at which something was said: the edition, its action, the field and the value.

    `request` stands for the form by which the provider is asked while that has not been sent.
    """
    for where in written.split("|"):
        home, _, rest = where.partition(".")
        found = _asked(referral, rest, request) if home == REQUEST else _done(case, referral, rest)
        if found is not None and found[2] not in (None, "", []):
            edition, action, value = found
            return edition, action, rest.rpartition(".")[2], value
    return None


def _asked(referral: Track, name: str, request: Answers | None) -> tuple[str, str, Any]:
    sent = referral.last_fired(SENDS)
    data = request if request is not None else sent.data if sent else {}
    return referral.edition, referral.played.get(SENDS, ""), data.get(name)


def _done(case: Case, referral: Track, written: str) -> tuple[str, str, Any] | None:
    """What an action of the referral's own service said; of none that another provider has taken the place of."""
    action, _, name = written.partition(".")
    for track in case.children(referral.id):
        if not track.replaced and action in track.fired:
            return track.edition, action, track.fired[action].data.get(name)
    return None


def concerned(
    case: Case, referral: Track, written: WrittenSheet, part: str, answer: str, *, request: Answers | None = None
) -> tuple[str, ...]:
    """Whose consent an answer of a part takes: of whom the sheet's own answers say so; where that is neither party, both."""
    whose = dict(one.split("=", 1) for one in written.get(WHOSE, ()))
    where = "|".join(filter(None, (whose.get(answer.rpartition(".")[2]), whose.get(part))))
    named = said_first(case, referral, where, request) if where else None
    if named is None:
        return CONCERNED[part]
    return (named[3],) if named[3] in PARTIES else PARTIES


def loses_sheet(case: Case, referral: Track, consent: Consent, written: WrittenSheet) -> bool:
    """Whether the sheet of a referral that was sent leans on a consent: parts of it are its party's, and no other one covers them."""
    if not (referral.is_referral and referral.live and referral.sent and consent.covers_sheet(referral.provider)):
        return False
    asked = [CONCERNED.get(part, PARTIES) for part in written.get("records", ())]
    asked += [concerned(case, referral, written, part, one) for part in TOLD_PARTS for one in written.get(part, ())]
    if not any(consent.party in parties for parties in asked):
        return False
    others = (other for other in case.consents.values() if other.id != consent.id and other.party == consent.party)
    return not any(other.covers_sheet(referral.provider) for other in others)
