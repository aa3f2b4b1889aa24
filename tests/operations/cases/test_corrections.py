"""A mistyped answer is corrected: both versions stand in the history, and what followed from the wrong one stays honest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.state.case import Case
from casework.engine.state.projection import fold
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.operations.cases.case_events import list_events
from casework.operations.cases.corrections import correct_answer, find_answer, list_correctable
from casework.operations.cases.event_views import CorrectedCaseEvent
from casework.operations.core.perform import home_of
from casework.operations.history.timeline import tell
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.event_log import read_events
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today


class Desk:
    def __init__(self, world: World, db: Connection) -> None:
        self.world, self.db = world, db
        self.number, self.referral = to_referral(world, db)
        self.log = home_of(db, self.number)

    @property
    def case(self) -> Case:
        return load(self.db, self.log, "case")

    def seq(self, where: str) -> int:
        statement = f"SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND {where}"
        return int(self.db.execute(text(statement), {"log": self.log}).scalar_one())

    def answers(self, by: str, seq: int) -> dict[str, Any]:
        return find_answer(self.db, self.world.actor(self.db, by), self.case, load_library().editions, seq)[1]

    def correct(self, by: str, seq: int, reason: str = "A typing mistake.", **change: Any) -> int:
        data = {name: value for name, value in (self.answers("officer", seq) | change).items() if value is not None}
        done = correct_answer(
            self.db, self.world.actor(self.db, by), self.case, seq, data=data, reason=reason, request=new_request()
        )
        return int(done.answer["seq"])

    def pass_days(self, days: int) -> None:
        self.db.execute(
            text("SELECT set_config('casework.clock_offset', :seconds, true)"), {"seconds": str(days * 86_400)}
        )

    def insist_whole(self) -> None:
        assert fold(read_events(self.db, self.log)) == load(self.db, self.log, "case", every_task=True)
        assert verify_case(self.db, self.log) == []


@pytest.fixture
def desk(world: World, db: Connection) -> Desk:
    return Desk(world, db)


SENT = "kind = 'fired' AND effects->>'transition' = 'send'"
SECRET = "kind = 'completed' AND effects->>'name' = 'nda'"
SCREENED = "kind = 'completed' AND effects->>'name' = 'screening'"


def test_a_transitions_words_are_corrected_and_both_versions_are_told(desk: Desk) -> None:
    sent = desk.seq(SENT)
    made = desk.correct("officer", sent, question="Does it reach 190 degrees?")
    assert desk.answers("officer", sent)["question"] == "Does it reach 190 degrees?"
    (entry,) = tell(desk.db, desk.log, {made})
    assert entry.body == {"question": "Does it reach 190 degrees?", "correction_reason": "A typing mistake."}
    assert entry.before_data is not None
    assert entry.before_data["service"] == "assessment"
    (earlier,) = tell(desk.db, desk.log, {sent})
    assert earlier.body["question"] == "Does it reach 180 degrees?"
    # Whoever reads it is told that it holds no more.
    assert (earlier.corrected_by, entry.corrected_by) == (made, None)
    desk.insist_whole()


def test_a_tasks_facts_are_corrected_twice_and_the_last_ones_stand(desk: Desk) -> None:
    done = desk.seq(SECRET)
    before = desk.answers("officer", done)
    date = next(name for name, value in before.items() if isinstance(value, str) and value[:2] == "20")
    for day in ("2026-01-02", "2026-01-03"):
        made = desk.correct("officer", done, **{date: day})
        (entry,) = tell(desk.db, desk.log, {made})
        assert entry.data[date] == day
    assert entry.before_data is not None
    assert entry.before_data[date] == "2026-01-02"
    assert desk.answers("officer", done)[date] == "2026-01-03"
    assert next(tell(desk.db, desk.log, {done})).corrected_by == made
    desk.insist_whole()


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("supervisor", NotAllowed),
        ("auditor", NotAllowed),
        ("other_officer", NotAllowed),
        ("provider", NotAllowed),
        ("foreign_officer", NotFound),
    ],
)
def test_others_do_not_correct_it(desk: Desk, who: str, error: type[Exception]) -> None:
    sent = desk.seq(SENT)
    with pytest.raises(error):
        desk.correct(who, sent, question="Does it reach 190 degrees?")


def test_a_provider_corrects_its_own_answer_while_the_step_lasts(desk: Desk) -> None:
    desk.world.accept(desk.db, desk.number, desk.referral)
    accepted = desk.seq("kind = 'fired' AND effects->>'transition' = 'accept'")
    with pytest.raises(Refused, match="followed|deadline"):
        desk.correct("provider", accepted, person=desk.world.people["provider_lead"])
    data = desk.answers("officer", accepted) | {"charge": "priced", "price": {"amount": "100.00", "currency": "CNY"}}
    correct_answer(
        desk.db,
        desk.world.actor(desk.db, "provider"),
        desk.case,
        accepted,
        data=data,
        reason="It has a price.",
        request=new_request(),
    )
    told = list_events(desk.db, desk.world.actor(desk.db, "provider"), desk.case).items
    assert [event.before_data["charge"] for event in told if isinstance(event, CorrectedCaseEvent)] == ["free"]
    desk.insist_whole()
    desk.world.fire(desk.db, "provider", desk.number, "start", track=desk.referral)
    with pytest.raises(NotAllowed):
        correct_answer(
            desk.db,
            desk.world.actor(desk.db, "provider"),
            desk.case,
            accepted,
            data=data | {"charge": "free", "price": None},
            reason="Free after all.",
            request=new_request(),
        )


def test_what_something_followed_from_is_refused_with_why(desk: Desk) -> None:
    consent = desk.seq("kind = 'completed' AND effects->>'name' = 'record_consent'")
    with pytest.raises(Refused, match="followed"):
        desk.correct("officer", consent, given_on="2026-01-02")


@pytest.mark.parametrize(
    ("do", "error"),
    [
        (lambda desk, seq: desk.correct("officer", seq), WrongState),
        (lambda desk, seq: desk.correct("officer", seq, reason="2026-01-02", question="Other?"), InvalidForm),
        (lambda desk, seq: desk.correct("officer", seq, question=None), InvalidForm),
        (lambda desk, seq: desk.correct("officer", seq, service="verification", claim=None), Refused),
    ],
)
def test_a_correction_is_checked_like_the_form(
    desk: Desk, do: Callable[[Desk, int], int], error: type[Exception]
) -> None:
    sent = desk.seq(SENT)
    with pytest.raises(error):
        do(desk, sent)
    desk.insist_whole()


def test_what_stands_on_a_record_is_not_corrected_in_the_case(desk: Desk) -> None:
    screened = desk.seq(SCREENED)
    day = (today() - timedelta(days=3)).isoformat()
    with pytest.raises(Refused, match="Something else followed"):
        desk.correct("officer", screened, checked_on=day)
    desk.insist_whole()


def test_days_are_judged_by_the_day_of_the_action_and_not_of_its_correction(desk: Desk) -> None:
    desk.world.accept(desk.db, desk.number, desk.referral)
    accepted = desk.seq("kind = 'fired' AND effects->>'transition' = 'accept'")
    sent, agreed, told_on = desk.seq(SENT), desk.seq(SECRET), today()
    day = next(
        name for name, value in desk.answers("officer", agreed).items() if isinstance(value, str) and value[:2] == "20"
    )
    desk.pass_days(70)
    desk.correct("officer", sent, question="Does it reach 190 degrees?")
    desk.correct("officer", accepted, planned_on=(told_on + timedelta(days=21)).isoformat())
    with pytest.raises(InvalidForm, match="past"):
        desk.correct("officer", accepted, planned_on=(told_on - timedelta(days=3)).isoformat())
    with pytest.raises(InvalidForm, match="future"):
        desk.correct("officer", agreed, **{day: (told_on + timedelta(days=3)).isoformat()})
    desk.insist_whole()


def test_what_stood_may_stay_though_nobody_could_name_it_any_more(desk: Desk) -> None:
    sent = desk.seq(SENT)
    desk.db.execute(
        text("UPDATE organisations SET services = '{}' WHERE id = CAST(:id AS uuid)"),
        {"id": desk.world.organisations["lab"]},
    )
    desk.correct("officer", sent, question="Does it reach 190 degrees?")
    with pytest.raises(InvalidForm):
        desk.correct("officer", sent, provider=desk.world.organisations["need_owner"])


def test_no_step_of_a_referral_that_has_ended_lasts(desk: Desk) -> None:
    desk.world.fire(desk.db, "provider", desk.number, "decline", {"reason": "no_capacity"}, track=desk.referral)
    declined = desk.seq("kind = 'fired' AND effects->>'transition' = 'decline'")
    editions = load_library().editions
    theirs = {
        who: [one.name for one in list_correctable(desk.world.actor(desk.db, who), desk.case, editions)]
        for who in ("provider", "officer")
    }
    assert theirs["provider"] == []
    assert "decline" in theirs["officer"]
    with pytest.raises(NotAllowed):
        desk.correct("provider", declined, reason="Mistyped.", note="No one is free.")
