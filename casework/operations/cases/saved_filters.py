"""Views of lists that a person has given a name: filters, order and columns as an address says them.

One's own, or shared with the office of a programme. A shared view is an address and nothing else: whoever opens it is shown what they
may see by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound, Refused
from casework.operations.cases.views import SavedFilter
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.reader_names import called
from casework.operations.core.views import Named, row_as
from casework.permissions.actors import READS_ALL, Actor
from casework.records.access_sql import in_time

#: How many a person may keep, and how long a name and a query may be.
MOST, LONGEST_NAME, LONGEST_QUERY = 30, 60, 1_000
#: How many that others share are listed.
MOST_SHARED = 50
#: By list whose roles share its views with each other: of cases those who see all of them, of queues those who work them in the office.
SHARED_AMONG: Mapping[str, frozenset[Role]] = {
    "cases": READS_ALL,
    "queues": frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE}),
}

#: Views, each with whose it is.
_SELECT = f"""SELECT f.id, f.page, f.name, f.query, f.shared_with, f.person_id, {called("p")} AS owner
    FROM saved_filters f JOIN people p ON p.id = f.person_id"""
#: One's own, and what others of the same office share: as long as they belong to it.
_LIST = text(f"""
    (
        {_SELECT} WHERE f.person_id = CAST(:person AS uuid) AND f.page = :page ORDER BY lower(f.name), f.id
    ) UNION ALL (
        {_SELECT} WHERE f.shared_with = ANY(CAST(:programmes AS uuid[])) AND f.page = :page AND f.person_id <> CAST(:person AS uuid)
        AND EXISTS (
            SELECT FROM memberships m WHERE m.person_id = f.person_id AND m.programme_id = f.shared_with
            AND m.role = ANY(CAST(:roles AS text[])) AND {in_time("m")}
        ) ORDER BY lower(f.name), f.id LIMIT {MOST_SHARED}
    )
""")
#: One of one's own.
_FIND = text(f"{_SELECT} WHERE f.id = CAST(:id AS uuid) AND f.person_id = CAST(:person AS uuid)")


def shares_with(actor: Actor, page: str) -> list[str]:
    """The programmes with whose office the actor shares views of a list."""
    among = SHARED_AMONG.get(page, frozenset())
    return sorted({one.programme for one in actor.memberships if one.programme and one.role in among})


def list_filters(db: Connection, actor: Actor, page: str) -> list[SavedFilter]:
    """The actor's own views of a list, by name, and after them what others share."""
    given = {
        "person": actor.person,
        "page": page,
        "programmes": shares_with(actor, page),
        "roles": sorted(SHARED_AMONG.get(page, ())),
    }
    return [_shown(row, actor) for row in db.execute(_LIST, given)]


def find_filter(db: Connection, actor: Actor, id: str) -> tuple[str, SavedFilter]:
    """The list of one of the actor's own views, and the view. Raises NotFound for one that is not the actor's."""
    row = db.execute(_FIND, {"id": id, "person": actor.person}).one_or_none()
    if row is None:
        raise NotFound("filter")
    return row.page, _shown(row, actor)


def _shown(row: Any, actor: Actor) -> SavedFilter:
    own = str(row.person_id) == actor.person
    owner = None if own else Named(id=row.person_id, name=row.owner)
    return row_as(SavedFilter, row, owner=owner)


def save_filter(db: Connection, actor: Actor, page: str, *, name: str, query: str, request: Request) -> Done:
    """Keep a filter under a name; one of that name is written anew."""
    name, query = _insist_name(name), urlencode(sorted(parse_qsl(query)))
    if len(query) > LONGEST_QUERY:
        raise InvalidForm(fields={"name": reasons.fields.TOO_LONG})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _lock(db, actor)
    kept = {row.name for row in db.execute(_NAMES, {"person": actor.person, "page": page})}
    if len(kept) >= MOST and name not in kept:
        raise Refused(reasons.cases.TOO_MANY_FILTERS)
    id = db.execute(
        text(
            "INSERT INTO saved_filters (id, person_id, page, name, query) VALUES (:id, :person, :page, :name, :query)"
            " ON CONFLICT (person_id, page, name) DO UPDATE SET query = excluded.query RETURNING id"
        ),
        {"id": str(uuid_utils.uuid7()), "person": actor.person, "page": page, "name": name, "query": query},
    ).scalar_one()
    return finish(db, actor, request, Done({"id": id, "query": query}, 201))


#: The names of one's own of a list.
_NAMES = text("SELECT name FROM saved_filters WHERE person_id = CAST(:person AS uuid) AND page = :page")


def _lock(db: Connection, actor: Actor) -> None:
    """By the person, so that two windows do not exceed the most, or take one name twice, together."""
    db.execute(
        text("SELECT 1 FROM people WHERE id = CAST(:person AS uuid) FOR NO KEY UPDATE"), {"person": actor.person}
    )


def _insist_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidForm(fields={"name": reasons.fields.REQUIRED if not name else reasons.fields.TOO_LONG})
    return name


def change_filter(
    db: Connection, actor: Actor, id: str, *, name: str, shared_with: str | None, request: Request
) -> Done:
    """Give one's own view another name, and share it with the office of a programme, or with None with nobody.

    Raises NotFound for one that is not the actor's.
    """
    name = _insist_name(name)
    page, kept = find_filter(db, actor, id)
    if shared_with is not None and shared_with not in shares_with(actor, page):
        raise InvalidForm(fields={"shared_with": reasons.fields.NOT_A_CHOICE})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _lock(db, actor)
    if name != kept.name and name in {row.name for row in db.execute(_NAMES, {"person": actor.person, "page": page})}:
        raise InvalidForm(fields={"name": reasons.cases.FILTER_NAMED_SO})
    db.execute(_CHANGE, {"id": id, "person": actor.person, "name": name, "shared_with": shared_with})
    return finish(db, actor, request, Done({"id": id}))


#: Gives it another name, and says who may use it.
_CHANGE = text("""
    UPDATE saved_filters SET name = :name, shared_with = CAST(:shared_with AS uuid)
    WHERE id = CAST(:id AS uuid) AND person_id = CAST(:person AS uuid)
""")


def drop_filter(db: Connection, actor: Actor, id: str, request: Request) -> Done:
    """Forget a view. Raises NotFound for one that is not the actor's."""
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    done = db.execute(
        text("DELETE FROM saved_filters WHERE id = CAST(:id AS uuid) AND person_id = CAST(:person AS uuid)"),
        {"id": id, "person": actor.person},
    )
    if not done.rowcount:
        raise NotFound("filter")
    return finish(db, actor, request, Done({"id": id}))
