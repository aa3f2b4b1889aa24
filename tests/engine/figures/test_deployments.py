"""Each site is one; it was accepted at once where no test had failed before, and its capacity is told by unit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from casework.engine.figures.deployments import deployments
from tests.engine.figures.pieces import Told, counts, line, world


@pytest.mark.parametrize(
    ("actions", "tested", "accepted", "at_once"),
    [
        (("plan_set",), 0, 0, 0),
        (("ready_to_test",), 1, 0, 0),
        (("ready_to_test", "pass"), 1, 1, 1),
        (("ready_to_test", "pass_with_list"), 1, 1, 1),
        (("ready_to_test", "fail", "retest", "pass"), 1, 1, 0),
        (("ready_to_test", "fail", "fail_final"), 1, 0, 0),
    ],
)
def test_what_became_of_a_site(actions: tuple[str, ...], tested: int, accepted: int, at_once: int) -> None:
    told = Told("1").track("d", "deployment")
    for name in actions:
        told.fire(name, on="d")
    figure = deployments(world(told))
    assert counts(figure, what="tested") == (tested, None)
    assert counts(figure, what="accepted") == (accepted, tested)
    assert counts(figure, what="accepted_at_once") == (at_once, tested)


def test_a_case_may_have_several_sites() -> None:
    told = Told("1").track("d", "deployment").track("e", "deployment")
    for site in "de":
        told.fire("ready_to_test", on=site).fire("pass", on=site)
    assert counts(deployments(world(told)), what="accepted") == (2, 2)


def test_capacities_are_added_by_unit() -> None:
    told = Told("1")
    for site, unit, capacity in (("d", "kw_heat", "800"), ("e", "kw_heat", "0.5"), ("f", "m2", "40"), ("g", "m2", "9")):
        told.track(site, "deployment").fire("ready_to_test", on=site)
        # What was built at a site that was not accepted counts nowhere.
        told.fire("fail" if site == "g" else "pass", on=site, data={"capacity": capacity, "capacity_unit": unit})
    told.track("h", "deployment").fire("ready_to_test", on="h").fire("pass", on="h")
    figure = deployments(world(told))
    assert line(figure, capacity="kw_heat").amount == Decimal("800.5")
    assert (counts(figure, capacity="kw_heat"), counts(figure, capacity="m2")) == ((2, 4), (1, 4))
    assert line(figure, capacity="m2").amount == Decimal(40)
