"""What a log tells of its invitations, folded and judged: each way in which one could not have happened so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.core.register_log import GRANTED, ROLE_ASKED
from casework.operations.people.invitation_rules import (
    ACCEPTED,
    INVITED,
    INVITED_AGAIN,
    LOCKED,
    REVOKED,
    faults,
    fold,
)

START = datetime(2026, 3, 2, tzinfo=UTC)
ENDS = (START + timedelta(days=7)).isoformat()
Told = tuple[str, str, dict[str, Any]]


def log(*told: Told) -> list[RegisterEvent]:
    """Events an hour apart."""
    return [
        RegisterEvent(
            log="lab",
            seq=seq,
            at=START + timedelta(hours=seq),
            kind=kind,
            actor=actor,
            effects=cast(RegisterEffects, {"invitation": "i"} | effects),
            body={"email": "new@example.org", "name": "New"},
        )
        for seq, (kind, actor, effects) in enumerate(told, 1)
    ]


INVITE: Told = (INVITED, "lead", {"roles": ["provider", "verifier"], "language": "en", "expires_at": ENDS})
ACCEPT: Told = (ACCEPTED, "new", {})


def given(role: str = "provider", person: str = "new", actor: str = "new") -> Told:
    return GRANTED, actor, {"role": role, "person": person}


def asked(by: str, role: str = "provider") -> Told:
    return ROLE_ASKED, "new", {"role": role, "person": "new", "asked_by": by}


def test_an_invitation_is_folded_from_what_was_done_with_it() -> None:
    [row] = fold(log(INVITE)).values()
    assert row == {
        "id": "i",
        "scope_id": "lab",
        "email": "new@example.org",
        "name": "New",
        "roles": ["provider", "verifier"],
        "language": "en",
        "expires_at": ENDS,
        "invited_by": "lead",
        "locked_at": None,
        "revoked_at": None,
        "accepted_at": None,
        "accepted_by": None,
    }
    assert fold(log((INVITED, SYSTEM_ACTOR, INVITE[2])))["i"]["invited_by"] is None
    events = log(INVITE, (LOCKED, SYSTEM_ACTOR, {}), (INVITED_AGAIN, "lead", {"expires_at": "later"}), ACCEPT)
    after = fold(events)["i"]
    assert (after["locked_at"], after["expires_at"]) == (None, "later")
    assert (after["accepted_at"], after["accepted_by"]) == (events[3].at, "new")
    locked, revoked = log(INVITE, (LOCKED, SYSTEM_ACTOR, {})), log(INVITE, (REVOKED, "lead", {}))
    assert fold(locked)["i"]["locked_at"] == locked[1].at
    assert fold(revoked)["i"]["revoked_at"] == revoked[1].at


def test_what_was_never_made_is_no_row() -> None:
    assert fold(log(ACCEPT, (REVOKED, "lead", {}))) == {}


@pytest.mark.parametrize(
    "told",
    [
        [INVITE, ACCEPT, given(), given("verifier")],
        [INVITE, ACCEPT, asked("lead")],
        [(INVITED, SYSTEM_ACTOR, INVITE[2]), ACCEPT, asked(SYSTEM_ACTOR)],
        [INVITE, (LOCKED, SYSTEM_ACTOR, {}), (INVITED_AGAIN, "lead", {"expires_at": ENDS}), ACCEPT],
        [INVITE, (REVOKED, "lead", {})],
    ],
)
def test_nothing_is_said_of_what_could_happen(told: Sequence[Told]) -> None:
    assert list(faults(log(*told))) == []


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ([ACCEPT], "there is no such invitation"),
        ([INVITE, given()], "did not accept the invitation"),
        ([INVITE, ACCEPT, given(person="other")], "did not accept the invitation"),
        ([INVITE, ACCEPT, given(person="other", actor="other")], "did not accept the invitation"),
        ([INVITE, ACCEPT, given("provider_lead")], "was not for this role"),
        ([INVITE, ACCEPT, given(), given()], "used for this role already"),
        ([INVITE, ACCEPT, asked("somebody")], "somebody who had not invited"),
        ([INVITE, ACCEPT, ACCEPT], "had been used or withdrawn"),
        ([INVITE, ACCEPT, (REVOKED, "lead", {})], "had been used or withdrawn"),
        ([INVITE, (REVOKED, "lead", {}), ACCEPT], "had been used or withdrawn"),
        ([INVITE, (REVOKED, "lead", {}), (INVITED_AGAIN, "lead", {"expires_at": ENDS})], "had been used or withdrawn"),
        ([INVITE, (LOCKED, SYSTEM_ACTOR, {}), ACCEPT], "was locked or had ended"),
        ([INVITE, (ACCEPTED, "lead", {})], "nobody accepts their own"),
        ([INVITE, (ACCEPTED, SYSTEM_ACTOR, {})], "nobody accepts their own"),
    ],
)
def test_what_could_not_have_happened_so_is_said_of_its_event(told: Sequence[Told], why: str) -> None:
    [(seq, sentence)] = faults(log(*told))
    assert seq == len(told)
    assert why in sentence


@pytest.mark.parametrize(("hours", "late"), [(7 * 24 - 1, False), (7 * 24, True)])
def test_it_is_accepted_before_its_end(hours: int, late: bool) -> None:
    made, accepted = log(INVITE, ACCEPT)
    events = [made, replace(accepted, at=START + timedelta(hours=hours))]
    assert bool(list(faults(events))) is late
