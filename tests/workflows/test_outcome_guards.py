"""Golden truth tables of the outcomes that a case may claim: by what happened, and by its records of the effect."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.definition.registry import GUARDS
from casework.engine.state.case import Fired
from casework.engine.state.impacts import Impact
from tests.workflows.case_facts import facts, fired
from tests.workflows.test_impact_guards import BASELINE, known, record
from workflows import outcome_guards

OUTCOMES = ("deployed_unmeasured", "deployed_measured", "deployed_verified", "agreement_no_site", None)
#: Which outcomes the highest record lets a case claim, in the order of `OUTCOMES`.
ALLOWED = {
    None: (True, False, False, True, True),
    "baseline": (True, False, False, True, True),
    "claimed": (True, False, False, True, True),
    "measured": (True, True, False, True, True),
    "verified": (True, True, True, True, True),
}


def test_an_outcome_has_records_of_its_level() -> None:
    for level, allowed in ALLOWED.items():
        for outcome, wanted in zip(OUTCOMES, allowed, strict=True):
            records = known(BASELINE, known_of(level)) if level else known(record("verified", replaced_by="x"))
            main = {"sign": fired(1), "accept_site": fired(2)}
            case = facts(data={"outcome": outcome} if outcome else {}, main=main, **records)
            assert all(one.holds(case) for one in outcome_guards.EFFECT_GUARDS) is wanted, (level, outcome)


def known_of(level: str, day: int = 3, id: str = "", **more: Any) -> Impact:
    """A record that is compared with a baseline, of the second site's time unless something else is said."""
    said: dict[str, Any] = {"from_on": "2026-12-01", "to_on": "2026-12-31"}
    if level == "baseline":
        return record(level, day, id)
    return record(level, day, id, **{"baseline": "baseline", **said, **more})


#: Which outcomes what happened lets a case claim: in the order of these, by what was done last.
CLAIMED = ("deployed_unmeasured", "agreement_no_site", "agreement_only", "no_agreement", "dormant", None)
HAPPENED: dict[tuple[str, ...], tuple[bool, ...]] = {
    (): (False, False, False, True, True, True),
    ("pass_triage", "ready_to_sign"): (False, False, False, True, True, True),
    ("ready_to_sign", "sign_no_site"): (False, True, True, True, True, True),
    ("ready_to_sign", "sign"): (False, True, True, True, True, True),
    ("ready_to_sign", "sign", "accept_site"): (True, True, True, True, True, True),
    ("ready_to_sign", "sign", "accept_site", "renegotiate"): (True, True, True, True, True, True),
    # The site at hand is the second one now, which has to be accepted itself.
    ("ready_to_sign", "sign", "accept_site", "scale_up"): (False, True, True, True, True, True),
    ("sign", "accept_site", "scale_up", "ready_to_sign"): (False, True, True, True, True, True),
    ("scale_up", "ready_to_sign", "sign", "accept_site"): (True, True, True, True, True, True),
}


def test_an_outcome_is_held_against_what_happened() -> None:
    for deeds, allowed in HAPPENED.items():
        for outcome, wanted in zip(CLAIMED, allowed, strict=True):
            case = facts(
                data={"outcome": outcome} if outcome else {}, main={deed: fired(n) for n, deed in enumerate(deeds, 1)}
            )
            assert all(one.holds(case) for one in outcome_guards.EFFECT_GUARDS) is wanted, (deeds, outcome)


def test_a_refusal_says_which_record_is_missing() -> None:
    assert "measured" in GUARDS["measured_effect_has_a_record"].refusal
    assert "statement is missing" in GUARDS["verified_effect_has_a_record"].refusal


#: A second site that was accepted, after the pilot.
PILOTS = "2026-01-01"
SCALED = {"sign": fired(12), "scale_up": fired(8), "accept_site": fired(15)}


def test_what_is_compared_with_nothing_proves_nothing() -> None:
    for outcome, level in (("deployed_measured", "measured"), ("deployed_verified", "verified")):
        for baseline, holds in ((None, False), ("none", False), ("baseline", True)):
            main = {"sign": fired(1), "accept_site": fired(2)}
            records = known(BASELINE, record(level, baseline=baseline))
            case = facts(data={"outcome": outcome}, main=main, **records)
            assert all(one.holds(case) for one in outcome_guards.EFFECT_GUARDS) is holds, (outcome, baseline)


@pytest.mark.parametrize(("outcome", "level"), [("deployed_measured", "measured"), ("deployed_verified", "verified")])
def test_after_a_scaling_up_the_records_of_the_pilot_prove_nothing(outcome: str, level: str) -> None:
    def may(*records: Impact, main: dict[str, Fired] = SCALED) -> bool:
        case = facts(data={"outcome": outcome}, main=main, **known(BASELINE, *records))
        return all(one.holds(case) for one in outcome_guards.EFFECT_GUARDS)

    pilot = known_of(level, 5, "pilot")
    assert may(pilot, main={"sign": fired(1), "accept_site": fired(4)})
    assert not may(pilot)
    assert may(pilot, known_of(level, 18, "second"))
    # A correction of the pilot's record is of the pilot, whenever it was made; one of the second site's is of that.
    corrected = known_of(level, 5, "pilot", replaced_by="right")
    assert not may(corrected, known_of(level, 19, "right"))
    assert not may(corrected, known_of(level, 19, "right", replaced_by="again"), known_of(level, 20, "again"))
    assert may(known_of(level, 18, "second", replaced_by="right"), known_of(level, 19, "right"))
    # Nor does a time before the scaling up, whenever somebody tells of it.
    assert not may(pilot, known_of(level, 18, "second", from_on=PILOTS))
    # And without its own acceptance the second site is not deployed, whatever is recorded.
    assert not may(known_of(level, 18, "second"), main=SCALED | {"accept_site": fired(4)})


def test_without_its_own_acceptance_a_second_site_is_not_deployed() -> None:
    for outcome in ("deployed_unmeasured", "deployed_measured", "deployed_verified"):
        case = facts(data={"outcome": outcome}, main={"scale_up": fired(8), "accept_site": fired(4)})
        assert not outcome_guards.deployed_at_a_site.holds(case)
