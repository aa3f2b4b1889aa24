"""Hard filters: what is not known passes and is marked, and the counts are of what each filter says."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.technology_details import RESTRICTIONS
from casework.matching.filters import (
    ALWAYS,
    FIELD_OF_USE,
    FILTERS,
    NO_RESTRICTION,
    TERRITORY,
    Facts,
    Restriction,
    Verdict,
    Wanted,
    counted,
    judged,
    stays,
    wants_licence,
)

RANGES = st.one_of(st.none(), st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda two: (min(two), max(two))))
SOME = st.lists(st.sampled_from(["CN", "DE", "BR"]), unique=True, max_size=3)
FACTS = st.builds(
    Facts,
    readiness=RANGES,
    countries=SOME,
    owner=st.sampled_from([None, "o1", "o2"]),
    conflict=st.sampled_from([None, True, False]),
    licence=st.sampled_from([None, True, False]),
    standards=SOME,
    lacked=st.one_of(st.none(), SOME),
    restrictions=st.lists(st.builds(Restriction, st.sampled_from(RESTRICTIONS), SOME), max_size=2),
)
WANTED = st.builds(
    Wanted,
    readiness=RANGES,
    countries=SOME,
    excluded=st.lists(st.sampled_from(["o1", "o3"]), unique=True),
    conflict=st.booleans(),
    licence=st.booleans(),
    standards=SOME,
    territory=st.sampled_from([None, "CN", "DE"]),
)


@given(WANTED)
def test_of_what_nothing_is_known_everything_passes_and_is_marked(wanted: Wanted) -> None:
    verdicts = judged(wanted, Facts())
    assert stays(verdicts)
    assert set(verdicts.values()) <= {Verdict.UNKNOWN}


@given(FACTS)
def test_who_asks_for_nothing_removes_nothing(facts: Facts) -> None:
    assert judged(Wanted(), facts) == {}


@given(WANTED, FACTS)
def test_a_relaxed_filter_removes_nothing(wanted: Wanted, facts: Facts) -> None:
    verdicts = judged(wanted, facts)
    relaxed = [name for name, verdict in verdicts.items() if verdict is Verdict.REMOVED]
    assert stays(judged(wanted, facts, relaxed))
    assert judged(wanted, facts, list(FILTERS)) == {}


@given(WANTED, st.lists(FACTS, max_size=12), st.randoms())
def test_counts_are_of_the_candidates_in_any_order(wanted: Wanted, facts: list[Facts], random: Random) -> None:
    verdicts = [judged(wanted, one) for one in facts]
    counts = counted(verdicts)
    random.shuffle(verdicts)
    assert counted(verdicts) == counts
    for one in counts:
        said = [verdict[one.name] for verdict in verdicts]
        assert (one.removed, one.unknown) == (said.count(Verdict.REMOVED), said.count(Verdict.UNKNOWN))
    assert any(not stays(verdict) for verdict in verdicts) is any(one.removed for one in counts)


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        ((5, 6), "passed"),
        ((6, 6), "passed"),
        ((6, 9), "partly"),
        ((1, 9), "partly"),
        ((7, 9), "removed"),
        ((1, 4), "removed"),
    ],
)
def test_readiness_passes_in_part_where_it_reaches_beyond_what_is_wanted(says: tuple[int, int], verdict: str) -> None:
    verdicts = judged(Wanted(readiness=(5, 6)), Facts(readiness=says))
    assert (verdicts["readiness"].value, stays(verdicts)) == (verdict, verdict != "removed")


def test_each_filter_passes_removes_and_does_not_know() -> None:
    standards = ["GB 13271"]
    wanted = Wanted(
        readiness=(5, 6),
        countries=["CN"],
        excluded=["o1"],
        conflict=True,
        licence=True,
        standards=standards,
        territory="CN",
    )
    fits = Facts(
        readiness=(6, 6),
        countries=["DE", "CN"],
        owner="o2",
        conflict=False,
        licence=True,
        standards=["GB 13271", "CE"],
        restrictions=[Restriction("none", [])],
    )
    fails = Facts(
        readiness=(7, 9),
        countries=["DE"],
        owner="o1",
        owner_expired=True,
        conflict=True,
        licence=False,
        standards=["CE"],
        lacked=["GB 13271"],
        restrictions=[Restriction("export_control", ["CN"])],
    )
    assert set(judged(wanted, fits).values()) == {Verdict.PASSED}
    assert set(judged(wanted, fails).values()) == {Verdict.REMOVED}
    assert judged(wanted, fails).keys() == FILTERS.keys()
    # Of an owner it is known whether its record has expired.
    assert judged(wanted, Facts()) == dict.fromkeys(FILTERS.keys() - ALWAYS, Verdict.UNKNOWN)


@pytest.mark.parametrize(
    ("has", "lacked", "verdict"),
    [
        ([], [], "unknown"),
        (["CE"], [], "passed"),
        # What a record does not name it does not lack.
        (["UL"], [], "unknown"),
        (["UL"], ["CE"], "removed"),
        ([], ["CE"], "removed"),
        ([], ["UL"], "unknown"),
        # In a run from before that was told apart it did.
        (["UL"], None, "removed"),
        (["CE"], None, "passed"),
        ([], None, "unknown"),
    ],
)
def test_a_standard_removes_what_is_known_to_lack_it(has: list[str], lacked: list[str] | None, verdict: str) -> None:
    said = judged(Wanted(standards=["CE"]), Facts(standards=has, lacked=lacked))
    assert said == {"standard": Verdict(verdict)}


@pytest.mark.parametrize(
    ("kind", "countries", "verdict"),
    [
        ("none", [], "passed"),
        ("export_control", [], "removed"),
        ("export_control", ["CN", "RU"], "removed"),
        ("export_control", ["RU"], "passed"),
        ("territory", ["DE", "CN"], "passed"),
        ("territory", ["DE"], "removed"),
        # Whether a need is of that use no field says.
        ("field_of_use", [], "unknown"),
        ("field_of_use", ["CN"], "unknown"),
        ("field_of_use", ["DE"], "passed"),
        ("other", [], "removed"),
        ("other", ["DE"], "passed"),
    ],
)
def test_a_legal_restriction_removes_where_it_holds(kind: str, countries: list[str], verdict: str) -> None:
    said = judged(Wanted(territory="CN"), Facts(restrictions=[Restriction(kind, countries)]))
    assert said == {"restriction": Verdict(verdict)}


def test_of_several_restrictions_the_one_that_bars_counts_and_then_the_one_that_is_not_known() -> None:
    rows = [Restriction("other", ["DE"]), Restriction("field_of_use", [])]
    assert judged(Wanted(territory="CN"), Facts(restrictions=rows))["restriction"] is Verdict.UNKNOWN
    rows.append(Restriction("export_control", ["CN"]))
    assert judged(Wanted(territory="CN"), Facts(restrictions=rows))["restriction"] is Verdict.REMOVED


def test_the_kinds_that_a_filter_tells_apart_are_those_of_records() -> None:
    assert {NO_RESTRICTION, TERRITORY, FIELD_OF_USE} <= set(RESTRICTIONS)


#: What a need says of the form that it wants, and whether a licence is among that.
FORMS = {
    "licence": True, " Licence ": True, "License": True, "licensing": True, "许可": True, "实施许可": True, "purchase; licence": True,
    "采购、实施许可": True, "pilot/license": True, None: False, "": False, "purchase": False, "no licence": False, "不许可": False,
    "joint venture": False,
}  # fmt: skip


@pytest.mark.parametrize(("form", "wants"), FORMS.items())
def test_a_need_wants_a_licence_where_one_of_its_forms_is_called_so(form: str | None, wants: bool) -> None:
    assert wants_licence(form) is wants
