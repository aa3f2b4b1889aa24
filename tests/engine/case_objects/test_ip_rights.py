"""An IP right as its log adds up: the last word of each field stands, also where an earlier one was erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from casework.engine.case_objects.encumbrances import CONFIRMED, RECORDED
from casework.engine.case_objects.ip_rights import changes, fold, said
from casework.engine.state.events import RegisterEvent
from casework.ledger.redactable_bodies import ERASED

_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
RIGHT = {"kind": "invention", "technology": "t", "confirmed": False}


def event(seq: int, kind: str, body: dict[str, Any], **effects: Any) -> RegisterEvent:
    given: Any = effects
    return RegisterEvent("log", seq, _AT + timedelta(days=seq), kind, "officer", effects=given, body=body)


def test_what_was_said_last_stands() -> None:
    recorded = event(1, RECORDED, {"owner": "Kiln Works", "number": "CN 1"}, right=RIGHT)
    confirmed = event(2, CONFIRMED, {"owner": "ACME", "reason": "Assigned."}, checked_on="2026-01-07")
    right = fold([recorded, confirmed])
    assert (right["owner"], right["number"], right["confirmed"], right["checked_on"]) == (
        "ACME",
        "CN 1",
        True,
        "2026-01-07",
    )
    assert "reason" not in right


def test_an_erased_word_goes_where_it_was_the_last() -> None:
    recorded = event(1, RECORDED, {"owner": ERASED, "number": "CN 1"}, right=RIGHT)
    assert fold([recorded])["owner"] is ERASED
    confirmed = event(2, CONFIRMED, {"owner": "ACME"}, checked_on="2026-01-07")
    assert fold([recorded, confirmed])["owner"] == "ACME"


def test_changes_are_what_stood_otherwise() -> None:
    confirmed = event(2, CONFIRMED, {"owner": "ACME", "number": "CN 1", "source": "Register"}, checked_on="2026-01-07")
    assert changes({"owner": "Kiln Works", "number": "CN 1"}, confirmed) == {
        "owner": "ACME",
        "checked_on": "2026-01-07",
    }
    assert said(confirmed).keys() == {"owner", "number", "checked_on"}
