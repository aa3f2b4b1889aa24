"""Needs that enterprises state by a link, as the office works on them: it invites, asks back, accepts or refuses.

A statement that `renews` a need says of the record that there is what its enterprise says otherwise: accepted, it is put right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects import kept_records
from casework.engine.case_objects.kept_records import REASON
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.errors import FileBlocked, FilePending, InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.assessment_needs import follow_statement
from casework.operations.catalogue.kept_records import EDITORS, create_record
from casework.operations.catalogue.need_files import NeedFile, files_in, scans_of
from casework.operations.catalogue.need_mail import ASKED, DRAFT, STATEMENT, SUBMITTED
from casework.operations.catalogue.need_renewal_mail import RENEWAL
from casework.operations.catalogue.organisations import read_seen as read_organisation
from casework.operations.catalogue.restated_needs import ENTERPRISE, note_in_need, put_right
from casework.operations.core.access_log import note_document
from casework.operations.core.email_addresses import canonical, is_address
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import one_with
from casework.operations.core.organisations import STANDING
from casework.operations.core.paging import Page, cursor_count, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.perform import calendar_of, new_id
from casework.operations.core.reader_names import called, entitled
from casework.operations.core.register_entries import note_entries
from casework.operations.documents.downloads import while_seen
from casework.operations.documents.service import Taken
from casework.operations.documents.storage import BLOCKED, PENDING, DocumentStore
from casework.operations.links import office_links
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.records.event_log import lock_log, now
from casework.records.row_security import whole

#: For how many days a link is given; asking back gives the enterprise as many again.
DAYS, MOST_DAYS = 30, 90
#: For so many days a need is in use; then it expires, unless somebody brings it back.
LASTS = 365
#: So many enterprises are invited by mail within a day in one programme.
MOST_A_DAY = 50
#: So many questions whether it still holds stand on the page of a need.
MOST_QUESTIONS = 100
#: How a statement stands that the office may decide on: it has been sent, though what was asked back may never be answered.
DECIDABLE = (SUBMITTED, ASKED)
#: What the log of a programme says the office did.
INVITED, ASKED_BACK, ACCEPTED, REFUSED = "need_invited", "need_asked_back", "need_accepted", "need_refused"
#: And that of a need that is on record.
IN_NEED = {ASKED_BACK: kept_records.ASKED_BACK, REFUSED: kept_records.LEFT_AS_IT_WAS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A need as an enterprise states it, as the office sees it; of a draft nothing is told but that it is one."""

    id: str
    programme: str
    #: The one that stands in the place of whom was invited.
    organisation: str
    organisation_name: str
    language: str
    #: draft, submitted, asked, accepted, refused or withdrawn; of one that renews a need renewed, and revoked by the office, too; over: its
    #: link ended before it was sent, or answered.
    state: str
    invited_at: str
    #: By nobody where the clock asked.
    invited_by: str | None
    #: Of which need it is asked whether it still holds, and what that is called.
    renews: str | None
    renews_title: str | None
    until: str
    address: str | None
    sent_at: str | None
    question: str | None
    reason: str | None
    decided_at: str | None
    #: The record that it became, or changed.
    need: str | None
    #: As it was sent last; of one that renews a need what it says otherwise, None of what it says no more.
    fields: JsonObject
    #: Of one that renews a need: until when it holds, and why it does no more.
    valid_until: str | None
    withdrawn_for: str | None
    files: list[NeedFile]
    #: Who says so, and as what.
    by: str
    position: str


