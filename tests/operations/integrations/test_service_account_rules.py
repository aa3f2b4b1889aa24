"""What the log of an organisation tells of its service accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.ledger.redactable_bodies import ERASED
from casework.operations.integrations.service_account_rules import MADE, ROTATED, SERVICE_ENDED, fold

START = datetime(2026, 3, 2, tzinfo=UTC)


def event(seq: int, kind: str, body: dict[str, Any] | None = None, **effects: Any) -> RegisterEvent:
    return RegisterEvent(
        log="lab",
        seq=seq,
        at=START + timedelta(hours=seq),
        kind=kind,
        actor="lead",
        effects=cast(RegisterEffects, effects),
        body=body or {},
    )


MAKE = event(1, MADE, {"name": "Laboratory system"}, account="a", scopes=["referrals.read"], expires_at="2027")


def test_an_account_is_what_it_was_made_as() -> None:
    assert fold([MAKE]) == {
        "a": {
            "id": "a",
            "organisation_id": "lab",
            "scopes": ["referrals.read"],
            "made_by": "lead",
            "made_at": MAKE.at,
            "expires_at": "2027",
            "ended_at": None,
            "name": "Laboratory system",
        }
    }


def test_it_ends_once_and_a_new_token_changes_nothing_of_it() -> None:
    end = event(3, SERVICE_ENDED, account="a")
    rotated = fold([MAKE, event(2, ROTATED, account="a")])
    assert rotated == fold([MAKE])
    assert fold([MAKE, end]) == {"a": rotated["a"] | {"ended_at": end.at}}


def test_the_end_of_another_account_is_not_its_end() -> None:
    assert fold([MAKE, event(2, SERVICE_ENDED, account="b")]) == fold([MAKE])


def test_a_name_that_was_erased_is_not_asked_of_its_row() -> None:
    erased = event(1, MADE, {"name": ERASED, "purpose": "deliveries"}, account="a", scopes=[], expires_at="2027")
    assert "name" not in fold([erased])["a"]
    assert fold([erased])["a"]["purpose"] == "deliveries"
