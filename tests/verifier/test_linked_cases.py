"""Files of linked cases that are checked together: each says of the link what the other one says, and no case stands above itself."""

from __future__ import annotations

from typing import Any

from casework_verify.linked_cases import CaseLinks, linked_faults

DAY = "2026-01-0{}T00:00:00.000000Z"
WHO = {"actor": "somebody", "acting_for": None, "role": "officer"}


def case(log: str, *told: tuple[str, str, str], at: int = 9, kind: str = "cases_linked") -> CaseLinks:
    """The links of a case by id, other case and kind; all done in that of the first letter."""
    links = CaseLinks(log, DAY.format(at))
    for n, (id, other, what) in enumerate(told, 2):
        link: dict[str, Any] = {"id": id, "case": other, "number": other, "kind": what, "done_in": min(log, other)}
        links.told[n] = (kind, link, {**WHO, "at": DAY.format(n)})
    return links


def codes(*cases: CaseLinks) -> list[list[tuple[str, int | None]]]:
    return [[(fault.code, fault.seq) for fault in linked_faults(one, cases)] for one in cases]


def test_two_that_say_the_same_are_whole() -> None:
    assert codes(case("a", ("l", "b", "parent")), case("b", ("l", "a", "child"))) == [[], []]
    assert codes(case("a", ("l", "b", "related"))) == [[]]
    assert list(linked_faults(None, [])) == []


def test_what_one_alone_tells_or_tells_otherwise_is_found() -> None:
    assert codes(case("a", ("l", "b", "parent")), case("b")) == [[("linked_untold", 2)], []]
    both = codes(case("a", ("l", "b", "parent")), case("b", ("l", "a", "related")))
    assert both == [[("linked_untold", 2)], [("linked_untold", 2)]]
    ended = case("b", ("l", "a", "child"), kind="cases_unlinked")
    assert codes(case("a", ("l", "b", "parent")), ended) == [[("linked_untold", 2)], [("linked_untold", 2)]]


def test_a_file_that_was_taken_out_before_knows_nothing_of_it() -> None:
    assert codes(case("a", ("l", "b", "parent")), case("b", at=1)) == [[], []]


def test_a_ring_of_parents_is_found_in_each_of_its_cases() -> None:
    ring = [
        case("a", ("l", "b", "parent"), ("n", "c", "child")),
        case("b", ("l", "a", "child"), ("m", "c", "parent")),
        case("c", ("m", "b", "child"), ("n", "a", "parent")),
    ]
    assert codes(*ring) == [[("linked_ring", None)]] * 3
