"""A case that is another one is counted apart, once it is closed as that."""

from __future__ import annotations

from datetime import date

from tests.engine.figures.pieces import Told, world


def test_the_population_leaves_out_what_is_another_case() -> None:
    twin, proposed = Told("2").close("duplicate", 5), Told("3").fire("propose_close", 5, outcome="duplicate")
    found = world(Told("1"), twin, proposed, day=10)
    assert [case.number for case in found.counted] == ["1", "3"]
    assert found.duplicates == 1
    assert found.today == date(2026, 1, 15)
    assert world(Told("1"), twin, day=4).duplicates == 0