#: Statements of the programmes `:closed_of`, those first that wait for the office.
_SELECT = f"""
    SELECT n.id::text, n.programme_id::text AS programme, o.id::text AS organisation, {called("o")} AS organisation_name, n.language,
        CASE WHEN n.state IN ('draft', 'asked') AND s.until <= casework_now() THEN 'over' ELSE n.state END AS state, n.invited_at, s.until,
        s.address, n.sent_at, n.question, n.reason, n.decided_at, n.need_id::text AS need, n.said,
        {called("i")} AS invited_by, n.renews_id::text AS renews, {entitled("r")} AS renews_title
    FROM need_statements n JOIN office_link_secrets s ON s.id = n.id LEFT JOIN people i ON i.id = n.invited_by
    LEFT JOIN needs r ON r.id = n.renews_id
    JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = n.organisation_id
    WHERE n.programme_id = ANY(CAST(:closed_of AS uuid[]))
"""
#: Those that come after one of them, if any is named; the newest first among those that stand alike.
_LIST = text(f"""
    {_SELECT} AND (CAST(:after AS uuid) IS NULL
        OR (n.state = 'submitted', n.invited_at, n.id) < (CAST(:waits AS boolean), CAST(:at AS timestamptz), CAST(:after AS uuid)))
    ORDER BY n.state = 'submitted' DESC, n.invited_at DESC, n.id DESC LIMIT :most
""")
#: One of them.
_ONE = text(f"{_SELECT} AND n.id = CAST(:id AS uuid)")
#: Those that ask whether a need, or one that was merged into it, still holds.
_OF_NEED = text(f"""
    {_SELECT} AND n.renews_id IN {one_with("needs", "CAST(:need AS uuid)")} ORDER BY n.invited_at DESC, n.id DESC LIMIT :most
""")
#: Keeps who is asked to state a need, and what opens it.
_INVITE = text("""
    INSERT INTO need_statements (id, programme_id, organisation_id, invited_by, invited_at, language, state, enterprise_id)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), CAST(:organisation AS uuid), CAST(:by AS uuid), casework_now(), :language, 'draft',
        CAST(:enterprise AS uuid))
""")
#: How many enterprises people invited within a day.
_INVITED = text("""
    SELECT count(*) FROM need_statements WHERE programme_id = CAST(:programme AS uuid) AND invited_by IS NOT NULL
    AND invited_at > casework_now() - interval '1 day'
""")
#: What becomes of a statement by the office.
_DECIDE = text("""
    UPDATE need_statements SET state = :state, question = coalesce(:question, question), reason = :reason,
        need_id = CAST(:need AS uuid), decided_by = CAST(:by AS uuid), decided_at = casework_now() WHERE id = CAST(:id AS uuid)
""")
#: Gives the enterprise time to read it.
_PROLONG = text("""
    UPDATE office_link_secrets SET until = greatest(until, casework_now() + :lasts) WHERE id = CAST(:id AS uuid)
""")
#: How a statement stands, locked.
_STATE = text("SELECT state, said, sent_at FROM need_statements WHERE id = CAST(:id AS uuid) FOR UPDATE")


def list_statements(
    db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None
) -> Page[Statement]:
    """The statements of the programmes whose closed needs the actor reads: those first that wait for the office.

    Raises NotFound for who reads none, and InvalidForm.
    """
    most = insist_limit(limit)
    given: dict[str, Any] = {"most": most + 1, "waits": None, "at": None, "after": None}
    if keys := from_cursor(cursor, 3):
        given |= {"waits": cursor_count(keys[0]) > 0, "at": cursor_time(keys[1]), "after": cursor_id(keys[2])}
    listed = _read(db, actor, _LIST, **given)
    shown, following = page(listed, most, lambda one: (int(one.state == SUBMITTED), one.invited_at, one.id))
    return Page(items=list(shown), next=following)


def show_statement(db: Connection, actor: Actor, id: str) -> Statement:
    """One statement. Raises NotFound."""
    found = _read(db, actor, _ONE, id=id)
    if not found:
        raise NotFound("need")
    return found[0]


def list_of_need(db: Connection, actor: Actor, need: str) -> list[Statement]:
    """What was asked of whether a need still holds, the newest first. Raises NotFound for who reads no statements."""
    return _read(db, actor, _OF_NEED, need=need, most=MOST_QUESTIONS)


def _read(db: Connection, actor: Actor, query: Any, **given: Any) -> list[Statement]:
    seen = sorted(closed_of(actor))
    if not seen:
        raise NotFound("need")
    with whole(db):
        rows = list(db.execute(query, {"closed_of": seen, **given}))
        scans = scans_of(db, [row.said for row in rows])
    return [_shown(row, scans) for row in rows]


