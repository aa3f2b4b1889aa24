"""The price of a deal is that of its last signing, by whichever way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casework.engine.case_objects.price import price_of
from casework.engine.definition.publisher import publish
from casework.engine.definition.validation import faults
from casework.engine.state.case import Fired
from tests.workflows.case_facts import track
from workflows.agreement import Agreement

WRITTEN = publish(Agreement).price
MONEY = {"amount": "100.00", "currency": "CNY"}


def signed(day: int, **data: Any) -> Fired:
    return Fired(1, datetime(2026, 3, day, tzinfo=UTC), "p", None, data)


def test_before_it_is_signed_there_is_none() -> None:
    assert price_of({}, WRITTEN) is None


def test_the_last_signing_counts() -> None:
    deal = track(
        "agreement",
        "in_force",
        fired={
            "sign_local": signed(2, kind="loi", price_form="none", no_price="prepares"),
            "sign_cross": signed(
                5, kind="patent_licence", price_form="fixed", contract_value=MONEY, technology_value=MONEY
            ),
        },
    )
    told = price_of(deal.fired, WRITTEN)
    assert told is not None
    assert told.at.day == 5
    assert told.said == {"kind": "patent_licence", "form": "fixed", "contract_value": MONEY, "technology_value": MONEY}
    before = price_of({"sign_local": deal.fired["sign_local"]}, WRITTEN)
    assert before is not None
    assert (before.said["no_price"], before.fields["no_price"], "contract_value" in before.said) == (
        "prepares",
        "no_price",
        False,
    )


def test_what_waits_for_its_licence_has_no_price_before_it() -> None:
    talks = {"sign_local": signed(2, kind="loi", price_form="none", no_price="prepares")}
    signed_to_licence = signed(5, kind="patent_licence", price_form="fixed", contract_value=MONEY)

    def kind(**fired: Fired) -> str | None:
        told = price_of(fired, WRITTEN)
        return told.said["kind"] if told else None

    assert kind(sign_to_licence=signed_to_licence) is None
    assert kind(**talks, sign_to_licence=signed_to_licence) == "loi"
    # A licence of an earlier contract gives no effect to a later one.
    assert kind(sign_to_licence=signed_to_licence, licence_issued=signed(4)) is None
    assert kind(**talks, sign_to_licence=signed_to_licence, licence_issued=signed(9)) == "patent_licence"


@pytest.mark.parametrize(
    ("price", "words"),
    [
        ({"worth": "sign_local.contract_value"}, "No part of a price"),
        ({"contract_value": "sign_local.kind"}, "is asked for as"),
        ({"kind": "sign_local.contract_value"}, "is asked for as"),
        ({"signed_on": "sign_local.kind"}, "is asked for as"),
        ({"kind": "sign_local.executed_on"}, "is asked for as"),
        ({"kind": "signed.kind"}, "is asked for as"),
        ({"kind": "sign_local+blessed.kind"}, "is asked for as"),
    ],
)
def test_what_nobody_asks_for_is_a_fault(price: dict[str, str], words: str) -> None:
    class Other(Agreement):
        workflow = "other"

    Other.price = price
    found = faults(publish(Other))
    assert any(words in str(fault) for fault in found), found
