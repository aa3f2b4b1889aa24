"""By which editions a programme begins: who says so, what begins by them, and what keeps its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.engine.execution.context import Library
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done
from casework.operations.core.perform import home_of
from casework.operations.people.letterheads import show_settings
from casework.operations.people.programme_editions import find_apart, set_editions, show_editions
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.way_to_referral import to_panel, to_plan, to_request
from tests.support.world import World, new_request, today

pytestmark = pytest.mark.usefixtures("older_edition")


def begin_by(
    db: Connection, world: World, editions: Mapping[str, int | None], *, by: str = "supervisor", reason: str = "So."
) -> Done:
    """Let the programme begin by these editions."""
    actor = world.actor(db, by)
    return set_editions(db, actor, world.programmes["BJ"], editions=editions, reason=reason, request=new_request())


def number_of(db: Connection, case: str, track: str) -> int:
    return load_library()[load(db, home_of(db, case), "case").tracks[track].edition].number


def _request(world: World) -> dict[str, str]:
    """A request as the first edition asks it."""
    return {
        "service": "assessment",
        "provider": world.organisations["lab"],
        "fee": "programme",
        "question": "Does it reach 180 degrees?",
        "wanted_on": (today() + timedelta(days=60)).isoformat(),
    }


def test_a_choice_is_told_that_can_be_made_no_more(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        begin_by(db, world, {"referral": 1, "case": 1})
        assert find_apart(db) == []
        db.execute(text("UPDATE programmes SET editions = '{\"referral\": 9, \"case\": 1}' WHERE code = 'BJ'"))
        [found] = find_apart(db)
    assert (found.programme, found.code, found.workflow) == (world.programmes["BJ"], "BJ", "referral")


def test_what_is_opened_begins_by_what_was_chosen_and_what_runs_keeps_its_own(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number, before = to_request(world, db)
        assert number_of(db, number, before) == 2
    with transaction(engine) as db:
        begin_by(db, world, {"referral": 1})
    with transaction(engine) as db:
        other = to_plan(world, db, 1)
        world.fire(db, "supervisor", other, "approve_plan")
        assert number_of(db, other, world.referral(db, other, "assessment")) == 1
        world.send(db, number, before, "assessment")
        assert number_of(db, number, before) == 2
    with transaction(engine) as db:
        begin_by(db, world, {"referral": None})
    with transaction(engine) as db:
        world.fire(db, "officer", other, "send", _request(world), track=world.referral(db, other, "assessment"))
        assert number_of(db, other, world.referral(db, other, "assessment")) == 1
    assert list(verify_all(engine)) == []


def test_what_is_opened_by_itself_begins_by_what_was_chosen_too(world: World, db: Connection) -> None:
    number, referral, other = to_panel(world, db)
    begin_by(db, world, {"referral": 1})
    world.fire(db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    (following,) = [track for track in load(db, home_of(db, number), "case").tracks.values() if track.provider == other]
    assert number_of(db, number, following.id) == 1


def test_a_case_begins_by_what_was_chosen(world: World, db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Mapping[str, int]] = []
    library = load_library()

    def choosing(self: Library, chosen: Mapping[str, int]) -> Library:
        asked.append(chosen)
        return self

    monkeypatch.setattr(type(library), "choosing", choosing)
    begin_by(db, world, {"case": 1})
    asked.clear()
    world.open_case(db)
    assert asked == [{"case": 1}]


def test_the_history_says_what_was_before_and_why(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        begin_by(db, world, {"referral": 1, "case": 1}, reason="We know it.")
    with transaction(engine) as db:
        begin_by(db, world, {"case": 1}, reason="The newer one is better.")
        supervisor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
        shown = show_editions(db, supervisor, programme)
        newest, first = show_settings(db, supervisor, programme).entries
    assert first.changes == {"editions.case": (None, 1), "editions.referral": (None, 1)}
    assert newest.changes == {"editions.referral": (1, None)}
    assert (newest.reason, newest.kind, shown.version) == ("The newer one is better.", "editions_set", newest.seq)
    of = {one.workflow: one for one in shown.items}
    assert (of["case"].chosen, of["referral"].chosen, of["referral"].newest) == (1, None, 2)
    assert [one.number for one in of["referral"].editions] == [2, 1]
    assert all(one.published_on for one in of["referral"].editions)
    assert list(verify_all(engine)) == []


def test_what_cannot_begin_is_refused(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm, match="edition 9 is not published here"):
        begin_by(db, world, {"referral": 9})
    with pytest.raises(InvalidForm, match="no workflow"):
        begin_by(db, world, {"dance": 1})
    with pytest.raises(InvalidForm):
        begin_by(db, world, {"referral": 1}, reason=" ")
    with pytest.raises(Refused, match="Nothing is changed"):
        begin_by(db, world, {"referral": None})
    supervisor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
    seen = show_editions(db, supervisor, programme).version
    begin_by(db, world, {"referral": 1})
    with pytest.raises(RecordHasMoved):
        set_editions(db, supervisor, programme, editions={}, reason="No.", request=new_request(), seen=seen)


def test_an_edition_that_is_gone_lets_the_newest_begin_and_is_said(world: World, db: Connection) -> None:
    gone = text("""UPDATE programmes SET editions = '{"referral": 99}' WHERE id = CAST(:id AS uuid)""")
    db.execute(gone, {"id": world.programmes["BJ"]})
    number, referral = to_request(world, db)
    assert number_of(db, number, referral) == 2
    items = show_editions(db, world.actor(db, "supervisor"), world.programmes["BJ"]).items
    assert [(one.workflow, one.chosen) for one in items if not one.offered] == [("referral", 99)]


def test_who_may_look_and_who_may_set(world: World, db: Connection) -> None:
    programme = world.programmes["BJ"]
    assert not show_editions(db, world.actor(db, "administrator"), programme).mine
    with pytest.raises(NotAllowed):
        begin_by(db, world, {"referral": 1}, by="administrator")
    for name in (
        "officer",
        "foreign_officer",
        "auditor",
        "compliance",
        "provider",
        "provider_lead",
        "manager",
        "observer",
    ):
        with pytest.raises(NotFound):
            begin_by(db, world, {"referral": 1}, by=name)
        with pytest.raises(NotFound):
            show_editions(db, world.actor(db, name), programme)
    with pytest.raises(NotFound):
        show_editions(db, world.actor(db, "supervisor"), world.programmes["SH"])