def _shown(row: Any, scans: Mapping[str, str | None]) -> Statement:
    # What is typed and not sent is the enterprise's own.
    said = row.said
    return Statement(
        id=row.id,
        programme=row.programme,
        organisation=row.organisation,
        organisation_name=row.organisation_name,
        language=row.language,
        state=row.state,
        invited_at=instant(row.invited_at),
        invited_by=row.invited_by,
        renews=row.renews,
        renews_title=row.renews_title if row.renews else None,
        until=instant(row.until),
        address=row.address,
        sent_at=instant(row.sent_at) if row.sent_at else None,
        question=row.question,
        reason=row.reason,
        decided_at=instant(row.decided_at) if row.decided_at else None,
        need=row.need,
        fields=said.get("fields", {}),
        valid_until=said.get("valid_until"),
        withdrawn_for=said.get("reason"),
        files=files_in(said, scans),
        by=said.get("by", ""),
        position=said.get("position", ""),
    )


def may_invite(actor: Actor, programme: str) -> By:
    """In which capacity the actor invites enterprises of a programme. Raises NotFound and NotAllowed."""
    if programme not in reach(actor).all_of:
        raise NotFound("programme")
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    return by


def invite(
    db: Connection,
    actor: Actor,
    secret_box: SecretBox,
    *,
    programme: str,
    organisation: str,
    address: str,
    language: str,
    days: int = DAYS,
    enterprise: str | None = None,
    request: Request,
) -> Done:
    """Ask an enterprise to state its need, by mail; without an address its link stands in the first answer, and in no other.

    `enterprise`: as which one of an assessment it is asked. Raises NotFound, NotAllowed, InvalidForm and Refused.
    """
    by = may_invite(actor, programme)
    where = canonical(address)
    faults = {}
    if where and not is_address(where):
        faults["address"] = reasons.fields.NO_EMAIL
    if not 1 <= days <= MOST_DAYS:
        faults["days"] = reasons.fields.WHOLE_BETWEEN(least="1", most=str(MOST_DAYS))
    try:
        one = read_organisation(db, actor, organisation)
        if one.merged_into is not None or one.expired_at is not None:
            faults["organisation"] = reasons.fields.NOT_KNOWN
    except NotFound:
        faults["organisation"] = reasons.fields.NOT_KNOWN
    if faults:
        raise InvalidForm(fields=faults)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    id = new_id()
    with whole(db):
        lock_log(db, programme)
        insist_few(db, programme)
        db.execute(
            _INVITE,
            {"id": id, "programme": programme, "organisation": organisation, "by": by.person, "language": language}
            | {"enterprise": enterprise},
        )
        path = office_links.give(db, secret_box, STATEMENT, id, address=where or None, lasts=timedelta(days=days))
        note_entries(db, "need_statements", programme, [id], kind=INVITED, by=by.person, role=by.role)
    done = finish(db, actor, request, Done({"id": id}, 201))
    return done if where else Done(dict(done.answer) | {"path": path}, done.status)


def insist_few(db: Connection, programme: str) -> None:
    """Raises Refused where a programme has asked as many enterprises within a day as it may."""
    if db.execute(_INVITED, {"programme": programme}).scalar_one() >= MOST_A_DAY:
        raise Refused(reasons.catalogue.TOO_MANY_INVITED)


def ask_back(
    db: Connection, actor: Actor, id: str, *, question: str, seen: str | None = None, request: Request
) -> Done:
    """Ask the enterprise something: its form opens again under its link. Raises NotFound, NotAllowed, Refused, InvalidForm, and
    RecordHasMoved where it was sent again after `seen`, when it had been sent as it was looked at."""
    return _decide(db, actor, id, request, state=ASKED, question=question, kind=ASKED_BACK, seen=seen)


def refuse(db: Connection, actor: Actor, id: str, *, reason: str, seen: str | None = None, request: Request) -> Done:
    """Take a need not in, for a reason that the enterprise reads. Raises what `ask_back` raises."""
    return _decide(db, actor, id, request, state="refused", reason=reason, kind=REFUSED, seen=seen)


def accept(
    db: Connection, actor: Actor, id: str, *, seen: str | None = None, revision: int | None = None, request: Request
) -> Done:
    """Make a record of a need, for which whoever accepts it stands; of one that renews a need put the record right that there is.

    Raises what `ask_back` raises, and RecordHasMoved where that record's log is longer than `revision`.
    """
    return _decide(db, actor, id, request, state="accepted", kind=ACCEPTED, seen=seen, revision=revision)


