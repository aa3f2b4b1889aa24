"""Golden truth tables of the guards from triage to the plan: a published guard never changes its meaning."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.definition.guard_facts import Facts
from casework.engine.state.case import Task
from tests.workflows.case_facts import OFFICER, at, consent, done, facts, fired, table, technology
from workflows import guards

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


def around(*parties: str, abroad: tuple[str, ...] = (), **plan: str) -> Facts:
    tasks = [done("service_plan", 2, **plan)] if plan else []
    return facts(tasks=tasks, outside={"abroad": {"parties": list(parties), "providers": list(abroad)}})


@table(
    {
        "at home": (around(), False),
        "a reopening reads nothing": (facts(), True),
        "a party": (around("technology_owner"), True),
        "a provider that is planned": (around(abroad=("far",), assessment="far"), True),
        "a provider that is not": (around(abroad=("far",), assessment="near"), False),
    }
)
def test_whether_somebody_is_abroad_is_worked_out(case: Facts, holds: bool) -> None:
    assert guards.somebody_is_abroad.holds(case) is holds
    assert guards.nobody_is_abroad.holds(case) is not holds


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


def screened(
    party: str, result: str = "clear", on: str = "2026-03-20", days: int = 10, until: str = "2026-06-18"
) -> Task:
    return done("screening", days, about=party, result=result, checked_on=on, holds_until=until)


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
        "its last day": (facts(tasks=[screened("need_owner", until="2026-04-01"), screened("technology_owner")]), True),
        "run out": (facts(tasks=[screened("need_owner", until="2026-03-31"), screened("technology_owner")]), False),
    }
)
def test_parties_are_screened(case: Facts, holds: bool) -> None:
    assert guards.parties_are_screened.holds(case) is holds


def on_record(
    result: str = "clear", on: str = "2026-03-20", until: str = "2026-06-18", *, owners: bool = True
) -> dict[str, object]:
    return {"id": "s", "result": result, "checked_on": on, "valid_until": until, "owners_free": owners}


def recorded(**parties: dict[str, object]) -> dict[str, object]:
    return {"screenings": parties}


TASKS = [screened("need_owner"), screened("technology_owner")]


@table(
    {
        "both on record": (facts(outside=recorded(need_owner=on_record(), technology_owner=on_record())), True),
        "one on record, one here": (facts(tasks=TASKS[1:], outside=recorded(need_owner=on_record())), True),
        "one on record alone": (facts(outside=recorded(need_owner=on_record())), False),
        "run out": (facts(tasks=TASKS[1:], outside=recorded(need_owner=on_record(until="2026-03-29"))), False),
        "no end": (facts(tasks=TASKS[1:], outside=recorded(need_owner=on_record(until=""))), False),
        "an owner on a list": (facts(tasks=TASKS[1:], outside=recorded(need_owner=on_record(owners=False))), False),
        "a newer hit on record": (
            facts(tasks=TASKS, outside=recorded(need_owner=on_record("hit", "2026-03-21"))),
            False,
        ),
        "an older hit on record": (
            facts(tasks=TASKS, outside=recorded(need_owner=on_record("hit", "2026-03-19"))),
            True,
        ),
        "a newer hit here": (
            facts(
                tasks=[screened("need_owner", "hit", on="2026-03-21"), TASKS[1]],
                outside=recorded(need_owner=on_record()),
            ),
            False,
        ),
    }
)
def test_parties_are_screened_by_the_record_of_their_organisations(case: Facts, holds: bool) -> None:
    assert guards.parties_are_screened.holds(case) is holds


@table(
    {
        "nothing on record": (facts(), True),
        "here alone": (facts(tasks=TASKS), True),
        "on record": (facts(outside=recorded(need_owner=on_record())), False),
        "the other one's": (facts(outside=recorded(technology_owner=on_record())), True),
        "run out": (facts(outside=recorded(need_owner=on_record(until="2026-03-29"))), True),
        "a hit": (facts(outside=recorded(need_owner=on_record("hit"))), True),
    }
)
def test_screening_is_not_on_record(case: Facts, holds: bool) -> None:
    assert guards.screening_is_not_on_record.holds(replace(case, about="need_owner")) is holds


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
        "neither": (facts(data={"payer": "programme", "skip_assessment": False}), True),
        "an assessor": (facts(data={"assessment": "lab", "skip_assessment": False}), True),
        "none is needed": (facts(data={"skip_assessment": True}), True),
        "both": (facts(data={"assessment": "lab", "skip_assessment": True}), False),
    }
)
def test_assessed_or_skipped(case: Facts, holds: bool) -> None:
    assert guards.assessed_or_skipped.holds(case) is holds


@table(
    {
        "no plan": (facts(), False),
        "not asked": (facts(tasks=[done("service_plan", skip_assessment=False)]), False),
        "asked": (facts(tasks=[done("service_plan", skip_assessment=True)]), True),
    }
)
def test_skipping_was_asked(case: Facts, holds: bool) -> None:
    assert guards.skipping_was_asked.holds(case) is holds


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
