"""What a programme says of its lists: an entry is added, called otherwise, moved, retired or offered again; many come in by a table.

Each change is one event of the programme's log, with what stands in the rows then and which entries are offered from now on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.letterheads import READERS, REASON
from casework.engine.case_objects.programme_lists import (
    LIST_SET,
    LIST_SETTERS,
    LISTS,
    MOST,
    Entry,
    ListKind,
    Lists,
    changed,
    cleaned,
    find,
    insist_apart,
    key_of,
    number_of,
    setters_of,
    table_of,
    unit_of,
)
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.programme_lists import read_lists
from casework.operations.people.letterheads import entries_of
from casework.operations.people.list_views import ListEntry, ListShown, ProgrammeList, ProgrammeLists
from casework.operations.people.setting_changes import take_turn, tell, told_last, words_of
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.permissions.work import in_the_programme
from casework.records.access_sql import own_referral, reach_values
from casework.records.register_entries import body_of
from casework.records.row_security import whole

_TABLE = "list_entries"


# --- reading ---------------------------------------------------------------------------------------------------------


def show_lists(db: Connection, actor: Actor, programme: str) -> ProgrammeLists:
    """The lists of a programme, for whoever works in it, or for a provider that it has asked: their forms offer them. Raises NotFound."""
    works = any(one.programme == programme and one.role != Role.OBSERVER for one in actor.memberships)
    given = reach_values(reach(actor)) | {"programme": programme}
    if not works and db.execute(_REFERRED, given).first() is None:
        raise NotFound("programme")
    if db.execute(_PROGRAMME, {"id": programme}).first() is None:
        raise NotFound("programme")
    lists = read_lists(db, programme)
    version = told_last(db, programme, (LIST_SET,))
    return ProgrammeLists(
        id=programme,
        version=version,
        items=[
            ProgrammeList(
                name=name,
                versioned=kind.versioned,
                kinds=list(kind.kinds),
                number=number_of(lists[name]),
                mine=in_the_programme(actor, programme, setters_of(name)) is not None,
                entries=[_shown(entry, kind) for entry in lists[name]],
            )
            for name, kind in LISTS.items()
        ],
        mine=in_the_programme(actor, programme, LIST_SETTERS) is not None,
    )


#: Whether somebody works on a referral of a programme for a provider.
_REFERRED = text(f"""
    SELECT 1 FROM tracks t LEFT JOIN cases c ON c.id = t.log_id LEFT JOIN mediations m ON m.id = t.log_id
    WHERE coalesce(c.programme_id, m.programme_id) = CAST(:programme AS uuid)
    AND {own_referral("t", "coalesce(c.interests, m.interests)")} LIMIT 1
""")
#: What a programme is called, where there is one.
_PROGRAMME = text("SELECT id::text, name, name_zh FROM programmes WHERE id = CAST(:id AS uuid)")


def show_list(db: Connection, actor: Actor, programme: str, name: str) -> ListShown:
    """One of them with its history, for whoever looks at the settings, and for whoever may change it. Raises NotFound."""
    insist_looks(actor, programme, name)
    shown, called = show_lists(db, actor, programme), db.execute(_PROGRAMME, {"id": programme}).one()
    return ListShown(
        id=called.id,
        name=called.name,
        name_zh=called.name_zh,
        listed=next(one for one in shown.items if one.name == name),
        version=shown.version,
        history=[entry for entry in entries_of(db, programme) if name in entry.lists][::-1],
        settings=actor.in_programme(programme, READERS),
    )


def insist_looks(actor: Actor, programme: str, name: str) -> None:
    """That there is such a list, and the actor looks at it on its page. Raises NotFound."""
    if name not in LISTS or not actor.in_programme(programme, {*READERS, *setters_of(name)}):
        raise NotFound("programme")


def _shown(entry: Entry, kind: ListKind) -> ListEntry:
    return ListEntry(
        key=entry.key,
        code=entry.code,
        version=entry.version or None,
        unit=unit_of(entry.code) if kind.counted else None,
        label=entry.label,
        label_zh=entry.label_zh,
        position=entry.position,
        retired=entry.retired,
        shipped=entry.shipped,
    )


def insist_sets_list(actor: Actor, programme: str, name: str) -> By:
    """In which capacity the actor says what stands on a list. Raises NotFound, NotAllowed."""
    insist_looks(actor, programme, name)
    by = in_the_programme(actor, programme, setters_of(name))
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=setters_of(name)))
    return by


# --- setting ---------------------------------------------------------------------------------------------------------


def set_entry(
    db: Connection,
    actor: Actor,
    programme: str,
    name: str,
    *,
    fields: JsonMapping,
    reason: str | None,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Say of one entry of a list what it is called, where it stands and whether it is offered; a code that is new is added.

    What stood there before is changed with a reason. Raises RecordHasMoved where a list was changed after it was `seen`.
    """
    by = insist_sets_list(actor, programme, name)
    values = cleaned(name, fields)
    words = words_of(reason)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    return finish(db, actor, request, _set(db, by, (programme, name), [values], words, request=request, seen=seen))


