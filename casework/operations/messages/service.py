"""Messages of a case: internal notes, and one thread for each referral, shared with its provider.

What is written is an event of the case's log, or of a sealed mediation's. Who may not read an audience learns nothing
of it: not how many messages there are, nor where they stand in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.messages import (
    MAIL,
    TAKEN_BACK,
    WRITTEN,
    doubts,
)
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import Correct, Said, Say
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.errors import AudienceInDoubt, InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import Erased, values
from casework.operations.cases.queries import titles_of
from casework.operations.core.drafts import find_draft
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.paging import Page, cursor_id, from_cursor, insist_limit, page
from casework.operations.core.perform import Standing, new_id, perform
from casework.operations.core.presenters import names_of
from casework.operations.core.views import Named
from casework.operations.messages.threads import (
    Thread,
    capacity_in,
    names_in_both,
    readers_of,
    thread_of,
    whom_to_mention,
)
from casework.operations.messages.views import AnsweredMessage, AttachedDocument, Message, MessageVersion
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reads_document, sight
from casework.permissions.work import barred
from casework.records.actors import find_members

# --- reading ---------------------------------------------------------------------------------------------------------

#: The messages of a thread as they were written, each with its corrections, the newest first.
_MESSAGES = text("""
    SELECT e.effects->>'message' AS id, e.header, e.effects, e.body, (
        SELECT jsonb_agg(jsonb_build_object('at', x.header->'at', 'what', x.effects->'what', 'body', x.body) ORDER BY x.seq)
        FROM events x WHERE x.log_id = e.log_id AND x.kind = e.kind AND x.seq > e.seq
        AND x.effects->>'message' = e.effects->>'message'
    ) AS corrections, CASE WHEN e.effects->>'reply_to' IS NOT NULL THEN (
        SELECT a.header FROM events a WHERE a.log_id = e.log_id AND a.kind = e.kind AND a.effects->>'what' = 'written'
        AND a.track_id IS NOT DISTINCT FROM e.track_id AND a.effects->>'message' = e.effects->>'reply_to'
    ) END AS answered
    FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.kind = :kind AND e.effects->>'what' = 'written'
    AND e.track_id IS NOT DISTINCT FROM CAST(:track AS uuid)
    AND (CAST(:only AS text) IS NULL OR e.effects->>'message' = :only)
    AND (CAST(:after AS text) IS NULL OR e.effects->>'message' < :after)
    AND (CAST(:since AS text) IS NULL OR e.effects->>'message' <= :since)
    ORDER BY e.effects->>'message' DESC LIMIT :most
