"""A referral as a contract: each side signs for what the other has done, and objects to nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework import reasons
from casework.engine import parts
from casework.engine.case_objects.acknowledgements import (
    ANSWERED,
    DISMISSED,
    OURS,
    OVER,
    RAISED,
    SETTLED,
    THEIRS,
    UPHELD,
    decisions,
    done_by,
    faults_of,
    objectors,
    other_side,
    refusal,
    side_of,
    unreceived,
)
from casework.engine.definition.grammar import Final, Task, working_days
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import AnswerObjection, Object, Receive
from casework.engine.parts import SENDS
from casework.engine.roles import Role
from casework.engine.state.case import OBSOLETE
from casework.engine.state.events import OBJECTED, RECEIVED
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from tests.engine.small_case import case, referral, task, track
from tests.engine.toy_case import Toy, ToyReferral
from tests.engine.toys import COMPLIANCE, LEAD, OFFICER, PROVIDER, SUPERVISOR, Play, uuid


class Request(ToyReferral):
    """The toy's referral, with a clock of its own and a task in which an objection is decided."""

    workflow = "referral"
    part = parts.REFERRAL
    draft, sent, accepted = ToyReferral.draft, ToyReferral.sent, ToyReferral.accepted
    closed = Final("Closed", part=parts.UNANSWERED)

    send, accept = ToyReferral.send, replace(ToyReferral.accept, opens=())
    both = accepted.to(closed, by=(Role.SYSTEM, Role.PROVIDER, Role.OFFICER))
    lapse = sent.after(working_days(90), closed)
    on_request = (
        (
            (sent,),
            (Role.SYSTEM,),
            Task("settle", "Settle it", Role.SUPERVISOR, working_days(5), part=parts.SETTLES_OBJECTION),
        ),
    )


def sent() -> Play:
    play = Play(Toy, Request).start()
    play.fire("refer")
    play.fire("send", data={"provider": uuid(500)}, on=play.track("referral"))
    return play


def here(play: Play) -> str:
    return play.track("referral").id


def receive(play: Play, by: By) -> dict[str, int]:
    return dict(play.do(Receive(here(play)), by)[0].effects["received"])


def disagree(play: Play, by: By = PROVIDER, to: str = "send") -> str:
    return play.do(Object(here(play), to, "Not so."), by)[0].effects["objection"]["id"]


def answer(play: Play, objection: str, by: By) -> str:
    return str(play.do(AnswerObjection(here(play), objection, "Well."), by)[0].effects["what"])


# --- sides -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [*Role, None])
def test_a_providers_roles_stand_on_their_side_and_all_others_on_ours(role: Role | None) -> None:
    theirs = role in (Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER)
    assert side_of(role) == (THEIRS if theirs else OURS)
    assert other_side(side_of(role)) == (OURS if theirs else THEIRS)


@pytest.mark.parametrize("role", Role)
def test_officers_supervisors_and_the_provider_have_a_part_in_what_was_sent(role: Role) -> None:
    part = role in (Role.OFFICER, Role.SUPERVISOR, Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER)
    assert (refusal(case(), role, referral("one", plays=[SENDS])) is None) == part


@pytest.mark.parametrize("where", [None, track("x", played={SENDS: "send"}), referral("one", plays=[])])
def test_nothing_passes_where_nobody_was_asked(where: Any) -> None:
    assert refusal(case(), Role.OFFICER, where) == reasons.referrals.NOTHING_PASSED


# --- receipts --------------------------------------------------------------------------------------------------------


def test_what_each_side_has_done_is_told_apart_by_who_may_do_it_first() -> None:
    play = sent()
    edition = play.library[play.track("referral").edition]
    assert done_by(edition, play.track("referral"), OURS) == {"send": 1}
    assert done_by(edition, play.track("referral"), THEIRS) == {}
    play.fire("accept", PROVIDER, on=play.track("referral"))
    play.fire("both", PROVIDER, on=play.track("referral"))
    assert done_by(edition, play.track("referral"), THEIRS) == {"accept": 1, "both": 1}


def test_what_a_clock_alone_does_is_nobodys_action() -> None:
    play = sent()
    edition = play.library[play.track("referral").edition]
    lapsed = replace(play.track("referral"), fired={"lapse": play.track("referral").fired["send"]})
    assert done_by(edition, lapsed, OURS) == done_by(edition, lapsed, THEIRS) == {}


def test_a_receipt_covers_all_until_then_and_what_was_done_again_waits_again() -> None:
    play = sent()
    edition = play.library[play.track("referral").edition]
    assert receive(play, PROVIDER) == {"send": 1}
    assert unreceived(edition, play.track("referral"), THEIRS) == {}
    again = play.track("referral")
    again = replace(again, fired={"send": replace(again.fired["send"], count=2)})
    assert unreceived(edition, again, THEIRS) == {"send": 2}
    assert unreceived(edition, again, OURS) == {}


def test_nobody_signs_for_nothing() -> None:
    play = sent()
    receive(play, LEAD)
    for by in (PROVIDER, OFFICER):
        with pytest.raises(WrongState, match="nothing has come"):
            receive(play, by)


