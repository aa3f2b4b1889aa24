"""What is wrong with a case sheet is named before its definition is published."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.sheet_faults import sheet_faults
from casework.engine.parts import REFERRAL, SENDS


def edition(sheets: Mapping[str, Any]) -> Edition:
    """A request that asks for an amount, and in words for a question."""
    asked = [{"name": "amount", "fact": True}, {"name": "question", "fact": False}]
    rules = [SimpleNamespace(part=SENDS, form="Request"), SimpleNamespace(part="", form="Other")]
    made = SimpleNamespace(sheets=sheets, transitions=rules, form=lambda form: asked if form == "Request" else [])
    return cast(Edition, made)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ({"records": ["need"], "amounts": ["service.apply.amount|request.amount"]}, ""),
        ({"records": ["weather"]}, "weather"),
        ({"records": [], "gossip": []}, "gossip"),
        ({"records": [], "amounts": ["request.price"]}, "request.price"),
        # Words are kept apart from what rules read.
        ({"records": [], "claim": ["request.question"]}, "request.question"),
        ({"records": [], "claim": ["pledge.apply.amount"]}, "pledge.apply.amount"),
    ],
)
def test_each_fault_is_named(sheet: Mapping[str, Any], said: str) -> None:
    found = list(sheet_faults(edition({"fix": sheet})))
    assert [fault.kind for fault in found] == (["unknown_sheet"] if said else [])
    assert all(said in fault.sentence for fault in found)


def test_the_sheets_that_are_published_have_none() -> None:
    library = load_library()
    published = library.playing(REFERRAL)
    assert published is not None
    assert list(sheet_faults(published)) == []
