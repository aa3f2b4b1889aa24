"""What an enterprise does behind the link that asks whether its need still holds: it reads it, says that it does and until when, changes
what it said, or withdraws it.

Whoever has the link is the enterprise, and reads its own words and what is published. That the page is asked for changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.kept_records import (
    BY_NAME,
    BY_POSITION,
    REASON,
    RENEWED,
    RESTATED,
    WITHDRAWN,
    changed,
)
from casework.engine.case_objects.need_renewals import STATED, changed_by, changes_of, shown_of
from casework.engine.case_objects.programme_lists import Lists
from casework.engine.case_objects.record_use import TAKEN_BACK
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.roles import Role
from casework.engine.state.events import PARTY_ACTOR
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.json_values import Answers, JsonMapping, JsonObject
from casework.ledger.canonical_json import digest
from casework.operations.catalogue import need_files
from casework.operations.catalogue.need_links import Said, sound
from casework.operations.catalogue.need_mail import SUBMITTED, WRITABLE
from casework.operations.catalogue.need_renewal_mail import RENEWAL
from casework.operations.catalogue.need_renewals import words_of
from casework.operations.catalogue.need_statements import LASTS
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.record_log import Change, lock_record, write_records
from casework.operations.core.register_entries import note_entries
from casework.operations.documents.storage import Kept
from casework.operations.links import office_links
from casework.operations.links.office_links import ShownLink
from casework.records.event_log import now
from casework.records.row_security import whole

#: What the log of a programme says an enterprise did.
HOLDS_ON, SAID_OTHERWISE, WITHDREW = "need_renewed", "need_restated", "need_withdrawn"
#: Tells those who keep a need of a programme that its enterprise has answered.
Tell = Callable[[Connection, str, list[str]], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownRenewal(ShownLink):
    """What a link shows to whoever has opened it; its state is draft, submitted, asked, renewed, accepted, refused, withdrawn, revoked or
    closed."""

    question: str | None
    reason: str | None
    sent_at: datetime | None
    #: Its last day as it stands, and the last that may be said now.
    valid_until: date | None
    latest: date
    #: What it is shown of its need, and how it would say it, as it sent it last.
    stands: Said
    says: Said
    #: What of it was shown: sent back with the answer.
    seen: str
    lists: Lists
    calendar: Calendar


#: Takes an answer in.
_ANSWER = text("""
    UPDATE need_statements SET state = :state, said = CAST(:said AS jsonb), sent_at = casework_now() WHERE id = CAST(:id AS uuid)
