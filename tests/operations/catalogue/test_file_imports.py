"""Files that a person hands in: looked at, and taken over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.catalogue import file_imports, import_worker, sources
from casework.operations.catalogue.import_reader import MOST_COLUMNS
from casework.operations.catalogue.sources import list_sources, open_source
from casework.records.database import transaction
from tests.support.world import World

TOLD = "Number;Name;Colour\n" + "".join(f"P{n};Pump {n};red\n" for n in range(5)) + ";Nameless;red\n"
FIELDS: dict[str, str | None] = {"number": "external_id", "name": "title", "colour": None}


def hand_in(engine: Engine, world: World, told: str = TOLD, **more: Any) -> str:
    with transaction(engine) as db:
        given: dict[str, Any] = {
            "content": told.encode(),
            "name": "pumps.csv",
            "source": "PATENTS",
            "complete": True,
        } | more
        return file_imports.add_file(db, world.actor(db, "officer"), world.programmes["BJ"], "technologies", **given)


def show(engine: Engine, world: World, id: str) -> file_imports.FileImport:
    with transaction(engine) as db:
        return file_imports.show_file(db, world.actor(db, "officer"), world.programmes["BJ"], id)


def take(engine: Engine, world: World, id: str) -> None:
    with transaction(engine) as db:
        actor, programme = world.actor(db, "officer"), world.programmes["BJ"]
        file_imports.set_fields(db, actor, programme, id, FIELDS)
        file_imports.take_over(db, actor, programme, id, licence="CC BY 4.0")
        file_imports.take_over(db, actor, programme, id, licence="CC BY 4.0")


def count(engine: Engine) -> int:
    with transaction(engine) as db:
        return int(db.execute(text("SELECT count(*) FROM technologies WHERE source = 'PATENTS'")).scalar_one())


def test_it_is_looked_at_before_anything_is_recorded(engine: Engine, world: World) -> None:
    id = hand_in(engine, world)
    with transaction(engine) as db:
        one = show(engine, world, id)
        look = file_imports.look_at(one, file_imports.read_head(db, one))
        assert look.columns["name"] == ["Pump 0", "Pump 1", "Pump 2"]
        assert (look.faults[0][1], "external_id, title" in str(look.faults[0][2])) == ("header", True)
        file_imports.set_fields(db, world.actor(db, "officer"), world.programmes["BJ"], id, FIELDS)
    with transaction(engine) as db:
        head = file_imports.read_head(db, show(engine, world, id))
    look = file_imports.look_at(show(engine, world, id), head)
    assert not look.more
    assert [fault[:2] for fault in look.faults] == [(7, "external_id")]
    assert sources.read_as("name", FIELDS, "technologies") == "title"
    assert sources.read_as("colour", FIELDS, "technologies") == ""
    assert count(engine) == 0


ONE_ROW = '{"external_id": "热%d", "title": "热泵, number %d"}'


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    "told",
    [
        "external_id,title\n" + "".join(f'热{n},"Of\n热泵, number {n}"\n' for n in range(2_000)),
        "[" + ",".join(ONE_ROW % (n, n) for n in range(2_000)) + "]",
        "\n".join(ONE_ROW % (n, n) for n in range(2_000)),
    ],
)
def test_no_more_is_read_of_it_than_is_looked_at(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch, told: str, encoding: str
) -> None:
    id = hand_in(engine, world, content=told.encode(encoding))
    one = show(engine, world, id)
    for most in (1_500, 1_501, 1_502, 1_503):
        monkeypatch.setattr(file_imports, "LOOKED_BYTES", most)
        with transaction(engine) as db:
            head = file_imports.read_head(db, one)
        look = file_imports.look_at(one, head)
        assert (len(head), look.more, look.faults) == (most + 1, True, [])
        assert 20 < look.rows < 80
        assert look.columns["external_id"] == ["热0", "热1", "热2"]
    monkeypatch.undo()
    with transaction(engine) as db:
        look = file_imports.look_at(one, file_imports.read_head(db, one))
    assert (look.rows, look.more) == (file_imports.TRIED, True)


def test_what_is_wrong_before_the_cut_is_told_all_the_same(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_imports, "LOOKED_BYTES", 100)
    for content, where in ((b"\xff\xfe" + b"a\0" * 500, 1), (b'a,b\n1,2\n"3"x,4\n' + b"5,6\n" * 500, 3)):
        id = hand_in(engine, world, content=content)
        with transaction(engine) as db:
            one = file_imports.show_file(db, world.actor(db, "officer"), world.programmes["BJ"], id)
            head = file_imports.read_head(db, one)
        assert [fault[:2] for fault in file_imports.look_at(one, head).faults][-1] == (where, "file")


@pytest.mark.parametrize("pressed", ["set_fields", "take_over"])
def test_who_presses_late_changes_nothing_of_what_is_done(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch, pressed: str
) -> None:
    id = hand_in(engine, world)
    before = show(engine, world, id)
    take(engine, world, id)
    import_worker.carry_on(engine, id)
    # As one sees it whose press began before the other's had ended.
    monkeypatch.setattr(file_imports, "show_file", lambda *_: before)
    with transaction(engine) as db:
        actor, programme = world.actor(db, "officer"), world.programmes["BJ"]
        if pressed == "take_over":
            file_imports.take_over(db, actor, programme, id, licence="Another")
        else:
            with pytest.raises(InvalidForm):
                file_imports.set_fields(db, actor, programme, id, {})
        assert open_source(db, programme, "PATENTS").licence == "CC BY 4.0"
    monkeypatch.undo()
    assert (show(engine, world, id).state, show(engine, world, id).fields) == ("done", FIELDS)


def test_who_imports_hands_files_in_and_nobody_else(
    db: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = world.programmes["BJ"]
    given: dict[str, Any] = {"content": b"x", "name": "a.csv", "source": "A list", "complete": False}
    for who, why in (("auditor", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(why):
            file_imports.add_file(db, world.actor(db, who), programme, "needs", **given)
    id = file_imports.add_file(db, world.actor(db, "supervisor"), programme, "needs", **given)
    assert file_imports.list_files(db, world.actor(db, "officer"), programme, "needs") == []
    assert import_worker.list_waiting(db, but="true", most=9) == []
    file_imports.take_over(db, world.actor(db, "officer"), programme, id, licence=None)
    assert import_worker.list_waiting(db, but="true", most=9) == [(id, programme)]
    assert [one.id for one in file_imports.list_files(db, world.actor(db, "officer"), programme, "needs")] == [id]
    monkeypatch.setattr(file_imports, "MOST_BYTES", 1)
    with pytest.raises(InvalidForm):
        file_imports.add_file(db, world.actor(db, "officer"), programme, "needs", **(given | {"content": b"xx"}))


def test_a_look_shows_as_many_columns_as_may_be_named(engine: Engine, world: World) -> None:
    rows = [json.dumps({"external_id": n} | {f"c{n}-{m}": "x" for m in range(150)}) for n in range(3)]
    id = hand_in(engine, world, "\n".join(rows))
    one = show(engine, world, id)
    with transaction(engine) as db:
        head = file_imports.read_head(db, one)
    shown = file_imports.look_at(one, head).columns
    assert len(shown) == MOST_COLUMNS
    with transaction(engine) as db:
        actor = world.actor(db, "officer")
        file_imports.set_fields(db, actor, world.programmes["BJ"], id, dict.fromkeys(shown))


def test_what_was_looked_at_alone_leaves_no_source_and_goes_after_a_week(engine: Engine, world: World) -> None:
    old, taken, new = (hand_in(engine, world) for _ in range(3))
    with transaction(engine) as db:
        assert list_sources(db, world.actor(db, "officer"), world.programmes["BJ"]).items == []
    take(engine, world, taken)
    statement = text(
        "UPDATE imports SET created_at = casework_now() - interval '8 days' WHERE id = ANY(CAST(:ids AS uuid[]))"
    )
    with transaction(engine) as db:
        db.execute(statement, {"ids": [old, taken]})
        assert file_imports.forget_looked_at(db) == 1
    assert [show(engine, world, id).state for id in (taken, new)] == ["waiting", "looked_at"]
    with pytest.raises(NotFound):
        show(engine, world, old)


def test_a_programme_keeps_so_many_that_were_only_looked_at(engine: Engine, world: World) -> None:
    kept = [hand_in(engine, world, source=f"List {n}") for n in range(file_imports.MOST_LOOKED_AT)]
    with pytest.raises(InvalidForm) as refused:
        hand_in(engine, world)
    assert refused.value.fields == {"file": reasons.imports.TOO_MANY_LOOKED_AT(most=file_imports.MOST_LOOKED_AT)}
    # Whoever puts a file right hands it in again in its place.
    again = hand_in(engine, world, source="List 0")
    with pytest.raises(NotFound):
        show(engine, world, kept[0])
    take(engine, world, again)
    assert show(engine, world, hand_in(engine, world)).state == "looked_at"
