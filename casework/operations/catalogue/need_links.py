"""What an enterprise does behind its link: it states its need, sees what became of it, answers what is asked back, or withdraws it.

Whoever has the link is the enterprise, and learns nothing but of this one need. That the page is asked for changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from casework.engine.case_objects.programme_lists import Lists
from casework.engine.case_objects.record_values import cleaned
from casework.engine.deadlines.calendars import Calendar
from casework.engine.roles import Role
from casework.engine.state.events import PARTY_ACTOR
from casework.errors import NotFound
from casework.json_values import Answers, JsonMapping, JsonObject
from casework.operations.catalogue import need_files
from casework.operations.catalogue.need_mail import STATEMENT, SUBMITTED, WRITABLE
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.register_entries import note_entries
from casework.operations.documents.storage import Kept
from casework.operations.links import office_links
from casework.operations.links.office_links import ShownLink
from casework.records.event_log import try_lock
from casework.records.row_security import whole

#: What the log of a programme says an enterprise did, and that what it said is gone.
SENT, TAKEN_BACK, FORGOTTEN = "need_stated", "need_taken_back", "need_forgotten"


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A need as an enterprise sends it: the fields of the record, and who says so."""

    fields: JsonMapping
    by: str
    position: str
    #: The files that are on record with it: id, name, type, size and digest.
    files: Sequence[JsonMapping] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownStatement(ShownLink):
    """What a link shows to whoever has opened it; its state is draft, submitted, asked, accepted, refused or withdrawn."""

    question: str | None
    reason: str | None
    sent_at: datetime | None
    decided_at: datetime | None
    #: As it was sent last.
    said: Said | None
    #: How the record that it became stands: published, matched, expired …
    becomes: str | None
    #: What the programme offers, and by which days it reckons.
    lists: Lists
    calendar: Calendar


#: Takes a need in as it was sent.
_SEND = text("""
    UPDATE need_statements SET state = 'submitted', said = CAST(:said AS jsonb), sent_at = casework_now() WHERE id = CAST(:id AS uuid)
""")
#: Takes a need back that was not decided on, with all that was said.
_TAKE_BACK = text("UPDATE need_statements SET state = 'withdrawn', said = '{}' WHERE id = CAST(:id AS uuid)")
#: Statements of which nothing is kept any more: their links are over, and they were not taken in, or what was asked back has no answer.
_OVER = """
    FROM need_statements n JOIN office_link_secrets s ON s.statement_id = n.id
    WHERE n.state IN ('asked', 'refused', 'withdrawn', 'revoked') AND n.said <> '{}' AND s.until <= casework_now()
"""
#: The programmes that have some.
_WHERE_OVER = text(f"SELECT DISTINCT n.programme_id::text {_OVER} ORDER BY 1")
#: Those of one programme.
_OVER_IN = text(f"SELECT n.id::text {_OVER} AND n.programme_id = CAST(:programme AS uuid) ORDER BY 1")
#: Forgets what was said in statements.
_FORGET_SAID = text("UPDATE need_statements SET said = '{}' WHERE id = ANY(CAST(:ids AS uuid[]))")


def show_statement_of(db: Connection, token: str, opened: str) -> ShownStatement:
    """What the link shows to the browser that has opened it. Raises NotFound."""
    row = office_links.read_link(db, STATEMENT, token, opened)
    with whole(db):
        lists, calendar = read_lists(db, row.programme), calendar_of(db, row.programme)
    return ShownStatement(
        **office_links.shown_of(db, row),
        question=row.question,
        reason=row.reason,
        sent_at=row.sent_at,
        decided_at=row.decided_at,
        said=Said(**row.said) if row.said else None,
        becomes=row.becomes,
        lists=lists,
        calendar=calendar,
    )


def sound(said: Said, typed: Answers | None) -> tuple[JsonObject, Answers | None]:
    """The fields of a need as they are kept, and what was typed: before they are found sound no file need lie in the store.

    Raises InvalidForm.
    """
    kept = None if typed is None else office_links.kept(typed)
    fields = {name: value for name, value in said.fields.items() if value not in (None, "", [], {})}
    return fields | cleaned(fields), kept


def send_statement(
    db: Connection,
    token: str,
    opened: str,
    said: Said,
    *,
    typed: Answers | None = None,
    files: Sequence[Kept] = (),
    without: Collection[str] = (),
) -> None:
    """Send a need, or the answer to what was asked back; `typed` is how its form opens again. With it come files that lie in the store,
    beside those that came before, but for some.

    Raises NotFound where that cannot be, and InvalidForm.
    """
    fields, kept = sound(said, typed)
    with whole(db):
        row = office_links.lock_link(db, STATEMENT, token, opened)
        if row.state not in WRITABLE:
            raise NotFound("link")
        told: JsonObject = {"fields": fields, "by": said.by, "position": said.position}
        if papers := need_files.change(db, row.said.get("files", ()), files, without):
            told["files"] = papers
        db.execute(_SEND, {"id": row.id, "said": json.dumps(told)})
        # In the programme's turn, as who decides on it, so that neither waits for the other.
        if kept is not None:
            office_links.keep(db, row.id, kept)
        note_entries(db, "need_statements", row.programme, [row.id], kind=SENT, by=PARTY_ACTOR, role=Role.PARTY)
        office_links.tell(db, STATEMENT, row.id)


def withdraw_statement(db: Connection, token: str, opened: str) -> None:
    """The enterprise takes its need back before it is decided on, and nothing is mailed any more. Raises NotFound."""
    with whole(db):
        row = office_links.lock_link(db, STATEMENT, token, opened)
        if row.state not in (*WRITABLE, SUBMITTED):
            raise NotFound("link")
        need_files.let_go_of(db, [row.id])
        db.execute(_TAKE_BACK, {"id": row.id})
        office_links.end(db, row.id)
        note_entries(db, "need_statements", row.programme, [row.id], kind=TAKEN_BACK, by=PARTY_ACTOR, role=Role.PARTY)


def forget_statements(db: Connection) -> int:
    """Of needs that were not taken in, or asked back in vain, what was said goes once their links are over. What waits for the office is
    kept until it decides. A programme in which somebody writes now has its turn the next time."""
    forgotten = 0
    with whole(db):
        for programme in db.execute(_WHERE_OVER).scalars().all():
            # Looked for again in its turn: somebody may have decided meanwhile.
            if try_lock(db, programme) and (ids := list(db.execute(_OVER_IN, {"programme": programme}).scalars())):
                need_files.let_go_of(db, ids)
                forgotten += db.execute(_FORGET_SAID, {"ids": ids}).rowcount
                note_entries(db, "need_statements", programme, ids, kind=FORGOTTEN)
    return forgotten


__all__ = [
    "Said", "ShownStatement", "forget_statements", "send_statement", "show_statement_of", "sound", "withdraw_statement",
]  # fmt: skip
