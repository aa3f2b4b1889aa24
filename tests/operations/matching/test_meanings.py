"""What technologies mean is kept where that is switched on, as they stand; whoever is ended halfway goes on where they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.record_use import bring_back, end_record
from casework.operations.matching import meanings
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, new_request


def state(db: Connection) -> dict[str, str]:
    """By record which model has looked at it, and with a star what it means."""
    rows = db.execute(text("SELECT record_id::text AS id, model, direction FROM record_meanings")).all()
    return {row.id: row.model[:3] + ("*" if row.direction is not None else "") for row in rows}


def put(world: World, engine: Engine) -> list[str]:
    with transaction(engine) as db:
        return [
            enter(world, db, "technology", title="Heat pump for district heating", description="It cools sewage."),
            enter(world, db, "technology", title="污水热泵"),
            enter(world, db, "technology", title="Boiler with little nitrogen oxide"),
        ]


def waiting(engine: Engine) -> list[str]:
    with transaction(engine) as db:
        return meanings.list_waiting(db)


def test_nothing_is_kept_until_somebody_switches_it_on_and_nothing_after(world: World, engine: Engine) -> None:
    ids, programme = put(world, engine), world.programmes["BJ"]
    assert waiting(engine) == []
    meanings.switch_on(engine, programme)
    assert waiting(engine) == [programme]
    told: list[tuple[int, int]] = []
    done = meanings.embed(engine, programme, progress=lambda n, of: told.append((n, of)))
    assert told[-1] == (done, done)
    assert waiting(engine) == []
    with transaction(engine) as db:
        assert [state(db)[id] for id in ids] == ["all*", "all", "all*"]
        assert set(state(db)) == set(db.execute(text("SELECT id::text FROM technologies")).scalars())
    assert meanings.embed(engine, programme) == 0
    meanings.switch_off(engine, programme)
    with transaction(engine) as db:
        assert set(state(db).values()) == {""}
        assert db.execute(text("SELECT count(sentences) FROM record_meanings")).scalar_one() == 0
    assert waiting(engine) == []


def test_who_was_ended_halfway_goes_on_there(world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ids, programme = put(world, engine), world.programmes["BJ"]
    meanings.switch_on(engine, programme)
    monkeypatch.setattr(meanings, "BATCH", 1)

    def ended(n: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        meanings.embed(engine, programme, progress=ended)
    with transaction(engine) as db:
        before = len(state(db))
    assert before == 1
    assert waiting(engine) == [programme]
    # A job does a few, and leaves the others to the next.
    assert meanings.embed(engine, programme, most=1) == 1
    meanings.embed(engine, programme)
    with transaction(engine) as db:
        assert set(ids) <= set(state(db))
    assert waiting(engine) == []


def correct(world: World, db: Connection, id: str, **fields: str) -> None:
    officer = world.actor(db, "officer")
    correct_record(db, officer, "technology", id, fields=fields, source=None, reason="So it is.", request=new_request())


def withdraw(world: World, db: Connection, id: str) -> None:
    end_record(
        db, world.actor(db, "officer"), "technology", id, status="withdrawn", reason="Gone.", request=new_request()
    )


CHANGES: list[Callable[[World, Connection, str], None]] = [
    lambda world, db, id: correct(world, db, id, title="A boiler for heat"),
    lambda world, db, id: correct(world, db, id, description="It cools the waste water."),
    lambda world, db, id: correct(world, db, id, problem="Heat of the sewage is lost."),
    lambda world, db, id: correct(world, db, id, advantage="It takes half the power of a boiler."),
    withdraw,
]


@pytest.mark.parametrize("change", CHANGES, ids=["title", "description", "problem", "advantage", "withdrawn"])
def test_what_became_another_is_forgotten_at_once_and_looked_at_again(
    world: World, engine: Engine, change: Callable[[World, Connection, str], None]
) -> None:
    (pump, *_), programme = put(world, engine), world.programmes["BJ"]
    meanings.switch_on(engine, programme)
    meanings.embed(engine, programme)
    with transaction(engine) as db:
        change(world, db, pump)
        assert state(db)[pump] == ""
    assert waiting(engine) == [programme]
    meanings.embed(engine, programme)
    with transaction(engine) as db:
        assert state(db)[pump] == ("" if change is withdraw else "all*")
        if change is withdraw:
            bring_back(db, world.actor(db, "officer"), "technology", pump, reason="It is back.", request=new_request())
    meanings.embed(engine, programme)
    with transaction(engine) as db:
        assert state(db)[pump] == "all*"
    assert waiting(engine) == []


def test_what_was_looked_at_by_other_words_of_its_record_is_looked_at_again(world: World, engine: Engine) -> None:
    (pump, *_), programme = put(world, engine), world.programmes["BJ"]
    meanings.switch_on(engine, programme)
    every = meanings.embed(engine, programme)
    with transaction(engine) as db:
        # As it was kept when title and description alone were looked at.
        db.execute(text("UPDATE record_meanings SET model = split_part(model, ', ', 1)"))
    assert meanings.embed(engine, programme) == every
    with transaction(engine) as db:
        assert state(db)[pump] == "all*"


def test_what_does_not_change_its_words_is_not_looked_at_again(world: World, engine: Engine) -> None:
    (pump, *_), programme = put(world, engine), world.programmes["BJ"]
    meanings.switch_on(engine, programme)
    meanings.embed(engine, programme)
    with transaction(engine) as db:
        correct(world, db, pump, website="https://example.org/")
        assert state(db)[pump] == "all*"


def test_what_changed_while_it_was_looked_at_is_not_kept(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pump, *_), programme = put(world, engine), world.programmes["BJ"]
    meanings.switch_on(engine, programme)
    keep, changed = meanings.keep, list[str]()

    def late(db: Connection, *given: object) -> None:
        if not changed:
            changed.append(pump)
            db.execute(text("UPDATE technologies SET title = 'Another' WHERE id = CAST(:id AS uuid)"), {"id": pump})
        keep(db, *given)  # type: ignore[arg-type]  # as given
        if len(changed) == 1:
            changed.append(pump)
            assert pump not in state(db)

    monkeypatch.setattr(meanings, "keep", late)
    meanings.embed(engine, programme)
    assert len(changed) == 2
    with transaction(engine) as db:
        assert state(db)[pump].startswith("all")


def test_it_is_told_how_far_it_is_and_since_when(world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    put(world, engine)
    programme = world.programmes["BJ"]

    def standing() -> meanings.Looking | None:
        with transaction(engine) as db:
            return meanings.show_looking(db, programme)

    assert standing() is None
    meanings.switch_on(engine, programme)
    begun = standing()
    assert begun is not None
    assert (begun.made, begun.there > 2, begun.since is not None, begun.installed) == (0, True, True, True)
    monkeypatch.setattr(meanings, "BATCH", 1)
    meanings.embed(engine, programme, most=2)
    assert standing() == replace(begun, made=2)
    meanings.embed(engine, programme)
    assert standing() == replace(begun, made=begun.there, since=None)
    with transaction(engine) as db:
        enter(world, db, "technology", title="Another heat pump")
    monkeypatch.setattr(meanings, "installed", lambda: False)
    left = standing()
    assert left == replace(begun, made=begun.there, there=begun.there + 1, since=None, installed=False)
    meanings.switch_off(engine, programme)
    assert standing() is None
