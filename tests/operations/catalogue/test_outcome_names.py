"""Outcomes are read by their codes and by their names, and an unknown one is refused with all that are known."""

from __future__ import annotations

import pytest

from casework.operations.catalogue.import_faults import Wrong
from casework.operations.catalogue.import_schemas import read
from casework.operations.catalogue.outcome_names import outcomes, read_outcome


def test_outcomes_are_those_that_a_case_can_end_with() -> None:
    assert {"deployed_verified", "no_agreement", "introduced", "compliance_stop"} <= outcomes().keys()


@pytest.mark.parametrize(
    "said",
    [
        "deployed_verified",
        "DEPLOYED_VERIFIED",
        "Deployed, effect verified",
        " deployed  effect verified",
        "已落地，效果已核证",
        "已落地,效果已核证",
    ],
)
def test_an_outcome_is_known_by_its_code_and_its_names(said: str) -> None:
    assert read_outcome(said) == "deployed_verified"


def test_an_unknown_one_is_told_of_the_row_itself_with_those_that_are_known() -> None:
    row = {"external_id": "P1", "title": "Boiler", "ended_on": "2023-05-31", "outcome": "won"}
    record, [(column, why)] = read("past_projects", row)
    assert (record, column) == (None, "outcome")
    for code in outcomes():
        assert f"{code}: " in str(why)
    for nothing in ("", 7, "已落地"):
        with pytest.raises(Wrong):
            read_outcome(nothing)
