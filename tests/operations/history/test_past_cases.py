"""A case as of an instant is the fold of its log up to it: for those who audit it, to read alone, and never with what was erased."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from casework.definitions import load_library
from casework.engine.state.projection import fold
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.cases.case_actions import declare_interest
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.history import past_cases
from casework.operations.history.past_cases import fold_until, library_of, list_clocks_then, show_case_then
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import now, read_events
from tests.operations.privacy.erasure_scene import CANARIES, set_scene
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_referral)
INSTANT = timedelta(microseconds=1)


def opened_at(db: Connection, number: str) -> datetime:
    return load(db, home_of(db, number), "case").opened_at


def test_it_is_what_the_log_told_by_each_event(db: Connection, staged: tuple[str, str]) -> None:
    events = list(read_events(db, home_of(db, staged[0])))
    for n, event in enumerate(events, 1):
        then, told = fold_until(events, event.at), fold(events[:n])
        assert then is not None
        assert then.case == told
        before = fold_until(events, event.at - INSTANT)
        assert (before and before.case) == fold(events[: n - 1])
    assert fold_until(events, events[0].at - INSTANT) is None
    assert fold_until([], events[0].at) is None


def test_the_steps_lead_from_event_to_event(world: World, db: Connection, staged: tuple[str, str]) -> None:
    auditor, events = world.actor(db, "auditor"), list(read_events(db, home_of(db, staged[0])))
    shown = [show_case_then(db, auditor, staged[0], event.at) for event in events]
    assert [one.event_at for one in shown] == [one.as_of for one in shown]
    assert [one.previous_at for one in shown] == [None, *(one.event_at for one in shown[:-1])]
    assert [one.next_at for one in shown] == [*(one.event_at for one in shown[1:]), None]


def test_nothing_may_be_done_in_what_is_past(world: World, db: Connection, staged: tuple[str, str]) -> None:
    shown = show_case_then(db, world.actor(db, "compliance"), staged[0], now(db))
    assert (shown.actions, shown.requests, shown.case_actions) == ([], [], [])
    assert not any(task.may_work for task in shown.tasks)


def test_before_it_was_opened_there_is_no_case(world: World, db: Connection, staged: tuple[str, str]) -> None:
    with pytest.raises(NotFound):
        show_case_then(db, world.actor(db, "auditor"), staged[0], opened_at(db, staged[0]) - INSTANT)


def test_nobody_sees_a_case_as_it_will_be(world: World, db: Connection, staged: tuple[str, str]) -> None:
    with pytest.raises(InvalidForm, match="must not lie in the future"):
        show_case_then(db, world.actor(db, "auditor"), staged[0], now(db) + timedelta(minutes=1))


@pytest.mark.parametrize("name", ["officer", "supervisor"])
def test_who_works_on_it_is_told_for_whom_the_past_is(
    world: World, db: Connection, staged: tuple[str, str], name: str
) -> None:
    for look in (show_case_then, list_clocks_then):
        with pytest.raises(NotAllowed, match="auditor"):
            look(db, world.actor(db, name), staged[0], now(db))


@pytest.mark.parametrize("name", ["provider", "observer", "foreign_officer", "dispute_officer", "administrator"])
def test_who_does_not_see_all_of_it_now_sees_nothing_of_its_past(
    world: World, db: Connection, staged: tuple[str, str], name: str
) -> None:
    with pytest.raises(NotFound):
        show_case_then(db, world.actor(db, name), staged[0], now(db))


def test_whoever_declared_an_interest_sees_nothing_of_its_past(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    before = now(db)
    declare_interest(db, world.actor(db, "compliance"), staged[0], nature="Family.", request=new_request())
    for look in (show_case_then, list_clocks_then):
        with pytest.raises(NotAllowed, match="you have declared an interest"):
            look(db, world.actor(db, "compliance"), staged[0], before)
    assert show_case_then(db, world.actor(db, "auditor"), staged[0], before).number == staged[0]


def test_an_edition_that_is_installed_no_more_is_read_from_the_database(
    db: Connection, staged: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = load(db, home_of(db, staged[0]), "case")
    known = load_library()
    there = {digest: edition for digest, edition in known.editions.items() if digest != case.main.edition}
    monkeypatch.setattr(past_cases, "load_library", lambda: replace(known, editions=there))
    assert library_of(db, case).editions[case.main.edition].rules == known.editions[case.main.edition].rules


def test_what_was_erased_is_gone_at_every_moment_and_it_is_said_since_when(
    engine: Engine, superuser_engine: Engine, world: World, document_store: DocumentStore
) -> None:
    scene = set_scene(engine, superuser_engine, world, document_store)
    with transaction(engine) as db:
        before = now(db)
        shown = show_case_then(db, world.actor(db, "auditor"), scene.number, before)
        assert any(word in str(asdict(shown)) for word in CANARIES)
        assert shown.erased_at == []
    scene.erase()
    with transaction(engine) as db:
        owners = set()
        for event in read_events(db, home_of(db, scene.number)):
            shown = show_case_then(db, world.actor(db, "auditor"), scene.number, event.at)
            assert not any(word in str(asdict(shown)) for word in CANARIES), event.kind
            owners.add(shown.owner.name if shown.owner else None)
        shown = show_case_then(db, world.actor(db, "auditor"), scene.number, before)
        assert len(shown.erased_at) == 1
        assert shown.title is None
        assert "Erased person 1" in owners
        assert show_case_then(db, world.actor(db, "auditor"), scene.number, now(db)).erased_at == []
