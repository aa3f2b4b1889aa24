"""What an enterprise says otherwise of its need: what is left alone is no change, and each change is the one that was made."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.need_renewals import PUBLISHED, alike, changed_by, changes_of, shown_of

_VALUE = st.one_of(
    st.none(),
    st.just(""),
    st.text("ab \n热", max_size=5),
    st.integers(1, 9),
    st.decimals(min_value=0, max_value=1000, places=2).map(str),
    st.lists(
        st.fixed_dictionaries(
            {"parameter": st.text("ab", min_size=1, max_size=2), "target": st.sampled_from(["1", "1.0", "2"])}
        ),
        max_size=2,
    ),
)
_SAID = st.dictionaries(st.sampled_from(["title", "problem", "budget", "figures", "readiness_low"]), _VALUE, max_size=5)


@given(_SAID)
def test_what_is_left_as_it_is_is_no_change(said: dict[str, Any]) -> None:
    assert changes_of(said, said) == {}


@given(_SAID, _SAID)
def test_what_is_changed_says_what_was_meant(before: dict[str, Any], after: dict[str, Any]) -> None:
    changes = changes_of(before, after)
    assert changes_of(changed_by(before, [changes]), after) == {}
    # Nothing else is touched.
    assert all(not alike(before.get(name), after.get(name)) for name in changes)


@given(_VALUE, _VALUE)
def test_two_values_are_alike_both_ways(one: Any, other: Any) -> None:
    assert alike(one, other) == alike(other, one)
    assert alike(one, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5000000", "5000000.00"),
        ("二十兆瓦\r\n全年", "二十兆瓦\n全年"),
        (None, ""),
        ([], None),
        ({"target": "70"}, {"target": "70.0", "unit": ""}),
    ],
)
def test_the_same_is_said_in_many_ways(one: Any, other: Any) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(("one", "other"), [("1", "2"), (1, "1"), ("ab", "a b"), ([{"target": "1"}], []), (True, 1)])
def test_what_differs_differs(one: Any, other: Any) -> None:
    assert not alike(one, other)


def test_of_a_closed_need_nothing_but_its_own_words_is_shown() -> None:
    record = {"publication": "closed", "problem": "the office's", "sector": "Heat", "title_zh": "余热"}
    assert shown_of({"problem": "its own"}, record) == {"problem": "its own"}
    assert shown_of({"problem": "its own"}, record | {"publication": "on_request"}) == {
        "problem": "its own",
        "sector": "Heat",
    }
    assert shown_of({"problem": "its own"}, record | {"publication": "public"}) == {
        "problem": "the office's",
        "sector": "Heat",
    }


def test_what_leads_to_the_office_or_costs_is_never_published() -> None:
    assert {"title_zh", "budget", "function", "contact", "site", "owner_id", "valid_until"}.isdisjoint(
        {name for names in PUBLISHED.values() for name in names}
    )