def _decide(
    db: Connection,
    actor: Actor,
    id: str,
    request: Request,
    *,
    state: str,
    kind: str,
    question: str | None = None,
    reason: str | None = None,
    seen: str | None,
    revision: int | None = None,
) -> Done:
    one = show_statement(db, actor, id)
    by = may_invite(actor, one.programme)
    question = None if question is None else line(question, "question")
    reason = None if reason is None else line(reason, "reason")
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, one.programme)
        row = db.execute(_STATE, {"id": id}).one()
    # What was asked back in vain is forgotten with its link.
    if row.state not in DECIDABLE or not row.said:
        raise Refused(
            reasons.catalogue.STATEMENT_NOT_SENT if row.state == DRAFT else reasons.catalogue.STATEMENT_DECIDED
        )
    if seen is not None and seen != instant(row.sent_at):
        raise RecordHasMoved
    if kind != ACCEPTED:
        need = None
        if one.renews is not None:
            note_in_need(db, by, (one.programme, one.renews, id), IN_NEED[kind], {REASON: question or reason})
    elif one.renews is None:
        need = _record(db, actor, one, row.said)
    else:
        need = put_right(db, actor, one.renews, row.said, seen=revision, by=(id, instant(row.sent_at)))
    with whole(db):
        follow_statement(db, by, id, need)
        given = {"id": id, "state": state, "question": question, "reason": reason, "need": need, "by": by.person}
        db.execute(_DECIDE, given)
        db.execute(_PROLONG, {"id": id, "lasts": timedelta(days=DAYS)})
        if state != ASKED:
            office_links.forget_typed(db, id)
        note_entries(db, "need_statements", one.programme, [id], kind=kind, by=by.person, role=by.role)
        office_links.tell(db, STATEMENT if one.renews is None else RENEWAL, id)
    return finish(db, actor, request, Done({"id": id, "state": state, "need": need}))


def _record(db: Connection, actor: Actor, one: Statement, said: JsonObject) -> str:
    """The record of a need as it was sent, in use for a year; its own request, for the one that asks is answered with more."""
    valid_until = (calendar_of(db, one.programme).local_date(now(db)) + timedelta(days=LASTS)).isoformat()
    done = create_record(
        db,
        actor,
        "need",
        programme=one.programme,
        fields={"valid_until": valid_until, **said["fields"], "owner_id": one.organisation},
        source=ENTERPRISE,
        external_id=one.id,
        confirmed=True,
        request=Request(f"need statement {one.id}", "accept"),
    )
    return str(done.answer["id"])


#: Of a need the files that came with it as it was stated, for who reads closed needs of its programme.
_FILES = text(f"""
    SELECT q.id::text, q.said FROM need_statements q WHERE q.need_id IN {one_with("needs", "CAST(:need AS uuid)")} AND q.said ? 'files'
    AND q.programme_id = ANY(CAST(:closed_of AS uuid[])) ORDER BY q.sent_at, q.id
""")


def files_of_need(db: Connection, actor: Actor, need: str) -> list[tuple[str, NeedFile]]:
    """The files that enterprises sent with a need, each with the statement it came with; for who reads the statements."""
    with whole(db):
        rows = list(db.execute(_FILES, {"need": need, "closed_of": sorted(closed_of(actor))}))
        scans = scans_of(db, [row.said for row in rows])
    return [(row.id, one) for row in rows for one in files_in(row.said, scans)]


def open_file(db: Connection, actor: Actor, store: DocumentStore, id: str, file: str, *, address: str) -> Taken:
    """A file that came with a statement on its way out; noted before anything of it is given.

    Raises NotFound, FilePending or FileBlocked, and what the store raises; later on, AccessEnded.
    """

    def find(db: Connection, actor: Actor) -> NeedFile:
        found = {one.id: one for one in show_statement(db, actor, id).files}
        if file not in found:
            raise NotFound("need")
        return found[file]

    one = find(db, actor)
    if one.scan == BLOCKED:
        raise FileBlocked
    if one.scan == PENDING:
        raise FilePending
    with whole(db):
        pieces = store.read_blob(db, file)
    note_document(db, actor, address, None, file)
    taken = while_seen(store.engine, actor.person, find, pieces)
    return Taken(name=one.name, size=one.size, digest=one.sha256, pieces=taken)


__all__ = [
    "DAYS", "MOST_DAYS", "Statement", "accept", "ask_back", "insist_few", "invite", "list_of_need", "list_statements",
    "files_of_need", "may_invite", "open_file", "refuse", "show_statement",
]  # fmt: skip
