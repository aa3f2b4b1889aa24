"""What is offered to whom, and of everything else why not."""

from __future__ import annotations

from casework import reasons
from casework.engine.execution.available_actions import task_offers
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.reasons import Why
from tests.engine.toy_case import GREEN
from tests.engine.toys import COMPLIANCE, OFFICER, PROVIDER, SECOND_SUPERVISOR, SUPERVISOR, Play


def test_every_action_that_leads_out_of_here_is_offered_or_says_why_not(play: Play) -> None:
    found = {one.transition: one.allowed for one in play.offers(OFFICER)}
    assert found["go"]
    assert not found["stop"]
    assert "back" not in found
    assert "resume_due" not in found
    for one in play.offers(PROVIDER):
        assert one.why_not


def test_whoever_mends_one_thing_is_not_told_the_next_only_then(play: Play) -> None:
    play.fire("go", data=GREEN)
    play.claim("b", SECOND_SUPERVISOR)
    offer = play.offer("finish", OFFICER)
    assert (offer.fits_role, offer.allowed, len(offer.why_not)) == (True, False, 1)
    offer = play.offer("finish", By("officer-1", Role.SUPERVISOR))
    assert (offer.fits_role, len(offer.why_not)) == (True, 2)
    offer = play.offer("finish", COMPLIANCE)
    assert (offer.fits_role, len(offer.why_not)) == (False, 1)


def test_a_guard_that_reads_the_form_is_not_asked_before_it_is_filled_in(play: Play) -> None:
    assert play.offer("go").allowed


def test_a_proposal_is_offered_to_those_who_confirm_it_and_asks_what_was_proposed(play: Play) -> None:
    play.fire("ask", SUPERVISOR, GREEN)
    (pending,) = play.case.proposals
    for by, fits, allowed in ((SECOND_SUPERVISOR, True, True), (SUPERVISOR, True, False), (OFFICER, False, False)):
        offer = play.offer("ask", by)
        assert (offer.proposal, offer.fits_role, offer.allowed) == (pending, fits, allowed)
    assert play.offer("go").proposal is None


def test_a_decision_that_somebody_holds_is_offered_to_nobody_else(play: Play) -> None:
    play.fire("ask", data=GREEN)
    play.claim("decide_ask", SUPERVISOR)
    assert play.offer("ask", SUPERVISOR).allowed
    assert not play.offer("ask", SECOND_SUPERVISOR).allowed


# --- tasks on request --------------------------------------------------------------------------------------------------


def asked(play: Play, by: By) -> dict[str, tuple[bool, tuple[Why, ...]]]:
    found = task_offers(play.library, play.case, play.context(by))
    return {one.task: (one.allowed, one.why_not) for one in found}


def test_a_task_is_asked_for_where_and_by_whom_it_may_be(play: Play) -> None:
    assert asked(play, OFFICER) == {"check": (True, ())}
    assert asked(play, SUPERVISOR) == {"check": (False, (reasons.cases.FOR_ROLES(roles=[Role.OFFICER]),))}
    play.fire("go", data=GREEN)
    assert asked(play, SUPERVISOR) == {"audit": (True, ())}


def test_one_that_is_open_is_not_asked_for_again(play: Play) -> None:
    play.add("check")
    assert asked(play, OFFICER) == {"check": (False, (reasons.tasks.OPEN_ALREADY,))}
    play.complete("check", yes=False)
    assert asked(play, OFFICER) == {"check": (True, ())}
