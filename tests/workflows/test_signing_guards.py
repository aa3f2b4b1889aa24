"""Golden truth tables of the guards of the assessment and on the way to the signing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.definition.guard_facts import Facts
from casework.engine.state.case import Task, Track
from tests.workflows.case_facts import (
    BANK,
    BOSS,
    OFFICER,
    agreed,
    burden,
    done,
    facts,
    fired,
    right,
    table,
    technology,
    track,
)
from workflows import agreement_guards, guards

# --- assessment ------------------------------------------------------------------------------------------------------


def service(
    kind: str, state: str, referral: str = "in_progress", *, ended: bool = False, **more: Any
) -> tuple[Track, Track]:
    """A referral and the track of its service."""
    over = referral in ("completed", "failed", "cancelled")
    above = track("referral", referral, kind=kind, ended=over)
    return above, track(kind, state, parent=above.id, ended=ended, **more)


@table(
    {
        "no referral": (facts(), False),
        "at work": (facts(*service("assessment", "data_review")), False),
        "stated, not approved": (facts(*service("assessment", "verified", "delivered", ended=True)), False),
        "stated and approved": (facts(*service("assessment", "verified", "completed", ended=True)), True),
        "with limits": (facts(*service("assessment", "verified_with_limits", "completed", ended=True)), True),
        "not verified": (facts(*service("assessment", "not_verified", "completed", ended=True)), False),
        "referral rejected": (facts(*service("assessment", "verified", "failed", ended=True)), False),
    }
)
def test_assessment_is_stated(case: Facts, holds: bool) -> None:
    assert guards.assessment_is_stated.holds(case) is holds


COMMENTED = {"comments_in": fired(9)}


@table(
    {
        "no comments": (facts(*service("assessment", "verified", "completed", ended=True)), False),
        "comments": (facts(*service("assessment", "verified", "completed", ended=True, fired=COMMENTED)), True),
    }
)
def test_parties_have_commented(case: Facts, holds: bool) -> None:
    assert guards.parties_have_commented.holds(case) is holds


@table(
    {
        "nothing": (facts(), False),
        "not verified, no comments": (facts(*service("assessment", "not_verified", ended=True)), False),
        "not verified, comments": (facts(*service("assessment", "not_verified", ended=True, fired=COMMENTED)), True),
        "inconclusive, broke off": (facts(*service("assessment", "inconclusive", ended=True)), True),
    }
)
def test_parties_have_answered(case: Facts, holds: bool) -> None:
    assert guards.parties_have_answered.holds(case) is holds


@table(
    {
        "nothing": (facts(), False),
        "verified": (facts(*service("assessment", "verified", ended=True)), False),
        "not verified": (facts(*service("assessment", "not_verified", ended=True)), True),
        "inconclusive": (facts(*service("assessment", "inconclusive", ended=True)), True),
        "withdrawn": (facts(*service("assessment", "withdrawn", ended=True)), False),
    }
)
def test_assessment_did_not_verify(case: Facts, holds: bool) -> None:
    assert guards.assessment_did_not_verify.holds(case) is holds


# --- towards signing -------------------------------------------------------------------------------------------------


def waiver(what: str, *, granted: bool = True, by: str = BOSS, days: int = 11) -> list[Task]:
    return [done("ask_waiver", days - 1, what=what), done("decide_waiver", days, by=by, what=what, granted=granted)]


@table(
    {
        "no check": (facts(), False),
        "checking": (facts(track("ip", "checking")), False),
        "clear": (facts(track("ip", "clear")), True),
        "waived": (facts(track("ip", "checking"), tasks=waiver("ip")), True),
        "waiver refused": (facts(track("ip", "checking"), tasks=waiver("ip", granted=False)), False),
        "waived by the asker": (facts(track("ip", "checking"), tasks=waiver("ip", by=OFFICER)), False),
        "something else waived": (facts(track("ip", "checking"), tasks=waiver("pledge")), False),
        "waived but never asked": (facts(track("ip", "checking"), tasks=waiver("ip")[1:]), False),
        "waived in an earlier round": (
            facts(track("ip", "checking"), tasks=waiver("ip"), main={"scale_up": fired(20)}),
            False,
        ),
        "clear one is replaced": (facts(track("ip", "clear", replaced=True)), False),
        "new round checks again": (facts(track("ip", "clear", id="a"), track("ip", "checking", id="b")), False),
    }
)
def test_what_gives_rights_rests_on_a_check_that_is_clear_or_waived(case: Facts, holds: bool) -> None:
    guard = agreement_guards.ip_is_clear_where_rights_are_given
    assert guard.holds(replace(case, data={"kind": "patent_licence"})) is holds
    # A purchase, a service and a venture that takes no right ask for none.
    for none in (
        {"kind": "purchase"},
        {"kind": "technical_service"},
        {"kind": "joint_venture", "contribution": "none"},
    ):
        assert guard.holds(replace(case, data=none))


PLANNED = [done("service_plan", 6, pledge=BANK)]
DROPPED = {"amend_plan": fired(8, payer="both")}


@table(
    {
        "no loan planned": (facts(tasks=[done("service_plan", 6, payer="both")]), True),
        "planned, not begun": (facts(tasks=PLANNED), False),
        "planned, under review": (facts(*service("pledge", "approval"), tasks=PLANNED), False),
        "offered": (facts(*service("pledge", "contracts"), tasks=PLANNED), True),
        "paid": (facts(*service("pledge", "servicing"), tasks=PLANNED), True),
        "never paid out": (facts(*service("pledge", "deregistration"), tasks=PLANNED), False),
        "a dated condition": (facts(tasks=PLANNED, data={"pledge_by": "2026-06-01"}), True),
        "a condition since ready to sign": (
            facts(tasks=PLANNED, main={"ready_to_sign": fired(9, pledge_by="2026-06-01")}),
            True,
        ),
        "waived": (facts(tasks=[*PLANNED, *waiver("pledge")]), True),
        "the other loan is waived": (facts(tasks=[*PLANNED, *waiver("finance")]), False),
        "dropped from the plan": (facts(tasks=PLANNED, main=DROPPED), True),
        "dropped, its referral lives": (facts(*service("pledge", "approval"), tasks=PLANNED, main=DROPPED), False),
        "one of two offered": (
            facts(*service("pledge", "contracts"), tasks=[done("service_plan", 6, pledge=BANK, finance=BANK)]),
            False,
        ),
    }
)
def test_loans_are_offered_listed_or_waived(case: Facts, holds: bool) -> None:
    assert agreement_guards.loans_are_offered_listed_or_waived.holds(case) is holds


@table(
    {
        "never": (facts(), True),
        "blocked": (facts(tasks=[done("work_blocked", 5)]), False),
        "freed": (facts(tasks=[done("work_blocked", 5), done("work_unblocked", 6)]), True),
        "blocked again": (facts(tasks=[done("work_unblocked", 6), done("work_blocked", 7)]), False),
    }
)
def test_work_is_not_blocked(case: Facts, holds: bool) -> None:
    assert agreement_guards.work_is_not_blocked.holds(case) is holds


PLEDGED = right(burden("pledge"))


def asked(consented: bool, on: str = "2026-03-20", days: int = 18) -> Task:
    return done("ask_pledgee", days, right="right-1", consented=consented, answered_on=on)


LICENCE: dict[str, Any] = {"kind": "patent_licence", "rights": ["right-1"]}
PLEDGES: dict[str, tuple[dict[str, Any], bool]] = {
    "no pledge": ({"outside": right()}, True),
    "pledged": ({"outside": PLEDGED}, False),
    "our own pledge": ({"outside": right(burden("pledge", case="case-1"))}, False),
    "pledge ended": ({"outside": right(burden("pledge", to="2026-03-20"))}, True),
    "pledgee consents": ({"outside": PLEDGED, "tasks": [asked(True)]}, True),
    "pledgee refuses": ({"outside": PLEDGED, "tasks": [asked(False)]}, False),
    "consent before the pledge": ({"outside": PLEDGED, "tasks": [asked(True, "2026-03-09")]}, False),
    "consent taken back": ({"outside": PLEDGED, "tasks": [asked(True), asked(False, days=19)]}, False),
    "unconfirmed right": ({"outside": right(confirmed=False)}, False),
}


@pytest.mark.parametrize(("told", "holds"), list(PLEDGES.values()), ids=list(PLEDGES))
def test_pledgees_agree_to_the_terms_and_to_what_was_signed(told: dict[str, Any], holds: bool) -> None:
    assert agreement_guards.pledgees_agree.holds(facts(data=LICENCE, **told)) is holds
    signed = agreed("in_force", **LICENCE)
    assert agreement_guards.pledgees_of_signed_agree.holds(facts(signed, **told)) is holds


@table(
    {
        "every right of the case": (facts(data={"kind": "patent_licence"}, outside=PLEDGED), False),
        "a purchase is about none": (facts(data={"kind": "purchase"}, outside=PLEDGED), True),
        "seen at the check of IP": (
            facts(
                track("ip", "clear", fired={"confirm": fired(10, pledge="consent_on_file", checked_on="2026-03-12")}),
                outside=PLEDGED,
                data=LICENCE,
            ),
            True,
        ),
        "seen at signature": (
            facts(
                agreed("in_force", "patent_licence", pledgee_consent=["d"], executed_on="2026-03-12"),
                outside=PLEDGED,
                data=LICENCE,
            ),
            True,
        ),
    }
)
def test_pledgees_agree(case: Facts, holds: bool) -> None:
    assert agreement_guards.pledgees_agree.holds(case) is holds


def test_nothing_signed_asks_no_pledgee() -> None:
    assert agreement_guards.pledgees_of_signed_agree.holds(facts(outside=PLEDGED))
    assert agreement_guards.pledgees_of_signed_agree.holds(facts(agreed("in_force", "purchase"), outside=PLEDGED))


@table(
    {
        "none": (facts(), False),
        "in negotiation": (facts(agreed("negotiating", "patent_licence")), False),
        "licence in force": (facts(agreed("in_force", "patent_licence")), True),
        "purchase in force": (facts(agreed("in_force", "purchase")), True),
        "NDA in force": (facts(agreed("in_force", "nda")), False),
        "letter of intent in force": (facts(agreed("in_force", "loi")), False),
        "new round in negotiation": (
            facts(agreed("in_force", "purchase"), agreed("negotiating", "patent_licence", "b")),
            False,
        ),
    }
)
def test_agreement_is_in_force(case: Facts, holds: bool) -> None:
    assert agreement_guards.agreement_is_in_force.holds(case) is holds


READY_TO_SIGN = {"ready_to_sign": fired(9)}


@table(
    {
        "not done": (facts(main=READY_TO_SIGN), False),
        "passed": (facts(main=READY_TO_SIGN, tasks=[done("compliance_gate", 10, result="passed")]), True),
        "refused": (facts(main=READY_TO_SIGN, tasks=[done("compliance_gate", 10, result="refused")]), False),
        "passed before": (facts(main=READY_TO_SIGN, tasks=[done("compliance_gate", 8, result="passed")]), False),
        "passed before renegotiating": (
            facts(
                main=READY_TO_SIGN | {"renegotiate": fired(12)}, tasks=[done("compliance_gate", 10, result="passed")]
            ),
            False,
        ),
    }
)
def test_compliance_gate_is_passed(case: Facts, holds: bool) -> None:
    assert agreement_guards.compliance_gate_is_passed.holds(case) is holds


@table(
    {
        "not chosen": (facts(main=READY_TO_SIGN), False),
        "chosen": (facts(main=READY_TO_SIGN, tasks=[done("dispute_clause_check", 10, clause="wipo_mediation")]), True),
        "none, with a reason": (
            facts(main=READY_TO_SIGN, tasks=[done("dispute_clause_check", 10, clause="none")]),
            True,
        ),
        "chosen before": (facts(main=READY_TO_SIGN, tasks=[done("dispute_clause_check", 8, clause="other")]), False),
    }
)
def test_dispute_clause_is_chosen(case: Facts, holds: bool) -> None:
    assert agreement_guards.dispute_clause_is_chosen.holds(case) is holds


PASSED = {"assessment_passed": fired(12)}
SKIPPED = {"skip_assessment": fired(6, reason="statement_valid")}


def stated(until: str, how: str = "issue_pass") -> tuple[Track, Track]:
    return service("assessment", "verified", "completed", ended=True, fired={how: fired(10, valid_until=until)})


@table(
    {
        "relied on none": (facts(outside=technology(None)), True),
        "own statement valid today": (facts(*stated("2026-04-01"), main=PASSED, outside=technology(None)), True),
        "own statement run out": (facts(*stated("2026-03-31"), main=PASSED, outside=technology(None)), False),
        "limited statement run out": (
            facts(*stated("2026-03-31", "issue_limits"), main=PASSED, outside=technology(None)),
            False,
        ),
        "run out, renewed": (
            facts(
                *stated("2026-03-31"),
                main=PASSED,
                outside=technology(None),
                tasks=[done("renew_statement", 20, renewal="renewed", valid_until="2029-01-01")],
            ),
            True,
        ),
        "run out, waived": (
            facts(*stated("2026-03-31"), main=PASSED, outside=technology(None), tasks=waiver("assessment_statement")),
            True,
        ),
        "earlier statement valid": (facts(main=SKIPPED, outside=technology("verified", "2026-12-31")), True),
        "earlier statement run out": (facts(main=SKIPPED, outside=technology("verified", "2026-03-31")), False),
        "risk accepted": (
            facts(main={"waive_assessment": fired(6, reason="risk_accepted")}, outside=technology(None)),
            True,
        ),
        "assessed again after skipping": (
            facts(*stated("2026-12-31"), main=SKIPPED | PASSED, outside=technology("verified", "2026-03-31")),
            True,
        ),
    }
)
def test_statement_is_still_valid(case: Facts, holds: bool) -> None:
    assert agreement_guards.statement_is_still_valid.holds(case) is holds
