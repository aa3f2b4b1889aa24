"""For each right of a case the guards of an action are told to which its record speaks, each once and in their order."""

from __future__ import annotations

from casework.engine.analysis.record_points import points_of
from tests.workflows.test_service_guards import RIGHT, facts, right


def test_rights_of_the_case_alone_are_told_of() -> None:
    known = right() | {"another": {}}
    [told] = points_of(facts(rights=known), ["fees_are_paid", "rights_are_confirmed"])
    assert (told.right, [point.guard for point in told.points]) == (RIGHT, ["fees_are_paid", "rights_are_confirmed"])


def test_a_guard_that_no_record_speaks_to_tells_nothing() -> None:
    assert points_of(facts(), ["shares_make_a_hundred"]) == []
    assert [len(one.points) for one in points_of(facts(), ["rights_are_confirmed", "rights_are_confirmed"])] == [1]
