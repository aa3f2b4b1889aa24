"""Views of lists that a person has given a name: filters, order and columns as an address says them.

One's own, or shared with the office of a programme, or with one role there. A shared view is an address and nothing else: whoever opens it
is shown what they may see by themselves.
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
from casework.operations.cases.views import SavedView
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.reader_names import called
from casework.operations.core.views import Named, row_as
from casework.permissions.actors import READS_ALL, Actor
from casework.records.access_sql import in_time
from casework.records.field_encryption import storable

#: How many a person may keep, how long a name and a query may be, and how many of a list an office may share.
MOST, LONGEST_NAME, LONGEST_QUERY, MOST_SHARED = 30, 60, 1_000, 50
#: By list whose roles share its views with each other: those who see all of cases and records, of queues those who work them in the office.
SHARED_AMONG: Mapping[str, frozenset[Role]] = {
    "cases": READS_ALL,
    "figures": frozenset({Role.OFFICER, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR}),
    "needs": READS_ALL,
    "queues": frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE}),
    "technologies": READS_ALL,
}
#: By list with which roles alone a view can be shared: figures with those, too, who are told of them by mail alone.
SHARED_TO: Mapping[str, frozenset[Role]] = {"figures": SHARED_AMONG["figures"] | {Role.OBSERVER}}

#: The lists whose views are searches: their owners are told of new records that fit.
SEARCHED = frozenset({"needs", "technologies"})

#: Views, each with whose it is.
_SELECT = f"""SELECT v.id, v.page, v.name, v.query, v.shared_with, v.shared_role, v.person_id, v.mailed, {called("p")} AS owner
    FROM saved_views v JOIN people p ON p.id = v.person_id"""
#: Of a view that is shared: its owner still belongs to the office.
_OF_OFFICE = f"""EXISTS (
    SELECT FROM memberships m WHERE m.person_id = v.person_id AND m.programme_id = v.shared_with
    AND m.role = ANY(CAST(:roles AS text[])) AND {in_time("m")}
)"""
#: Those of a list that are one's own, or that others share with somebody's offices and roles.
_USED = f"""v.page = :page AND (
        v.person_id = CAST(:person AS uuid) OR v.shared_with = ANY(CAST(:programmes AS uuid[]))
        AND concat(v.shared_with, ' ', v.shared_role) = ANY(CAST(:shares AS text[])) AND {_OF_OFFICE}
    )"""
#: One's own, and after them what others of the same offices share.
_LIST = text(f"{_SELECT} WHERE {_USED} ORDER BY v.person_id <> CAST(:person AS uuid), lower(v.name), v.id")
#: One of these.
_FIND_USED = text(f"{_SELECT} WHERE v.id = CAST(:id AS uuid) AND {_USED}")
#: One of one's own.
_FIND = text(f"{_SELECT} WHERE v.id = CAST(:id AS uuid) AND v.person_id = CAST(:person AS uuid)")
#: One of one's own, by its name.
_NAMED = text(f"{_SELECT} WHERE v.person_id = CAST(:person AS uuid) AND v.page = :page AND v.name = :name")
#: How many views of a list an office shares besides this one.
_COUNT_SHARED = text(f"""
    SELECT count(*) FROM saved_views v
    WHERE v.shared_with = CAST(:programme AS uuid) AND v.page = :page AND v.id <> CAST(:id AS uuid) AND {_OF_OFFICE}
""")


def shares_with(actor: Actor, page: str) -> list[str]:
    """The programmes with whose office the actor shares views of a list."""
    among = SHARED_AMONG.get(page, frozenset())
    return sorted({one.programme for one in actor.memberships if one.programme and one.role in among})


def list_views(db: Connection, actor: Actor, page: str) -> list[SavedView]:
    """The actor's own views of a list, by name, and after them all that others share."""
    return [_shown(row, actor) for row in db.execute(_LIST, _used_by(actor, page))]


def find_used(db: Connection, actor: Actor, page: str, id: str) -> SavedView | None:
    """A view of a list that is the actor's own or shared with the actor."""
    row = db.execute(_FIND_USED, {"id": id, **_used_by(actor, page)}).one_or_none()
    return None if row is None else _shown(row, actor)


