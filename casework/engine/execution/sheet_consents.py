"""Whose consent each part of a case sheet takes, and which referrals lean on one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casework.engine.definition.sheets import (
    AMOUNTS,
    BUDGET,
    CLAIM,
    DISPUTE,
    EFFECT,
    NEED,
    SITE,
    TECHNOLOGY,
    TOLD_PARTS,
)
from casework.engine.parties import PARTIES
from casework.engine.state.case import Case, Track
from casework.engine.state.case_documents import Consent

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


def loses_sheet(case: Case, referral: Track, consent: Consent, written: WrittenSheet) -> bool:
    """Whether the sheet of a referral that was sent leans on a consent: parts of it are its party's, and no other one covers them."""
    if not (referral.is_referral and referral.live and referral.sent and consent.covers_sheet(referral.provider)):
        return False
    parts = [*written.get("records", ()), *(part for part in TOLD_PARTS if written.get(part))]
    if not any(consent.party in CONCERNED.get(part, PARTIES) for part in parts):
        return False
    others = (other for other in case.consents.values() if other.id != consent.id and other.party == consent.party)
    return not any(other.covers_sheet(referral.provider) for other in others)