""")


def list_messages(
    db: Connection,
    actor: Actor,
    thread: Thread,
    *,
    only: str | None = None,
    since: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[Message]:
    """The messages of a thread, the newest first, from the one `since` which is asked, or `only` one.

    Their ids give the order: a seq would betray what stands between.
    """
    most, keys = insist_limit(limit), from_cursor(cursor, 1)
    rows = db.execute(
        _MESSAGES,
        {
            "log": thread.case.log,
            "kind": thread.kind,
            "track": thread.referral.id if thread.referral else None,
            "after": cursor_id(keys[0]) if keys else None,
            "most": most + 1,
            "only": only,
            "since": since,
        },
    ).all()
    shown, following = page(rows, most, lambda row: (row.id,))
    headers = [header for row in shown for header in (row.header, row.answered) if header]
    people = {person for header in headers for person in (header["actor"], header["acting_for"])}
    people |= {person for row in shown for person in _mentions(row)}
    names = names_of(db, people)
    ours = None if sight(actor, thread.case) == Sight.ALL else _colleagues(db, thread)
    documents = _documents(db, actor, thread.case, shown)
    writes = capacity_in(actor, thread) is not None
    items = [_show(row, actor, names, ours, documents=documents, writes=writes) for row in shown]
    return Page(items=items, next=following)


def _documents(db: Connection, actor: Actor, case: Case, rows: Iterable[Any]) -> Mapping[str, AttachedDocument]:
    """The documents that messages name, as far as the actor sees each now."""
    attached = {document for row in rows for document in row.effects.get("attached", ())}
    seen = {
        id for id in attached if (known := case.documents.get(id)) is not None and reads_document(actor, case, known)
    }
    titles = titles_of(db, case) if seen else {}
    return {
        id: AttachedDocument(id=id, title=titles.get(id)) if id in seen else AttachedDocument(id=None, title=None)
        for id in attached
    }


def _mentions(row: Any) -> Sequence[str]:
    mentions: Sequence[str] = row.effects.get("mentions", ())
    return mentions


def _colleagues(db: Connection, thread: Thread) -> frozenset[str]:
    """The people of the provider: on the other side one sees the office, not who in it."""
    assert thread.referral is not None
    return frozenset(member.person for member in find_members(db, organisations=[str(thread.referral.provider)]))


def _show(
    row: Any,
    actor: Actor,
    names: Mapping[str, str],
    ours: frozenset[str] | None,
    *,
    documents: Mapping[str, AttachedDocument],
    writes: bool,
) -> Message:
    header, answered = row.header, row.answered

    def person(id: str | None, role: str) -> Named | None:
        if id is None:
            return None
        if ours is not None and id not in ours and id != actor.person:
            return Named(
                id=None,
                name=role,
            )
        return Named(
            id=id,
            name=names.get(id),
        )

    def author_of(header: JsonMapping) -> Named | None:
        if ours is not None and header["organisation"] is None:
            return Named(
                id=None,
                name=header["role"],
            )
        return person(header["actor"], header["role"])

    versions = [{"at": header["at"], "what": WRITTEN, "body": row.body}, *(row.corrections or ())]
    shown = [_version(version) for version in versions]
    last = shown[-1]
    gone = last.what == TAKEN_BACK
    # Whom it answers stands with what it answers.
    told = [mention for mention in _mentions(row) if answered is None or mention != answered["actor"]]
    mentions = [who for mention in told if (who := person(mention, Role.OFFICER)) is not None]
    return Message(
        id=row.id,
        at=header["at"],
        author=author_of(header),
        acting_for=person(header["acting_for"], header["role"]),
        role=header["role"],
        words=None if gone else last.words,
        erased=not gone and last.erased,
        corrected_at=last.at if len(shown) > 1 else None,
        taken_back=gone,
        earlier=shown[:-1],
        mentions=[mentioned for n, mentioned in enumerate(mentions) if mentioned not in mentions[:n]],
        reply_to=answered
        and AnsweredMessage(id=row.effects["reply_to"], at=answered["at"], author=author_of(answered)),
        documents=[] if gone else [documents[id] for id in row.effects.get("attached", ())],
        by_mail=row.effects.get("channel") == MAIL,
        may_correct=writes and not gone and header["actor"] == actor.person,
    )


def _version(version: JsonObject) -> MessageVersion:
    words: Any = values(version["body"]).get("words")
    erased = isinstance(words, Erased)
    return MessageVersion(at=version["at"], what=version["what"], words=None if erased else words, erased=erased)


# --- actions---------------------------------------------------------------------------------------------------------


def send_message(
    db: Connection,
    actor: Actor,
    case: Case,
    *,
    audience: str,
    referral: str | None,
    words: str,
    mentions: Iterable[str] = (),
    reply_to: str | None = None,
    documents: Iterable[str] = (),
    sure: bool = False,
    by_mail: bool = False,
    request: Request,
) -> Done:
    """Write a message in a case or mediation that was found, perhaps in reply to another one of the same thread.

    It may name documents that everybody who reads it sees.

    Raises AudienceInDoubt where a shared one does not look as if it were meant for its readers, unless `sure`.
    """
    thread_of(actor, case, audience, referral)
    sent: list[Event] = []

    def to_command(standing: Standing) -> tuple[Command, By]:
        thread = thread_of(actor, standing.case, audience, referral)
        by = _insist_writes(actor, thread)
        wanted = list(dict.fromkeys(mentions))
        if wanted and not set(wanted) <= {reader.person for reader in whom_to_mention(db, actor, thread)}:
            # The same words whether there is such a person or not.
            raise InvalidForm(fields={"mentions": reasons.messages.NOT_A_READER})
        of = None if reply_to is None else _answered(db, thread, reply_to)
        if not sure:
            _insist_meant(db, actor, thread, words)
        answered = of.actor if of is not None and _hears(db, thread, of.actor) else None
        say = Say(
            audience,
            words,
            referral,
            mentions=tuple(wanted),
            reply_to=of,
            answered=answered,
            documents=tuple(documents),
            by_mail=by_mail,
        )
        return say, by

    def answer(_: Case, events: list[Event]) -> JsonObject:
        sent.append(events[0])
        return {"id": events[0].effects["message"], "audience": audience, "at": instant(events[0].at)}

    done = perform(db, actor, case.log, case.kind, to_command, answer=answer, request=request, status=201)
    for event in sent:
        _mention(db, case.programme, event)
    return done


def correct_message(
    db: Connection,
    actor: Actor,
    case: Case,
    *,
    audience: str,
    referral: str | None,
    message: str,
    words: str | None,
    sure: bool = False,
    request: Request,
) -> Done:
    """Put other words in the place of one's own message, or with None take it back; what it said stays in the history."""
    thread_of(actor, case, audience, referral)

    def to_command(standing: Standing) -> tuple[Command, By]:
        thread = thread_of(actor, standing.case, audience, referral)
        of = _find(db, thread, message)
        by = _insist_writes(actor, thread)
        if words is not None and not sure:
            _insist_meant(db, actor, thread, words)
        return Correct(of, words), by

    def answer(_: Case, events: list[Event]) -> JsonObject:
        return {"id": message, "audience": audience, "at": instant(events[0].at)}

    return perform(db, actor, case.log, case.kind, to_command, answer=answer, request=request)


def _insist_writes(actor: Actor, thread: Thread) -> By:
    if (why := barred(actor, thread.case)) is not None:
        raise NotAllowed(why=why)
    by = capacity_in(actor, thread)
    if by is None:
        raise NotAllowed(why=reasons.messages.READS_ONLY)
    return by


