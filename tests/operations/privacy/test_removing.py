"""A removal is carried out: the words and bytes of its cases go, nothing else does, and every log verifies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from casework import reasons
from casework.errors import FileMissing, NotAllowed, Refused, WrongState
from casework.operations.cases.case_actions import declare_interest
from casework.operations.core.perform import home_of
from casework.operations.deadlines.timers import fire_timers_of_log
from casework.operations.documents.storage import DocumentStore
from casework.operations.oversight.figure_facts import bring_after, find_differing
from casework.operations.privacy.legal_holds import end_hold, place_hold
from casework.operations.privacy.removals import read_removals
from casework.operations.privacy.removing import carry_on, list_waiting
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.privacy.removal_scene import CANARY, PAPER, Scene, set_scene
from tests.support.world import World, new_request


@pytest.fixture
def scene(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, document_store: DocumentStore
) -> Iterator[Scene]:
    made = set_scene(engine, superuser_engine, settings, world, document_store)
    yield made
    made.engine.dispose()


def events(scene: Scene, number: str) -> list[Any]:
    with scene.superuser.connect() as db:
        rows = db.execute(
            text(
                "SELECT seq, kind, header, effects, body, hash FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq"
            ),
            {"log": scene.log(number)},
        )
        return list(rows.all())


def hold(scene: Scene, db: Connection, number: str) -> str:
    by = scene.world.actor(db, "compliance")
    done = place_hold(db, by, programme=scene.programme, case=number, reason="A suit.", request=new_request())
    return str(done.answer["id"])


def test_no_table_holds_a_word_of_a_removed_case(scene: Scene) -> None:
    before = scene.found(CANARY, PAPER)
    assert {"events", "files"} <= set().union(*before.values()), "the scan must find what there is"
    scene.remove()
    assert scene.found(CANARY, PAPER) == {}


def test_every_log_verifies_afterwards(scene: Scene) -> None:
    scene.remove()
    assert list(verify_all(scene.engine)) == []


def test_nothing_but_words_has_changed(scene: Scene) -> None:
    number = scene.numbers[0]
    before = events(scene, number)
    decision = scene.remove()
    after = events(scene, number)
    told = after[-1]
    assert [(row.seq, row.kind, row.header, row.effects, row.hash) for row in after[:-1]] == [
        (row.seq, row.kind, row.header, row.effects, row.hash) for row in before
    ]
    assert all(part.keys() == {"hash"} for row in after for part in row.body.values())
    assert (told.kind, told.effects["removal"]) == ("erased", {"programme": scene.programme, "decision": decision})


def test_the_log_of_the_programme_tells_of_each_case(scene: Scene) -> None:
    decision = scene.remove()
    told = scene.told("case_removed")
    assert {one["decision"] for one in told} == {decision}
    assert [one["files"] for one in told] == [1, 1]
    assert all(one["values"] > 3 for one in told)
    with transaction(scene.engine) as db:
        assert list_waiting(db, but="true", most=9) == []
        assert read_removals(db, scene.programme)[-1].waiting == []


def test_the_bytes_of_documents_leave_the_store(scene: Scene, document_store: DocumentStore) -> None:
    assert len(list(document_store.store.places())) == 2
    scene.remove()
    document_store.sweep()
    assert list(document_store.store.places()) == []


def test_the_keys_of_documents_are_destroyed_at_once(scene: Scene, document_store: DocumentStore) -> None:
    """Before the next sweep, and for every copy of the bytes that lies elsewhere: no table has what opens them."""
    log = scene.log(scene.numbers[0])
    with scene.superuser.connect() as db:
        keys = list(db.execute(_KEYS, {"log": log}).scalars())
        blobs = list(db.execute(_BLOBS, {"log": log}).scalars())
    assert keys
    assert len(scene.found(*keys)) == len(keys), "the scan must find what there is"
    with transaction(scene.engine) as db:
        assert b"".join(document_store.read_blob(db, blobs[0]))
    scene.remove()
    assert scene.found(*keys) == {}
    assert len(list(document_store.store.places())) == 2, "nothing was swept yet"
    with transaction(scene.engine) as db, pytest.raises(FileMissing):
        document_store.read_blob(db, blobs[0])
    assert list(verify_all(scene.engine)) == []


#: The keys of a case's files, as a dump has them, and what lies in the store by them.
_KEYS = text("SELECT encode(sealed, 'hex') FROM compartments WHERE log_id = CAST(:log AS uuid) ORDER BY part")
_BLOBS = text(
    "SELECT b.id::text FROM blobs b JOIN compartments c ON c.id = b.compartment_id WHERE c.log_id = CAST(:log AS uuid)"
)


def test_what_was_removed_is_due_no_longer(scene: Scene) -> None:
    scene.remove()
    with transaction(scene.engine) as db, pytest.raises(Refused) as refusal:
        scene.propose(db)
    assert list(refusal.value.reasons) == [reasons.retention.NOTHING_DUE]


def test_nothing_is_removed_before_a_second_person_agrees(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        scene.propose(db)
    assert carry_on(scene.engine, scene.programme) == 0
    assert scene.told("case_removed") == []


def test_a_case_that_is_held_since_is_left_out(scene: Scene) -> None:
    scene.agree()
    with transaction(scene.engine) as db:
        hold(scene, db, scene.numbers[0])
    assert carry_on(scene.engine, scene.programme) == 1
    assert [one["why"] for one in scene.told("case_left")] == [["held"]]
    assert list(verify_all(scene.engine)) == []


def test_a_case_that_was_opened_again_is_left_out(scene: Scene) -> None:
    scene.agree()
    with scene.superuser.begin() as db:
        db.execute(text("UPDATE cases SET closed_at = NULL WHERE number = :n"), {"n": scene.numbers[0]})
    assert carry_on(scene.engine, scene.programme) == 1
    assert [one["why"] for one in scene.told("case_left")] == [["open"]]


def test_a_case_of_another_class_since_is_left_out(scene: Scene) -> None:
    scene.agree()
    with scene.superuser.begin() as db:
        db.execute(
            text(
                "UPDATE tracks SET kind = 'pledge' WHERE id = (SELECT id FROM tracks WHERE log_id = CAST(:log AS uuid) LIMIT 1)"
            ),
            {"log": scene.log(scene.numbers[0])},
        )
    assert carry_on(scene.engine, scene.programme) == 1
    assert [one["why"] for one in scene.told("case_left")] == [["not_due", "other_class"]]


def test_what_was_left_out_may_be_proposed_again(scene: Scene) -> None:
    scene.agree()
    with transaction(scene.engine) as db:
        held = hold(scene, db, scene.numbers[0])
    carry_on(scene.engine, scene.programme)
    with transaction(scene.engine) as db:
        by = scene.world.actor(db, "supervisor")
        end_hold(db, by, held, reason="It is over.", request=new_request())
    scene.remove()
    assert len(scene.told("case_removed")) == 2
    assert list(verify_all(scene.engine)) == []


def test_a_hold_on_a_removed_case_is_refused_with_the_day(scene: Scene) -> None:
    scene.remove()
    with transaction(scene.engine) as db, pytest.raises(Refused) as refusal:
        hold(scene, db, scene.numbers[0])
    assert [one.code for one in refusal.value.reasons] == ["retention.contents_removed"]


def test_nothing_is_done_in_a_removed_case_any_more(scene: Scene) -> None:
    """Neither what a page offers nor what somebody sends, nor a clock that was still to come."""
    number = scene.numbers[0]
    scene.remove()
    with transaction(scene.engine) as db:
        shown = scene.world.read_case(db, number, "supervisor")
        assert shown.removed_at is not None
        assert (shown.actions, shown.requests, shown.case_actions, shown.tasks) == ([], [], [], [])
    before = len(events(scene, number))
    deeds: list[Callable[[Connection], object]] = [
        lambda db: scene.world.fire(db, "supervisor", number, "reopen", {}),
        lambda db: scene.world.write(db, "officer", load(db, home_of(db, number), "case"), words="One more word."),
        lambda db: declare_interest(
            db, scene.world.actor(db, "officer"), number, nature="A share.", request=new_request()
        ),
    ]
    for do in deeds:
        with transaction(scene.engine) as db, pytest.raises((NotAllowed, WrongState)) as refusal:
            do(db)
        assert refusal.value.code == "retention.takes_nothing_more"
    assert fire_timers_of_log(scene.engine, scene.log(number)).count == 0
    assert len(events(scene, number)) == before


def test_no_row_alone_lets_anything_go(scene: Scene) -> None:
    """The application may not take words out of a case that no decision names."""
    decision = scene.agree()
    with transaction(scene.engine) as db:
        number = scene.world.new_case(db)
    with transaction(scene.engine) as db, pytest.raises(DBAPIError, match="two persons have not agreed"):
        db.execute(
            text("SELECT casework_remove(CAST(:p AS uuid), :d, CAST(:log AS uuid), '{}')"),
            {"p": scene.programme, "d": decision, "log": home_of(db, number)},
        )


def test_figures_are_counted_from_what_stays(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        case = load(db, home_of(db, scene.numbers[0]), "case")
    assert case.closed_at is not None
    scene.remove()
    bring_after(scene.engine, scene.programme)
    assert find_differing(scene.engine, scene.programme) == []
    with transaction(scene.engine) as db:
        after = load(db, home_of(db, scene.numbers[0]), "case")
    assert (after.closed_at, after.outcome, after.title) == (case.closed_at, case.outcome, None)
    assert after.removed_at is not None
    assert after.removed_at - case.closed_at > timedelta(days=366)


#: Lets the second case of a removal fail as its end is written.
_BREAKS = """
    CREATE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        PERFORM set_config('casework.reader', 'engine', true);
        IF (SELECT count(*) FROM public.events WHERE kind = 'case_removed') > 0 THEN RAISE EXCEPTION 'it broke off'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER breaks BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.kind = 'case_removed') EXECUTE FUNCTION breaks();
"""


def test_what_breaks_off_is_neither_half_done_nor_done_twice(scene: Scene) -> None:
    scene.agree()
    with scene.superuser.begin() as db:
        db.execute(text(_BREAKS))
    with pytest.raises(DBAPIError, match="it broke off"):
        carry_on(scene.engine, scene.programme)
    assert len(scene.told("case_removed")) == 1
    half = [
        number
        for number in scene.numbers
        if any("value" in part for row in events(scene, number) for part in row.body.values())
    ]
    assert len(half) == 1
    assert "erased" not in [row.kind for row in events(scene, half[0])]
    with scene.superuser.begin() as db:
        db.execute(text("DROP FUNCTION breaks() CASCADE"))
    assert carry_on(scene.engine, scene.programme) == 1
    assert carry_on(scene.engine, scene.programme) == 0
    assert len({one["case"] for one in scene.told("case_removed")}) == len(scene.told("case_removed")) == 2
    assert list(verify_all(scene.engine)) == []
