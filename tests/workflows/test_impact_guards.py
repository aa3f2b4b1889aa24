"""Golden truth tables of what must hold of an effect: its baseline, its figures, and what is recorded of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.definition.guard_facts import Facts
from casework.engine.state.impacts import Impact
from tests.workflows.case_facts import at, facts, fired, table, track
from workflows import impact


def record(level: str, day: int = 3, id: str = "", **more: Any) -> Impact:
    said: dict[str, Any] = {
        "id": id or level,
        "seq": 5,
        "recorded_at": at(day),
        "track": "main",
        "measure": "energy/MWh",
        "indicator": "energy",
        "unit": "MWh",
        "level": level,
        "value": "100",
        "from_on": "2026-01-01",
        "to_on": "2026-01-31",
    }
    return Impact(**{**said, **more})


def known(*records: Impact) -> dict[str, Any]:
    return {"impacts": {one.id: one for one in records}}


BASELINE = record("baseline")
OLD = record("baseline", 3, "old", replaced_by="new")


def site(**moves: Any) -> Any:
    return track("deployment", "acceptance", fired=moves)


@table(
    {
        "none": (facts(), False),
        "recorded": (facts(**known(BASELINE)), True),
        "only claimed": (facts(**known(record("claimed"))), False),
        "replaced, and nothing in its place": (facts(**known(OLD)), False),
        "before the case was scaled up": (facts(main={"scale_up": fired(5)}, **known(BASELINE)), False),
        "after it": (facts(main={"scale_up": fired(2)}, **known(BASELINE)), True),
    }
)
def test_baseline_is_recorded(case: Facts, holds: bool) -> None:
    assert impact.baseline_is_recorded.holds(case) is holds


TESTED = fired(9)


@table(
    {
        "no site": (facts(**known(BASELINE)), False),
        "not tested": (facts(site(), **known(BASELINE)), False),
        "tested without": (facts(site(ready_to_test=TESTED)), False),
        "before the test": (facts(site(ready_to_test=TESTED), **known(record("baseline", 8))), True),
        "after the test": (facts(site(ready_to_test=TESTED), **known(record("baseline", 10))), False),
        "corrected after the test": (
            facts(site(ready_to_test=TESTED), **known(OLD, record("baseline", 10, "new"))),
            True,
        ),
        "of the site before": (
            facts(site(ready_to_test=TESTED), main={"scale_up": fired(5)}, **known(BASELINE)),
            False,
        ),
        "of the site before, and of this one too late": (
            facts(
                site(ready_to_test=TESTED), main={"scale_up": fired(5)}, **known(BASELINE, record("baseline", 10, "b"))
            ),
            False,
        ),
    }
)
def test_baseline_was_recorded(case: Facts, holds: bool) -> None:
    assert impact.baseline_was_recorded.holds(case) is holds


@table(
    {
        "unsaid": (facts(), True),
        "in order": (facts(data={"period_from": "2026-01-01", "period_to": "2026-01-02"}), True),
        "one day": (facts(data={"period_from": "2026-01-01", "period_to": "2026-01-01"}), True),
        "the other way": (facts(data={"period_from": "2026-01-02", "period_to": "2026-01-01"}), False),
    }
)
def test_period_in_order(case: Facts, holds: bool) -> None:
    assert impact.period_in_order.holds(case) is holds


def rows(*measures: str) -> dict[str, Any]:
    return {"figures": [{"measure": measure, "value": "1"} for measure in measures]}


@table(
    {
        "unsaid": (facts(), True),
        "two": (facts(data=rows("energy/MWh", "water/m3")), True),
        "twice": (facts(data=rows("energy/MWh", "energy/MWh")), False),
    }
)
def test_each_figure_once(case: Facts, holds: bool) -> None:
    assert impact.each_figure_once.holds(case) is holds


@table(
    {
        "unsaid": (facts(), True),
        "the same": (facts(data=rows("energy/MWh"), **known(BASELINE)), True),
        "another": (facts(data=rows("energy/MWh", "water/m3"), **known(BASELINE)), False),
        "replaced": (facts(data=rows("energy/MWh"), **known(OLD)), False),
        "no baseline, but a reading": (facts(data=rows("energy/MWh"), **known(record("measured"))), False),
    }
)
def test_figures_have_baselines(case: Facts, holds: bool) -> None:
    assert impact.figures_have_baselines.holds(case) is holds
    # The office judges by the same what a verifier has delivered, be the effect kept back from that or not.
    said = {"effect": "verified", **case.data}
    asked = replace(case.track, workflow="referral", kind="verification", fired={"deliver": fired(0, **said)})
    assert impact.delivered_figures_have_baselines.holds(replace(case, track=asked, data={})) is holds
    assert impact.delivered_figures_have_baselines.holds(
        replace(case, track=replace(asked, kind="assessment"), data={})
    )


@table(
    {
        "nothing to correct": (facts(), False),
        "nothing but what is verified or replaced": (facts(**known(record("verified"), OLD)), False),
        "unsaid, and a reading": (facts(**known(record("measured"))), True),
        "unknown": (facts(data={"record": "x"}), False),
        "a reading": (facts(data={"record": "measured"}, **known(record("measured"))), True),
        "a baseline": (facts(data={"record": "baseline"}, **known(BASELINE)), True),
        "verified": (facts(data={"record": "verified"}, **known(record("verified"))), False),
        "replaced": (facts(data={"record": "old"}, **known(OLD)), False),
    }
)
def test_record_may_be_corrected(case: Facts, holds: bool) -> None:
    assert impact.record_may_be_corrected.holds(case) is holds


@table(
    {
        "unsaid": (facts(), True),
        "a baseline in its unit": (
            facts(data={"record": "baseline", "measure": "energy/MWh"}, **known(BASELINE)),
            True,
        ),
        "a baseline in another": (facts(data={"record": "baseline", "measure": "water/m3"}, **known(BASELINE)), False),
        "a reading with a baseline": (
            facts(data={"record": "claimed", "measure": "energy/MWh"}, **known(BASELINE, record("claimed"))),
            True,
        ),
        "a reading without": (
            facts(data={"record": "claimed", "measure": "water/m3"}, **known(BASELINE, record("claimed"))),
            False,
        ),
    }
)
def test_correction_has_a_baseline(case: Facts, holds: bool) -> None:
    assert impact.correction_has_a_baseline.holds(case) is holds


ACCEPTED = {"accept_site": fired(9)}


@table(
    {
        "neither": (facts(), False),
        "a site alone": (facts(main=ACCEPTED, **known(BASELINE)), False),
        "a reading alone": (facts(**known(record("claimed"))), False),
        "both": (facts(main=ACCEPTED, **known(record("claimed"))), True),
        "measured": (facts(main=ACCEPTED, **known(record("measured"))), True),
        "verified already": (facts(main=ACCEPTED, **known(record("verified"))), False),
    }
)
def test_there_is_something_to_verify(case: Facts, holds: bool) -> None:
    assert impact.there_is_something_to_verify.holds(case) is holds


SOURCE = "National grid average, edition of 2024"


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        ({}, True),
        ({"factor": "0.58", "factor_source": SOURCE}, True),
        ({"factor": "0.58"}, False),
        ({"factor_source": SOURCE}, False),
    ],
)
def test_a_factor_says_where_it_comes_from(row: dict[str, Any], holds: bool) -> None:
    figures = [{"measure": "energy/MWh", "value": "90"} | row]
    assert impact.factors_have_sources.holds(facts(data={"figures": figures})) is holds


HOW: dict[str, Any] = {
    "method": "metered",
    "uncertainty": "4",
    "factor": "0.58",
    "factor_source": SOURCE,
    "conditions": "Full load",
}
PERIOD = {"period_from": "2026-01-01", "period_to": "2026-01-31"}
RIGHT_VALUE = {"record": "measured", "measure": "energy/MWh", "value": "90", "reason": "Misread.", **PERIOD}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"method": "books"},
        {"factor": "0.6", "factor_source": "2025"},
        {"uncertainty": "2", "conditions": "Half load"},
    ],
)
def test_a_correction_keeps_what_it_does_not_say(said: dict[str, Any]) -> None:
    now = facts(data={**RIGHT_VALUE, **said}, **known(BASELINE, record("measured", **HOW)))
    [given] = impact.correct_record.follows(now)["impacts"]
    told = {name: value for name, value in given.items() if name in HOW}
    assert told == HOW | said
    assert (given["value"], given["level"], given["baseline"]) == ("90", "measured", "baseline")
    assert given.get("replaces") == ["measured"]


def test_a_corrected_factor_has_a_source() -> None:
    holds = impact.corrected_factor_has_a_source.holds
    bare, whole = known(BASELINE, record("measured")), known(BASELINE, record("measured", **HOW))
    assert holds(facts(data=RIGHT_VALUE, **bare))
    assert not holds(facts(data={**RIGHT_VALUE, "factor": "0.6"}, **bare))
    assert holds(facts(data={**RIGHT_VALUE, "factor": "0.6"}, **whole))


REPORT = {
    **PERIOD, "basis": "verified", "verifier": "lab-1", "number": "MV-7", "method": "metered", "conditions": "Full load",
    "report": ["paper"], "figures": [{"measure": "energy/MWh", "value": "80", "factor": "0.58", "factor_source": SOURCE}],
}  # fmt: skip


def test_a_verified_report_of_green_finance_is_a_record_of_the_effect() -> None:
    [given] = impact.record_reported_effect.follows(facts(data=REPORT, **known(BASELINE)))["impacts"]
    assert given["level"] == "verified"
    assert (given.get("by"), given.get("number"), given.get("evidence")) == ("lab-1", "MV-7", ["paper"])
    assert (given.get("method"), given.get("conditions"), given.get("factor_source")) == (
        "metered",
        "Full load",
        SOURCE,
    )
    assert given.get("baseline") == "baseline"


@pytest.mark.parametrize("basis", ["claimed", "measured"])
def test_what_a_report_of_green_finance_claims_or_measures_is_a_record_at_its_level(basis: str) -> None:
    said = {name: value for name, value in REPORT.items() if name not in ("verifier", "number")} | {"basis": basis}
    [given] = impact.record_reported_effect.follows(facts(data=said, **known(BASELINE)))["impacts"]
    assert (given["level"], given["value"], given.get("baseline")) == (basis, "80", "baseline")
    assert given.get("evidence") == ["paper"]
    assert given.keys().isdisjoint({"by", "number"})
    assert impact.record_reported_effect.follows(facts(data={"report": ["paper"]})) == {}