def _used_by(actor: Actor, page: str) -> dict[str, Any]:
    offices, alone = SHARED_AMONG.get(page, frozenset()), SHARED_TO.get(page, frozenset())
    shares = [f"{m.programme} " for m in actor.memberships if m.programme and m.role in offices]
    shares += [f"{m.programme} {m.role}" for m in actor.memberships if m.programme and m.role in alone]
    programmes = sorted({one.partition(" ")[0] for one in shares})
    roles = _roles(page)
    return {"person": actor.person, "page": page, "programmes": programmes, "shares": sorted(shares), "roles": roles}


def _roles(page: str) -> list[str]:
    return sorted(SHARED_AMONG.get(page, ()))


def read_query(query: str) -> dict[str, str]:
    """What a view asks for; of a word that is said twice the first counts."""
    asked: dict[str, str] = {}
    for name, value in parse_qsl(query):
        asked.setdefault(name, value)
    return asked


def find_view(db: Connection, actor: Actor, id: str) -> tuple[str, SavedView]:
    """The list of one of the actor's own views, and the view. Raises NotFound for one that is not the actor's."""
    row = db.execute(_FIND, {"id": id, "person": actor.person}).one_or_none()
    if row is None:
        raise NotFound("view")
    return row.page, _shown(row, actor)


def find_named(db: Connection, actor: Actor, page: str, name: str) -> SavedView | None:
    """The actor's own view of a list that has the name."""
    row = db.execute(_NAMED, {"person": actor.person, "page": page, "name": _plain(name)}).one_or_none()
    return None if row is None else _shown(row, actor)


def _shown(row: Any, actor: Actor) -> SavedView:
    own = str(row.person_id) == actor.person
    owner = None if own else Named(id=row.person_id, name=row.owner)
    return row_as(SavedView, row, owner=owner, mailed=row.mailed if own and row.page in SEARCHED else None)


def save_view(
    db: Connection, actor: Actor, page: str, *, name: str, query: str, request: Request, replace: bool = False
) -> Done:
    """Keep a view under a name. With `replace` it takes the place of the actor's own of that name, and stays shared as that is.

    Raises InvalidForm where there is another of that name, and it is not to be replaced, and where nobody could store what is asked for.
    """
    asked = sorted(parse_qsl(query))
    if not storable(part for pair in asked for part in pair):
        raise InvalidForm(fields={"query": reasons.fields.UNSTORABLE})
    name, query = _insist_name(name), urlencode(asked)
    if len(query) > LONGEST_QUERY:
        raise InvalidForm(fields={"name": reasons.fields.TOO_LONG})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _lock(db, actor)
    kept = find_named(db, actor, page, name)
    if kept is not None and kept.query != query and not replace:
        raise InvalidForm(fields={"name": reasons.cases.VIEW_NAMED_SO(name=name)})
    given = {
        "id": kept.id if kept else str(uuid_utils.uuid7()),
        "person": actor.person,
        "page": page,
        "name": name,
        "query": query,
    }
    if kept is None and db.execute(_COUNT, given).scalar_one() >= MOST:
        raise Refused(reasons.cases.TOO_MANY_VIEWS)
    db.execute(_REPLACE if kept else _SAVE, given)
    shared_with = kept.shared_with if kept else None
    return finish(db, actor, request, Done({"id": given["id"], "query": query, "shared_with": shared_with}, 201))


#: How many views of a list are one's own.
_COUNT = text("SELECT count(*) FROM saved_views WHERE person_id = CAST(:person AS uuid) AND page = :page")
#: Keeps a new one.
_SAVE = text("""
    INSERT INTO saved_views (id, person_id, page, name, query) VALUES (:id, CAST(:person AS uuid), :page, :name, :query)
""")
#: Has one show something else.
_REPLACE = text("UPDATE saved_views SET query = :query WHERE id = CAST(:id AS uuid)")


def _lock(db: Connection, actor: Actor) -> None:
    """By the person, so that two windows do not exceed the most, or take one name twice, together."""
    db.execute(
        text("SELECT 1 FROM people WHERE id = CAST(:person AS uuid) FOR NO KEY UPDATE"), {"person": actor.person}
    )


