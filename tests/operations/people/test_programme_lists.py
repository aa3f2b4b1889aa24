"""The lists of a programme: who says what stands on them, what the history tells, and a table that comes in whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done
from casework.operations.people.letterheads import show_settings
from casework.operations.people.list_views import ListEntry
from casework.operations.people.programme_lists import import_entries, set_entry, show_list, show_lists
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.way_to_referral import to_request
from tests.support.world import World, new_request

STEEL = {"code": "steel", "label": "Steel", "label_zh": "钢铁", "position": 5}
TABLE = "version,code,label,label_zh\n2025,1.1,Saving energy,节能\n2025,1.2,Saving carbon,降碳\n"


def set_one(
    db: Connection, world: World, by: str = "administrator", *, reason: str | None = None, **fields: Any
) -> Done:
    actor = world.actor(db, by)
    return set_entry(
        db, actor, world.programmes["BJ"], "sectors", fields=STEEL | fields, reason=reason, request=new_request()
    )


def entry_of(db: Connection, world: World, name: str, key: str, by: str = "officer") -> ListEntry | None:
    lists = show_lists(db, world.actor(db, by), world.programmes["BJ"])
    entries = next(one.entries for one in lists.items if one.name == name)
    return next((entry for entry in entries if entry.key == key), None)


def test_an_entry_is_added_renamed_and_retired_and_the_history_says_so(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        assert set_one(db, world).answer["added"] == 1
        set_one(db, world, "supervisor", label="Iron and steel", reason="So it is called.")
        set_one(db, world, label="Iron and steel", retired=True, reason="Nobody asks for it.")
        entry = entry_of(db, world, "sectors", "steel")
        assert entry is not None
        assert (entry.label, entry.retired, entry.shipped) == ("Iron and steel", True, False)
        shown = show_settings(db, world.actor(db, "administrator"), world.programmes["BJ"])
    newest, renamed, first = shown.entries
    (before, after), *_ = newest.changes.values()
    assert (before["retired"], after["retired"], newest.reason) == (False, True, "Nobody asks for it.")
    assert renamed.changes["lists.sectors.steel"][0]["label"] == "Steel"
    assert (first.kind, first.changes["lists.sectors.steel"][0]) == ("list_set", None)
    assert list(verify_all(engine)) == []


def test_what_the_product_begins_with_is_changed_with_a_reason(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        water: dict[str, Any] = {"code": "Water", "label": "Water", "label_zh": "水务", "position": 90}
        with pytest.raises(InvalidForm) as refusal:
            set_one(db, world, **water)
        assert set(refusal.value.fields) == {"reason"}
        set_one(db, world, **water, reason="As the office says.")
        shown = show_settings(db, world.actor(db, "administrator"), world.programmes["BJ"])
        (before, after) = shown.entries[0].changes["lists.sectors.Water"]
        assert (before["label_zh"], after["label_zh"]) == ("水", "水务")
        with pytest.raises(Refused):
            set_one(db, world, **water, reason="Again.")


def test_a_key_stands_on_one_catalogue_alone(engine: Engine, world: World) -> None:
    odour = {"code": "odour kg", "version": "other", "label": "Odour", "label_zh": "气味"}
    with transaction(engine) as db:
        actor, programme = world.actor(db, "administrator"), world.programmes["BJ"]
        set_entry(db, actor, programme, "closing_reasons", fields=odour, reason=None, request=new_request())
        with pytest.raises(InvalidForm) as refusal:
            set_entry(db, actor, programme, "indicators", fields=odour, reason=None, request=new_request())
        assert "other/odour kg" in str(refusal.value.fields["code"])


def test_who_may_set_and_who_may_look(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        for name in ("officer", "auditor", "compliance", "manager", "provider", "foreign_officer"):
            with pytest.raises(NotFound):
                set_one(db, world, name)
        for name in ("officer", "dispute_officer", "auditor"):
            assert not show_lists(db, world.actor(db, name), world.programmes["BJ"]).mine
        assert show_lists(db, world.actor(db, "administrator"), world.programmes["BJ"]).mine
        for name in ("foreign_officer", "observer", "provider"):
            with pytest.raises(NotFound):
                show_lists(db, world.actor(db, name), world.programmes["BJ"])
        with pytest.raises(NotFound):
            show_lists(db, world.actor(db, "officer"), world.organisations["lab"])
        with pytest.raises((NotAllowed, NotFound)):
            actor = world.actor(db, "administrator")
            set_entry(db, actor, world.programmes["SH"], "sectors", fields=STEEL, reason=None, request=new_request())
        with pytest.raises(NotFound):
            actor = world.actor(db, "administrator")
            set_entry(db, actor, world.programmes["BJ"], "colours", fields=STEEL, reason=None, request=new_request())


def test_two_at_once_do_not_overwrite_each_other_and_one_request_counts_once(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        actor, programme = world.actor(db, "administrator"), world.programmes["BJ"]
        asked = new_request()
        done = set_entry(db, actor, programme, "sectors", fields=STEEL, reason=None, seen=0, request=asked)
        assert set_entry(db, actor, programme, "sectors", fields=STEEL, reason=None, seen=0, request=asked).repeated
        with pytest.raises(RecordHasMoved):
            set_entry(
                db,
                actor,
                programme,
                "sectors",
                fields=STEEL | {"label": "Iron"},
                reason="-a",
                seen=0,
                request=new_request(),
            )
        assert show_lists(db, actor, programme).version == done.answer["version"]


def bring(db: Connection, world: World, content: str, reason: str = "The printed catalogue.") -> Done:
    actor = world.actor(db, "administrator")
    return import_entries(
        db, actor, world.programmes["BJ"], "green_items", content=content, reason=reason, request=new_request()
    )


def test_a_table_comes_in_whole_or_not_at_all(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        with pytest.raises(InvalidForm) as refusal:
            bring(db, world, TABLE + "2025,1/3,,\n")
        assert set(refusal.value.fields) == {"row.4.code", "row.4.label", "row.4.label_zh"}
        assert entry_of(db, world, "green_items", "2025/1.1") is None
        assert bring(db, world, TABLE).answer["added"] == 2
        again = bring(db, world, TABLE.replace("节能", "节约能源") + "2025,1.3,More,更多\n").answer
        assert (again["added"], again["changed"]) == (1, 1)
    with pytest.raises(Refused), transaction(engine) as db:
        bring(db, world, TABLE.replace("节能", "节约能源"))
    with transaction(engine) as db:
        entry = entry_of(db, world, "green_items", "2025/1.1")
        assert entry is not None
        assert entry.label_zh == "节约能源"
        events = text("SELECT count(*) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'list_set'")
        assert db.execute(events, {"log": world.programmes["BJ"]}).scalar_one() == 2
    assert list(verify_all(engine)) == []


def test_a_row_that_somebody_changed_is_found(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        set_one(db, world)
    with transaction(engine) as db:
        db.execute(text("UPDATE list_entries SET retired = true"))
    assert len(list(verify_all(engine))) == 1


def test_a_provider_reads_the_lists_of_programmes_that_have_asked_it(world: World, db: Connection) -> None:
    here, there = world.programmes["BJ"], world.programmes["SH"]
    provider = world.actor(db, "provider")
    for programme in (here, there):
        with pytest.raises(NotFound):
            show_lists(db, provider, programme)
    number, _ = to_request(world, db)
    # Nothing was sent yet.
    with pytest.raises(NotFound):
        show_lists(db, provider, here)
    world.send(db, number, world.referral(db, number, "assessment"), "assessment")
    assert show_lists(db, provider, here).id == here
    with pytest.raises(NotFound):
        show_lists(db, provider, there)
    with pytest.raises(NotFound):
        show_lists(db, world.actor(db, "foreign_provider"), here)


# --- the glossary of matching ------------------------------------------------------------------------------------------

FROB = {"code": "frob", "label": "frobnicator", "label_zh": "弗罗布"}


def say_word(db: Connection, world: World, by: str, *, reason: str | None = None, **fields: Any) -> Done:
    actor, programme, seen = world.actor(db, by), world.programmes["BJ"], fields.pop("seen", None)
    return set_entry(
        db, actor, programme, "glossary", fields=FROB | fields, reason=reason, seen=seen, request=new_request()
    )


def test_officers_say_what_words_mean_and_nothing_else(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        programme = world.programmes["BJ"]
        assert say_word(db, world, "officer").answer["added"] == 1
        say_word(db, world, "other_officer", label="frobs", reason="So it is called.")
        shown = {one.name: one for one in show_lists(db, world.actor(db, "officer"), programme).items}
        assert [name for name, one in shown.items() if one.mine] == ["glossary"]
        table, actor = "code,label,label_zh\ngrob,Grob,格罗布\n", world.actor(db, "officer")
        given: dict[str, Any] = {"content": table, "reason": "Words of the field.", "request": new_request()}
        assert import_entries(db, actor, programme, "glossary", **given).answer["added"] == 1
        for name in shown.keys() - {"glossary"}:
            with pytest.raises(NotFound):
                set_entry(db, actor, programme, name, fields=STEEL, reason="So.", request=new_request())
            with pytest.raises(NotFound):
                show_list(db, actor, programme, name)
    assert list(verify_all(engine)) == []


def test_nobody_else_says_what_words_mean(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        for name in ("auditor", "compliance", "manager", "dispute_officer", "observer", "provider", "foreign_officer"):
            with pytest.raises(NotFound):
                say_word(db, world, name)
            with pytest.raises(NotFound):
                show_list(db, world.actor(db, name), world.programmes["BJ"], "glossary")


def test_each_change_of_a_list_makes_its_next_version_and_the_history_says_which(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        assert say_word(db, world, "officer").answer["number"] == 2
        set_one(db, world)
        assert say_word(db, world, "supervisor", label="frobs", reason="So it is called.").answer["number"] == 3
        assert say_word(db, world, "officer", code="grob").answer["number"] == 4
        shown = show_list(db, world.actor(db, "officer"), world.programmes["BJ"], "glossary")
        assert (shown.listed.number, shown.settings) == (4, False)
        assert [entry.lists for entry in shown.history] == [{"glossary": 4}, {"glossary": 3}, {"glossary": 2}]
        there = show_lists(db, world.actor(db, "foreign_officer"), world.programmes["SH"])
        assert {one.number for one in there.items} == {1}
        told = show_settings(db, world.actor(db, "administrator"), world.programmes["BJ"]).entries
        assert {"sectors": 2} in [entry.lists for entry in told]
    assert list(verify_all(engine)) == []


def test_of_two_officers_at_once_the_second_is_told(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        seen = show_list(db, world.actor(db, "officer"), world.programmes["BJ"], "glossary").version
        say_word(db, world, "other_officer", seen=seen)
        with pytest.raises(RecordHasMoved):
            say_word(db, world, "officer", code="grob", seen=seen)
        assert entry_of(db, world, "glossary", "grob") is None
