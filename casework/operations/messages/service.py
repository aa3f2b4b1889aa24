"""Messages of a case: internal notes, and one thread for each referral, shared with its provider.

What is written is an event of the case's log, or of a sealed mediation's. Who may not read an audience learns nothing
of it: not how many messages there are, nor where they stand in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.messages import (
    INTERNAL,
    KINDS,
    SHARED,
    TAKEN_BACK,
    WRITERS,
    WRITTEN,
    closed,
    doubts,
    refusal,
)
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.record_commands import Correct, Said, Say
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.engine.state.events import Event
from casework.errors import AudienceInDoubt, InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import Erased, values
from casework.operations.core.actions import Standing, new_id, perform
from casework.operations.core.drafts import find_draft
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.paging import Page, cursor_id, from_cursor, insist_limit, page
from casework.operations.core.presenters import names_of
from casework.operations.core.views import Named, NamedPerson
from casework.operations.messages.views import Message, MessageVersion, ThreadDetails, ThreadRow
from casework.permissions.actors import PROVIDER_ROLES, Actor
from casework.permissions.visibility import Sight, reads_messages, sight
from casework.permissions.work import capacities, choose, conflict
from casework.reasons import Why
from casework.records.actors import find_members


@dataclass(frozen=True)
class Thread:
    """Where messages stand: the internal notes of a case, or the thread of one of its referrals."""

    case: Case
    referral: Track | None

    @property
    def audience(self) -> str:
        return INTERNAL if self.referral is None else SHARED

    @property
    def kind(self) -> str:
        return KINDS[self.audience]


def thread_of(actor: Actor, case: Case, audience: str, referral: str | None) -> Thread:
    """The thread that is meant, for those who may read it. Raises NotFound, and InvalidForm for what cannot be meant."""
    if audience not in KINDS or (referral is None) != (audience == INTERNAL):
        raise InvalidForm(fields={"audience": reasons.messages.DOES_NOT_FIT})
    track = None if referral is None else case.tracks.get(referral)
    if referral is not None and (track is None or not track.is_referral):
        raise NotFound("referral")
    if not reads_messages(actor, case, track):
        raise NotFound("case" if track is None else "referral")
    return Thread(case, track)


# --- reading ---------------------------------------------------------------------------------------------------------

_MESSAGES = text("""
    SELECT e.effects->>'message' AS id, e.header, e.effects, e.body, (
        SELECT jsonb_agg(jsonb_build_object('at', x.header->'at', 'what', x.effects->'what', 'body', x.body) ORDER BY x.seq)
        FROM events x WHERE x.log_id = e.log_id AND x.kind = e.kind AND x.seq > e.seq
        AND x.effects->>'message' = e.effects->>'message'
    ) AS corrections
    FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.kind = :kind AND e.effects->>'what' = 'written'
    AND e.track_id IS NOT DISTINCT FROM CAST(:track AS uuid)
    AND (CAST(:only AS text) IS NULL OR e.effects->>'message' = :only)
    AND (CAST(:after AS text) IS NULL OR e.effects->>'message' < :after)
    ORDER BY e.effects->>'message' DESC LIMIT :most
