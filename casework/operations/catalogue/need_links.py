"""What an enterprise does behind its link: it states its need, sees what became of it, answers what is asked back, or withdraws it.

Whoever has the link is the enterprise, and learns nothing but of this one need. That the page is asked for changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.need_figures import rows_of
from casework.engine.case_objects.programme_lists import Lists
from casework.engine.deadlines.calendars import Calendar
from casework.engine.roles import Role
from casework.engine.state.events import PARTY_ACTOR
from casework.errors import NotFound
from casework.json_values import Answers, JsonMapping, JsonObject
from casework.operations.catalogue.need_mail import post_statement
from casework.operations.core.organisations import STANDING
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.register_entries import note_entries
from casework.operations.core.views import NamedInBoth
from casework.operations.links import office_links
from casework.operations.links.mail import OFFICE, token_hash
from casework.records.event_log import lock_log, try_lock
from casework.records.row_security import whole

#: How a statement stands that the enterprise may still say something of.
DRAFT, SUBMITTED, ASKED, WITHDRAWN = "draft", "submitted", "asked", "withdrawn"
WRITABLE = (DRAFT, ASKED)
#: What the log of a programme says an enterprise did, and that what it said is gone.
SENT, TAKEN_BACK, FORGOTTEN = "need_stated", "need_taken_back", "need_forgotten"


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A need as an enterprise sends it: the fields of the record, what goes beside them, and who says so."""

    fields: JsonMapping
    beside: JsonMapping
    by: str
    position: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownStatement:
    """What a link shows to whoever has opened it."""

    id: str
    programme: str
    office: NamedInBoth
    organisation: NamedInBoth
    language: str
    #: draft, submitted, asked, accepted, refused or withdrawn.
    state: str
    question: str | None
    reason: str | None
    sent_at: datetime | None
    decided_at: datetime | None
    until: datetime
    #: As it was typed, by the names of the form.
    typed: JsonObject
    #: As it was sent last.
    said: Said | None
    #: How the record that it became stands: published, matched, expired …
    becomes: str | None
    #: What the programme offers, and by which days it reckons.
    lists: Lists
    calendar: Calendar


#: A statement by the secret of its link, as it stands.
_FOUND = f"""
    SELECT {office_links.LINK}, n.programme_id::text AS programme, n.organisation_id::text AS organisation, n.language, n.state, n.said,
        n.question, n.reason, n.sent_at, n.decided_at
    FROM office_link_secrets s JOIN need_statements n ON n.id = s.statement_id WHERE s.token = :token
"""
#: The same as it is read, and locked.
_FIND = text(_FOUND)
_LOCK = text(f"{_FOUND} FOR UPDATE OF n")
#: How a statement stands, after who changes it now has done so.
_STATE = text("SELECT state FROM need_statements WHERE id = CAST(:id AS uuid) FOR SHARE")
#: What the office and the enterprise are called, and how the record stands that came of a statement.
_NAMES = text(f"""
    SELECT {OFFICE}, o.name AS organisation, o.name_zh AS organisation_zh, r.status AS becomes
    FROM need_statements n JOIN programmes p ON p.id = n.programme_id LEFT JOIN letterheads h ON h.programme_id = p.id
    JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = n.organisation_id LEFT JOIN needs r ON r.id = n.need_id
    WHERE n.id = CAST(:id AS uuid)
""")
#: Takes a need in as it was sent.
_SEND = text("""
    UPDATE need_statements SET state = 'submitted', said = CAST(:said AS jsonb), sent_at = casework_now() WHERE id = CAST(:id AS uuid)
""")
#: Takes a need back that was not decided on, with all that was said.
_TAKE_BACK = text("UPDATE need_statements SET state = 'withdrawn', said = '{}' WHERE id = CAST(:id AS uuid)")
#: By programme the statements of which the office keeps nothing any more: not taken in, and their links are over.
_REFUSED_OVER = text("""
    SELECT n.programme_id::text AS programme, array_agg(n.id::text ORDER BY n.id) AS ids
    FROM need_statements n JOIN office_link_secrets s ON s.statement_id = n.id
    WHERE n.state IN ('refused', 'withdrawn') AND n.said <> '{}' AND s.until <= casework_now() GROUP BY 1 ORDER BY 1
""")
#: Forgets what was said in statements.
_FORGET_SAID = text("UPDATE need_statements SET said = '{}' WHERE id = ANY(CAST(:ids AS uuid[]))")


def language_of(db: Connection, token: str) -> tuple[bool, str]:
    """Whether a link still opens something, and its language. Raises NotFound for none."""
    with whole(db):
        row = _find(db, token, "")
    return row.running, row.language


