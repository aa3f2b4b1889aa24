"""Two records of one IP right: what speaks against making them one, what the one that stays takes over, and what lies on both."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.right_kinds import KINDS, out_of_place
from casework.engine.case_objects.right_merging import TAKEN, clashes, differing, refusals, stands_then, taken
from casework.errors import InvalidForm

BLANK: dict[str, Any] = dict.fromkeys(TAKEN) | {"owners": [], "confirmed": True, "kind": "invention"}
BLANK |= {"merged_into": None, "programme_id": "P", "expired_at": None}


def right(id: str = "gone", **said: Any) -> dict[str, Any]:
    return {**BLANK, "id": id, **said}


@pytest.mark.parametrize(
    ("gone", "kept", "codes"),
    [
        (right(), right("kept"), []),
        (right(), right(), ["catalogue.merge_record_with_itself"]),
        (right(merged_into="x"), right("kept"), ["catalogue.record_merged"]),
        (right(), right("kept", merged_into="x"), ["catalogue.record_merged"]),
        (right(), right("kept", programme_id="Q"), ["catalogue.merge_across_programmes"]),
        (right(), right("kept", expired_at="t"), ["catalogue.merge_into_expired"]),
        (right(expired_at="t"), right("kept"), []),
        (right(expired_at="t"), right(expired_at="t"), ["catalogue.merge_record_with_itself"]),
        (right(twin="ZL 1"), right("kept", number="zl1"), ["catalogue.merge_twins"]),
        (right(application_number="ZL 1"), right("kept", twin="zl1"), ["catalogue.merge_twins"]),
        (right(twin="ZL 1"), right("kept", number="ZL 2", twin="ZL 1"), []),
    ],
)
def test_what_speaks_against_it(gone: Any, kept: Any, codes: list[str]) -> None:
    assert [why.code for why in refusals(gone, kept)] == codes


words = st.sampled_from([None, "a", "b"])
owners = st.sampled_from([[], [{"organisation": "o", "share": None}], [{"organisation": "p", "share": "50"}]])
records = st.builds(
    lambda said, kind, confirmed, whose: right(**said, kind=kind, confirmed=confirmed, owners=whose),
    st.fixed_dictionaries({name: words for name in TAKEN if name not in ("owners", "status")}),
    st.sampled_from(sorted(KINDS)),
    st.booleans(),
    owners,
)


@given(records, records)
def test_nothing_that_it_says_is_lost_unless_somebody_chooses(gone: dict[str, Any], kept: dict[str, Any]) -> None:
    choices = differing(gone, kept)
    for chosen in ([], choices):
        fields = taken(gone, kept, chosen)
        after = {**kept, **fields}
        assert set(chosen) <= set(fields)
        for name in TAKEN:
            if kept[name] not in (None, []) and name not in chosen:
                assert after[name] == kept[name]
        assert out_of_place(kept["kind"], {name: fields[name] for name in fields if name != "owners"}) == []
    # Whoever chooses nothing lets nothing into a confirmed record that nobody confirmed.
    if kept["confirmed"] and not gone["confirmed"]:
        assert taken(gone, kept, []) == {}


@given(records, records)
def test_only_what_is_there_to_choose_is_chosen(gone: dict[str, Any], kept: dict[str, Any]) -> None:
    for name in set(TAKEN) - set(differing(gone, kept)):
        with pytest.raises(InvalidForm):
            taken(gone, kept, [name])


@given(records, records)
def test_it_counts_as_confirmed_only_where_it_says_just_what_was_confirmed(gone: Any, kept: Any) -> None:
    fields = taken(gone, kept, differing(gone, kept))
    if stands_then(gone, kept, fields):
        after = {**kept, **fields}
        assert gone["confirmed"]
        assert not kept["confirmed"]
        assert [after[name] or None for name in TAKEN] == [gone[name] or None for name in TAKEN]


def test_what_is_claimed_counts_as_confirmed_by_one_who_stood_for_the_same() -> None:
    gone, kept = right(number="1", family="F"), right("kept", number="1", confirmed=False)
    assert stands_then(gone, kept, taken(gone, kept, []))
    assert not stands_then(gone, {**kept, "twin": "T"}, {"family": "F"})
    assert not stands_then(gone, {**kept, "kind": "design"}, {"family": "F"})
    assert not stands_then({**gone, "confirmed": False}, kept, {"family": "F"})


def test_what_cannot_stand_on_one_right_together() -> None:
    def burden(id: str, licence: str | None = "exclusive", **other: Any) -> Any:
        return {
            "id": id,
            "kind": "licence",
            "licence": licence,
            "territories": ["CN"],
            "fields": [],
            "to": None,
        } | other

    one, plain = burden("one"), burden("plain", "plain")
    assert [(clash.gone["id"], clash.kept["id"]) for clash in clashes([one], [plain])] == [("one", "plain")]
    assert clashes([plain], [burden("other", "plain")]) == []
    assert clashes([burden("ended", to="2026-01-01")], [plain]) == []
    assert clashes([burden("abroad", territories=["DE"])], [plain]) == []
    gone = burden("assigned", None, kind="assignment")
    assert [clash.gone["id"] for clash in clashes([gone], [plain])] == ["assigned"]
