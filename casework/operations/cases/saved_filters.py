"""Filters of lists that a person has given a name: links of one's own."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm, NotFound, Refused
from casework.operations.cases.views import SavedFilter
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.views import rows_as
from casework.permissions.actors import Actor

#: How many a person may keep, and how long a name and a query may be.
MOST, LONGEST_NAME, LONGEST_QUERY = 30, 60, 1_000


def list_filters(db: Connection, actor: Actor, page: str) -> list[SavedFilter]:
    """The actor's own filters of a page, by name."""
    rows = db.execute(
        text(
            "SELECT id, name, query FROM saved_filters WHERE person_id = CAST(:person AS uuid) AND page = :page"
            " ORDER BY lower(name), id"
        ),
        {"person": actor.person, "page": page},
    )
    return rows_as(SavedFilter, rows)


def save_filter(db: Connection, actor: Actor, page: str, *, name: str, query: str, request: Request) -> Done:
    """Keep a filter under a name; one of that name is written anew."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidForm(fields={"name": reasons.fields.REQUIRED if not name else reasons.fields.TOO_LONG})
    query = urlencode(sorted(parse_qsl(query)))
    if len(query) > LONGEST_QUERY:
        raise InvalidForm(fields={"name": reasons.fields.TOO_LONG})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    # Locked by the person, so that two windows do not exceed the most together.
    db.execute(
        text("SELECT 1 FROM people WHERE id = CAST(:person AS uuid) FOR NO KEY UPDATE"), {"person": actor.person}
    )
    kept = list_filters(db, actor, page)
    if len(kept) >= MOST and name not in {saved.name for saved in kept}:
        raise Refused(reasons.cases.TOO_MANY_FILTERS)
    id = db.execute(
        text(
            "INSERT INTO saved_filters (id, person_id, page, name, query) VALUES (:id, :person, :page, :name, :query)"
            " ON CONFLICT (person_id, page, name) DO UPDATE SET query = excluded.query RETURNING id"
        ),
        {"id": str(uuid_utils.uuid7()), "person": actor.person, "page": page, "name": name, "query": query},
    ).scalar_one()
    return finish(db, actor, request, Done({"id": id, "query": query}, 201))


def drop_filter(db: Connection, actor: Actor, id: str, request: Request) -> Done:
    """Forget a filter. Raises NotFound for one that is not the actor's."""
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    done = db.execute(
        text("DELETE FROM saved_filters WHERE id = CAST(:id AS uuid) AND person_id = CAST(:person AS uuid)"),
        {"id": id, "person": actor.person},
    )
    if not done.rowcount:
        raise NotFound("filter")
    return finish(db, actor, request, Done({"id": id}))
