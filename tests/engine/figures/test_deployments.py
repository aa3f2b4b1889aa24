"""Each site is one; it was accepted at once where no test had failed before."""

from __future__ import annotations

import pytest

from casework.engine.figures.deployments import deployments
from tests.engine.figures.pieces import Told, counts, world


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
