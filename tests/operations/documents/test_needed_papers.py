"""Papers that a step asks for: whose they must be, what the scanner says of them, and what each side is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.definition.required_documents import SCANS
from casework.errors import Refused
from casework.operations.cases.action_views import ActionView
from casework.operations.cases.form_choices import choices_of
from casework.operations.core.external_facts import outside
from casework.operations.core.perform import home_of
from casework.operations.documents.needed_papers import against, to_hand_in
from casework.operations.documents.storage import DocumentStore
from casework.operations.referrals.service import show_referral
from casework.operations.referrals.views import ReferralDetails
from casework.operations.verification.service import verify_case
from casework.playbook.steps import do
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.journeys.checks import refused
from tests.journeys.journey import Journey, start_clock
from tests.journeys.scripts.loans import REQUESTED, TO_DRAWDOWN
from tests.journeys.world import build_world as build_journeys_world
from tests.support.way_to_referral import to_referral
from tests.support.world import World

Json = Any
MISSING = "Not on file: notice of pledge registration."


@pytest.fixture
def journey(db: Connection) -> Journey:
    """A pledge loan about to be paid out."""
    start_clock(db, days_before=7)
    world = build_journeys_world(db)
    start_clock(db)
    return Journey(db, world).run([*REQUESTED, *TO_DRAWDOWN])


def papers(actions: list[ActionView], transition: str) -> list[tuple[str, str]]:
    (found,) = [action.papers for action in actions if action.transition == transition]
    return [(paper.kind, paper.state) for paper in found]


def payment(journey: Journey, who: str) -> ReferralDetails:
    referral = journey.track("referral:pledge").id
    return show_referral(journey.db, journey.actor(who), referral)


def test_a_loan_is_not_paid_out_on_a_paper_that_only_the_office_has(journey: Journey) -> None:
    """Whoever works on the referral learns nothing of the case's other papers."""
    journey.run(
        [
            lambda on: on.register("The office's copy", None, kind="pledge_certificate"),
            refused(do("banker", "pledge.paid_out"), Refused, MISSING),
        ]
    )
    assert papers(payment(journey, "banker").actions, "paid_out") == [("pledge_certificate", "missing")]


def test_a_field_offers_only_the_kinds_that_it_takes(journey: Journey) -> None:
    journey.run(
        [
            lambda on: on.register("A letter", None, kind="letter"),
            lambda on: on.register("The first", None, kind="signed_agreement"),
        ]
    )
    rule = {"name": "copy", "type": "documents", "kinds": ["signed_agreement"], "valid": True}
    offered = choices_of(journey.db, journey.actor("officer"), journey.case, journey.case.main, [rule])
    assert [choice.name for choice in offered["copy"]] == ["The first"]


def test_with_the_providers_own_it_is_paid_out_and_the_history_verifies(journey: Journey) -> None:
    journey.run([do("banker", "pledge.paid_out")])
    (event,) = [one for one in journey.events() if one.effects.get("transition") == "paid_out"]
    assert list(event.effects["papers"]) == ["pledge_certificate"]
    assert list(verify_case(journey.db, event.log)) == []


def test_the_office_is_told_what_an_action_will_ask_for(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    actions = world.read_case(db, number).actions
    assert papers(actions, "assessment_passed") == [("verification_statement", "missing")]
    (action,) = [action for action in actions if action.transition == "assessment_passed"]
    assert "Not on file: verification statement." in map(str, action.why_not)


def test_what_the_scanner_has_not_cleared_is_a_fact_until_it_is(
    engine: Engine, world: World, document_store: DocumentStore
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
    document_store.scanned = True
    id = world.hand_in(document_store, number, "supervisor", kind="signed_agreement")

    def scans() -> Json:
        with transaction(engine) as db:
            return outside(db, load(db, home_of(db, number), "case"), [SCANS])[SCANS]

    seen = [scans()]
    with transaction(engine) as db:
        db.execute(text("UPDATE blobs SET scan = 'blocked'"))
    seen.append(scans())
    with transaction(engine) as db:
        db.execute(text("UPDATE blobs SET scan = 'clean'"))
    seen.append(scans())
    assert seen == [{id: "pending"}, {id: "blocked"}, {}]


def test_who_can_hand_a_paper_in_with_an_action_is_held_up_by_what_else_there_is(journey: Journey) -> None:
    """Not who only reads, nor the office a paper of the provider's; what else stands against it stays."""
    (action,) = [one for one in payment(journey, "banker").actions if one.transition == "paid_out"]
    mine = to_hand_in(journey.actor("banker"), journey.case, action)
    assert [paper.kind for paper in mine] == ["pledge_certificate"]
    assert against([*action.why_not, reasons.cases.STANDS_STILL], mine) == (reasons.cases.STANDS_STILL,)
    assert to_hand_in(journey.actor("officer"), journey.case, action) == ()
    assert to_hand_in(journey.actor("banker"), journey.case, replace(action, proposed=True)) == ()
    pending = [replace(paper, state="pending") for paper in action.papers]
    assert to_hand_in(journey.actor("banker"), journey.case, replace(action, papers=pending)) == ()
