"""What the access queries find is what the policy lets somebody see, and they ask the same of what is not there; a generated world."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.operations.core import access_queries
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, reads_document, sight
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.security.test_queue_equals_access import START, World


class Papers(World):
    """The same world with a few documents in each log, some of them granted to a track of it."""

    def log(self, n: int) -> None:
        super().log(n)
        log, kind = self.logs[-1]
        tracks = list(load(self.db, log, kind).tracks)
        for _ in range(4):
            document = self.id()
            self.insert(
                "documents",
                {
                    "id": document,
                    "log_id": log,
                    "kind": "report",
                    "registered_at": START,
                    "track_id": self.maybe(self.dice.choice(tracks), 0.5),
                    "withdrawn_at": self.maybe(START, 0.2),
                },
            )
            self.insert(
                "grants",
                {
                    "id": self.id(),
                    "log_id": log,
                    "track_id": self.dice.choice(tracks),
                    "document_id": document,
                    "consents": [],
                    "given_at": START,
                    "ended_at": self.maybe(START, 0.3),
                },
            )

    def cases(self) -> Iterator[Case]:
        for log, kind in self.logs:
            yield load(self.db, log, kind, every_task=True)


#: From who asks and a case to the things of one kind in it, and whether each is there for who asks.
Seen = Callable[[Actor, Case], dict[str, bool]]


def _home(kind: str) -> Seen:
    def seen(actor: Actor, case: Case) -> dict[str, bool]:
        return {case.number or case.log: sight(actor, case) > Sight.NOTHING} if case.kind == kind else {}

    return seen


def _referrals(actor: Actor, case: Case) -> dict[str, bool]:
    mine = own_tracks(actor, case)
    whole = sight(actor, case) == Sight.ALL
    return {one.id: whole or one in mine for one in case.tracks.values() if one.workflow == "referral"}


def _tasks(actor: Actor, case: Case) -> dict[str, bool]:
    mine = {one.id for one in own_tracks(actor, case)}
    whole = sight(actor, case) == Sight.ALL
    return {one.id: whole or one.organisation is not None and one.track in mine for one in case.tasks.values()}


def _documents(actor: Actor, case: Case) -> dict[str, bool]:
    return {one.id: reads_document(actor, case, one) for one in case.documents.values()}


KINDS: dict[str, tuple[Callable[[Connection, Actor, str], Any], Seen]] = {
    "case": (access_queries.case_log, _home("case")),
    "mediation": (access_queries.mediation_log, _home("mediation")),
    "referral": (access_queries.referral_log, _referrals),
    "task": (access_queries.task_log, _tasks),
    "document": (access_queries.document_log, _documents),
}


def found(find: Callable[[Connection, Actor, str], Any], db: Connection, actor: Actor, which: str) -> bool:
    try:
        find(db, actor, which)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_the_access_queries_find_what_the_policy_shows(engine: Engine, kind: str, seed: int) -> None:
    find, seen = KINDS[kind]
    with transaction(engine) as db:
        world, answers = Papers(db, seed + 300), set()
        cases = list(world.cases())
        for person in world.people * 2:
            opened = frozenset(world.some([log for log, _ in world.logs], 0.1))
            actor = replace(world.actor(person), opened=opened)
            wanted = {id: there for case in cases for id, there in seen(actor, case).items()}
            got = {id: found(find, db, actor, id) for id in wanted}
            assert got == wanted, actor
            answers |= set(got.values())
        assert answers == {True, False}
        db.rollback()


def test_of_what_a_case_follows_from_and_is_followed_by_those_are_told_that_one_reads_whole(engine: Engine) -> None:
    with transaction(engine) as db:
        world, told = Papers(db, 500), set()
        cases = [case for case in world.cases() if case.kind == "case"]
        for n, case in enumerate(cases[1:]):
            given = {"id": case.log, "from": cases[n // 2].log}
            db.execute(text("UPDATE cases SET follows_from_id = :from WHERE id = :id"), given)
        for person in world.people:
            opened = frozenset(world.some([log for log, _ in world.logs], 0.1))
            actor = replace(world.actor(person), opened=opened)
            reads = {case.log for case in cases if sight(actor, case) == Sight.ALL}
            for n, case in enumerate(cases):
                above = cases[(n - 1) // 2] if n else None
                below = [other for other in cases[2 * n + 1 : 2 * n + 3] if other.log in reads]
                wanted = above.number if above is not None and above.log in reads else None
                got = access_queries.kin_of(db, actor, case.log)
                assert (got[0], sorted(got[1])) == (wanted, sorted(str(other.number) for other in below)), actor
                told.add((above is not None, got[0] is not None))
        assert told >= {(True, True), (True, False)}
        db.rollback()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_that_is_not_there(engine: Engine, kind: str) -> None:
    find, _ = KINDS[kind]
    with transaction(engine) as db:
        world = Papers(db, 400)
        assert not any(found(find, db, world.actor(person), str(uuid.uuid4())) for person in world.people)
        db.rollback()
