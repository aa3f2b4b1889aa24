"""A programme begun with the settings of another: what it gets, what it does not, and what the history tells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select, text

from casework.commands import programmes as commands
from casework.engine.case_objects.programme_lists import LISTS, offered
from casework.engine.deadlines.calendars import Calendar
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.programme_providers import providers_of
from casework.operations.deadlines.limits import set_limit
from casework.operations.people.letterheads import insist_letterhead, read_letterhead, set_letterhead, show_settings
from casework.operations.people.programme_copies import begin_copy, copy_programme
from casework.operations.people.programme_editions import set_editions
from casework.operations.people.programme_lists import set_entry
from casework.operations.people.programme_providers import set_providers, show_providers
from casework.operations.people.registry import grant_role, register_programme
from casework.operations.people.views import Letterhead
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.tables import metadata
from tests.support.world import World, new_request

OFFICE = {"office": "Beijing IP Office", "office_zh": "北京市知识产权局", "number_form": "{year}-{n}", "seal": False}


def set_up(db: Connection, world: World) -> str:
    supervisor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
    set_letterhead(db, supervisor, programme, fields=OFFICE, reason=None, request=new_request())
    administrator, steel = world.actor(db, "administrator"), {"code": "steel", "label": "Steel", "label_zh": "钢铁"}
    set_entry(db, administrator, programme, "sectors", fields=steel, reason=None, request=new_request())
    water = {"code": "Water", "label": "Water", "label_zh": "水务", "retired": True}
    set_entry(db, administrator, programme, "sectors", fields=water, reason="Not here.", request=new_request())
    return programme


def test_it_gets_the_settings_and_nobody_but_who_copies(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        source, administrator = set_up(db, world), world.actor(db, "administrator")
        world.new_case(db, "officer")
        given: dict[str, Any] = {"code": "TJ", "name": "Tianjin", "name_zh": "天津", "request": new_request()}
        done = copy_programme(db, administrator, source, **given)
        assert copy_programme(db, administrator, source, **given).repeated
        new = done.answer["id"]
        # The letterhead and the districts are the first office's own.
        assert read_letterhead(db, new) == Letterhead()
        with pytest.raises(Refused, match="letterhead"):
            insist_letterhead(db, new)
        assert offered(read_lists(db, new)["districts"]) == []
        assert calendar_of(db, new).digest == calendar_of(db, source).digest
        theirs, ours = read_lists(db, source), read_lists(db, new)
        assert {name: ours[name] for name in LISTS if name != "districts"} == {
            name: theirs[name] for name in LISTS if name != "districts"
        }
        held = db.execute(text("SELECT person_id::text, role FROM memberships WHERE programme_id = :id"), {"id": new})
        assert [tuple(row) for row in held] == [(administrator.person, "administrator")]
        for table in ("cases", "needs", "technologies", "matches", "phases", "rights", "past_projects"):
            count = text(f"SELECT count(*) FROM {table} WHERE programme_id = CAST(:id AS uuid)")
            assert db.execute(count, {"id": new}).scalar_one() == 0
        shown = show_settings(db, world.actor(db, "administrator"), new)
    (entry,) = shown.entries
    assert (entry.kind, entry.who) == ("settings_copied", "Administrator")
    assert "office" not in entry.changes
    assert not shown.letterhead_is_set
    assert entry.changes["lists.sectors.Water"][1]["retired"]
    assert entry.changes["lists.sectors.steel"][0] is None
    assert shown.next_number is None
    assert list(verify_all(engine)) == []


def test_its_own_letterhead_is_set_without_a_reason_and_leaves_the_first_one(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        source = set_up(db, world)
        new = begin_copy(db, source, code="TJ", name="Tianjin", name_zh=None)["id"]
        grant_role(db, world.people["supervisor"], "supervisor", programme=new)
    with transaction(engine) as db:
        supervisor = world.actor(db, "supervisor")
        set_letterhead(db, supervisor, new, fields={}, reason=None, request=new_request())
        assert insist_letterhead(db, new) == Letterhead()
        assert read_letterhead(db, source).office == "Beijing IP Office"
    assert list(verify_all(engine)) == []


def test_a_district_of_its_own_is_offered(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        source = set_up(db, world)
        administrator = world.actor(db, "administrator")
        given: dict[str, Any] = {"code": "TJ", "name": "Tianjin", "name_zh": None, "request": new_request()}
        new = copy_programme(db, administrator, source, **given).answer["id"]
        district = {"code": "Heping", "label": "Heping", "label_zh": "和平区"}
        administrator = world.actor(db, "administrator")
        set_entry(db, administrator, new, "districts", fields=district, reason=None, request=new_request())
        assert [entry.key for entry in offered(read_lists(db, new)["districts"])] == ["Heping"]
        assert len(offered(read_lists(db, source)["districts"])) == 16
    assert list(verify_all(engine)) == []


def test_the_providers_come_along_and_are_its_own_from_then_on(engine: Engine, world: World) -> None:
    lab, bank = world.organisations["lab"], world.organisations["bank"]
    with transaction(engine) as db:
        source, supervisor = world.programmes["BJ"], world.actor(db, "supervisor")
        set_providers(db, supervisor, source, providers=[lab], reason="So.", request=new_request())
        new = begin_copy(db, source, code="TJ", name="Tianjin", name_zh=None)["id"]
        grant_role(db, world.people["supervisor"], "supervisor", programme=new)
    with transaction(engine) as db:
        supervisor = world.actor(db, "supervisor")
        shown = show_providers(db, supervisor, new)
        assert [one.name for one in shown.items if one.asked and one.since] == ["Haidian Assessment Lab"]
        changes = show_settings(db, supervisor, new).entries[0].changes
        assert changes[f"providers.{lab}"] == (None, "Haidian Assessment Lab")
        set_providers(
            db, supervisor, new, providers=[lab, bank], reason=None, request=new_request(), seen=shown.version
        )
        assert providers_of(db, source) == [lab]
    assert list(verify_all(engine)) == []


def test_only_an_administrator_of_the_source_copies_it(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        given: dict[str, Any] = {"code": "TJ", "name": "Tianjin", "name_zh": None}
        for name in ("supervisor", "officer", "auditor", "manager"):
            with pytest.raises(NotAllowed):
                copy_programme(db, world.actor(db, name), world.programmes["BJ"], **given, request=new_request())
        other = register_programme(db, code="GZ", name="Guangzhou", name_zh=None, calendar=Calendar("none"))
        administrator = world.actor(db, "administrator")
        with pytest.raises(NotFound):
            copy_programme(db, administrator, other, **given, request=new_request())


def test_a_code_that_is_taken_leaves_nothing(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        source, administrator = set_up(db, world), world.actor(db, "administrator")
    with pytest.raises(InvalidForm), transaction(engine) as db:
        copy_programme(db, administrator, source, code="BJ", name="Again", name_zh=None, request=new_request())
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM letterheads")).scalar_one() == 1


#: What the help of the command calls what stands where, of what a copy takes.
TAKEN = {"programmes": {"calendar", "time zone", "limits", "providers", "editions"}, "list_entries": {"lists"}}


@pytest.mark.usefixtures("older_edition")
def test_the_help_names_all_that_is_copied(engine: Engine, superuser_engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        source = set_up(db, world)
        small: dict[str, Any] = {"n": 3, "reason": "Small.", "request": new_request()}
        set_limit(db, world.actor(db, "supervisor"), source, "case.states.proposed", **small)
        lab = [world.organisations["lab"]]
        set_providers(db, world.actor(db, "supervisor"), source, providers=lab, reason="So.", request=new_request())
        first: dict[str, Any] = {"editions": {"referral": 1}, "reason": "So.", "request": new_request()}
        set_editions(db, world.actor(db, "supervisor"), source, **first)
        world.new_case(db, "officer")
        new = begin_copy(db, source, code="TJ", name="Tianjin", name_zh=None)["id"]
        kept, copied = calendar_of(db, source), calendar_of(db, new)
        assert providers_of(db, new) == providers_of(db, source) == lab
        chosen = text("SELECT editions FROM programmes WHERE id = CAST(:id AS uuid)")
        assert db.execute(chosen, {"id": new}).scalar_one() == {"referral": 1}
    with superuser_engine.connect() as whole:
        there = {
            name
            for name, table in metadata.tables.items()
            if "programme_id" in table.c and name not in ("logs", "events")
            if whole.execute(select(func.count()).select_from(table).where(table.c.programme_id == new)).scalar_one()
        }
    assert there | {"programmes"} == set(TAKEN)
    assert copied == replace(kept, version=1)
    assert copied.limits == kept.limits == {"case.states.proposed": 3}
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "start-another-programme.md").read_text("utf-8")
    comes_along = " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| "))
    for words in TAKEN.values():
        for word in words:
            assert word in (commands.copy_programme.help or "")
            assert word in comes_along