#: The event by which a message was written, and whether it was taken back.
_FOUND = text("""
    SELECT e.seq, e.kind, e.track_id, e.actor_id, EXISTS (
        SELECT FROM events x WHERE x.log_id = e.log_id AND x.kind = e.kind AND x.effects->>'message' = :message
        AND x.effects->>'what' = 'taken_back'
    ) AS taken_back
    FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.kind = :kind AND e.effects->>'message' = :message
    AND e.effects->>'what' = 'written' AND e.track_id IS NOT DISTINCT FROM CAST(:track AS uuid)
""")


def _find(db: Connection, thread: Thread, message: str) -> Said:
    row = db.execute(
        _FOUND,
        {
            "log": thread.case.log,
            "kind": thread.kind,
            "message": message,
            "track": thread.referral.id if thread.referral else None,
        },
    ).one_or_none()
    if row is None:
        raise NotFound("message")
    return Said(message, row.seq, row.kind, row.track_id, row.actor_id, row.taken_back)


def _answered(db: Connection, thread: Thread, reply_to: str) -> Said:
    """The message that is answered; the same words whether there is such a one elsewhere or not."""
    try:
        return _find(db, thread, str(UUID(reply_to)))
    except (NotFound, ValueError):
        raise InvalidForm(fields={"reply_to": reasons.messages.NOT_IN_THREAD}) from None


def _hears(db: Connection, thread: Thread, person: str) -> bool:
    """Whether who is answered still reads the thread."""
    return person not in thread.case.interests and any(reader.person == person for reader in readers_of(db, thread))


def _mention(db: Connection, programme: str, event: Event) -> None:
    for person in event.effects.get("mentions", ()):
        db.execute(
            text(
                "INSERT INTO mentions (id, programme_id, log_id, track_id, message_id, person_id, made_at) VALUES (:id,"
                " CAST(:programme AS uuid), CAST(:log AS uuid), CAST(:track AS uuid), CAST(:message AS uuid),"
                " CAST(:person AS uuid), :at)"
            ),
            {
                "id": new_id(),
                "programme": programme,
                "log": event.log,
                "track": event.track,
                "message": event.effects["message"],
                "person": person,
                "at": event.at,
            },
        )


# --- the guard against the wrong audience ----------------------------------------------------------------------------


def draft_name(log: str, referral: str | None) -> str:
    """What a draft is kept by: one audience's never stands in the box of another."""
    return f"message:shared:{referral}" if referral else f"message:internal:{log}"


def _insist_meant(db: Connection, actor: Actor, thread: Thread, words: str) -> None:
    """Ask whoever knows more than the provider before a text goes to it that looks internal."""
    if thread.referral is None or sight(actor, thread.case) < Sight.ALL:
        # Whoever sees only the thread knows nothing that its readers do not, and is told of nothing by being asked.
        return
    readers = readers_of(db, thread)
    names = names_of(db, set(), {thread.referral.provider, *thread.case.parties.values()})
    doubtful = doubts(
        words,
        readers=[
            *(name for reader in names_in_both(db, readers) for name in (reader.name, reader.name_zh) if name),
            *names.values(),
        ],
        strangers=_strangers(db, thread),
        internal=_internal(db, actor, thread),
    )
    if doubtful:
        raise AudienceInDoubt(
            [(doubt.kind, doubt.name) for doubt in doubtful], names.get(thread.referral.provider or "", "")
        )


#: What other providers and their people are called, beside whoever works for this one too.
_STRANGERS = text("""
    SELECT o.name, o.name_zh FROM organisations o WHERE o.id = ANY(CAST(:others AS uuid[]))
    UNION SELECT p.name, p.name_zh FROM people p JOIN memberships m ON m.person_id = p.id
    WHERE m.organisation_id = ANY(CAST(:others AS uuid[])) AND NOT EXISTS (
        SELECT FROM memberships h WHERE h.person_id = p.id AND h.organisation_id = CAST(:provider AS uuid)
    )
""")


def _strangers(db: Connection, thread: Thread) -> list[str]:
    """Names that the provider may not know: of the case's other providers and their people."""
    assert thread.referral is not None
    provider = thread.referral.provider
    others = {track.provider for track in thread.case.tracks.values()} - {provider, None, *thread.case.parties.values()}
    if not others:
        return []
    rows = db.execute(_STRANGERS, {"others": sorted(str(other) for other in others), "provider": provider})
    return [name for row in rows for name in (row.name, row.name_zh) if name]


#: The words of the internal notes of a log.
_INTERNAL = text("""
    SELECT e.body->'words'->'value' AS words FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.kind = 'noted'
""")


def _internal(db: Connection, actor: Actor, thread: Thread) -> list[str]:
    """The internal notes, and what the actor has begun to write as one."""
    written = list(db.execute(_INTERNAL, {"log": thread.case.log}).scalars())
    begun = find_draft(db, actor.person, draft_name(thread.case.log, None))
    return [words for words in (*written, *(begun.data.get("f-words", ()) if begun else ())) if words]
