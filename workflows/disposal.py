"""What becomes of pledged rights that were turned into money: they are another's, and whose, the register says."""

from __future__ import annotations

from casework.engine.analysis.record_tells import kept_ids
from casework.engine.case_objects.licence_conflicts import ASSIGNMENT, TRANSFER
from casework.engine.case_objects.right_kinds import passes_by_contract
from casework.engine.definition.consequences import Follows
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect, guard
from casework.engine.state.case import Track
from casework.engine.state.right_values import Burden, RightChange
from workflows.deal_effects import inscribed
from workflows.service_effects import pledge_ends_with_its_debt


def _disposed_of(f: Facts) -> list[Track]:
    """The loans of the case whose pledged rights were turned into money."""
    return [one for one in f.case.tracks.values() if one.workflow == "pledge" and f.fired("disposed", one) is not None]


def _sold(f: Facts, right: str) -> list[RightChange]:
    """The end of what a disposal has laid on a right, as long as it stands."""
    loans, known = {track.id for track in _disposed_of(f)}, f.from_outside("rights").get(right, {})
    return [
        {"right": right, "end": {"kind": ASSIGNMENT, "from": one.get("from"), "track": one["track"]}}
        for one in known.get("encumbrances", ())
        if one["kind"] == ASSIGNMENT and one.get("to") is None and one.get("track") in loans
    ]


@effect()
def pledge_ends_with_its_disposal(facts: Facts) -> Follows:
    """The pledge was realised, and has ended; what was sold is its former owner's no more: it is assigned, and not registered yet."""
    sold: Burden = {
        "kind": ASSIGNMENT,
        "holder": None,
        "from": facts.data.get("disposed_on"),
        "track": facts.track.id,
    }
    laid: list[RightChange] = [{"right": right, "add": sold} for right in facts.data.get("rights") or ()]
    return {"rights": [*pledge_ends_with_its_debt.follows(facts)["rights"], *laid]}


@effect(reads=("rights",))
def rights_have_their_owner(facts: Facts) -> Follows:
    """By its register a right is a new owner's, to whom it is transferred, or its former owner's still: either settles what was sold."""
    known, changes = facts.from_outside("rights"), list[RightChange]()
    on = facts.data.get("registered_on")
    for right in facts.data.get("rights") or ():
        changes += [{**end, "ended_on": on} if on else end for end in _sold(facts, right)]
        if facts.data.get("owner_changed") is not True:
            continue
        owner: Burden = {
            "kind": TRANSFER,
            "holder": facts.data.get("owner"),
            "from": on,
            "track": _disposed_of(facts)[-1].id,
        }
        changes.append({"right": right, "add": owner})
        if not passes_by_contract(known.get(right, {})):
            changes.append(_entered(facts, right, owner))
    return {"rights": changes} if changes else {}


def _entered(facts: Facts, right: str, owner: Burden) -> RightChange:
    change = inscribed(facts, right, TRANSFER, owner["from"])
    return {**change, "inscribe": {**change["inscribe"], "track": owner["track"]}}


@guard(
    rule="Every right that the form names was pledged for a loan whose rights were turned into money.",
    refusal="A right is named that was pledged for no loan whose rights were turned into money.",
    reads=("rights",),
    at=("rights",),
)
def checked_rights_were_disposed_of(f: Facts) -> bool:
    applied = (f.fired("apply", track) for track in _disposed_of(f))
    pledged = [right for one in applied if one for right in one.data.get("rights") or ()]
    return kept_ids(f, f.data.get("rights") or ()) <= kept_ids(f, pledged)


@guard(
    rule="Rights are disposed of now, or one was sold of which nobody has said yet whose it is.",
    refusal="Of each right that was sold it is known whose it is.",
    reads=("rights",),
)
def owner_is_to_be_checked(f: Facts) -> bool:
    if f.data.get("path") is not None:
        return True
    answered = kept_ids(f, f.data.get("rights") or ())
    return any(_sold(f, right) for right in f.case.rights if not kept_ids(f, [right]) <= answered)