""")


def list_messages(
    db: Connection,
    actor: Actor,
    thread: Thread,
    *,
    only: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[Message]:
    """The messages of a thread, the newest first, or `only` one. Their ids give the order: a seq would betray what stands between."""
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
        },
    ).all()
    shown, following = page(rows, most, lambda row: (row.id,))
    people = {person for row in shown for person in (row.header["actor"], row.header["acting_for"], *_mentions(row))}
    names = names_of(db, people)
    ours = None if sight(actor, thread.case) == Sight.ALL else _colleagues(db, thread)
    writes = _by(actor, thread) is not None
    return Page(items=[_show(row, actor, names, ours, writes) for row in shown], next=following)


def _mentions(row: Any) -> Sequence[str]:
    mentions: Sequence[str] = row.effects.get("mentions", ())
    return mentions


def _colleagues(db: Connection, thread: Thread) -> frozenset[str]:
    """The people of the provider: on the other side one sees the office, not who in it."""
    assert thread.referral is not None
    return frozenset(member.person for member in find_members(db, organisations=[str(thread.referral.provider)]))


def _show(row: Any, actor: Actor, names: Mapping[str, str], ours: frozenset[str] | None, writes: bool) -> Message:
    header = row.header

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

    versions = [{"at": header["at"], "what": WRITTEN, "body": row.body}, *(row.corrections or ())]
    shown = [_version(version) for version in versions]
    last = shown[-1]
    gone = last.what == TAKEN_BACK
    author = person(header["actor"], header["role"])
    if ours is not None and header["organisation"] is None:
        author = Named(
            id=None,
            name=header["role"],
        )
    mentions = [who for mention in _mentions(row) if (who := person(mention, Role.OFFICER)) is not None]
    return Message(
        id=row.id,
        at=header["at"],
        author=author,
        acting_for=person(header["acting_for"], header["role"]),
        role=header["role"],
        words=None if gone else last.words,
        erased=not gone and last.erased,
        corrected_at=last.at if len(shown) > 1 else None,
        taken_back=gone,
        earlier=shown[:-1],
        mentions=[mentioned for n, mentioned in enumerate(mentions) if mentioned not in mentions[:n]],
        may_correct=writes and not gone and header["actor"] == actor.person,
    )


def _version(version: JsonObject) -> MessageVersion:
    words: Any = values(version["body"]).get("words")
    erased = isinstance(words, Erased)
    return MessageVersion(at=version["at"], what=version["what"], words=None if erased else words, erased=erased)


#: Of each place, which is a referral or (null) the case itself: its provider's name, and how much stands there.
_THREADS = text("""
    SELECT place.track_id, o.name AS provider, coalesce(written.n, 0) AS n, written.last_at, coalesce(unread.n, 0) AS unread
    FROM unnest(CAST(:tracks AS uuid[]), CAST(:providers AS uuid[])) place(track_id, provider_id)
    LEFT JOIN organisations o ON o.id = place.provider_id
    LEFT JOIN (
        SELECT e.track_id, count(*) AS n, max(e.header->>'at') AS last_at FROM events e
        WHERE e.log_id = CAST(:log AS uuid) AND e.kind IN ('noted', 'said') AND e.effects->>'what' = 'written'
        GROUP BY e.track_id
    ) written ON written.track_id IS NOT DISTINCT FROM place.track_id
    LEFT JOIN (
        SELECT track_id, count(*) AS n FROM mentions
        WHERE person_id = CAST(:person AS uuid) AND log_id = CAST(:log AS uuid) AND read_at IS NULL GROUP BY track_id
    ) unread ON unread.track_id IS NOT DISTINCT FROM place.track_id