def import_entries(
    db: Connection,
    actor: Actor,
    programme: str,
    name: str,
    *,
    content: str,
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """The same of many, as a table with a header: all of them, or none with every fault by its row. What it does not name stays."""
    by = insist_sets_list(actor, programme, name)
    values, words = table_of(name, content), {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    return finish(db, actor, request, _set(db, by, (programme, name), values, words, request=request, seen=seen))


def _set(
    db: Connection,
    by: By,
    where: tuple[str, str],
    values: Sequence[JsonObject],
    words: Mapping[str, str],
    *,
    request: Request,
    seen: int | None,
) -> Done:
    programme, name = where
    log = take_turn(db, programme, (LIST_SET,), seen)
    present = read_lists(db, programme)
    told = [one for one in values if not _says(present, name, one)]
    if not told:
        raise Refused(reasons.lists.SAME)
    known = [one for one in told if find(present[name], key_of(one["code"], one["version"])) is not None]
    insist_apart(present, name, (key_of(one["code"], one["version"]) for one in told))
    if known and not words:
        raise InvalidForm(fields={REASON: reasons.lists.SAY_WHY})
    if len(present[name]) + len(told) - len(known) > MOST:
        raise Refused(reasons.lists.FULL(most=MOST))
    number = number_of(present[name]) + 1
    keys = keep_entries(db, programme, ({**one, "since": number} for one in told))
    with whole(db):
        body = body_of(db, _TABLE, programme, keys) | dict(words)
    version = tell(db, log, by, LIST_SET, request, effects={"lists": [changed(name, told)]}, body=body)
    added = len(told) - len(known)
    return Done({"id": programme, "version": version, "number": number, "added": added, "changed": len(known)})


def _says(present: Lists, name: str, values: JsonMapping) -> bool:
    """Whether the list says all of this already."""
    entry = find(present[name], key_of(values["code"], values["version"]))
    return entry is not None and all(
        getattr(entry, field) == values[field] for field in ("label", "label_zh", "position", "retired")
    )


def keep_entries(db: Connection, programme: str, values: Iterable[JsonMapping]) -> list[str]:
    """Write the rows, whose ids it gives; their event stands beside it."""
    rows = [{**one, "id": str(uuid_utils.uuid7()), "programme_id": programme} for one in values]
    return list(db.execute(_KEEP, {"rows": json.dumps(rows)}).scalars())


#: Writes entries, or writes them anew.
_KEEP = text("""
    INSERT INTO list_entries (id, programme_id, list, code, version, label, label_zh, position, retired, since)
    SELECT id, programme_id, list, code, version, label, label_zh, position, retired, since
    FROM jsonb_populate_recordset(NULL::list_entries, CAST(:rows AS jsonb))
    ON CONFLICT (programme_id, list, version, code) DO UPDATE SET label = excluded.label, label_zh = excluded.label_zh,
    position = excluded.position, retired = excluded.retired, since = excluded.since RETURNING id
""")


__all__ = ["import_entries", "insist_sets_list", "keep_entries", "set_entry", "show_list", "show_lists"]
