"""The threads of a case: who reads each, who writes in it and whom one may mention there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.messages import (
    INTERNAL,
    KINDS,
    SHARED,
    WRITERS,
    closed,
    refusal,
)
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.errors import InvalidForm, NotFound
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import called, title_of
from casework.operations.core.views import NamedInBoth
from casework.operations.messages.views import ThreadDetails, ThreadRow
from casework.permissions.actors import PROVIDER_ROLES, Actor
from casework.permissions.visibility import Sight, reads_messages, sight
from casework.permissions.work import barred, capacities, choose
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


#: Of each place, which is a referral or (null) the case itself: its provider's name, and how much stands there.
_THREADS = text(f"""
    SELECT place.track_id, {called("o")} AS provider, coalesce(written.n, 0) AS n, written.last_at, coalesce(unread.n, 0) AS unread
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


#: What some people are called in Chinese.
_NAMES = text("SELECT id, nullif(name_zh, '') AS name_zh FROM people WHERE id = ANY(CAST(:people AS uuid[]))")


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
        title=title_of(db, actor, case),
        log=case.log,
        kind=case.kind,
        programme=case.programme,
        provider=names.get(referral.provider or "") if referral else None,
        whole=whole,
        why_not=why_not(actor, thread),
        tell=names_in_both(db, whom_to_mention(db, actor, thread)),
    )


def names_in_both(db: Connection, people: Sequence[Actor]) -> list[NamedInBoth]:
    """What these people are called, in both scripts."""
    rows = db.execute(_NAMES, {"people": [person.person for person in people]}) if people else ()
    chinese = {row.id: row.name_zh for row in rows}
    return [NamedInBoth(id=one.person, name=one.name, name_zh=chinese.get(one.person)) for one in people]


def capacity_in(actor: Actor, thread: Thread) -> By | None:
    """The capacity in which the actor writes in a thread."""
    case = thread.case
    if barred(actor, case) is not None:
        return None
    by = choose(capacities(actor, case, thread.referral or case.main), accepted(case, WRITERS[thread.audience]))
    if by is None or thread.referral is None and by.role in PROVIDER_ROLES:
        return None
    return by


def why_not(actor: Actor, thread: Thread) -> Why | Literal[""] | None:
    """Why the actor does not write here now; "" for those who only read, None where it is possible."""
    if (why := barred(actor, thread.case)) is not None:
        return why
    by = capacity_in(actor, thread)
    return "" if by is None else refusal(thread.case, by.role, thread.audience, thread.referral)


def readers_of(db: Connection, thread: Thread) -> list[Actor]:
    """Everybody who reads a thread, by name. The policy is that of the pages, asked for each of them."""
    case, referral = thread.case, thread.referral
    sealed = case.kind == "mediation"
    people = {person for person in (case.owner, *case.team) if person}
    providers = [referral.provider] if referral and referral.provider else []
    members = find_members(db, programmes=[] if sealed else [case.programme], organisations=providers, people=people)
    return [member for member in members if reads_messages(member, case, referral)]


def whom_to_mention(db: Connection, actor: Actor, thread: Thread) -> list[Actor]:
    """Whom the actor may mention: readers who do something in the case, as far as the actor knows them by name."""
    case = thread.case
    known = [
        reader
        for reader in readers_of(db, thread)
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
