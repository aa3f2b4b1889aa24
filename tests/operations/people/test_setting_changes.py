"""What a programme sets for itself moves on by itself: a change of one setting makes no other out of date, and repeats itself nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.engine.roles import Role
from casework.errors import InvalidForm, RecordHasMoved
from casework.operations.core.idempotency import Done
from casework.operations.people.letterheads import set_letterhead
from casework.operations.people.programme_editions import set_editions
from casework.operations.people.programme_lists import set_entry
from casework.operations.people.programme_providers import set_providers
from casework.operations.people.public_catalogues import set_catalogue
from casework.operations.people.setting_changes import words_of
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.support.world import World, new_request

#: What sets each, and what it is set to.
SETTINGS: Mapping[str, tuple[Callable[..., Done], Mapping[str, Any]]] = {
    "letterhead": (set_letterhead, {"fields": {"office": "Office"}}),
    "catalogue": (set_catalogue, {"fields": {"open": True, "contact": "Office"}}),
    "providers": (set_providers, {"providers": []}),
    "editions": (set_editions, {"editions": {"case": 1}}),
    "lists": (set_entry, {"name": "districts", "fields": {"code": "X9", "label": "Nine", "label_zh": "九"}}),
}


def change(db: Connection, world: World, name: str, seen: int) -> Any:
    setting, given = SETTINGS[name]
    actor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
    done = setting(db, actor, programme, **given, reason="As the office asks.", seen=seen, request=new_request())
    return done.answer["version"]


@pytest.mark.parametrize("name", SETTINGS)
def test_one_setting_is_changed_as_it_was_seen_whatever_was_set_of_the_others(
    engine: Engine, world: World, name: str
) -> None:
    with transaction(engine) as db:
        before = [change(db, world, other, 0) for other in SETTINGS if other != name]
        version = change(db, world, name, 0)
        assert version > max(before)
        with pytest.raises(RecordHasMoved):
            change(db, world, name, 0)
    with transaction(engine) as db:
        event = next(one for one in read_register(db, world.programmes["BJ"]) if one.seq == version)
    assert (event.role, event.body["reason"]) == (Role.SUPERVISOR, "As the office asks.")


def test_a_reason_of_nothing_is_none() -> None:
    assert words_of(None) == words_of("  ") == {}
    assert words_of(" Moved. ") == {"reason": "Moved."}
    with pytest.raises(InvalidForm):
        words_of("x" * 20_000)
