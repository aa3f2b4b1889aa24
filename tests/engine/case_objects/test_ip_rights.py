"""An IP right as its log adds up: the last word of each field stands, also where an earlier one was erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from casework.engine.case_objects.encumbrances import BELONGS, CONFIRMED, RECORDED
from casework.engine.case_objects.ip_rights import changes, fold, said
from casework.engine.state.events import RegisterEvent
from casework.ledger.redactable_bodies import ERASED

_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
RIGHT = {"kind": "invention", "technologies": ["t"], "confirmed": False}


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


def test_what_it_belongs_to_and_its_kind_are_what_was_said_last() -> None:
    owners = [{"organisation": "o", "share": "60"}]
    recorded = event(1, RECORDED, {"application_number": "CN 1"}, right=RIGHT)
    belongs = event(2, BELONGS, {"source": "Register"}, technologies=["t", "u"], owners=owners)
    granted = event(3, CONFIRMED, {"number": "ZL 1"}, checked_on="2026-01-08", right_kind="utility_model")
    right = fold([recorded, belongs, granted])
    assert (right["technologies"], right["owners"], right["kind"]) == (["t", "u"], owners, "utility_model")
    assert fold([recorded])["owners"] == []
    assert changes(fold([recorded]), belongs) == {"technologies": ["t", "u"], "owners": owners}


def test_where_it_was_looked_up_last_is_kept_and_said_to_be_nowhere_before() -> None:
    recorded = event(1, RECORDED, {"owner": "Kiln Works"}, right=RIGHT)
    looked = event(2, CONFIRMED, {"source": "Register"}, checked_on="2026-01-07")
    again = event(3, CONFIRMED, {}, checked_on="2026-01-08")
    assert fold([recorded])["source"] is None
    assert fold([recorded, looked, again])["source"] == "Register"