""")


def list_threads(db: Connection, actor: Actor, case: Case) -> list[ThreadRow]:
    """The threads of a case that the actor reads, the internal notes first: how much stands there, and what is unread."""
    places: list[Track | None] = [None, *(track for track in case.tracks.values() if track.is_referral)]
    mine = [place for place in places if reads_messages(actor, case, place)]
    given = {
        "log": case.log,
        "person": actor.person,
        "tracks": [place.id if place else None for place in mine],
        "providers": [place.provider if place else None for place in mine],
    }
    rows = {row.track_id: row for row in db.execute(_THREADS, given)}
    whole, threads = sight(actor, case) == Sight.ALL, []
    for place in mine:
        at = place.id if place else None
        figures = rows[at]
        if place is not None and not figures.n and closed(case, place) is not None:
            continue
        threads.append(
            ThreadRow(
                audience=INTERNAL if place is None else SHARED,
                referral=at,
                service=place.kind if place else None,
                provider=figures.provider,
                count=figures.n,
                last_at=figures.last_at,
                unread=figures.unread,
                whole=whole,
            )
        )
    return threads


def describe_thread(db: Connection, actor: Actor, thread: Thread) -> ThreadDetails:
    """A thread for its page: who reads it, whom one may tell, and whether and why not the actor writes here."""
    case, referral = thread.case, thread.referral
    whole = sight(actor, case) == Sight.ALL
    names = names_of(db, set(), {referral.provider} if referral else set())
    return ThreadDetails(
        audience=thread.audience,
        referral=referral.id if referral else None,
        service=referral.kind if referral else None,
        number=case.number,
        title=case.title,
        log=case.log,
        kind=case.kind,
        programme=case.programme,
        provider=names.get(referral.provider or "") if referral else None,
        whole=whole,
        why_not=_why_not(actor, thread),
        tell=[
            NamedPerson(
                id=reader.person,
                name=reader.name,
            )
            for reader in _to_tell(db, actor, thread)
        ],
    )


# --- who -------------------------------------------------------------------------------------------------------------


def _by(actor: Actor, thread: Thread) -> By | None:
    """The capacity in which the actor writes in a thread."""
    case = thread.case
    if conflict(actor, case) is not None:
        return None
    by = choose(capacities(actor, case, thread.referral or case.main), accepted(case, WRITERS[thread.audience]))
    if by is None or thread.referral is None and by.role in PROVIDER_ROLES:
        return None
    return by


def _why_not(actor: Actor, thread: Thread) -> Why | Literal[""] | None:
    """Why the actor does not write here now; "" for those who only read, None where it is possible."""
    if (why := conflict(actor, thread.case)) is not None:
        return why
    by = _by(actor, thread)
    return "" if by is None else refusal(thread.case, by.role, thread.audience, thread.referral)


def _readers(db: Connection, thread: Thread) -> list[Actor]:
    """Everybody who reads a thread, by name. The policy is that of the pages, asked for each of them."""
    case, referral = thread.case, thread.referral
    sealed = case.kind == "mediation"
    people = {person for person in (case.owner, *case.team) if person}
    providers = [referral.provider] if referral and referral.provider else []
    members = find_members(db, programmes=[] if sealed else [case.programme], organisations=providers, people=people)
    return [member for member in members if reads_messages(member, case, referral)]


def _to_tell(db: Connection, actor: Actor, thread: Thread) -> list[Actor]:
    """Whom the actor may mention: readers who do something in the case, as far as the actor knows them by name."""
    case = thread.case
    known = [
        reader
        for reader in _readers(db, thread)
        if reader.person != actor.person and reader.person not in case.interests
    ]
    if sight(actor, case) == Sight.ALL:
        return [reader for reader in known if reader.person in (case.owner, *case.team) or reader.roles() & _TOLD]
    organisation = thread.referral.provider if thread.referral else None
    return [
        reader
        for reader in known
        if reader.person == case.owner
        or any(m.organisation == organisation for m in reader.memberships if m.organisation)
    ]


#: Those who have a page on which they see that they are mentioned.
_TOLD = PROVIDER_ROLES | {Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, Role.DISPUTE_OFFICER, Role.AUDITOR}


# --- actions -----------------------------------------------------------------------------------------------------------


def send_message(
    db: Connection,
    actor: Actor,
    case: Case,
    *,
    audience: str,
    referral: str | None,
    words: str,
    mentions: Iterable[str] = (),
    sure: bool = False,
    request: Request,
) -> Done:
    """Write a message in a case or mediation that was found.

    Raises AudienceInDoubt where a shared one does not look as if it were meant for its readers, unless `sure`.
    """
    thread_of(actor, case, audience, referral)
    sent: list[Event] = []

    def to_command(standing: Standing) -> tuple[Command, By]:
        thread = thread_of(actor, standing.case, audience, referral)
        by = _insist_writes(actor, thread)
        wanted = list(dict.fromkeys(mentions))
        if wanted and not set(wanted) <= {reader.person for reader in _to_tell(db, actor, thread)}:
            # The same words whether there is such a person or not.
            raise InvalidForm(fields={"mentions": reasons.messages.NOT_A_READER})
        if not sure:
            _insist_meant(db, actor, thread, words)
        return Say(audience, words, referral, tuple(wanted)), by

    def answer(_: Case, events: list[Event]) -> JsonObject:
        sent.append(events[0])
        return {"id": events[0].effects["message"], "audience": audience, "at": instant(events[0].at)}

    done = perform(db, actor, case.log, case.kind, to_command, answer, request, status=201)
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

    return perform(db, actor, case.log, case.kind, to_command, answer, request)


def _insist_writes(actor: Actor, thread: Thread) -> By:
    if (why := conflict(actor, thread.case)) is not None:
        raise NotAllowed(why=why)
    by = _by(actor, thread)
    if by is None:
        raise NotAllowed(why=reasons.messages.READS_ONLY)
    return by


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
    readers = _readers(db, thread)
    names = names_of(db, set(), {thread.referral.provider, *thread.case.parties.values()})
    doubtful = doubts(
        words,
        readers=[*(reader.name for reader in readers), *names.values()],
        strangers=_strangers(db, thread),
        internal=_internal(db, actor, thread),
    )
    if doubtful:
        raise AudienceInDoubt(
            [(doubt.kind, doubt.name) for doubt in doubtful], names.get(thread.referral.provider or "", "")
        )


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


_INTERNAL = text("""
    SELECT e.body->'words'->'value' AS words FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.kind = 'noted'
""")


def _internal(db: Connection, actor: Actor, thread: Thread) -> list[str]:
    """The internal notes, and what the actor has begun to write as one."""
    written = list(db.execute(_INTERNAL, {"log": thread.case.log}).scalars())
    begun = find_draft(db, actor.person, draft_name(thread.case.log, None))
    return [words for words in (*written, *(begun.data.get("f-words", ()) if begun else ())) if words]
