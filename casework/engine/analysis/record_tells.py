"""What the record of one right tells of each question about it, in words that name the entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from casework import reasons
from casework.engine.case_objects.conflict_words import call_right, say_last_day
from casework.engine.case_objects.licence_conflicts import (
    ASSIGNMENT,
    LICENCE,
    OPEN_LICENCE,
    SEIZURE,
    TRANSFER,
    Terms,
    may_sublicense,
    standing_against,
)
from casework.engine.case_objects.offices import holds_in
from casework.engine.case_objects.outside_burdens import INVALIDATION
from casework.engine.case_objects.right_kinds import KINDS, fees_paid, has_ended, may_be_pledged, stands
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Tells, Told
from casework.reasons import Reason, Text

Right = Mapping[str, Any]
PLEDGES = ("pledge", "pledge_registration")


def lying(right: Right, *kinds: str) -> list[Mapping[str, Any]]:
    """What stands on a right of some kinds."""
    return [one for one in right.get("encumbrances", ()) if one["kind"] in kinds and one.get("to") is None]


def owners_of(right: Right) -> set[str]:
    return {one["organisation"] for one in right.get("owners") or ()}


def sublicensable(right: Right, organisations: Collection[str]) -> list[Mapping[str, Any]]:
    """The licences of which one of some organisations may give licences itself."""
    return [one for one in lying(right, LICENCE) if may_sublicense(one, organisations)]


def kept_ids(f: Facts, rights: Iterable[str]) -> set[str]:
    """The records that some rights are: of one that was merged the one in its place, whatever id it is named by."""
    known = f.from_outside("rights")
    return {str(known.get(right, {}).get("record", right)) for right in rights}


def of_services(f: Facts) -> frozenset[str]:
    """The tracks of the case's services: what one of them has sold bars the case as what is another's does."""
    return frozenset(track.id for track in f.case.tracks.values() if track.parent is not None)


def may_have_twin(right: Right) -> bool:
    """Whether for the same a patent of another kind can have been filed on the same day."""
    kind = KINDS.get(str(right.get("kind")))
    return kind is None or "twin" in kind.fields


def name_each(f: Facts, rights: Iterable[Right], tells: Tells) -> list[Reason]:
    """What the record tells of each of some rights, with what the right is called."""
    return [reasons.rights.OF(right=call_right(right), what=tells(f, right).by) for right in rights]


def say_in_order(key: str, words: str) -> Reason:
    """Of a point, as an edition calls it, that the record of every right says that it is in order."""
    return reasons.rights.OF(right=Text(key, words), what=reasons.rights.DENIED)


# --- by question -----------------------------------------------------------------------------------------------------


def confirmed(f: Facts, right: Right) -> Told:
    if right.get("confirmed") is True:
        return Told(True, reasons.rights.CONFIRMED)
    return Told(False, reasons.rights.NOT_CONFIRMED)


def in_force(f: Facts, right: Right) -> Told:
    today, ends = f.today.isoformat(), right.get("expires_on")
    holds = right.get("confirmed") is True and stands(right, today)
    if ends is not None and ends < today:
        return Told(holds, reasons.rights.ENDED_ON(day=ends))
    return Told(
        holds, reasons.rights.STATUS(status=right["status"]) if right.get("status") else reasons.rights.NO_STATUS
    )


def not_ended(f: Facts, right: Right) -> Told:
    return Told(not has_ended(right, f.today.isoformat()), in_force(f, right).by)


def fee_paid(f: Facts, right: Right) -> Told:
    paid, kind = right.get("fee_paid_to"), KINDS.get(str(right.get("kind")))
    holds = right.get("confirmed") is True and fees_paid(right, f.today.isoformat())
    if paid is not None:
        return Told(holds, reasons.rights.FEE_UNTIL(day=paid))
    return Told(holds, reasons.rights.NO_FEES if kind is not None and not kind.fees else reasons.rights.FEE_UNTOLD)


def pledgeable(f: Facts, right: Right) -> Told:
    return Told(
        right.get("confirmed") is True and may_be_pledged(right), reasons.rights.KIND(kind=str(right.get("kind")))
    )


def not_pledged(f: Facts, right: Right) -> Told:
    return _nothing(right, *PLEDGES)


def pledged(f: Facts, right: Right) -> Told:
    """Where a right is pledged its pledgee's answer decides."""
    return Told(None if lying(right, "pledge") else True, _lies(right, "pledge"))


