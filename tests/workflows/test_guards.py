"""Golden truth tables of the guards of case and referral: a published guard never changes its meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.facts import Facts
from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import GUARDS
from casework.engine.state.case import COMPLETED, CREATED, READY, Case, Consent, Document, Fired, Grant, Task, Track
from workflows import DEFINITIONS, agreement_guards, effects, guards, referral_guards
from workflows.guards import OUTLIVES

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NOW = START + timedelta(days=30)
SELLER, BUYER, BANK, LAB = "seller", "buyer", "bank", "lab"
OFFICER, BOSS = "officer-1", "supervisor-1"
MILESTONES = {edition.workflow: edition.milestones for edition in map(publish, DEFINITIONS)}


def at(days: int) -> datetime:
    return START + timedelta(days=days)


def fired(days: int = 0, *, actor: str = OFFICER, count: int = 1, **data: Any) -> Fired:
    return Fired(count, at(days), actor, None, data)


def track(workflow: str, state: str, *, id: str = "", kind: str = "", **more: Any) -> Track:
    """A track that stands in a state; `ended=True` makes the state its outcome."""
    ended = more.pop("ended", False)
    made = Track(
        id=id or f"{workflow}-{kind or 'x'}",
        workflow=workflow,
        edition=workflow,
        kind=kind or workflow,
        parent=more.pop("parent", None),
        provider=more.pop("provider", None),
        states=(state,),
        entered_at=START,
        opened_at=START,
        ended_at=at(20) if ended else None,
        outcome=state if ended else None,
    )
    return replace(made, **more)


def done(name: str, days: int = 10, *, by: str = OFFICER, about: str | None = None, **result: Any) -> Task:
    """A completed side task with its answers."""
    return Task(
        id=f"{name}-{about}-{days}",
        track="main",
        name=name,
        edition="e",
        rule=name,
        type="side",
        queue="officer",
        organisation=None,
        state=COMPLETED,
        opened_at=START,
        due_at=None,
        about=about,
        closed_at=at(days),
        closed_by=by,
        result=result,
    )


def waiting(name: str, *, on: str = "main", type: str = "side", state: str = READY, aftercare: bool = False) -> Task:
    return Task(
        id=f"{name}-open",
        track=on,
        name=name,
        edition="e",
        rule=name,
        type=type,
        queue="officer",
        organisation=None,
        state=state,
        opened_at=START,
        due_at=None,
        aftercare=aftercare,
    )


def consent(party: str, **more: Any) -> Consent:
    return replace(Consent(f"consent-{party}", party, None, None, "2026-03-01", None), **more)


def facts(
    *tracks: Track,
    main: Mapping[str, Fired] | None = None,
    state: str = "structuring",
    tasks: Sequence[Task] = (),
    consents: Sequence[Consent] = (),
    documents: Sequence[Document] = (),
    here: Track | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = OFFICER,
    outside: Mapping[str, Any] | None = None,
    now: datetime = NOW,
    **case: Any,
) -> Facts:
    first = track("case", state, id="main", fired=main or {})
    made = Case(
        log="case-1",
        kind="case",
        programme="p",
        seq=1,
        last_at=START,
        opened_at=START,
        parties={"need_owner": BUYER, "technology_owner": SELLER},
        rights=("right-1",),
        need="n",
        technology="t",
        tracks={one.id: one for one in (first, *tracks, *([here] if here else []))},
        tasks={one.id: one for one in tasks},
        consents={one.id: one for one in consents},
        documents={one.id: one for one in documents},
    )
    made = replace(made, **case)
    return Facts(made, here or first, now, Calendar("cn"), actor, data or {}, outside or {}, milestones=MILESTONES)


def right(*burdens: Mapping[str, Any], confirmed: bool = True) -> dict[str, Any]:
    return {"rights": {"right-1": {"kind": "patent", "confirmed": confirmed, "encumbrances": list(burdens)}}}


def burden(
    kind: str, *, case: str = "case-2", territory: str = "CN", exclusive: bool = True, **more: Any
) -> dict[str, Any]:
    return {
        "kind": kind,
        "case": case,
        "territory": territory,
        "exclusive": exclusive,
        "from": "2026-03-10",
        "to": None,
    } | more


def table(rows: Mapping[str, tuple[Facts, bool]]) -> Callable[[Any], Any]:
    return pytest.mark.parametrize(("case", "holds"), list(rows.values()), ids=list(rows))


# --- triage and consent ----------------------------------------------------------------------------------------------


@table(
    {
        "nobody declared": (facts(), True),
        "another declared": (facts(interests=frozenset({"x"})), True),
        "the actor declared": (facts(interests=frozenset({OFFICER})), False),
    }
)
def test_no_declared_interest(case: Facts, holds: bool) -> None:
    assert guards.no_declared_interest.holds(case) is holds


@table(
    {
        "no form yet": (facts(), True),
        "free officer": (facts(data={"officer": "a", "team": ["b"]}), True),
        "officer declared": (facts(data={"officer": "a"}, interests=frozenset({"a"})), False),
        "team declared": (facts(data={"officer": "a", "team": ["b"]}, interests=frozenset({"b"})), False),
    }
)
def test_officer_has_no_interest(case: Facts, holds: bool) -> None:
    assert guards.officer_has_no_interest.holds(case) is holds


@table(
    {
        "both": (facts(), True),
        "no need": (facts(need=None), False),
        "no technology": (facts(technology=None), False),
    }
)
def test_records_on_file(case: Facts, holds: bool) -> None:
    assert guards.records_on_file.holds(case) is holds


@table(
    {
        "explained": (facts(outside={"match": {"rationale": True, "source": "database"}}), True),
        "no rationale": (facts(outside={"match": {"rationale": False, "source": "database"}}), False),
        "no source": (facts(outside={"match": {"rationale": True, "source": None}}), False),
    }
)
def test_match_is_explained(case: Facts, holds: bool) -> None:
    assert guards.match_is_explained.holds(case) is holds


@table(
    {
        "not checked": (facts(), False),
        "no interest": (facts(tasks=[done("triage_check", interest="none")]), True),
        "interest": (facts(tasks=[done("triage_check", interest="declared")]), False),
        "the newest counts": (
            facts(tasks=[done("triage_check", 1, interest="declared"), done("triage_check", 2, interest="none")]),
            True,
        ),
    }
)
def test_triage_is_checked(case: Facts, holds: bool) -> None:
    assert guards.triage_is_checked.holds(case) is holds


YES = [
    done("record_consent", 1, about="need_owner", agreed=True),
    done("record_consent", 1, about="technology_owner", agreed=True),
]
BOTH = [consent("need_owner"), consent("technology_owner")]


@table(
    {
        "both agreed": (facts(tasks=YES, consents=BOTH), True),
        "one agreed": (facts(tasks=YES[:1], consents=BOTH[:1]), False),
        "one declined": (
            facts(tasks=[YES[0], done("record_consent", 1, about="technology_owner", agreed=False)], consents=BOTH),
            False,
        ),
        "one declined, then agreed": (
            facts(
                tasks=[
                    YES[0],
                    done("record_consent", 1, about="technology_owner", agreed=False),
                    done("renew_consent", 2, party="technology_owner", agreed=True),
                ],
                consents=BOTH,
            ),
            True,
        ),
        "consent withdrawn": (facts(tasks=YES, consents=[BOTH[0], consent("technology_owner", ended_at=at(2))]), False),
        "consent ran out": (
            facts(tasks=YES, consents=[BOTH[0], consent("technology_owner", expires_on="2026-03-31")]),
            False,
        ),
        "consent ends today": (
            facts(tasks=YES, consents=[BOTH[0], consent("technology_owner", expires_on="2026-04-01")]),
            True,
        ),
    }
)
def test_interest_is_confirmed(case: Facts, holds: bool) -> None:
    assert guards.interest_is_confirmed.holds(case) is holds


# --- the plan --------------------------------------------------------------------------------------------------------

SCOPED = {"confirm_interest": fired(5)}


@table(
    {
        "none": (facts(main=SCOPED), False),
        "handed in": (facts(main=SCOPED, tasks=[done("service_plan", 6)]), True),
        "of an earlier round": (facts(main=SCOPED | {"reopen": fired(9)}, tasks=[done("service_plan", 6)]), False),
        "returned": (facts(main=SCOPED, tasks=[done("service_plan", 6), done("decide_plan", 7)]), False),
        "handed in again": (
            facts(main=SCOPED, tasks=[done("service_plan", 6), done("decide_plan", 7), done("service_plan", 8)]),
            True,
        ),
    }
)
def test_plan_is_on_file(case: Facts, holds: bool) -> None:
    assert guards.plan_is_on_file.holds(case) is holds


@table(
    {
        "nothing": (facts(), False),
        "signed": (facts(tasks=[done("nda", status="signed")]), True),
        "waiver asked": (facts(tasks=[done("nda", status="waiver_asked")]), True),
    }
)
def test_nda_is_signed_or_waived(case: Facts, holds: bool) -> None:
    assert guards.nda_is_signed_or_waived.holds(case) is holds


def screened(party: str, result: str = "clear", on: str = "2026-03-20", days: int = 10) -> Task:
    return done("screening", days, about=party, result=result, checked_on=on)


@table(
    {
        "nobody": (facts(), False),
        "one party": (facts(tasks=[screened("need_owner")]), False),
        "both": (facts(tasks=[screened("need_owner"), screened("technology_owner")]), True),
        "a hit": (facts(tasks=[screened("need_owner", "hit"), screened("technology_owner")]), False),
        "a hit after a clear": (
            facts(tasks=[screened("need_owner"), screened("need_owner", "hit", days=11), screened("technology_owner")]),
            False,
        ),
        "90 days old": (facts(tasks=[screened("need_owner", on="2026-01-01"), screened("technology_owner")]), True),
        "91 days old": (facts(tasks=[screened("need_owner", on="2025-12-31"), screened("technology_owner")]), False),
    }
)
def test_parties_are_screened(case: Facts, holds: bool) -> None:
    assert guards.parties_are_screened.holds(case) is holds


OLD = [consent("need_owner", given_on="2025-01-01"), consent("technology_owner")]


@table(
    {
        "never reopened": (facts(consents=OLD), True),
        "reopened, both recent": (facts(main={"reopen": fired(1)}, consents=BOTH), True),
        "reopened, one old": (facts(main={"reopen": fired(1)}, consents=OLD), False),
    }
)
def test_consents_are_recent(case: Facts, holds: bool) -> None:
    assert guards.consents_are_recent.holds(case) is holds


@table(
    {
        "no plan": (facts(), False),
        "not asked": (facts(tasks=[done("service_plan", skip_assessment=False)]), False),
        "asked": (facts(tasks=[done("service_plan", skip_assessment=True)]), True),
    }
)
def test_skipping_was_asked(case: Facts, holds: bool) -> None:
    assert guards.skipping_was_asked.holds(case) is holds


def technology(verdict: str | None, until: str | None = None) -> dict[str, Any]:
    statement = {"number": "1", "verdict": verdict, "valid_until": until} if verdict else None
    return {"technology": {"confirmed": {}, "verification": statement}}


VALID = {"reason": "statement_valid"}


@table(
    {
        "no form yet": (facts(outside=technology(None)), True),
        "another reason": (facts(outside=technology(None), data={"reason": "risk_accepted"}), True),
        "no statement": (facts(outside=technology(None), data=VALID), False),
        "valid": (facts(outside=technology("verified", "2026-04-01"), data=VALID), True),
        "run out": (facts(outside=technology("verified", "2026-03-31"), data=VALID), False),
        "negative": (facts(outside=technology("not_verified", "2027-01-01"), data=VALID), False),
    }
)
def test_statement_or_reason(case: Facts, holds: bool) -> None:
    assert guards.statement_or_reason.holds(case) is holds


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
def test_ip_is_clear_or_waived(case: Facts, holds: bool) -> None:
    assert agreement_guards.ip_is_clear_or_waived.holds(case) is holds


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


CN = {"territory": "CN"}


@table(
    {
        "free": (facts(outside=right(), data=CN), True),
        "unconfirmed": (facts(outside=right(confirmed=False), data=CN), False),
        "unknown": (facts(outside={"rights": {}}, data=CN), False),
        "no rights at all": (facts(rights=(), outside={"rights": {}}, data=CN), True),
        "exclusive elsewhere, same territory": (facts(outside=right(burden("licence")), data=CN), False),
        "exclusive elsewhere, other territory": (
            facts(outside=right(burden("licence", territory="IN")), data=CN),
            True,
        ),
        "exclusive for the world": (facts(outside=right(burden("licence", territory="WORLD")), data=CN), False),
        "wanted for the world": (facts(outside=right(burden("licence")), data={"territory": "WORLD"}), False),
        "plain licence elsewhere": (facts(outside=right(burden("licence", exclusive=False)), data=CN), True),
        "our own licence": (facts(outside=right(burden("licence", case="case-1")), data=CN), True),
        "licence has ended": (facts(outside=right(burden("licence", to="2026-03-31")), data=CN), True),
        "transferred elsewhere": (facts(outside=right(burden("transfer", territory="IN")), data=CN), False),
        "pledged": (facts(outside=right(burden("pledge")), data=CN), True),
    }
)
def test_rights_are_free(case: Facts, holds: bool) -> None:
    assert agreement_guards.rights_are_free.holds(case) is holds


PLEDGED = right(burden("pledge"))


def asked(consented: bool, on: str = "2026-03-20", days: int = 18) -> Task:
    return done("ask_pledgee", days, right="right-1", consented=consented, answered_on=on)


@table(
    {
        "no pledge": (facts(outside=right()), True),
        "pledged": (facts(outside=PLEDGED), False),
        "our own pledge": (facts(outside=right(burden("pledge", case="case-1"))), False),
        "pledge ended": (facts(outside=right(burden("pledge", to="2026-03-20"))), True),
        "pledgee consents": (facts(outside=PLEDGED, tasks=[asked(True)]), True),
        "pledgee refuses": (facts(outside=PLEDGED, tasks=[asked(False)]), False),
        "consent before the pledge": (facts(outside=PLEDGED, tasks=[asked(True, "2026-03-09")]), False),
        "consent taken back": (facts(outside=PLEDGED, tasks=[asked(True), asked(False, days=19)]), False),
        "seen at the check of IP": (
            facts(
                track("ip", "clear", fired={"confirm": fired(10, pledge="consent_on_file", checked_on="2026-03-12")}),
                outside=PLEDGED,
            ),
            True,
        ),
        "seen at signature": (
            facts(
                track(
                    "agreement",
                    "in_force",
                    fired={"sign_local": fired(10, pledgee_consent=True, executed_on="2026-03-12")},
                ),
                outside=PLEDGED,
            ),
            True,
        ),
        "unconfirmed right": (facts(outside=right(confirmed=False)), False),
    }
)
def test_pledgees_agree(case: Facts, holds: bool) -> None:
    assert agreement_guards.pledgees_agree.holds(case) is holds


def agreed(state: str, kind: str, id: str = "a") -> Track:
    return track("agreement", state, id=id, fired={"propose": fired(3, kind=kind)})


@table(
    {
        "none": (facts(), False),
        "in negotiation": (facts(agreed("negotiating", "licence")), False),
        "licence in force": (facts(agreed("in_force", "licence")), True),
        "NDA in force": (facts(agreed("in_force", "nda")), False),
        "memorandum in force": (facts(agreed("in_force", "mou")), False),
        "letter of intent in force": (facts(agreed("in_force", "loi")), False),
        "new round in negotiation": (facts(agreed("in_force", "pilot"), agreed("negotiating", "licence", "b")), False),
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


# --- the site --------------------------------------------------------------------------------------------------------


def site(state: str = "acceptance", *, ended: bool = False, **moves: Fired) -> Track:
    return track("deployment", state, ended=ended, fired=moves)


@table(
    {
        "no site": (facts(), False),
        "not tested": (facts(site("commissioning", plan_set=fired(2, baseline_recorded=True))), False),
        "in the plan": (facts(site(plan_set=fired(2, baseline_recorded=True), ready_to_test=fired(9))), True),
        "not in the plan": (facts(site(plan_set=fired(2, baseline_recorded=False), ready_to_test=fired(9))), False),
        "at the test": (facts(site(ready_to_test=fired(9, baseline_recorded=True))), True),
        "recorded before": (facts(site(ready_to_test=fired(9)), tasks=[done("record_baseline", 8)]), True),
        "recorded after": (facts(site(ready_to_test=fired(9)), tasks=[done("record_baseline", 10)]), False),
    }
)
def test_baseline_was_recorded(case: Facts, holds: bool) -> None:
    assert agreement_guards.baseline_was_recorded.holds(case) is holds


SITES = {
    "none": (facts(), False, False),
    "at test": (facts(site()), False, False),
    "accepted": (facts(site("accepted", ended=True)), True, False),
    "with open items": (facts(site("accepted_with_punch_list", ended=True)), True, False),
    "rejected": (facts(site("rejected_final", ended=True)), False, True),
    "abandoned": (facts(site("abandoned", ended=True)), False, True),
}


@pytest.mark.parametrize(("case", "accepted", "failed"), list(SITES.values()), ids=list(SITES))
def test_a_site_is_accepted_failed_or_neither(case: Facts, accepted: bool, failed: bool) -> None:
    assert (agreement_guards.site_is_accepted.holds(case), agreement_guards.site_has_failed.holds(case)) == (
        accepted,
        failed,
    )


# --- closing ---------------------------------------------------------------------------------------------------------


@table(
    {
        "nothing open": (facts(), True),
        "a side task": (facts(tasks=[waiting("duty")]), False),
        "the closing step": (facts(tasks=[waiting("closing", type="step")]), True),
        "a step of a live track": (facts(track("ip", "checking"), tasks=[waiting("x", on="ip-x", type="step")]), False),
        "aftercare": (facts(tasks=[waiting("follow_up", aftercare=True)]), True),
        "of a loan that runs on": (facts(track("pledge", "servicing"), tasks=[waiting("fee", on="pledge-x")]), True),
        "of a loan not paid out": (facts(track("pledge", "drawdown"), tasks=[waiting("fee", on="pledge-x")]), False),
        "not yet appeared": (facts(tasks=[waiting("reading", state=CREATED)]), True),
        "a decision on a proposal": (facts(tasks=[waiting("decide_compliance_stop", type="decision")]), False),
        "only ended ones": (facts(tasks=[done("duty")]), True),
    }
)
def test_tasks_have_ended(case: Facts, holds: bool) -> None:
    assert guards.tasks_have_ended.holds(case) is holds


@table(
    {
        "none": (facts(), True),
        "a draft": (facts(track("referral", "draft", kind="finance")), False),
        "an ended one": (facts(track("referral", "completed", kind="finance", ended=True)), True),
        "a mediation": (facts(track("referral", "in_progress", kind="mediation")), True),
    }
)
def test_referrals_have_ended(case: Facts, holds: bool) -> None:
    assert guards.referrals_have_ended.holds(case) is holds


RUNNING = [(workflow, state) for workflow, states in OUTLIVES.items() for state in sorted(states)]


@pytest.mark.parametrize(("workflow", "state"), RUNNING)
def test_what_outlives_a_case_does_not_hinder_closing(workflow: str, state: str) -> None:
    assert guards.tracks_have_ended_or_run_on.holds(facts(track(workflow, state))) is True


@table(
    {
        "none": (facts(), True),
        "IP still clear": (facts(track("ip", "clear")), False),
        "IP ended": (facts(track("ip", "ended", ended=True)), True),
        "agreement in negotiation": (facts(track("agreement", "negotiating")), False),
        "loan being registered": (facts(track("pledge", "registration")), False),
        "a mediation": (facts(track("mediation", "mediating")), True),
    }
)
def test_tracks_have_ended_or_run_on(case: Facts, holds: bool) -> None:
    assert guards.tracks_have_ended_or_run_on.holds(case) is holds


@table(
    {
        "no form yet": (facts(outcome="compliance_stop"), True),
        "ordinary": (facts(data={"outcome": "dormant"}), True),
        "stopped and said so": (facts(outcome="compliance_stop", data={"outcome": "compliance_stop"}), True),
        "stopped, said otherwise": (facts(outcome="compliance_stop", data={"outcome": "dormant"}), False),
        "said stopped without a stop": (facts(outcome="dormant", data={"outcome": "compliance_stop"}), False),
    }
)
def test_outcome_respects_a_stop(case: Facts, holds: bool) -> None:
    assert guards.outcome_respects_a_stop.holds(case) is holds


@table(
    {
        "open": (facts(), True),
        "dormant": (facts(outcome="dormant"), True),
        "stopped": (facts(outcome="compliance_stop"), False),
    }
)
def test_not_stopped_by_compliance(case: Facts, holds: bool) -> None:
    assert guards.not_stopped_by_compliance.holds(case) is holds


@table(
    {
        "not closed": (facts(), False),
        "today": (facts(closed_at=NOW), True),
        "24 months to the day": (facts(closed_at=datetime(2024, 4, 1, 2, tzinfo=UTC)), True),
        "a day more": (facts(closed_at=datetime(2024, 3, 31, 2, tzinfo=UTC)), False),
        "leap day, in time": (
            facts(closed_at=datetime(2024, 2, 29, 2, tzinfo=UTC), now=datetime(2026, 2, 28, 2, tzinfo=UTC)),
            True,
        ),
        "leap day, too late": (
            facts(closed_at=datetime(2024, 2, 29, 2, tzinfo=UTC), now=datetime(2026, 3, 1, 2, tzinfo=UTC)),
            False,
        ),
    }
)
def test_closed_within_24_months(case: Facts, holds: bool) -> None:
    assert guards.closed_within_24_months.holds(case) is holds


# --- referrals -------------------------------------------------------------------------------------------------------

PAPER = Document("paper", "technology_owner", "report", START)
OURS = Document("form", None, "form", START, own=True)
OTHERS = Document("study", None, "report", START, track="elsewhere")
SENT = track("referral", "draft", kind="assessment", provider=LAB)
TALK = track("referral", "draft", kind="mediation", provider=LAB)
SHARE = {"documents": ["paper"], "provider": LAB}


def sharing(*consents: Consent, here: Track = SENT, data: Mapping[str, Any] = SHARE) -> Facts:
    return facts(here=here, data=data, consents=consents, documents=[PAPER, OURS, OTHERS])


@table(
    {
        "nothing shared": (sharing(data={}), True),
        "no consent": (sharing(), False),
        "consent to all": (sharing(consent("technology_owner")), True),
        "the other party's consent": (sharing(consent("need_owner")), False),
        "this provider": (sharing(consent("technology_owner", providers=(LAB,))), True),
        "another provider": (sharing(consent("technology_owner", providers=(BANK,))), False),
        "this document": (sharing(consent("technology_owner", documents=("paper",))), True),
        "another document": (sharing(consent("technology_owner", documents=("other",))), False),
        "withdrawn": (sharing(consent("technology_owner", ended_at=at(1))), False),
        "run out": (sharing(consent("technology_owner", expires_on="2026-03-31")), False),
        "the office's own": (sharing(data={"documents": ["form"], "provider": LAB}), True),
        "a paper of which nobody said whose it is": (
            sharing(consent("technology_owner"), data={"documents": ["study"], "provider": LAB}),
            False,
        ),
        "the same with both parties' consent": (
            sharing(
                consent("technology_owner"),
                consent("need_owner", id="second"),
                data={"documents": ["study"], "provider": LAB},
            ),
            True,
        ),
        "an unknown paper": (sharing(consent("technology_owner"), data={"documents": ["x"], "provider": LAB}), False),
        "provider of the draft": (
            sharing(consent("technology_owner", providers=(LAB,)), data={"documents": ["paper"]}),
            True,
        ),
        "mediation without papers": (sharing(here=TALK, data={}), True),
        "mediation with papers": (sharing(consent("technology_owner"), here=TALK), False),
        "another document by another consent": (
            sharing(
                consent("technology_owner", documents=("other",)),
                consent("technology_owner", id="second", providers=(LAB,), documents=("paper",)),
            ),
            True,
        ),
        "provider and document by different consents": (
            sharing(
                consent("technology_owner", providers=(LAB,), documents=("other",)),
                consent("technology_owner", id="second", providers=(BANK,), documents=("paper",)),
            ),
            False,
        ),
    }
)
def test_consent_covers_documents(case: Facts, holds: bool) -> None:
    assert referral_guards.consent_covers_documents.holds(case) is holds


SHARED = replace(SENT, given={"documents": ["paper"]})


@table(
    {
        "nothing was shared": (sharing(data={}), True),
        "covered": (sharing(consent("technology_owner"), here=SHARED, data={}), True),
        "no longer": (sharing(consent("technology_owner", ended_at=at(3)), here=SHARED, data={}), False),
    }
)
def test_consent_covers_what_was_shared(case: Facts, holds: bool) -> None:
    assert referral_guards.consent_covers_what_was_shared.holds(case) is holds


@table(
    {
        "no form yet": (facts(here=SENT), True),
        "the same": (facts(here=SENT, data={"service": "assessment"}), True),
        "another": (facts(here=SENT, data={"service": "mediation"}), False),
    }
)
def test_service_is_the_referrals(case: Facts, holds: bool) -> None:
    assert referral_guards.service_is_the_referrals.holds(case) is holds


BARRED = replace(SENT, barred=frozenset({"p"}))


@table(
    {
        "no form yet": (facts(here=BARRED), True),
        "another person": (facts(here=BARRED, data={"person": "q"}), True),
        "the barred one": (facts(here=BARRED, data={"person": "p"}), False),
        "interest in the case": (facts(here=SENT, data={"person": "p"}, interests=frozenset({"p"})), False),
    }
)
def test_person_is_not_barred(case: Facts, holds: bool) -> None:
    assert referral_guards.person_is_not_barred.holds(case) is holds


@table(
    {
        "nobody has": (facts(here=SENT, actor="p"), True),
        "the person named": (facts(here=SENT, data={"person": "p"}, interests=frozenset({"p"})), False),
        "of another person": (facts(here=SENT, data={"person": "q"}, interests=frozenset({"p"})), True),
    }
)
def test_person_is_not_out(case: Facts, holds: bool) -> None:
    assert referral_guards.person_is_not_out.holds(case) is holds


ACCEPTED = track("referral", "accepted", kind="assessment", fired={"accept": fired(0)})


@table(
    {
        "never accepted": (facts(here=SENT), False),
        "14 working days": (facts(here=ACCEPTED, now=at(18)), False),
        "16 working days": (facts(here=ACCEPTED, now=at(22)), True),
    }
)
def test_start_is_overdue(case: Facts, holds: bool) -> None:
    assert referral_guards.start_is_overdue.holds(case) is holds


WORKING = track("referral", "in_progress", kind="pledge")


def below(state: str, *, ended: bool = False, **more: Any) -> Facts:
    return facts(track("pledge", state, parent=WORKING.id, ended=ended, **more), here=WORKING)


@table(
    {
        "no machine": (facts(here=WORKING), True),
        "at work": (below("approval"), False),
        "paid": (below("servicing"), True),
        "ended without a loan": (below("refused", ended=True), True),
        "being deregistered": (below("deregistration"), False),
        "replaced": (below("replaced", ended=True, replaced=True), True),
    }
)
def test_work_has_ended(case: Facts, holds: bool) -> None:
    assert referral_guards.work_has_ended.holds(case) is holds


@table({"assessment": (facts(here=SENT), True), "mediation": (facts(here=TALK), False)})
def test_not_a_mediation(case: Facts, holds: bool) -> None:
    assert referral_guards.not_a_mediation.holds(case) is holds


@table(
    {
        "never returned": (facts(here=SENT), True),
        "once": (facts(here=replace(SENT, fired={"return": fired(count=1)})), True),
        "twice": (facts(here=replace(SENT, fired={"return": fired(count=2)})), False),
    }
)
def test_rounds_are_left(case: Facts, holds: bool) -> None:
    assert referral_guards.rounds_are_left.holds(case) is holds


# --- effects ---------------------------------------------------------------------------------------------------------


def test_a_no_makes_no_consent() -> None:
    asked = replace(facts(data={"agreed": False, "given_on": "2026-03-01"}), task=waiting("record_consent"))
    assert effects.record_consent.follows(asked) == {}


def test_a_yes_makes_a_consent_of_the_party_that_was_asked() -> None:
    task = replace(waiting("record_consent"), about="need_owner")
    said = replace(facts(data={"agreed": True, "given_on": "2026-03-01", "providers": [LAB]}), task=task)
    assert effects.record_consent.follows(said) == {
        "consents": [
            {"party": "need_owner", "providers": [LAB], "documents": None, "given_on": "2026-03-01", "expires_on": None}
        ]
    }


@pytest.mark.parametrize("party", ["need_owner", "technology_owner"])
def test_a_withdrawal_names_the_party_in_the_outcome(party: str) -> None:
    told = facts(data={"party": party, "reason": "price"})
    assert effects.withdrawn.follows(told) == {"outcome": f"withdrawn_{party}", "reasons": ["price"]}


SIGNED = {"kind": "licence", "rights": ["right-1"], "territory": "CN", "exclusive": True, "effective_on": "2026-04-01"}


def test_signing_burdens_the_rights_that_the_agreement_did_not_name() -> None:
    added = effects.burden_rights.follows(facts(agreed("in_force", "licence"), data=SIGNED))["rights"]
    assert [(one["right"], one["add"]["kind"], one["add"]["exclusive"]) for one in added] == [
        ("right-1", "licence", True)
    ]


def test_signing_does_not_burden_a_right_twice() -> None:
    deal = replace(
        agreed("in_force", "licence"),
        fired={
            "propose": fired(3, kind="licence"),
            "sign_local": fired(4, rights=["right-1"]),
        },
    )
    assert effects.burden_rights.follows(facts(deal, data=SIGNED)) == {"rights": []}


def test_an_assignment_is_a_transfer() -> None:
    added = effects.burden_rights.follows(facts(data=SIGNED | {"kind": "assignment", "exclusive": False}))["rights"]
    assert (added[0]["add"]["kind"], added[0]["add"]["exclusive"]) == ("transfer", True)


def test_a_mediation_is_sent_without_question_or_documents() -> None:
    given = effects.send_referral.follows(facts(here=TALK, data={"documents": ["paper"], "wanted_on": "2026-05-01"}))
    assert given == {
        "provider": LAB,
        "given": {"question": False, "documents": [], "wanted_on": "2026-05-01"},
    }


def test_a_waived_conflict_lets_in_whoever_had_declared_it() -> None:
    told = replace(SENT, fired={"declare_conflict": fired(1, actor="p")})
    assert effects.admit_person.follows(facts(here=told)) == {"interest_ended": ["p"]}


def test_documents_are_shared_again_only_where_sharing_had_ended() -> None:
    here = replace(SENT, named="p", given={"documents": ["paper", "form"]})
    kept = {"g": Grant("g", here.id, "form", (), START)}
    assert effects.grant_again.follows(facts(here=here, grants=kept)) == {"grant": ["paper"]}


def test_every_guard_says_its_rule_and_its_refusal_in_sentences_of_their_own() -> None:
    editions = [publish(one) for one in DEFINITIONS]
    published = {name for one in editions for rule in one.transitions for name in rule.guards}
    published |= {name for one in editions for rule in one.tasks.values() for name in rule.guards}
    told = [(GUARDS[name].rule, GUARDS[name].refusal) for name in published]
    assert [one for one in told if not all(words.endswith(".") for words in one) or one[0] == one[1]] == []