""")


def show_renewal_of(db: Connection, token: str, opened: str) -> ShownRenewal:
    """What the link shows to the browser that has opened it. Raises NotFound."""
    row = office_links.read_link(db, RENEWAL, token, opened)
    with whole(db):
        lists, calendar = read_lists(db, row.programme), calendar_of(db, row.programme)
    stands, says = _stands(db, row), row.said
    return ShownRenewal(
        **office_links.shown_of(db, row),
        question=row.question,
        reason=row.reason,
        sent_at=row.sent_at,
        valid_until=row.valid_until,
        latest=calendar.local_date(now(db)) + timedelta(days=LASTS),
        stands=stands,
        says=Said(
            fields=changed_by(stands.fields, [says.get("fields", {})]),
            by=says.get("by", ""),
            position=says.get("position", ""),
            files=says.get("files", ()),
        ),
        seen=_seen(stands),
        lists=lists,
        calendar=calendar,
    )


def _stands(db: Connection, row: Any) -> Said:
    """What the enterprise is shown of its need."""
    _, fields = words_of(db, row.need)
    return Said(fields=shown_of(fields, row.record), by="", position="")


def _seen(stands: Said) -> str:
    return digest(dict(stands.fields))


def answer_renewal(
    db: Connection,
    token: str,
    opened: str,
    said: Said,
    *,
    until: str,
    seen: str,
    typed: Answers | None = None,
    files: Sequence[Kept] = (),
    without: Collection[str] = (),
    tell: Tell | None = None,
) -> None:
    """The need still holds until a day: at once. What is said otherwise than was shown waits for an officer, and so do files that lie in
    the store, beside those that came before, but for some; nothing else than was `seen` is answered.

    Raises NotFound where that cannot be, and InvalidForm.
    """
    fields, kept = sound(said, typed)
    with whole(db):
        row = office_links.lock_link(db, RENEWAL, token, opened)
        if row.state not in WRITABLE:
            raise NotFound("link")
        stands = _stands(db, row)
        if seen != _seen(stands):
            raise InvalidForm(fields={"form": reasons.catalogue.SHOWN_BEFORE})
        insist_bounded(until, calendar_of(db, row.programme).local_date(now(db)))
        told: JsonObject = {"by": said.by, "position": said.position, "valid_until": until}
        # Of nothing else than it is asked does it say anything.
        if changes := changes_of(stands.fields, {name: fields[name] for name in STATED if name in fields}):
            told["fields"] = changes
        if papers := need_files.change(db, row.said.get("files", ()), files, without):
            told["files"] = papers
        otherwise = not told.keys().isdisjoint(("fields", "files"))
        _write(db, row, RESTATED if otherwise else RENEWED, {"valid_until": until}, _by(said.by, said.position))
        state = SUBMITTED if otherwise else "renewed"
        db.execute(_ANSWER, {"id": row.id, "state": state, "said": json.dumps(told)})
        if otherwise and kept is not None:
            office_links.keep(db, row.id, kept)
        else:
            office_links.forget_typed(db, row.id)
        kind = SAID_OTHERWISE if otherwise else HOLDS_ON
        note_entries(db, "need_statements", row.programme, [row.id], kind=kind, by=PARTY_ACTOR, role=Role.PARTY)
        office_links.tell(db, RENEWAL, row.id)
        if otherwise and tell is not None:
            tell(db, row.programme, [row.need])


def withdraw_need(
    db: Connection, token: str, opened: str, *, reason: str, by: str, position: str = "", tell: Tell | None = None
) -> None:
    """The enterprise withdraws its need, for a reason: it is used no more, and the link is used up. Raises NotFound and InvalidForm."""
    words, who = line(reason, REASON), line(by, "by")
    with whole(db):
        row = office_links.lock_link(db, RENEWAL, token, opened)
        if row.state not in (*WRITABLE, SUBMITTED):
            raise NotFound("link")
        _write(db, row, WITHDRAWN, {"status": TAKEN_BACK}, {REASON: words, **_by(who, position)})
        need_files.let_go_of(db, [row.id])
        told = {"by": who, "position": position.strip()[:200], "reason": words}
        db.execute(_ANSWER, {"id": row.id, "state": "withdrawn", "said": json.dumps(told)})
        office_links.end(db, row.id)
        note_entries(db, "need_statements", row.programme, [row.id], kind=WITHDREW, by=PARTY_ACTOR, role=Role.PARTY)
        if tell is not None:
            tell(db, row.programme, [row.need])


def _by(name: str, position: str) -> dict[str, str | None]:
    return {BY_NAME: name.strip()[:200], BY_POSITION: position.strip()[:200] or None}


def insist_bounded(until: str, today: date) -> None:
    """Raises InvalidForm for a day that has passed, or is too far."""
    try:
        last = date.fromisoformat(until)
    except ValueError:
        raise InvalidForm(fields={"valid_until": reasons.fields.REQUIRED}) from None
    if last < today:
        raise InvalidForm(fields={"valid_until": reasons.fields.NOT_IN_PAST})
    if last > today + timedelta(days=LASTS):
        raise InvalidForm(fields={"valid_until": reasons.catalogue.HOLDS_TOO_LONG(most=str(LASTS))})


def _write(db: Connection, row: Any, kind: str, fields: JsonMapping, words: dict[str, str | None]) -> None:
    """What the enterprise says of how its need stands, told in the need's own history, by which link. Raises InvalidForm where the record
    takes nothing in now."""
    try:
        standing = lock_record(db, "need", row.need, row.programme)
    except (NotAllowed, Refused):
        raise InvalidForm(fields={"form": reasons.catalogue.ASK_THE_OFFICE}) from None
    new = changed("need", standing.state, fields)
    # What its enterprise says of how it stands no import overwrites.
    change = Change(kind, new, words, {"confirmed": sorted(fields), "statement": row.id})
    write_records(db, By(PARTY_ACTOR, Role.PARTY), [(standing, change)])


__all__ = ["ShownRenewal", "Tell", "answer_renewal", "insist_bounded", "show_renewal_of", "withdraw_need"]
