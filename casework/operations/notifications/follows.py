"""Cases that a person follows: whoever sees a case, or a referral of it, may be told what happens there without a part in it.

One follows a case as far as one sees it: its readers all of it, a provider's people their referral. Who loses sight of it
hears nothing more, and does not follow it any more. What is sealed is not followed: it tells those who are named for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.analysis.notification_rules import Notice, for_follower
from casework.engine.state.case import Case, Track
from casework.errors import NotAllowed, NotFound
from casework.operations.cases.queries import find_case
from casework.operations.core.access_queries import referral_log
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, sight
from casework.records.actors import find_members
from casework.records.case_loader import load

#: Lets a person follow a case; nothing happens to who follows it already.
_FOLLOW = text("INSERT INTO follows (person_id, log_id) VALUES (:person, :log) ON CONFLICT DO NOTHING")
#: Ends it for a person.
_UNFOLLOW = text("DELETE FROM follows WHERE log_id = CAST(:log AS uuid) AND person_id = CAST(:person AS uuid)")
#: Ends it for those who see it no more, in one order and waiting for nobody: who is at the same row ends it, or the next event does.
_FORGET = text("""
    WITH gone AS (
        SELECT person_id FROM follows WHERE log_id = CAST(:log AS uuid) AND person_id = ANY(CAST(:people AS uuid[]))
        ORDER BY person_id FOR UPDATE SKIP LOCKED
    )
    DELETE FROM follows f USING gone g WHERE f.log_id = CAST(:log AS uuid) AND f.person_id = g.person_id
""")
#: Whether a person follows a case.
_FOLLOWS = text("""
    SELECT EXISTS (SELECT FROM follows WHERE log_id = CAST(:log AS uuid) AND person_id = CAST(:person AS uuid))
""")
#: Who follows a case.
_FOLLOWERS = text("SELECT person_id FROM follows WHERE log_id = CAST(:log AS uuid) ORDER BY person_id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """Whether a person follows a case or a referral."""

    id: str
    follows: bool


def follow_case(db: Connection, actor: Actor, number: str) -> Followed:
    """The actor is told from now on what happens in a case. Raises NotFound for who does not read it, NotAllowed."""
    return _follow(db, actor, _readable(db, actor, number))


def unfollow_case(db: Connection, actor: Actor, number: str) -> Followed:
    """The actor is not told any more. Raises NotFound."""
    return _unfollow(db, actor, _readable(db, actor, number).log)


def follow_referral(db: Connection, actor: Actor, id: str) -> Followed:
    """The actor is told from now on what happens in a referral. Raises NotFound, of sealed ones too, and NotAllowed."""
    return _follow(db, actor, load(db, _unsealed(db, actor, id), "case"))


def unfollow_referral(db: Connection, actor: Actor, id: str) -> Followed:
    """The actor is not told any more. Raises NotFound."""
    return _unfollow(db, actor, _unsealed(db, actor, id))


def find_case_follow(db: Connection, actor: Actor, number: str) -> Followed:
    """Whether the actor follows a case. Raises NotFound for who does not read it."""
    return _find(db, actor, _readable(db, actor, number).log)


def find_referral_follow(db: Connection, actor: Actor, id: str) -> Followed:
    """Whether the actor follows a referral. Raises NotFound, of sealed ones too."""
    return _find(db, actor, _unsealed(db, actor, id))


def _find(db: Connection, actor: Actor, log: str) -> Followed:
    return Followed(id=log, follows=db.execute(_FOLLOWS, {"person": actor.person, "log": log}).scalar_one())


def _readable(db: Connection, actor: Actor, number: str) -> Case:
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        # A provider's people follow their referral, and an outline has nothing to be told.
        raise NotFound("case")
    return case


def _unsealed(db: Connection, actor: Actor, id: str) -> str:
    log, kind = referral_log(db, actor, id)
    if kind != "case":
        raise NotFound("referral")
    return log


def _follow(db: Connection, actor: Actor, case: Case) -> Followed:
    if actor.person in case.interests:
        raise NotAllowed(why=reasons.cases.INTEREST_DECLARED)
    db.execute(_FOLLOW, {"person": actor.person, "log": case.log})
    return Followed(id=case.log, follows=True)


def _unfollow(db: Connection, actor: Actor, log: str) -> Followed:
    db.execute(_UNFOLLOW, {"log": log, "person": actor.person})
    return Followed(id=log, follows=False)


# --- what followers are told -----------------------------------------------------------------------------------------


def shares_of_followers(
    db: Connection, case: Case, owed: Collection[Notice], without: Collection[str | None]
) -> Mapping[str, Notice]:
    """What each follower is told of an event that owes these notices to others: of what that person sees now, one thing.

    `without`: who did it, and who is told anyway. Who does not see the case any more is told nothing, and follows it no more.
    """
    if case.kind != "case" or for_follower(owed) is None:
        return {}
    shares = {}
    for actor in _readers(db, case):
        seen = owed if sight(actor, case) == Sight.ALL else list(_of_provider(case, owed, own_tracks(actor, case)))
        if actor.person not in without and (notice := for_follower(seen)):
            shares[actor.person] = notice
    return shares


def _readers(db: Connection, case: Case) -> Iterator[Actor]:
    followers: set[str] = set(db.execute(_FOLLOWERS, {"log": case.log}).scalars())
    if not followers:
        return
    readers = [
        actor
        for actor in find_members(db, people=followers)
        if sight(actor, case) >= Sight.REFERRALS and actor.person not in case.interests
    ]
    if gone := followers - {actor.person for actor in readers}:
        db.execute(_FORGET, {"log": case.log, "people": sorted(gone)})
    yield from readers


def _of_provider(case: Case, owed: Iterable[Notice], tracks: Collection[Track]) -> Iterator[Notice]:
    """Those that a provider itself is told of its referrals; nothing of what the office has to do there."""
    for notice in owed:
        track = case.tracks.get(notice.track or "")
        above = case.referral_of(track) if track else None
        if above is None or track not in tracks:
            continue
        task = case.tasks.get(notice.task or "")
        if task is not None:
            if task.organisation == above.provider:
                yield notice
        elif above.named in notice.people or any(scope == above.provider for _, scope in notice.queues):
            yield notice


__all__ = [
    "Followed", "find_case_follow", "find_referral_follow", "follow_case", "follow_referral", "shares_of_followers",
    "unfollow_case", "unfollow_referral",
]  # fmt: skip
