"""The figures that a programme shows beside its stories: of those told outside the office, as of the end of the last quarter.

A supervisor publishes them, and what is shown then stands until the next ones are published, or these are taken down.
What hides small numbers takes its time, so that no reader of the page ever waits for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import NotFound, Refused
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import new_id
from casework.operations.core.register_entries import note_entries
from casework.operations.oversight.outside_figures import find_outside
from casework.operations.people.letterheads import insist_sets
from casework.operations.results.views import ShownFigures
from casework.permissions.actors import Actor
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: Which figures everybody reads, and by what their lines may be told apart: never by person, provider, district or month.
TOLD: Mapping[str, frozenset[str]] = {
    "funnel": frozenset({"step", "what", "branch"}),
    "agreements": frozenset({"what", "of"}),
    "deployments": frozenset({"what"}),
    "effects": frozenset({"what", "indicator", "level", "unit"}),
}
#: What the log of a programme says was done.
FIGURES_PUBLISHED, FIGURES_TAKEN_DOWN = "figures_published", "figures_taken_down"

#: The figures that a programme shows.
_SHOWN = text("""
    SELECT id::text, programme_id::text AS programme, as_of, told FROM public_figures WHERE programme_id = CAST(:programme AS uuid)
""")
#: Publishes figures in the place of those before.
_PUBLISH = text("""
    INSERT INTO public_figures (id, programme_id, as_of, told, published_by, published_at)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), CAST(:as_of AS timestamptz), CAST(:told AS jsonb), CAST(:by AS uuid),
        casework_now())
    ON CONFLICT (programme_id) DO UPDATE SET as_of = excluded.as_of, told = excluded.told, published_by = excluded.published_by,
        published_at = excluded.published_at
    RETURNING id::text
""")
#: Takes them down.
_TAKE_DOWN = text("DELETE FROM public_figures WHERE programme_id = CAST(:programme AS uuid) RETURNING id::text")


def count_figures(db: Connection, actor: Actor, programme: str) -> Callable[[], JsonObject]:
    """What gives the figures that the actor may publish: called outside of a transaction. Raises NotFound and NotAllowed."""
    insist_sets(actor, programme)
    give = find_outside(db, actor, programme=programme)
    return lambda: for_everybody(give())


def for_everybody(counted: JsonObject) -> JsonObject:
    """Of the figures told outside those that everybody reads."""
    figures = {
        name: {
            **counted["figures"][name],
            "rows": [row for row in counted["figures"][name]["rows"] if row["of"].keys() <= keys],
        }
        for name, keys in TOLD.items()
        if name in counted["figures"]
    }
    return {**counted, "figures": figures}


def show_figures(db: Connection, actor: Actor, programme: str) -> ShownFigures | None:
    """What the programme shows now. Raises NotFound and NotAllowed."""
    insist_sets(actor, programme)
    with whole(db):
        row = db.execute(_SHOWN, {"programme": programme}).one_or_none()
    return None if row is None else ShownFigures(programme=row.programme, as_of=row.as_of, told=row.told)


def publish_figures(db: Connection, actor: Actor, programme: str, counted: JsonObject, request: Request) -> Done:
    """Show what `count_figures` gave. Raises NotFound and NotAllowed."""
    by = insist_sets(actor, programme)
    if counted["as_of"]["programme"] != programme:
        raise NotFound("programme")
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    told = {"definitions": counted["definitions"], "figures": counted["figures"]}
    given = {
        "id": new_id(),
        "programme": programme,
        "as_of": counted["as_of"]["at"],
        "told": json.dumps(told),
        "by": by.person,
    }
    with whole(db):
        lock_log(db, programme)
        id = str(db.execute(_PUBLISH, given).scalar_one())
        note_entries(db, "public_figures", programme, [id], kind=FIGURES_PUBLISHED, by=by.person, role=by.role)
    return finish(db, actor, request, Done({"id": id}))


def take_figures_down(db: Connection, actor: Actor, programme: str, request: Request) -> Done:
    """Show no figures any more. Raises NotFound, NotAllowed and Refused."""
    by = insist_sets(actor, programme)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, programme)
        id = db.execute(_TAKE_DOWN, {"programme": programme}).scalar_one_or_none()
        if id is None:
            raise Refused(reasons.results.NO_FIGURES)
        note_entries(db, "public_figures", programme, [id], kind=FIGURES_TAKEN_DOWN, by=by.person, role=by.role)
    return finish(db, actor, request, Done({"id": id}))


__all__ = [
    "FIGURES_PUBLISHED",
    "TOLD",
    "count_figures",
    "for_everybody",
    "publish_figures",
    "show_figures",
    "take_figures_down",
]