def open_statement(db: Connection, token: str) -> str:
    """The secret that keeps a link open in this browser. Raises NotFound where it opens nothing."""
    with whole(db):
        return office_links.open_here(db, _find(db, token, ""))


def show_statement_of(db: Connection, token: str, opened: str) -> ShownStatement:
    """What the link shows to the browser that has opened it. Raises NotFound."""
    with whole(db):
        row = _insist(db, token, opened)
        names = db.execute(_NAMES, {"id": row.id}).one()
        lists, calendar = read_lists(db, row.programme), calendar_of(db, row.programme)
    return ShownStatement(
        id=row.id,
        programme=row.programme,
        office=NamedInBoth(id=row.programme, name=names.office, name_zh=names.office_zh),
        organisation=NamedInBoth(id=row.organisation, name=names.organisation, name_zh=names.organisation_zh),
        language=row.language,
        state=row.state,
        question=row.question,
        reason=row.reason,
        sent_at=row.sent_at,
        decided_at=row.decided_at,
        until=row.until,
        typed=row.typed or {},
        said=Said(**row.said) if row.said else None,
        becomes=names.becomes,
        lists=lists,
        calendar=calendar,
    )


def keep_typed(db: Connection, token: str, opened: str, typed: Answers) -> None:
    """Keep what is typed, sealed, until it is decided or the link is over. Raises NotFound and InvalidForm."""
    kept = office_links.kept(typed)
    with whole(db):
        row = _insist(db, token, opened)
        if db.execute(_STATE, {"id": row.id}).scalar_one() not in WRITABLE:
            raise NotFound("link")
        office_links.keep(db, row.id, kept)


def send_statement(db: Connection, token: str, opened: str, said: Said, *, typed: Answers | None = None) -> None:
    """Send a need, or the answer to what was asked back; `typed` is how its form opens again.

    Raises NotFound where that cannot be, and InvalidForm.
    """
    kept = None if typed is None else office_links.kept(typed)
    fields = {name: value for name, value in said.fields.items() if value not in (None, "", [], {})}
    if fields.get("figures"):
        fields["figures"] = rows_of(fields["figures"])
    with whole(db):
        row = _lock(db, token, opened)
        if row.state not in WRITABLE:
            raise NotFound("link")
        told = {"fields": fields, "beside": dict(said.beside), "by": said.by, "position": said.position}
        db.execute(_SEND, {"id": row.id, "said": json.dumps(told)})
        # In the programme's turn, as who decides on it, so that neither waits for the other.
        if kept is not None:
            office_links.keep(db, row.id, kept)
        note_entries(db, "need_statements", row.programme, [row.id], kind=SENT, by=PARTY_ACTOR, role=Role.PARTY)
        post_statement(db, row.id)


def withdraw_statement(db: Connection, token: str, opened: str) -> None:
    """The enterprise takes its need back before it is decided on. Raises NotFound."""
    with whole(db):
        row = _lock(db, token, opened)
        if row.state not in (*WRITABLE, SUBMITTED):
            raise NotFound("link")
        db.execute(_TAKE_BACK, {"id": row.id})
        office_links.forget_typed(db, row.id)
        note_entries(db, "need_statements", row.programme, [row.id], kind=TAKEN_BACK, by=PARTY_ACTOR, role=Role.PARTY)


def forget_statements(db: Connection) -> int:
    """Of needs that were not taken in, what was said goes once their links are over. A programme in which somebody writes now has its turn
    the next time."""
    forgotten = 0
    with whole(db):
        for programme, ids in db.execute(_REFUSED_OVER).all():
            if try_lock(db, programme):
                forgotten += db.execute(_FORGET_SAID, {"ids": ids}).rowcount
                note_entries(db, "need_statements", programme, ids, kind=FORGOTTEN)
    return forgotten


def _find(db: Connection, token: str, opened: str) -> Any:
    row = db.execute(_FIND, {"token": token_hash(token), "opened": token_hash(opened)}).one_or_none()
    if row is None:
        raise NotFound("link")
    return row


def _insist(db: Connection, token: str, opened: str) -> Any:
    return office_links.insist_here(_find(db, token, opened))


def _lock(db: Connection, token: str, opened: str) -> Any:
    """A statement that is changed, in its programme's turn: of two who decide at once the second one finds it decided."""
    lock_log(db, _insist(db, token, opened).programme)
    return office_links.insist_here(db.execute(_LOCK, {"token": token_hash(token), "opened": token_hash(opened)}).one())


__all__ = [
    "Said", "ShownStatement", "forget_statements", "keep_typed", "language_of", "open_statement",
    "send_statement", "show_statement_of", "withdraw_statement",
]  # fmt: skip
