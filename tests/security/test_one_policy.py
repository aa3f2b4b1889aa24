"""One policy in three tongues: `permissions` in Python, the statements in SQL, the database's own policies; a generated world.

Each person is somebody in the tables, with roles that hold, have ended or are to come, for oneself and as a deputy. Of every
case, mediation, referral, task and paper each of the three must say the same, and so must every list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.engine.roles import PERSONAL_ROLES
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.operations.cases.list_queries import list_cases
from casework.operations.core import access_queries
from casework.operations.core.paging import Page
from casework.operations.mediations.service import list_mediations
from casework.operations.messages.mentions import list_mentions
from casework.operations.notifications.queries import list_notifications
from casework.operations.referrals.inbox import TABS, count_inbox, list_inbox
from casework.operations.referrals.service import list_referrals
from casework.operations.referrals.views import InboxRow
from casework.operations.search.service import search
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, reads_document, sight
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.database import ENGINE, transaction
from casework.records.row_security import read_as
from tests.operations.core.test_access_queries import Papers
from tests.security.test_queue_equals_access import PROVIDER_ROLES, START
from tests.support.inbox import write_inbox
from tests.support.samples import few_of

NOW = datetime.now(UTC)
ROLES_HERE = tuple(one for one in PERSONAL_ROLES if one not in PROVIDER_ROLES)


class People(Papers):
    """The same world, with everybody in the tables, and with what each was told, mentioned in and had to do with."""

    def __init__(self, db: Connection, seed: int) -> None:
        super().__init__(db, seed)
        dice = self.dice
        for one in self.organisations:
            self.insert("logs", {"id": one, "kind": "organisation", "head": "0" * 64, "last_at": START})
            self.insert("organisations", {"id": one, "name": one[:8], "kind": "provider"})
        for one in self.people:
            self._person(one)
        for one in self.people:
            for _ in range(dice.randint(1, 5)):
                self._role(one)
        for n, (log, kind) in enumerate(self.logs):
            # Some were there before a dispute officer's role ended, and some are younger.
            home = "cases" if kind == "case" else "mediations"
            db.execute(
                text(f"UPDATE {home} SET opened_at = :at WHERE id = CAST(:id AS uuid)"),
                {"at": NOW - timedelta(days=dice.choice([5, 15, 25])), "id": log},
            )
            for one in self.some(self.people, 0.2):
                self._open_to(log, kind, one)
            self._tell(load(db, log, kind), n)
        write_inbox(db)

    def track(
        self, log: str, workflow: str, n: int, parent: str | None, provider: str | None
    ) -> tuple[str, str | None]:
        """At a state that its workflow knows, so that lists can say where it stands."""
        made = super().track(log, workflow, n, parent, provider)
        edition = load_library().latest("case" if workflow == "mediation" else workflow)
        assert edition is not None
        known = sorted({"draft", "sent"} & set(edition.states)) or list(edition.initial)
        self.db.execute(
            text("UPDATE tracks SET states = ARRAY[CAST(:state AS text)] WHERE id = CAST(:id AS uuid)"),
            {"state": self.dice.choice(known), "id": made[0]},
        )
        return made

    def _person(self, id: str) -> None:
        self.insert("logs", {"id": id, "kind": "person", "head": "0" * 64, "last_at": START})
        self.insert("people", {"id": id, "email": f"{id}@example.com", "name": f"Somebody {id[:4]}", "language": "en"})

    def _role(self, person: str) -> None:
        dice = self.dice
        starts = NOW - timedelta(days=dice.choice([30, 20, 10, -10]))
        ends = self.maybe(starts + timedelta(days=dice.choice([0, 8, 18, 90])), 0.5)
        inside = dice.random() < 0.4
        role = dice.choice(PROVIDER_ROLES if inside else ROLES_HERE)
        self.insert(
            "memberships",
            {
                "id": self.id(),
                "person_id": person,
                "role": role,
                "programme_id": None if inside else dice.choice(self.programmes),
                "organisation_id": dice.choice(self.organisations) if inside else None,
                "deputy_for": self.maybe(dice.choice(self.people), 0.15),
                "starts_at": starts,
                "ends_at": ends,
            },
        )

    def _open_to(self, log: str, kind: str, person: str) -> None:
        self.insert(
            "openings",
            {
                "id": self.id(),
                "log_id": log,
                "kind": "unsealing" if kind == "mediation" else "break_glass",
                "state": self.dice.choice(["open", "ended"]),
                "reader_id": person,
                "asker_id": person,
                "asked_at": START,
                "days": 3,
                "until": NOW + timedelta(days=self.dice.choice([3, -3])),
            },
        )

    def _tell(self, case: Case, n: int) -> None:
        places = (None, *(one.id for one in case.tracks.values() if one.workflow == "referral"))
        for seq, track in enumerate(places, start=1_000):
            message = {"message": self.id(), "what": "written"}
            body = {"words": {"value": f"A title {case.log} {track or ''}", "salt": "x"}}
            self.insert(
                "events",
                {
                    "log_id": case.log,
                    "seq": seq,
                    "at": START,
                    "kind": "said" if track else "noted",
                    "track_id": track,
                    "actor_id": "system",
                    "header": "{}",
                    "effects": json.dumps(message),
                    "body": json.dumps(body),
                    "hash": "x",
                },
            )
        for one in case.documents.values():
            self.insert(
                "files",
                {
                    "id": self.id(),
                    "log_id": case.log,
                    "document_id": one.id,
                    "version": 1,
                    "type": "pdf",
                    "size": 1,
                    "filed_at": START,
                    "filed_by": "system",
                    "name": "A title.pdf",
                },
            )
        for person in self.people:
            for track in (None, *(one.id for one in case.tracks.values() if one.workflow == "referral")):
                self.insert(
                    "notifications",
                    {
                        "id": self.id(),
                        "person_id": person,
                        "log_id": case.log,
                        "seq": n,
                        "kind": "moved",
                        "about": track or "",
                        "at": START,
                        "track_id": track,
                    },
                )
                self.insert(
                    "mentions",
                    {
                        "id": self.id(),
                        "programme_id": case.programme,
                        "log_id": case.log,
                        "track_id": track,
                        "message_id": self.id(),
                        "person_id": person,
                        "made_at": START,
                    },
                )


def pages(read: Callable[[str | None], Page[Any] | dict[str, Any]]) -> Iterator[Any]:
    """Everything that a list gives, page after page."""
    cursor = None
    while True:
        page = read(cursor)
        items, cursor = (page.items, page.next) if isinstance(page, Page) else (page["items"], page["next"])
        yield from items
        if cursor is None:
            return


def referrals(actor: Actor, case: Case) -> set[str]:
    """The referrals of a case that are there for the actor."""
    whole, mine = sight(actor, case) == Sight.ALL, own_tracks(actor, case)
    return {one.id for one in case.tracks.values() if one.workflow == "referral" and (whole or one in mine)}


def own(actor: Actor, case: Case) -> set[str]:
    return {one.id for one in own_tracks(actor, case) if one.workflow == "referral"}


def found(find: Callable[[Connection, Actor, str], object], db: Connection, actor: Actor, which: str) -> bool:
    try:
        find(db, actor, which)
    except NotFound:
        return False
    return True


def shown(db: Connection, table: str, column: str = "id") -> set[str]:
    return {str(one) for one in db.execute(text(f"SELECT {column} FROM {table}")).scalars()}


# Worlds in which every list has something to say: few have somebody who is named for a mediation and still in office.
@pytest.mark.parametrize("seed", few_of((505, 512, 513), 1))
def test_the_three_say_the_same_and_so_does_every_list(engine: Engine, seed: int) -> None:
    with transaction(engine) as db:
        world = People(db, seed)
        cases = list(world.cases())
        some: dict[str, int] = {}
        for person in world.people:
            actor = find_actor(db, person)
            assert actor is not None
            told = _policy(actor, cases)
            for name, there in _asked(db, actor, cases).items():
                assert there == told[name], (name, actor)
                some[name] = some.get(name, 0) + len(there)
        missing = [name for name, count in some.items() if not count]
        assert not missing, missing
        db.rollback()


def _policy(actor: Actor, cases: list[Case]) -> dict[str, set[str]]:
    """What `permissions` shows, by what asks for it."""
    seen = {case.log: sight(actor, case) for case in cases}
    homes = {
        kind: {case.log for case in cases if case.kind == kind and seen[case.log] > Sight.NOTHING}
        for kind in ("case", "mediation")
    }
    every = set().union(*(referrals(actor, case) for case in cases))
    mine = set().union(*(own(actor, case) for case in cases))
    listed_referrals = mine | set().union(*(referrals(actor, case) for case in cases if _by_role(actor, case)))
    named = {case.log for case in cases if case.kind == "mediation" and _by_role(actor, case)}
    papers = {one.id for case in cases for one in case.documents.values() if reads_document(actor, case, one)}
    listed = {
        case.number or "" for case in cases if case.kind == "case" and _without_opening(actor, case) > Sight.NOTHING
    }
    notices = {
        f"{case.log} {track or ''}"
        for case in cases
        for track in (None, *(one.id for one in case.tracks.values() if one.workflow == "referral"))
        if actor.person not in case.interests and (seen[case.log] == Sight.ALL or track in own(actor, case))
    }
    mentions = {
        f"{case.log} {track or ''}"
        for case in cases
        for track in (None, *(one.id for one in case.tracks.values() if one.workflow == "referral"))
        if _by_role(actor, case) or track in own(actor, case)
    }
    # What lies sealed is searched by nobody.
    unsealed = [case for case in cases if case.kind == "case"]
    found = {
        one.id
        for case in unsealed
        for one in case.documents.values()
        if reads_document(replace(actor, opened=frozenset()), case, one)
    }
    said = {one for one in mentions if one.split()[0] in {case.log for case in unsealed}}
    return {
        "search papers": found,
        "search messages": said,
        "access query of cases": homes["case"],
        "access query of mediations": homes["mediation"],
        "access query of referrals": every,
        "access query of papers": papers,
        "row security of mediations": homes["mediation"],
        "row security of referrals": every,
        "row security of papers": papers,
        "referrals": listed_referrals,
        "inbox": mine,
        "search referrals": mine,
        "search mediations": named,
        "mediations named": named,
        "cases": listed,
        "notifications": notices,
        "mentions": mentions,
    }


def _without_opening(actor: Actor, case: Case) -> Sight:
    """How much is seen without anything having been opened: what is opened for a time stands in no list."""
    return sight(replace(actor, opened=frozenset()), case)


def _by_role(actor: Actor, case: Case) -> bool:
    return _without_opening(actor, case) == Sight.ALL


def _asked(db: Connection, actor: Actor, cases: list[Case]) -> dict[str, set[str]]:
    """What the statements and the database's own policies give."""
    by_kind = {kind: [case for case in cases if case.kind == kind] for kind in ("case", "mediation")}
    every = [one.id for case in cases for one in case.tracks.values() if one.workflow == "referral"]
    searched = search(db, actor, "A title", most=1000)
    made = {
        "access query of cases": {
            case.log for case in by_kind["case"] if found(access_queries.case_log, db, actor, case.number or "")
        },
        "access query of mediations": {
            case.log for case in by_kind["mediation"] if found(access_queries.mediation_log, db, actor, case.log)
        },
        "access query of referrals": {one for one in every if found(access_queries.referral_log, db, actor, one)},
        "access query of papers": {
            one for case in cases for one in case.documents if found(access_queries.document_log, db, actor, one)
        },
        "referrals": {row.id for row in pages(lambda at: list_referrals(db, actor, cursor=at, limit=100))},
        "inbox": {row.id for tab in TABS for row in _inbox(db, actor, tab)},
        "search referrals": {one.id for one in searched.referrals},
        "search mediations": {one.id for one in searched.mediations},
        "search papers": {one.id for one in searched.documents},
        "search messages": {_place_of(db, one.id) for one in searched.messages},
        "mediations named": {one.id for one in list_mediations(db, actor).items},
        "cases": {one.number for one in pages(lambda at: list_cases(db, actor, cursor=at, limit=100))},
        "notifications": {
            f"{one.log} {one.referral or ''}"
            for one in pages(lambda at: list_notifications(db, actor, cursor=at, limit=100))
        },
        "mentions": {
            f"{_log_of(db, one.id)} {one.referral or ''}"
            for one in pages(lambda at: list_mentions(db, actor, cursor=at, limit=100))
        },
    }
    assert sum(count_inbox(db, actor).values()) == len(made["inbox"])
    read_as(db, actor.person)
    ids = {case.log for case in cases}
    made["row security of mediations"] = shown(db, "mediations") & ids
    made["row security of referrals"] = shown(db, "tracks WHERE workflow = 'referral'") & set(every)
    made["row security of papers"] = shown(db, "documents")
    read_as(db, ENGINE)
    return made


def _place_of(db: Connection, message: str) -> str:
    found = text(
        "SELECT log_id, track_id FROM events WHERE kind IN ('noted', 'said') AND effects->>'message' = :message"
    )
    row = db.execute(found, {"message": message}).one()
    return f"{row.log_id} {row.track_id or ''}"


def _inbox(db: Connection, actor: Actor, tab: str) -> Iterator[InboxRow]:
    return pages(lambda at: list_inbox(db, actor, tab=tab, cursor=at, limit=100))


def _log_of(db: Connection, mention: str) -> str:
    return str(
        db.execute(text("SELECT log_id FROM mentions WHERE id = CAST(:id AS uuid)"), {"id": mention}).scalar_one()
    )
