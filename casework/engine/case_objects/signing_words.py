"""Who of those that sign an agreement lacks a screening that holds, in words."""

from __future__ import annotations

from casework import reasons
from casework.engine.case_objects.screenings import Looked
from casework.reasons import Reason
from casework.reasons.rights import Holder

Words = list[Reason]
_CALLED = {
    "need_owner": reasons.screenings.NEED_OWNER,
    "technology_owner": reasons.screenings.TECHNOLOGY_OWNER,
    "signatory": reasons.screenings.SIGNATORY,
    "company": reasons.screenings.COMPANY,
}


def say_lacking(part: str, organisation: str | None, looked: Looked | None) -> Reason:
    """What is wrong with the screening of somebody who has a part in the signing. Its name is told to whoever may know it."""
    who = Holder(template=_CALLED[part].template, organisation=organisation or "")
    if looked is None:
        return reasons.screenings.NEVER(who=who)
    if not looked.clear:
        return reasons.screenings.HIT(day=looked.checked_on, who=who)
    if not looked.owners_free:
        return reasons.screenings.OWNERS(who=who)
    return reasons.screenings.RAN_OUT(day=looked.checked_on, until=looked.until, who=who)
