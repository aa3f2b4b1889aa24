"""Truth tables of what becomes of pledged rights that were turned into money."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.definition.guard_facts import Facts
from casework.engine.state.case import Track
from tests.workflows.case_facts import burden, facts, fired, track
from workflows import disposal
from workflows.pledge_forms import MOVING, Disposal

REGISTERED: dict[str, Any] = {"number": "Y1", "registered_on": "2026-03-05"}


def loan(**disposed: Any) -> Track:
    told = {"apply": fired(1, rights=["right-1", "right-2"]), "registered": fired(2, **REGISTERED)}
    if disposed:
        told["disposed"] = fired(9, **disposed)
    return track("pledge", "deregistration", fired=told, parent="loan")


SOLD: dict[str, Any] = {"path": "sale", "rights": ["right-1", "right-2"], "disposed_on": "2026-03-20"}
ENDS = [
    {"right": right, "end": {"kind": "pledge", "from": "2026-03-05", "track": "pledge-x"}, "ended_on": "2026-03-20"}
    for right in ("right-1", "right-2")
]


@pytest.mark.parametrize("path", Disposal.fields()["path"].limits()["choices"])
def test_what_is_sold_is_assigned_and_the_pledge_has_ended(path: str) -> None:
    named = ["right-2"] if path in MOVING else None
    now = facts(here=loan(), data={"path": path, "rights": named, "disposed_on": "2026-03-20"})
    changes = disposal.pledge_ends_with_its_disposal.follows(now)["rights"]
    assert changes[:2] == ENDS
    laid = {"kind": "assignment", "holder": None, "from": "2026-03-20", "track": "pledge-x"}
    assert changes[2:] == ([{"right": "right-2", "add": laid}] if named else [])


def checking(*lying: dict[str, Any], kind: str = "invention", tracks: tuple[Track, ...] = (), **said: Any) -> Facts:
    known = {
        right: {"kind": kind, "encumbrances": [one for one in lying if one["right"] == right]}
        for right in ("right-1", "right-2")
    }
    return facts(*(tracks or (loan(**SOLD),)), outside={"rights": known}, data=said, rights=("right-1", "right-2"))


def lies(right: str, to: str | None = None, track: str = "pledge-x") -> dict[str, Any]:
    return burden("assignment", case="case-1", right=right, track=track, to=to) | {"from": "2026-03-20"}


NEW: dict[str, Any] = {"owner_changed": True, "owner": "buyer", "registered_on": "2026-03-28", "rights": ["right-1"]}
END = {"right": "right-1", "end": {"kind": "assignment", "from": "2026-03-20", "track": "pledge-x"}}
TO_BUYER = {"kind": "transfer", "holder": "buyer", "from": "2026-03-28", "track": "pledge-x"}
ENTERED = {"kind": "transfer", "from": "2026-03-28", "track": "pledge-x", "on": "2026-03-28", "number_in": "number"}


def test_a_new_owner_has_the_right_by_its_register() -> None:
    follows = disposal.rights_have_their_owner.follows
    owned = [{"right": "right-1", "add": TO_BUYER}, {"right": "right-1", "inscribe": ENTERED}]
    assert follows(checking(lies("right-1"), lies("right-2"), **NEW)) == {
        "rights": [{**END, "ended_on": "2026-03-28"}, *owned]
    }
    # Another way of disposal has laid nothing on it, and what was sold before and settled is not ended again.
    assert follows(checking(**NEW)) == {"rights": owned}
    assert follows(checking(lies("right-1", to="2026-03-22"), **NEW)) == {"rights": owned}
    # What an agreement of the case has assigned is none of it; what passes by contract stands in no register.
    assert follows(checking(lies("right-1", track="agreement-x"), **NEW)) == {"rights": owned}
    assert follows(checking(kind="software", **NEW)) == {"rights": owned[:1]}


def test_what_is_still_its_owners_is_assigned_to_nobody() -> None:
    follows = disposal.rights_have_their_owner.follows
    said: dict[str, Any] = {"owner_changed": False, "rights": ["right-1"]}
    assert follows(checking(lies("right-1"), lies("right-2"), **said)) == {"rights": [END]}
    assert follows(checking(**said)) == {}


@pytest.mark.parametrize(
    ("rights", "tracks", "holds"),
    [
        (["right-1"], (), True),
        (["right-1", "right-2"], (), True),
        (["right-3"], (), False),
        (["right-1"], (loan(),), False),
    ],
)
def test_the_check_is_of_what_was_disposed_of(rights: list[str], tracks: tuple[Track, ...], holds: bool) -> None:
    merged = {"right-1": {"record": "right-3"}, "right-3": {"record": "right-3"}}
    now = replace(checking(tracks=tracks, rights=rights), outside={"rights": merged})
    assert disposal.checked_rights_were_disposed_of.holds(now) is (holds or rights == ["right-3"])
    assert disposal.checked_rights_were_disposed_of.holds(checking(tracks=tracks, rights=rights)) is holds


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (checking(path="licence_back"), True),
        (checking(path="sale", rights=["right-1"]), True),
        (checking(lies("right-1"), **NEW), False),
        (checking(lies("right-1"), lies("right-2"), **NEW), True),
        (checking(lies("right-1"), lies("right-2", to="2026-03-22"), **NEW), False),
        (checking(**NEW), False),
    ],
)
def test_what_is_left_of_several_is_asked_for_again(now: Facts, holds: bool) -> None:
    assert disposal.owner_is_to_be_checked.holds(now) is holds


def test_of_two_that_are_one_by_merging_nothing_is_left() -> None:
    now = checking(lies("right-1"), lies("right-2"), **NEW)
    merged = {right: {**record, "record": "right-2"} for right, record in now.outside["rights"].items()}
    assert not disposal.owner_is_to_be_checked.holds(replace(now, outside={"rights": merged}))
