"""Kinds of IP rights: what each must say, what it cannot say, and when it carries a deal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.ip_rights import FIELDS
from casework.engine.case_objects.right_kinds import (
    KINDS,
    STATUSES,
    fees_paid,
    kinds_with,
    may_be_pledged,
    missing,
    out_of_place,
    passes_by_contract,
    stands,
)

TODAY = "2026-03-16"
kinds = st.sampled_from(sorted(KINDS))
days = st.none() | st.sampled_from(["2026-03-15", TODAY, "2026-03-17"])


def test_each_kind_needs_no_more_than_it_has_and_knows_when_it_stands() -> None:
    for kind in KINDS.values():
        assert set(kind.needed) <= set(kind.fields) <= set(FIELDS)
        assert set(kind.stands) <= set(kind.statuses)
        assert not kind.fees or "fee_paid_to" in kind.fields
    assert set(STATUSES) == {status for kind in KINDS.values() for status in kind.statuses}
    assert set(kinds_with("fee_paid_to")).isdisjoint({"know_how", "trade_secret", "software"})


@pytest.mark.parametrize(
    ("kind", "lacks"),
    [
        ("invention", ["office", "number", "owner", "status"]),
        ("application", ["office", "application_number", "owner", "status"]),
        ("know_how", ["owner"]),
        ("trade_secret", ["owner"]),
        ("software", ["owner"]),
        ("other", ["owner", "status"]),
    ],
)
def test_what_is_needed_depends_on_the_kind(kind: str, lacks: list[str]) -> None:
    assert missing(kind, {}) == lacks
    assert missing(kind, dict.fromkeys(lacks, "said")) == []
    assert "owner" not in missing(kind, {"owners": [{"organisation": "o", "share": None}]})


def test_know_how_and_an_application_have_no_grant() -> None:
    assert out_of_place("know_how", {"number": "CN 1", "owner": "Kiln Works", "office": None}) == ["number"]
    assert out_of_place("application", {"number": "CN 1", "granted_on": TODAY, "expires_on": TODAY}) == [
        "number",
        "granted_on",
        "expires_on",
    ]


@given(kind=kinds, status=st.none() | st.sampled_from(STATUSES), ends=days)
def test_a_right_stands_in_a_status_of_its_kind_until_its_end(kind: str, status: str | None, ends: str | None) -> None:
    right: dict[str, Any] = {"kind": kind, "status": status, "expires_on": ends}
    expected = (status in KINDS[kind].stands) or (status is None and "status" not in KINDS[kind].needed)
    assert stands(right, TODAY) == (expected and (ends is None or ends >= TODAY))


@given(kind=kinds, paid=days)
def test_a_fee_counts_where_there_is_one(kind: str, paid: str | None) -> None:
    owed = KINDS[kind].fees if paid is None else paid < TODAY
    assert fees_paid({"kind": kind, "fee_paid_to": paid}, TODAY) != owed


def test_only_what_is_granted_and_registered_is_pledged() -> None:
    pledged = {kind for kind in KINDS if may_be_pledged({"kind": kind})}
    assert pledged == {"invention", "utility_model", "design", "software", "plant_variety"}


def test_of_a_right_that_is_not_known_nothing_holds() -> None:
    for right in ({}, {"kind": "idea", "status": "in_force", "fee_paid_to": "2099-01-01"}):
        assert not stands(right, TODAY)
        assert not fees_paid(right, TODAY)
        assert not may_be_pledged(right)


@given(st.one_of(kinds, st.just("unheard of")), st.none() | st.sampled_from(["", "  ", "CNIPA", "EPO"]))
def test_what_no_register_has_passes_by_contract(kind: str, office: str | None) -> None:
    by_contract = kind in ("know_how", "trade_secret", "software") or (kind == "other" and not (office or "").strip())
    assert passes_by_contract({"kind": kind, "office": office}) is by_contract
    # What is pledged by registration and has fees is entered by an office: a secret has neither.
    assert not by_contract or kind in ("software", "other") or not (KINDS[kind].fees or KINDS[kind].pledged)
