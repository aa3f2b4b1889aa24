"""Golden truth tables of the guards of the site, of closing a case, and what each guard says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import GUARDS
from casework.engine.state.case import CREATED, Fired, Track
from tests.workflows.case_facts import NOW, done, facts, table, track, waiting
from workflows import DEFINITIONS, agreement_guards, guards
from workflows.guards import OUTLIVES

# --- the site --------------------------------------------------------------------------------------------------------


def site(state: str = "acceptance", *, ended: bool = False, **moves: Fired) -> Track:
    return track("deployment", state, ended=ended, fired=moves)


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
        "to write a request": (
            facts(track("referral", "draft"), tasks=[waiting("x", on="referral-x", type="step")]),
            True,
        ),
        "to answer one": (facts(track("referral", "sent"), tasks=[waiting("x", on="referral-x", type="step")]), False),
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
        "what came of it": (facts(tasks=[waiting("introduction_follow_up")]), True),
        "not appeared yet": (facts(tasks=[waiting("duty", state=CREATED)]), True),
        "another one": (facts(tasks=[waiting("ask_more_time")]), False),
        "only ended ones": (facts(tasks=[done("ask_more_time")]), True),
    }
)
def test_only_follow_ups_are_open(case: Facts, holds: bool) -> None:
    assert guards.only_follow_ups_are_open.holds(case) is holds


@table(
    {
        "none": (facts(), True),
        "a draft": (facts(track("referral", "draft", kind="finance")), True),
        "one that was sent": (facts(track("referral", "sent", kind="finance")), False),
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
def test_closed_not_too_long_ago(case: Facts, holds: bool) -> None:
    assert guards.closed_not_too_long_ago.holds(case) is holds


def test_every_guard_says_its_rule_and_its_refusal_in_sentences_of_their_own() -> None:
    editions = [publish(one) for one in DEFINITIONS]
    published = {name for one in editions for rule in one.transitions for name in rule.guards}
    published |= {name for one in editions for rule in one.tasks.values() for name in rule.guards}
    told = [(GUARDS[name].rule, GUARDS[name].refusal) for name in published]
    assert [one for one in told if not all(words.endswith(".") for words in one) or one[0] == one[1]] == []