def _plain(name: str) -> str:
    return " ".join(name.split())


def _insist_name(name: str) -> str:
    name = _plain(name)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidForm(fields={"name": reasons.fields.REQUIRED if not name else reasons.fields.TOO_LONG})
    return name


def change_view(
    db: Connection,
    actor: Actor,
    id: str,
    *,
    name: str,
    shared_with: str | None,
    shared_role: str | None = None,
    keep_role: bool = False,
    mailed: bool | None = None,
    request: Request,
) -> Done:
    """Give one's own view another name, and share it with the office of a programme, or with None with nobody.

    Of the office with everybody, or with those alone who have a role; with `keep_role` as until now, where it stays with the same office.
    Of a search `mailed` says whether one gets mail about new records that fit it; None: as until now.
    Raises NotFound for one that is not the actor's.
    """
    name = _insist_name(name)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    # What it is called now is read behind the lock: another window may just have renamed it.
    _lock(db, actor)
    page, kept = find_view(db, actor, id)
    if name != kept.name and find_named(db, actor, page, name) is not None:
        raise InvalidForm(fields={"name": reasons.cases.VIEW_NAMED_SO(name=name)})
    if shared_with is not None and shared_with != kept.shared_with:
        _insist_shared(db, actor, page, id, shared_with)
    if keep_role and shared_with == kept.shared_with:
        shared_role = kept.shared_role
    if shared_role is not None and (shared_with is None or shared_role not in SHARED_TO.get(page, ())):
        raise InvalidForm(fields={"shared_role": reasons.fields.NOT_A_CHOICE})
    if mailed is not None and page not in SEARCHED:
        raise InvalidForm(fields={"mailed": reasons.fields.NOT_A_CHOICE})
    given = {"id": id, "person": actor.person, "name": name, "shared_with": shared_with, "shared_role": shared_role}
    db.execute(_CHANGE, {**given, "mailed": mailed})
    return finish(db, actor, request, Done({"id": id}))


def _insist_shared(db: Connection, actor: Actor, page: str, id: str, programme: str) -> None:
    """So few that all are shown to everybody with whom they are shared."""
    if programme not in shares_with(actor, page):
        raise InvalidForm(fields={"shared_with": reasons.fields.NOT_A_CHOICE})
    given = {"programme": programme, "page": page, "id": id, "roles": _roles(page)}
    if db.execute(_COUNT_SHARED, given).scalar_one() >= MOST_SHARED:
        raise InvalidForm(fields={"shared_with": reasons.cases.TOO_MANY_SHARED(most=MOST_SHARED)})


#: Gives it another name, and says who may use it, and whether its owner gets mail.
_CHANGE = text("""
    UPDATE saved_views SET name = :name, shared_with = CAST(:shared_with AS uuid), shared_role = :shared_role,
        mailed = coalesce(CAST(:mailed AS boolean), mailed)
    WHERE id = CAST(:id AS uuid) AND person_id = CAST(:person AS uuid)
""")


def drop_view(db: Connection, actor: Actor, id: str, request: Request) -> Done:
    """Forget a view, and say of which list it was. Raises NotFound for one that is not the actor's."""
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _lock(db, actor)
    db.execute(_HOLD, {"id": id, "person": actor.person})
    db.execute(_DROP_MAILS, {"id": id, "person": actor.person})
    page = db.execute(_DROP, {"id": id, "person": actor.person}).scalar_one_or_none()
    if page is None:
        raise NotFound("view")
    return finish(db, actor, request, Done({"id": id, "page": page}))


#: Lets nobody ask any more that one of one's own is mailed.
_HOLD = text("SELECT FROM saved_views WHERE id = CAST(:id AS uuid) AND person_id = CAST(:person AS uuid) FOR UPDATE")
#: With a view goes what is mailed of it to whomever.
_DROP_MAILS = text("""
    DELETE FROM figure_mails f USING saved_views v
    WHERE v.id = f.view_id AND v.id = CAST(:id AS uuid) AND v.person_id = CAST(:person AS uuid)
""")
#: Forgets one of one's own.
_DROP = text("""
    DELETE FROM saved_views WHERE id = CAST(:id AS uuid) AND person_id = CAST(:person AS uuid) RETURNING page
""")
