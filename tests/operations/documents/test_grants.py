"""A provider's access to a document ends with a day of its own: named when it is shared, shown, changed, kept by a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.case import Case
from casework.engine.state.case_documents import Grant
from casework.engine.state.events import GRANT_EXPIRED
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.cases.case_actions import register_document
from casework.operations.core.perform import home_of
from casework.operations.deadlines.timers import fire_due_timers_on, next_moment
from casework.operations.documents import grants
from casework.operations.documents import service as documents
from casework.operations.documents.views import GivenDocument
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.event_log import now, read_events
from tests.support.way_to_referral import to_accepted
from tests.support.world import World, new_request, today

Json = Any


@dataclass
class Scene:
    """A referral that was accepted, and a clock that can be moved; all in one transaction."""

    db: Connection
    world: World
    number: str
    referral: str

    def case(self) -> Case:
        return load(self.db, home_of(self.db, self.number), "case", every_task=True)

    def fire(self, by: str, transition: str, data: dict[str, Json]) -> None:
        self.world.fire(self.db, by, self.number, transition, data, track=self.referral)

    def share(self, until: date | None = None) -> str:
        """A paper of the need owner, supplied to the referral; gives the paper's id."""
        done = register_document(
            self.db,
            self.world.actor(self.db, "officer"),
            self.number,
            title="Figures",
            kind="report",
            party="need_owner",
            language=None,
            valid_until=None,
            revision=self.case().revision,
            request=new_request(),
        )
        id = str(done.answer["id"])
        self.fire("provider", "ask_info", {"items": "The figures"})
        last = {"shared_until": until.isoformat()} if until else {}
        self.fire("officer", "supply_info", {"documents": [id], "answer": "Here."} | last)
        return id

    def grant(self) -> Grant:
        return list(self.case().grants.values())[-1]

    def change(self, until: date | None, by: str = "officer") -> dict[str, Json]:
        day = until.isoformat() if until else None
        return dict(
            grants.change_grant_day(
                self.db, self.world.actor(self.db, by), self.number, self.grant().id, until=day, request=new_request()
            ).answer
        )

    def pass_days(self, days: int) -> None:
        end = now(self.db) + timedelta(days=days)
        while (moment := next_moment(self.db)) is not None and moment <= end:
            self._set_clock(max(moment, now(self.db)))
            fire_due_timers_on(self.db)
        self._set_clock(end)

    def _set_clock(self, moment: datetime) -> None:
        there: datetime = self.db.execute(text("SELECT clock_timestamp()")).scalar_one()
        offset = str((moment - there).total_seconds())
        self.db.execute(text("SELECT set_config('casework.clock_offset', :offset, true)"), {"offset": offset})

    def sees(self, by: str, id: str) -> bool:
        try:
            documents.find_document(self.db, self.world.actor(self.db, by), id)
        except NotFound:
            return False
        return True

    def package(self, by: str) -> list[GivenDocument]:
        case = self.case()
        track = case.tracks[self.referral]
        return grants.list_package(self.db, self.world.actor(self.db, by), case, track).items

    def kinds(self) -> list[str]:
        return [event.kind for event in read_events(self.db, home_of(self.db, self.number))]


pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def scene(db: Connection, world: World, staged: tuple[str, str]) -> Scene:
    return Scene(db, world, *staged)


def soon(days: int = 5) -> date:
    return today() + timedelta(days=days)


@pytest.mark.parametrize("reader", ["officer", "provider"])
def test_both_sides_see_the_last_day_before_it_comes(scene: Scene, reader: str) -> None:
    scene.share(soon())
    assert [one.last_day for one in scene.package(reader)] == [soon().isoformat()]


def test_on_its_last_day_the_access_is_still_there(scene: Scene) -> None:
    id = scene.share(soon())
    scene.pass_days(4)
    assert scene.sees("provider", id)


def test_after_its_last_day_a_clock_has_ended_it(scene: Scene) -> None:
    id = scene.share(soon())
    scene.pass_days(6)
    assert not scene.sees("provider", id)
    assert scene.grant().ended_at is not None
    assert scene.kinds().count(GRANT_EXPIRED) == 1


def test_what_has_ended_is_not_shared_again_by_itself(scene: Scene) -> None:
    id = scene.share(soon())
    scene.fire("officer", "suspend", {"reason": "parties", "note": "A pause."})
    scene.pass_days(6)
    scene.fire("officer", "continue", {})
    assert not scene.sees("provider", id)


def test_the_office_may_share_it_once_more(scene: Scene) -> None:
    id = scene.share(soon())
    scene.pass_days(6)
    scene.fire("provider", "ask_info", {"items": "The figures again"})
    scene.fire("officer", "supply_info", {"documents": [id], "answer": "Here."})
    assert scene.sees("provider", id)
    assert scene.grant().until is None


def test_without_a_day_it_lasts_as_long_as_referral_and_consent(scene: Scene) -> None:
    id = scene.share()
    scene.pass_days(20)
    assert scene.sees("provider", id)
    assert [one.last_day for one in scene.package("provider")] == [None]


def test_a_later_day_lets_it_go_on(scene: Scene) -> None:
    id = scene.share(soon())
    assert scene.change(soon(15))["last_day"] == soon(15).isoformat()
    scene.pass_days(10)
    assert scene.sees("provider", id)
    scene.pass_days(10)
    assert not scene.sees("provider", id)


def test_the_day_can_be_taken_away(scene: Scene) -> None:
    id = scene.share(soon())
    scene.change(None)
    scene.pass_days(10)
    assert scene.sees("provider", id)


def test_a_day_that_has_passed_is_refused(scene: Scene) -> None:
    scene.share(soon())
    with pytest.raises(InvalidForm):
        scene.change(today() - timedelta(days=1))


def test_what_has_ended_gets_no_other_day(scene: Scene) -> None:
    scene.share(soon())
    scene.pass_days(6)
    with pytest.raises(WrongState):
        scene.change(soon(15))


@pytest.mark.parametrize(
    ("by", "refusal"), [("provider", NotFound), ("compliance", NotAllowed), ("other_officer", NotAllowed)]
)
def test_only_those_who_lead_the_case_change_the_day(scene: Scene, by: str, refusal: type[Exception]) -> None:
    scene.share(soon())
    with pytest.raises(refusal):
        scene.change(soon(15), by)


def test_with_its_referral_the_access_ends_before_its_day(scene: Scene) -> None:
    id = scene.share(soon(30))
    scene.fire("officer", "cancel", {"reason": "not_needed", "fees_settled": True})
    assert not scene.sees("provider", id)
    scene.pass_days(40)
    assert GRANT_EXPIRED not in scene.kinds()


def test_the_case_with_all_of_it_verifies(scene: Scene) -> None:
    scene.share(soon())
    scene.change(soon(15))
    scene.pass_days(20)
    assert list(verify_case(scene.db, home_of(scene.db, scene.number))) == []
