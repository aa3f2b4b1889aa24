"""A question is asked where no record answers it, and an edition cannot ask by what nobody knows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.definition.asked_fields import asked_faults, reads_of, unasked
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.forms import Text, YesNo
from tests.workflows.test_service_guards import RIGHT, facts, right
from workflows.pledge_forms import RegisterCheck

OWNERS = [{"organisation": "maker", "share": None}]


def told(**change: Any) -> frozenset[str]:
    return unasked(facts(rights=right(**change)), RegisterCheck.rule(), {}, [RIGHT])


@pytest.mark.parametrize(
    ("change", "left_out"),
    [
        ({}, {"invalidation", "licensed"}),
        ({"owners": OWNERS}, {"invalidation", "licensed", "owner_seen", "co_owners"}),
        ({"owners": [*OWNERS, {"organisation": "buyer", "share": None}]}, {"invalidation", "licensed", "owner_seen"}),
        ({"owners": OWNERS, "kind": "design"}, {"invalidation", "licensed", "owner_seen", "co_owners", "twin"}),
        (
            {"owners": OWNERS, "encumbrances": [{"kind": "invalidation", "to": None}]},
            {"licensed", "owner_seen", "co_owners"},
        ),
        ({"encumbrances": [{"kind": "invalidation", "to": "2026-02-01"}]}, {"invalidation", "licensed"}),
        ({"encumbrances": [{"kind": "licence", "licence": "sole", "to": None}]}, {"invalidation"}),
        ({"encumbrances": [{"kind": "licence", "licence": "plain", "to": None}]}, {"invalidation", "licensed"}),
    ],
)
def test_what_the_record_tells_is_not_asked(change: dict[str, Any], left_out: set[str]) -> None:
    assert told(**change) == left_out


@given(st.lists(st.sampled_from(["maker", "buyer"]), unique=True), st.sampled_from(["invention", "design", "know_how"]))
def test_what_one_right_leaves_open_is_asked_whatever_the_others_tell(owners: list[str], kind: str) -> None:
    known = right(owners=OWNERS, kind="design")
    known["another"] = right(owners=[{"organisation": one, "share": None} for one in owners], kind=kind)[RIGHT]
    at_once = facts(rights=known)
    object.__setattr__(at_once.case, "rights", (RIGHT, "another"))
    alone = facts(rights={RIGHT: known["another"]})
    # Both together are asked no less than the one alone.
    assert unasked(at_once, RegisterCheck.rule(), {}, [RIGHT, "another"]) <= unasked(
        alone, RegisterCheck.rule(), {}, [RIGHT]
    )


@given(st.lists(st.sampled_from(["maker", "buyer"]), unique=True), st.sampled_from(["invention", "design", "know_how"]))
def test_a_right_that_the_form_cannot_name_opens_and_closes_no_question(owners: list[str], kind: str) -> None:
    known = right(owners=OWNERS, kind="design")
    known["kept"] = right(
        owners=[{"organisation": one, "share": None} for one in owners],
        kind=kind,
        encumbrances=[{"kind": "invalidation", "to": None}],
    )[RIGHT]
    both = facts(rights=known)
    object.__setattr__(both.case, "rights", (RIGHT, "kept"))
    without = unasked(facts(rights={RIGHT: known[RIGHT]}), RegisterCheck.rule(), {}, [RIGHT])
    assert unasked(both, RegisterCheck.rule(), {}, [RIGHT]) == without
    assert unasked(both, RegisterCheck.rule(), {}, [RIGHT, "kept"]) != without


def test_what_decides_is_read_before_the_form_is_shown() -> None:
    assert reads_of(RegisterCheck.rule()) == {"rights"}
    assert reads_of([]) == frozenset()


def written(**change: Any) -> list[WrittenField]:
    field: Any = {"name": "seen", **YesNo(label="Seen?", required=False, asked_if="owner_is_asked").rule(), **change}
    return [field]


@pytest.mark.parametrize(
    ("change", "codes"),
    [({}, []), ({"asked_if": "nobody_knows"}, ["unknown_asked_if"]), ({"required": True}, ["unknown_asked_if"])],
)
def test_a_definition_asks_by_a_guard_that_there_is(change: dict[str, Any], codes: list[str]) -> None:
    assert [fault.kind for fault in asked_faults("Check", written(**change))] == codes


def test_a_plain_question_is_always_asked() -> None:
    plain: Any = [{"name": "words", **Text(label="Words").rule()}]
    assert unasked(facts(), plain, {}, [RIGHT]) == frozenset()
    assert list(asked_faults("Plain", plain)) == []
