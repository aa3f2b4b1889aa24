"""A programme that begins with the settings of another: the start of another city's.

It gets the calendar with its time zone and the limits in it, the lists, the providers that are asked, and the editions by which cases
begin. What is one office's own it does not take over: it has no letterhead, and offers no district, until it has set its own. It gets no
person but whoever copies, no phase, no record, no case, and no view of a list, for these belong to people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.letterheads import COPIED
from casework.engine.case_objects.programme_lists import ENTRY_FIELDS, FIRST_VERSION, LISTS, OF_THE_PLACE, changed
from casework.engine.deadlines.calendars import Calendar
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.register_log import append
from casework.operations.people import registry
from casework.operations.people.administrator_checks import insist_administers
from casework.operations.people.programme_editions import keep_editions
from casework.operations.people.programme_lists import keep_entries
from casework.operations.people.programme_providers import keep_providers
from casework.permissions.actors import Actor
from casework.records.event_log import lock_log
from casework.records.register_entries import body_of
from casework.records.row_security import whole


@sensitive
def copy_programme(
    db: Connection, actor: Actor, source: str, *, code: str, name: str, name_zh: str | None, request: Request
) -> Done:
    """A programme with the settings of one that the actor administers, who becomes its first administrator."""
    insist_administers(actor, source)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    made = begin_copy(db, source, code=code, name=name, name_zh=name_zh, by=actor.person)
    return finish(db, actor, request, Done({**made, "code": code}, 201))


def begin_copy(
    db: Connection, source: str, *, code: str, name: str, name_zh: str | None, by: str = SYSTEM_ACTOR
) -> dict[str, str]:
    """The same for the command line, which asks nobody and gives nobody a role. Raises NotFound, InvalidForm.

    Gives the id of the new programme, and of the role of whoever made it.
    """
    # Held, so that nothing is set there while it is read.
    row: Any = db.execute(_SOURCE, {"id": source}).one_or_none()
    if row is None:
        raise NotFound("programme")
    calendar = replace(Calendar.from_json(row.calendar), version=1)
    id = registry.register_programme(db, code=code, name=name, name_zh=name_zh, calendar=calendar, by=by)
    made, role = {"id": id}, None
    if by != SYSTEM_ACTOR:
        role = Role.ADMINISTRATOR
        made["membership"] = registry.grant_role(db, by, role, programme=id, by=by)
    told = [dict(entry._mapping) for entry in db.execute(_ENTRIES, {"programme": source})]
    entries = _of_another_place(told)
    listed = keep_entries(db, id, entries)
    lists = [changed(name, some) for name in LISTS if (some := [one for one in entries if one["list"] == name])]
    with whole(db):
        log = lock_log(db, id)
        body = body_of(db, "list_entries", id, listed)
        effects = RegisterEffects(copied_from=source, lists=lists)
        if row.providers is not None:
            keep_providers(db, id, row.providers)
            effects["providers"] = row.providers
        if row.editions:
            keep_editions(db, id, row.editions)
            effects["editions"] = row.editions
        append(db, log, [log.next_event(COPIED, by, role=role, effects=effects, body=body)])
    return made


def _of_another_place(rows: Iterable[JsonMapping]) -> list[JsonObject]:
    """What a programme has said of its lists, for one in another place: it offers nothing that is the first place's own."""
    ours = [
        {name: getattr(entry, name) for name in ("code", "version", "label", "label_zh", "position")}
        for entry in LISTS[OF_THE_PLACE].start
    ]
    return [
        *(dict(row) for row in rows if row["list"] != OF_THE_PLACE),
        *({"list": OF_THE_PLACE, **entry, "retired": True, "since": FIRST_VERSION + 1} for entry in ours),
    ]


#: The programme whose settings are taken.
_SOURCE = text("SELECT calendar, providers::text[], editions FROM programmes WHERE id = CAST(:id AS uuid) FOR SHARE")
#: What it has said of its lists.
_ENTRIES = text(f"""
    SELECT {", ".join(ENTRY_FIELDS)} FROM list_entries WHERE programme_id = CAST(:programme AS uuid) ORDER BY list, version, position, code
""")
