"""What a provider may see ends with the earliest of its days, is withdrawn or moved by the office, and the copies come back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import reasons
from casework.engine.case_objects.grant_commands import given_until, last_day
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import ChangeGrantDay, RegisterDocument, ReturnPapers, WithdrawGrant
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.case_documents import Consent, Grant
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.reasons import Reason
from tests.engine.small_case import by_id, case, referral
from tests.engine.toy_case import begun
from tests.engine.toys import COMPLIANCE, DAY, LEAD, OFFICER, PROVIDER, START, SUPERVISOR, Play, uuid

DAYS = st.none() | st.dates().map(str)


def shared(until: str | None = "2026-06-30") -> Play:
    """A referral whose provider was given two documents under a consent until a day."""
    play = begun()
    for title in ("A map", "A plan"):
        play.do(RegisterDocument(title, "map", "need_owner"))
    play.fire("give", data={"party": "need_owner"} | ({"expires_on": until} if until else {}))
    play.fire("refer")
    documents = list(play.case.documents)
    play.fire("send", data={"provider": uuid(500), "documents": documents}, on=play.track("referral"))
    play.fire("accept", PROVIDER, on=play.track("referral"))
    return play


def grants(play: Play) -> list[Grant]:
    return list(play.case.grants.values())


# --- the last day ----------------------------------------------------------------------------------------------------


def granted(until: str | None, *expires: str | None) -> tuple[Case, Grant]:
    consents = [Consent(f"c{n}", "need_owner", None, None, "2026-03-01", day) for n, day in enumerate(expires)]
    grant = Grant("g", "one", "d", tuple(consent.id for consent in consents), START, until=until)
    return case(referral("one"), consents=by_id(*consents)), grant


@given(DAYS, st.lists(DAYS, max_size=3))
def test_an_access_ends_with_the_earliest_of_its_own_day_and_its_consents(
    until: str | None, expires: list[str | None]
) -> None:
    days = sorted(day for day in (until, *expires) if day)
    assert last_day(*granted(until, *expires)) == (days[0] if days else None)


def test_another_day_of_one_document_leaves_those_of_the_others() -> None:
    stands, grant = granted(None)
    one = replace(stands.tracks["one"], given={"shared_until": {"d": "2026-05-01", "e": "2026-06-01"}})
    stands = replace(stands, tracks={"one": one})
    assert given_until(stands, grant, "2026-07-01") == {"shared_until": {"d": "2026-07-01", "e": "2026-06-01"}}
    assert given_until(stands, grant, None) == {"shared_until": {"e": "2026-06-01"}}
    bare = replace(stands, tracks={"one": referral("one")})
    assert given_until(bare, grant, "2026-07-01") == {"shared_until": {"d": "2026-07-01"}}


# --- withdrawn -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "may"), [(OFFICER, True), (SUPERVISOR, True), (COMPLIANCE, False), (PROVIDER, False), (LEAD, False)]
)
def test_officers_and_supervisors_end_an_access_and_move_its_day(by: By, may: bool) -> None:
    play = shared()
    for command in (ChangeGrantDay(grants(play)[0].id, "2026-04-01"), WithdrawGrant(grants(play)[0].id, "A dispute.")):
        if may:
            play.do(command, by)
        else:
            with pytest.raises(NotAllowed):
                play.do(command, by)
    assert (grants(play)[0].ended_at is not None) == may


def test_what_is_withdrawn_ends_alone_and_is_not_shared_again_by_itself() -> None:
    play = shared()
    first, second = grants(play)
    event = play.do(WithdrawGrant(first.id, "A dispute."))[0]
    assert (event.track, event.effects["grants_ended"], event.body) == (
        first.track,
        [first.id],
        {"reason": "A dispute."},
    )
    assert play.track("referral").given["documents"] == [second.document]
    assert [grant.ended_at is None for grant in grants(play)] == [False, True]


def test_what_has_ended_is_neither_withdrawn_nor_moved_and_what_is_not_there_not_found() -> None:
    play = shared()
    gone = grants(play)[0].id
    play.do(WithdrawGrant(gone, "A dispute."))
    for command in (WithdrawGrant(gone, "Once more."), ChangeGrantDay(gone, "2026-04-01")):
        with pytest.raises(WrongState):
            play.do(command)
    with pytest.raises(NotFound):
        play.do(WithdrawGrant("nothing", "A dispute."))


# --- another day -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "why"),
    [
        ("2026-03-01", reasons.fields.NOT_IN_PAST),
        ("2026-03-02", None),
        ("2026-06-30", None),
        ("2026-07-01", reasons.documents.AFTER_CONSENT),
        (None, reasons.fields.UNCHANGED),
    ],
)
def test_a_day_lies_between_today_and_the_end_of_the_consent(until: str | None, why: Reason | None) -> None:
    play = shared()
    grant = grants(play)[0]
    if why is None:
        play.do(ChangeGrantDay(grant.id, until))
        assert grants(play)[0].until == until
        return
    with pytest.raises(InvalidForm) as refused:
        play.do(ChangeGrantDay(grant.id, until))
    assert refused.value.fields == {"until": why}


def test_a_consent_without_an_end_allows_every_day_and_a_day_can_be_taken_away() -> None:
    play = shared(until=None)
    grant = grants(play)[0]
    play.do(ChangeGrantDay(grant.id, "2030-01-01"))
    with pytest.raises(InvalidForm):
        play.do(ChangeGrantDay(grant.id, "2030-01-01"))
    play.do(ChangeGrantDay(grant.id, None))
    assert grants(play)[0].until is None


def test_the_clock_follows_the_day() -> None:
    play = shared()
    first, second = grants(play)
    play.do(ChangeGrantDay(first.id, "2026-03-04"))
    play.do(ChangeGrantDay(first.id, "2026-03-06"))
    play.wait(4 * DAY)
    assert grants(play)[0].ended_at is None
    play.wait(2 * DAY)
    assert [grant.ended_at is None for grant in grants(play)] == [False, True]
    assert second.until is None


# --- given back ------------------------------------------------------------------------------------------------------


def returned(play: Play, by: By = PROVIDER, how: str = "destroyed", note: str | None = None) -> list[str]:
    command = ReturnPapers(play.track("referral").id, how, note)
    return play.do(command, by)[0].effects["grants_returned"]


@pytest.mark.parametrize("role", Role)
def test_a_provider_says_what_became_of_what_it_may_see_no_longer(role: Role) -> None:
    play = shared()
    play.do(WithdrawGrant(grants(play)[0].id, "A dispute."))
    by = By("somebody", role)
    if role not in (Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER):
        with pytest.raises(NotAllowed):
            returned(play, by)
        return
    assert returned(play, by) == [grants(play)[0].id]
    assert [grant.returned_at is None for grant in grants(play)] == [False, True]
    with pytest.raises(WrongState):
        returned(play, by)


def test_nothing_is_given_back_that_is_still_seen_and_only_in_the_two_ways() -> None:
    play = shared()
    with pytest.raises(WrongState):
        returned(play)
    play.do(WithdrawGrant(grants(play)[0].id, "A dispute."))
    with pytest.raises(InvalidForm) as refused:
        returned(play, how="lost")
    assert refused.value.fields == {"how": reasons.documents.RETURNED_OR_DESTROYED}
    returned(play, how="returned", note="By courier.")
    assert (play.events[-1].effects["what"], play.events[-1].body) == ("returned", {"note": "By courier."})
