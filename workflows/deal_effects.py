"""What a signed agreement does to the rights that it names: its licence, its assignment, and what an office enters of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from casework.engine.case_objects.licence_conflicts import ASSIGNMENT, LICENCE, TRANSFER
from casework.engine.case_objects.right_kinds import passes_by_contract
from casework.engine.definition.consequences import Follows
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect
from casework.engine.state.right_values import Burden, RightChange
from workflows.deal_guards import WAITING_FOR_LICENCE, allows_sublicences, gives, holder, last_signing, licensed
from workflows.right_places import is_patent_here
from workflows.signatories import READS


def burden_of(f: Facts) -> Burden:
    """What a signed agreement lays on each right that it names: its taker has its licence, or the right itself."""
    given = gives(f.data)
    assert given is not None
    signed: Burden = {"kind": given.kind, "holder": holder(f, f.data), "from": given.first, "track": f.track.id}
    if given.kind == LICENCE:
        signed["licence"] = given.licence
        signed["territories"] = sorted(given.territories)
        signed["fields"] = sorted(given.fields)
        signed["until"] = given.last
        if allows_sublicences(f.data):
            signed["sublicence"] = True
    return signed


def _laid(facts: Facts, right: str, burden: Burden) -> RightChange:
    """What an agreement in effect lays on a right: what passes by contract is transferred by it, and waits for no office."""
    known = facts.from_outside("rights").get(right, {})
    passes = burden["kind"] == ASSIGNMENT and passes_by_contract(known)
    return {"right": right, "add": {**burden, "kind": TRANSFER} if passes else burden}


@effect(reads=("rights", *READS))
def agreement_burdens_rights(facts: Facts) -> Follows:
    """A licence stands on the rights that the agreement names; what it assigns is transferred where no office enters it, and else assigned
    and not registered yet."""
    if gives(facts.data) is None:
        return {}
    burden = burden_of(facts)
    return {"rights": [_laid(facts, right, burden) for right in facts.data.get("rights") or ()]}


def held(data: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of what is signed before its licence: they bind from the day of the signing, until the licence gives them its own."""
    return {**data, "effective_on": data.get("executed_on")}


@effect(reads=READS)
def agreement_holds_rights(facts: Facts) -> Follows:
    """What is signed before its licence lies on its rights from the day of the signing on, so that nobody else is given them.

    Nothing passes before the licence, by contract or otherwise.
    """
    waits = replace(facts, data=held(facts.data))
    if gives(waits.data) is None:
        return {}
    # Nor may anybody give anything of it before.
    burden = burden_of(waits)
    burden.pop("sublicence", None)
    return {"rights": [{"right": right, "add": burden} for right in waits.data.get("rights") or ()]}


def _let_go(facts: Facts, on: str | None) -> list[RightChange]:
    """What was held for a licence ends; nothing where no signed agreement waits for one."""
    signed = last_signing(facts) if WAITING_FOR_LICENCE & set(facts.track.states) else None
    given = gives(held(signed.data)) if signed else None
    if signed is None or given is None:
        return []
    return [ended(facts, right, given.kind, given.first, on) for right in signed.data.get("rights") or ()]


@effect()
def agreement_lets_go_of_rights(facts: Facts) -> Follows:
    """What was signed and given up, or refused, before its licence lies on no right any more."""
    changes = _let_go(facts, None)
    return {"rights": changes} if changes else {}


@effect(reads=("rights", *READS))
def licensed_agreement_burdens_rights(facts: Facts) -> Follows:
    """What was held since the signing stands on its rights by the licence now, from its day on."""
    signed = last_signing(facts)
    if signed is None:
        return {}
    on = facts.data.get("issued_on")
    stands = agreement_burdens_rights.follows(replace(facts, data=licensed(signed, on).data))
    return {"rights": [*_let_go(facts, on), *stands["rights"]]} if "rights" in stands else {}


def _falls(facts: Facts, right: str, since: str | None) -> str | None:
    """What of an assignment ends with its agreement: one that no register has, and a transfer that was to come."""
    known, here, on = facts.from_outside("rights").get(right, {}), facts.track.id, facts.data.get("ended_on")
    mine = {one["kind"] for one in known.get("encumbrances", ()) if one.get("track") == here}
    if TRANSFER not in mine:
        return ASSIGNMENT if ASSIGNMENT in mine else None
    return TRANSFER if passes_by_contract(known) and on is not None and since is not None and on < since else None


@effect(reads=("rights",))
def agreement_frees_rights(facts: Facts) -> Follows:
    """A licence ends with its agreement, and so does an assignment that was never registered; a transfer that has taken effect stands."""
    signed = last_signing(facts)
    given = gives(signed.data) if signed else None
    if signed is None or given is None:
        return {}
    on, named = facts.data.get("ended_on"), signed.data.get("rights") or ()
    ends = {right: _falls(facts, right, given.first) if given.kind == ASSIGNMENT else given.kind for right in named}
    changes = [ended(facts, right, kind, given.first, on) for right, kind in ends.items() if kind is not None]
    return {"rights": changes} if changes else {}


def ended(facts: Facts, right: str, kind: str, since: str | None, on: str | None) -> RightChange:
    """What this track laid on a right since a day ends: on the day that the form says, or where it says none today."""
    change: RightChange = {"right": right, "end": {"kind": kind, "from": since, "track": facts.track.id}}
    return {**change, "ended_on": on} if on else change


def inscribed(facts: Facts, right: str, kind: str, since: str | None) -> RightChange:
    """An office has made a record of what lies on a right: its day and its number, as this form says them."""
    on, track = facts.data["registered_on"], facts.track.id
    return {"right": right, "inscribe": {"kind": kind, "from": since, "track": track, "on": on, "number_in": "number"}}


@effect(reads=("rights",))
def licence_is_recorded(facts: Facts) -> Follows:
    """The licence has its number and day on each patent of this country that it is of; the office records no other."""
    signed = last_signing(facts)
    given = gives(signed.data) if signed else None
    if signed is None or given is None or given.kind != LICENCE:
        return {}
    known = facts.from_outside("rights")
    named = [right for right in signed.data.get("rights") or () if is_patent_here(known.get(right, {}))]
    return {"rights": [inscribed(facts, right, LICENCE, given.first) for right in named]}


@effect(reads=READS)
def assignment_stands(facts: Facts) -> Follows:
    """From its registration on the assignment of each right that this entry is of is a transfer; of another it says nothing."""
    signed = last_signing(facts)
    if signed is None:
        return {}
    since, on = signed.data.get("effective_on"), facts.data["registered_on"]
    transfer: Burden = {"kind": TRANSFER, "holder": holder(facts, signed.data), "from": on, "track": facts.track.id}
    changes: list[RightChange] = []
    for right in facts.data.get("rights") or ():
        changes.append(ended(facts, right, ASSIGNMENT, since, on))
        changes.append({"right": right, "add": transfer})
        changes.append(inscribed(facts, right, TRANSFER, on))
    return {"rights": changes}
