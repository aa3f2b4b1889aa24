"""Whether a programme shows its catalogue in public: who sets it, and what the history tells of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done
from casework.operations.history.point_in_time import Past
from casework.operations.people.letterheads import set_letterhead, show_settings
from casework.operations.people.public_catalogues import set_catalogue
from casework.operations.verification.programme_judgement import settings_faults
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.support.world import World, new_request

SHOWN = {"open": True, "contact": "Office 3", "email": "Office@Example.org"}


def show(db: Connection, world: World, by: str = "supervisor", reason: str | None = None, **fields: Any) -> Done:
    """Set the public catalogue of the world's programme."""
    given: dict[str, Any] = {"fields": SHOWN | fields, "reason": reason, "request": new_request()}
    return set_catalogue(db, world.actor(db, by), world.programmes["BJ"], **given)


def test_it_is_off_until_a_supervisor_shows_it_and_the_history_says_so(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        before = show_settings(db, world.actor(db, "supervisor"), world.programmes["BJ"]).catalogue
        assert (before.open, before.version) == (False, 0)
        show(db, world)
    with transaction(engine) as db:
        # Beside another setting the two histories do not mix.
        supervisor = world.actor(db, "supervisor")
        set_letterhead(db, supervisor, world.programmes["BJ"], fields={}, reason=None, request=new_request())
        show(db, world, reason="The district asks for it.", open=False)
        shown = show_settings(db, supervisor, world.programmes["BJ"])
    assert (shown.catalogue.open, shown.catalogue.email) == (False, "office@example.org")
    newest, _, first = shown.entries
    assert newest.changes == {"open": (True, False)}
    assert (newest.reason, newest.who) == ("The district asks for it.", "Supervisor")
    assert first.changes["open"] == (None, True)
    assert shown.catalogue.version == newest.seq > shown.version > first.seq
    assert list(verify_all(engine)) == []


def test_who_may_set_it(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        with pytest.raises(NotAllowed):
            show(db, world, "administrator")
        for name in ("officer", "auditor", "compliance", "provider", "manager", "observer", "dispute_officer"):
            with pytest.raises(NotFound):
                show(db, world, name)


def test_a_change_says_why_changes_something_and_was_seen(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        version = show(db, world).answer["version"]
        with pytest.raises(InvalidForm) as refusal:
            show(db, world, contact="Office 4")
        assert set(refusal.value.fields) == {"reason"}
        with pytest.raises(Refused):
            show(db, world, reason="None.")
        with pytest.raises(InvalidForm):
            show(db, world, reason="A new one.", email="nobody")
        given: dict[str, Any] = {"fields": SHOWN | {"open": False}, "reason": "Closed."}
        actor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
        with pytest.raises(RecordHasMoved):
            set_catalogue(db, actor, programme, **given, seen=0, request=new_request())
        asked = new_request()
        done = set_catalogue(db, actor, programme, **given, seen=version, request=asked)
        again = set_catalogue(db, actor, programme, **given, seen=version, request=asked)
        assert (again.repeated, again.answer) == (True, done.answer)


def test_verification_finds_a_catalogue_that_was_opened_in_the_row_or_by_another(engine: Engine, world: World) -> None:
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        show(db, world)
        show(db, world, reason="Closed.", open=False)
        events = list(read_register(db, programme))
        past = Past(db)
        assert list(settings_faults(past, programme, events)) == []
        last = events[-1]
        unsaid = {name: value for name, value in last.body.items() if name != "reason"}
        found = [why for _, why in settings_faults(past, programme, [*events[:-1], replace(last, body=unsaid)])]
        assert found == ["it changes what was set before, and does not say why"]
        found = [why for _, why in settings_faults(past, programme, [*events[:-1], replace(last, role="officer")])]
        assert any("not by officer" in why for why in found)
    with transaction(engine) as db:
        db.execute(text("UPDATE public_catalogues SET open = true"))
    assert any("public_catalogues" in str(finding) for finding in verify_all(engine))