def test_who_has_no_part_is_refused_for_the_role_and_others_for_the_state() -> None:
    with pytest.raises(NotAllowed):
        receive(sent(), COMPLIANCE)
    play = Play(Toy, Request).start()
    play.fire("refer")
    with pytest.raises(WrongState):
        receive(play, OFFICER)
    with pytest.raises(NotFound):
        play.do(Receive("nowhere"))


# --- objections ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "to"), [(PROVIDER, "accept"), (PROVIDER, "both"), (OFFICER, "send"), (OFFICER, "accept")]
)
def test_one_objects_to_what_the_other_side_has_done(by: By, to: str) -> None:
    with pytest.raises(InvalidForm, match="to"):
        disagree(sent(), by, to)


def test_an_objection_opens_a_task_about_it_and_settling_it_closes_the_task() -> None:
    play = sent()
    first, second = disagree(play), disagree(play)
    (waits,) = decisions(play.case, first)
    assert (waits.name, waits.about, waits.queue) == ("settle", first, "supervisor")
    assert answer(play, first, OFFICER) == ANSWERED
    assert decisions(play.case, first) == [waits]
    assert answer(play, first, PROVIDER) == SETTLED
    assert play.case.tasks[waits.id].state == OBSOLETE
    assert len(decisions(play.case, second)) == 1


def test_who_raised_it_and_in_whose_name_do_not_decide_it() -> None:
    play = sent()
    objection = disagree(play, replace(PROVIDER, acting_for="provider-9"))
    (waits,) = decisions(play.case, objection)
    assert objectors(play.case, waits) == {"provider-1", "provider-9"}
    assert objectors(play.case, replace(waits, about="nothing")) == frozenset()
    assert objectors(case(), task("plain")) == frozenset()


def test_the_other_side_answers_and_ones_own_is_settled() -> None:
    play = sent()
    play.fire("accept", PROVIDER, on=play.track("referral"))
    assert answer(play, disagree(play, OFFICER, "accept"), SUPERVISOR) == SETTLED
    assert answer(play, disagree(play, OFFICER, "accept"), LEAD) == ANSWERED


@pytest.mark.parametrize("what", sorted(OVER))
def test_nothing_more_is_said_when_it_is_over(what: str) -> None:
    play = sent()
    objection = disagree(play)
    over = replace(play.track("referral"), objections={objection: {"what": what, "side": THEIRS, "to": "send"}})
    play._case = replace(play.case, tracks={**play.case.tracks, over.id: over})
    with pytest.raises(WrongState, match="settled" if what == SETTLED else "decided"):
        answer(play, objection, OFFICER)
    with pytest.raises(NotFound):
        answer(play, "nothing", OFFICER)


# --- judged again ----------------------------------------------------------------------------------------------------


def recorded(kind: str = OBJECTED, role: Role = Role.PROVIDER, **effects: Any) -> list[str]:
    """What is wrong with a receipt or an objection on a referral that was sent, and objected to by its provider."""
    play = sent()
    standing = {
        "known": {"what": RAISED, "side": THEIRS, "to": "send"},
        "old": {"what": UPHELD, "side": THEIRS, "to": "send"},
    }
    where = replace(play.track("referral"), objections=standing)  # type: ignore[arg-type]  # without who raised it
    edition = play.library[where.edition]
    return faults_of(play.case, edition, where, kind, role, effects=effects)  # type: ignore[arg-type]  # of a test's own


def said(what: str, id: str = "new", side: str = THEIRS, to: str = "send") -> dict[str, str]:
    return {"id": id, "what": what, "side": side, "to": to}


@pytest.mark.parametrize(
    ("objection", "role", "sound"),
    [
        (said(RAISED), Role.PROVIDER, True),
        (said(RAISED, id="known"), Role.PROVIDER, False),
        (said(RAISED, side=OURS), Role.PROVIDER, False),
        (said(RAISED, to="accept"), Role.PROVIDER, False),
        (said(RAISED), Role.OFFICER, False),
        (said(SETTLED, "known"), Role.PROVIDER, True),
        (said(ANSWERED, "known"), Role.OFFICER, True),
        (said(ANSWERED, "known"), Role.PROVIDER, False),
        (said(SETTLED, "known"), Role.OFFICER, False),
        (said(DISMISSED, "known"), Role.OFFICER, False),
        (said(ANSWERED, "known", side=OURS), Role.OFFICER, False),
        (said(ANSWERED, "known", to="accept"), Role.OFFICER, False),
        (said(ANSWERED, "new"), Role.OFFICER, False),
        (said(ANSWERED, "old"), Role.OFFICER, False),
        (said(RAISED), Role.AUDITOR, False),
    ],
)
def test_an_objection_that_could_not_be_made_is_found(objection: dict[str, str], role: Role, sound: bool) -> None:
    assert (recorded(role=role, objection=objection) == []) == sound


@pytest.mark.parametrize(
    ("received", "sound"), [({"send": 1}, True), ({}, False), ({"send": 2}, False), ({"accept": 1}, False)]
)
def test_a_receipt_is_for_exactly_what_had_come(received: dict[str, int], sound: bool) -> None:
    assert (recorded(RECEIVED, received=received) == []) == sound