def free_of_others(f: Facts, right: Right) -> Told:
    """Whether what lies on it bars the terms, these say."""
    kinds = (LICENCE, ASSIGNMENT, TRANSFER, SEIZURE, OPEN_LICENCE)
    sold = of_services(f)
    others = [one for one in lying(right, *kinds) if one.get("case") != f.case.log or one.get("track") in sold]
    return Told(None if others else True, _say_lying(others))


def _leaves_nothing(f: Facts, right: Right) -> list[Mapping[str, Any]]:
    """What leaves no room for one more licence from today on, in the country in which the right holds."""
    here = holds_in(right)
    wanted = Terms(LICENCE, territories=frozenset([here] if here else ()), first=f.today.isoformat())
    return standing_against(wanted, right.get("encumbrances", ()), "", givers=owners_of(right))


def not_given_away(f: Facts, right: Right) -> Told:
    gone = [one for one in _leaves_nothing(f, right) if one["kind"] != LICENCE]
    return Told(not gone, _lies(right, ASSIGNMENT, TRANSFER))


def licensed_alone(f: Facts, right: Right) -> Told:
    """Where somebody has an exclusive or a sole licence it is the lender that decides."""
    alone = [one for one in _leaves_nothing(f, right) if one["kind"] == LICENCE]
    return Told(None if alone else True, _say_lying(alone) if alone else _lies(right, LICENCE))


def not_seized(f: Facts, right: Right) -> Told:
    held = [one for one in lying(right, SEIZURE) if one.get("until") is None or one["until"] >= f.today.isoformat()]
    return Told(not held, _lies(right, SEIZURE))


def invalidation(f: Facts, right: Right) -> Told:
    """Where one is asked for it is the lender that decides."""
    return Told(None if lying(right, INVALIDATION) else True, _lies(right, INVALIDATION))


def last_day(f: Facts, right: Right) -> Told:
    """Whether that is late enough, the term of the debt says."""
    return Told(None, say_last_day(right))


def owners(f: Facts, right: Right) -> Told:
    """Whether that is the pledgor or the seller, the form says."""
    known = owners_of(right)
    if not known:
        return Told(None, reasons.rights.NO_OWNER)
    who = sorted(party for party, organisation in f.case.parties.items() if organisation in known)
    others = known - set(f.case.parties.values())
    return Told(True if who else None, reasons.rights.OWNED_BY(who=[*who, *(["others"] if others else [])]))


def owners_or_licensees(f: Facts, right: Right) -> Told:
    """The same of what is given: who may give licences of its own licence has something to give as well."""
    lent = {one["holder"] for one in sublicensable(right, f.case.parties.values())}
    if not lent or owners_of(right) & set(f.case.parties.values()):
        return owners(f, right)
    who = sorted(party for party, organisation in f.case.parties.items() if organisation in lent)
    return Told(True, reasons.rights.SUBLICENSED_BY(who=who))


def co_owners(f: Facts, right: Right) -> Told:
    known = len(owners_of(right))
    if known == 1:
        return Told(True, reasons.rights.ONE_OWNER)
    return Told(None, reasons.rights.OWNERS(number=known) if known else reasons.rights.NO_OWNER)


def twin(f: Facts, right: Right) -> Told:
    if not may_have_twin(right):
        return Told(True, reasons.rights.NEVER_TWIN)
    return Told(
        None, reasons.rights.TWIN(number=str(right["twin"])) if right.get("twin") else reasons.rights.TWIN_UNTOLD
    )


def _nothing(right: Right, *kinds: str) -> Told:
    return Told(not lying(right, *kinds), _lies(right, *kinds))


def _lies(right: Right, *kinds: str) -> Reason:
    """What lies on it, each since when; of whose case it is nothing is told."""
    return _say_lying(lying(right, *kinds))


def _say_lying(found: list[Mapping[str, Any]]) -> Reason:
    if not found:
        return reasons.rights.NOTHING_LIES
    each = [
        reasons.rights.LIES(what=str(one.get("licence") or one["kind"]), since=str(one.get("from") or ""))
        for one in found
    ]
    return reasons.rights.LYING(each=each)
