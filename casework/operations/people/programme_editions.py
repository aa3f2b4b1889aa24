"""By which published editions a programme begins its cases and what is opened in them: the newest, or those that it has named.

Each change is one event of the programme's log, with the whole choice as it stands then. What runs keeps its own edition.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects.letterheads import COPIED, REASON, SETTERS
from casework.engine.case_objects.programme_editions import EDITIONS_SET, cleaned
from casework.engine.execution.guards import line
from casework.errors import InvalidForm, Refused
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.people.edition_choice_views import (
    ChoiceApart,
    EditionChoice,
    OfferedEdition,
    ProgrammeEditions,
)
from casework.operations.people.letterheads import insist_reads, insist_sets
from casework.operations.people.setting_changes import take_turn, tell, told_last
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme

#: Events of a programme's log that say by which editions it begins.
_MOVED_BY = (EDITIONS_SET, COPIED)


def show_editions(db: Connection, actor: Actor, programme: str) -> ProgrammeEditions:
    """Of every workflow its published editions, and by which one the programme begins it. Raises NotFound."""
    insist_reads(actor, programme)
    library, chosen = load_library(), db.execute(_CHOSEN, {"id": programme}).scalar_one()
    version = told_last(db, programme, _MOVED_BY)
    published = {row.fingerprint: row.day for row in db.execute(_PUBLISHED, {"id": programme})}
    items = []
    for name in sorted(library.newest):
        newest, offered = library[library.newest[name]], library.offered.get(name, {})
        items.append(
            EditionChoice(
                workflow=name,
                title=newest.text("title"),
                chosen=chosen.get(name),
                newest=newest.number,
                offered=chosen.get(name, newest.number) in offered,
                editions=[
                    OfferedEdition(number=number, published_on=published.get(offered[number]))
                    for number in sorted(offered, reverse=True)
                ],
            )
        )
    mine = in_the_programme(actor, programme, SETTERS) is not None
    return ProgrammeEditions(id=programme, version=version, items=items, mine=mine)


#: By workflow the edition that a programme has named.
_CHOSEN = text("SELECT editions FROM programmes WHERE id = CAST(:id AS uuid)")
#: The day on which each edition was published here, in the zone of a programme.
_PUBLISHED = text("""
    SELECT e.fingerprint, CAST(e.published_at AT TIME ZONE (p.calendar->>'zone') AS date)::text AS day
    FROM editions e, programmes p WHERE p.id = CAST(:id AS uuid)
""")


def set_editions(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    editions: Mapping[str, int | None],
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Say by which editions a programme begins from now on; of what is not named, or named with none, by the newest.

    Raises InvalidForm where one is not published, or they do not run together, and RecordHasMoved where the choice was changed
    after it was `seen`.
    """
    by = insist_sets(actor, programme)
    words, after = line(reason, REASON), cleaned(load_library(), editions)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, _MOVED_BY, seen)
    if after == db.execute(_CHOSEN, {"id": programme}).scalar_one():
        raise Refused(reasons.editions.SAME)
    keep_editions(db, programme, after)
    version = tell(db, log, by, EDITIONS_SET, request, effects={"editions": after}, body={REASON: words})
    return finish(db, actor, request, Done({"id": programme, "version": version}))


def find_apart(db: Connection) -> list[ChoiceApart]:
    """The choices of programmes that can no longer be made, since an edition was published after them; each once for a workflow.

    What is not offered any more begins by the newest; what was chosen beside it may then not run with that.
    """
    found, library = [], load_library()
    for row in db.execute(_CHOICES):
        try:
            cleaned(library, row.editions)
        except InvalidForm as refusal:
            found += [
                ChoiceApart(programme=row.id, code=row.code, workflow=name, why=why)
                for name, why in sorted(refusal.fields.items())
            ]
    return found


#: The programmes that have named editions.
_CHOICES = text("SELECT id::text, code, editions FROM programmes WHERE editions <> '{}' ORDER BY code, id")


def keep_editions(db: Connection, programme: str, editions: Mapping[str, int]) -> None:
    """Write by which editions a programme begins; the event that says so stands beside it."""
    db.execute(_KEEP, {"editions": json.dumps(dict(editions)), "id": programme})


#: Writes the choice of a programme.
_KEEP = text("UPDATE programmes SET editions = CAST(:editions AS jsonb) WHERE id = CAST(:id AS uuid)")


__all__ = ["find_apart", "keep_editions", "set_editions", "show_editions"]
