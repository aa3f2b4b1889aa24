"""Cases that are due for removal, with words and documents; and the two persons who decide on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, text

from casework.engine.retention import REMOVED, SHIPPED
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.privacy.removals import decide_removal, propose_removal
from casework.operations.privacy.removing import carry_on
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.operations.people.test_programme_retention import set_to
from tests.support.followed import closed_case
from tests.support.way_to_referral import complete, to_referral
from tests.support.world import World, new_request, today

#: What stands in each case alone: in a message, a paper's title and a file's name.
CANARY, PAPER = "xylophon-4711", "zitronenfalter.pdf"
FINANCING, OTHER = SHIPPED
#: More than a year: what was closed as the scene was set is due by then.
LATER = 400 * 86_400


@dataclass
class Scene:
    """Cases that were closed before the years of their class."""

    engine: Engine
    superuser: Engine
    world: World
    numbers: list[str]

    @property
    def programme(self) -> str:
        return self.world.programmes["BJ"]

    def log(self, number: str) -> str:
        with transaction(self.engine) as db:
            return home_of(db, number)

    def propose(self, db: Connection, by: str = "supervisor", **asked: Any) -> int:
        given: dict[str, Any] = {"reason": "Its years are over.", "request": new_request()} | asked
        return int(propose_removal(db, self.world.actor(db, by), self.programme, **given).answer["version"])

    def decide(self, db: Connection, seen: int, by: str = "administrator", **said: Any) -> int:
        given: dict[str, Any] = {"agree": True, "confirmed": True, "note": "", "request": new_request()} | said
        done = decide_removal(db, self.world.actor(db, by), self.programme, seen=seen, **given)
        return int(done.answer["version"])

    def agree(self) -> int:
        """Two persons decide; gives the number of the decision."""
        with transaction(self.engine) as db:
            return self.decide(db, self.propose(db))

    def remove(self) -> int:
        decision = self.agree()
        carry_on(self.engine, self.programme)
        return decision

    def told(self, kind: str) -> list[Any]:
        """What the programme's log says of cases."""
        with self.superuser.connect() as db:
            rows = db.execute(
                text(
                    "SELECT effects->'case_removal' FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind ORDER BY seq"
                ),
                {"log": self.programme, "kind": kind},
            )
            return list(rows.scalars())

    def found(self, *words: str) -> dict[str, set[str]]:
        """By word, the tables in which a dump of everything has it."""
        with self.superuser.connect() as db:
            tables = db.execute(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            ).scalars()
            dump = {
                table: "\n".join(db.execute(text(f"SELECT to_jsonb(x)::text FROM {table} x")).scalars()).casefold()
                for table in tables.all()
            }
        found = {word: {table for table, rows in dump.items() if word.casefold() in rows} for word in words}
        return {word: tables for word, tables in found.items() if tables}


def set_scene(
    engine: Engine,
    superuser: Engine,
    settings: Settings,
    world: World,
    store: DocumentStore,
    *,
    count: int = 2,
    fate: str = REMOVED,
) -> Scene:
    """Cases that were closed more than a year ago; their class keeps them for one, and then does with them as its `fate` says."""
    numbers = []
    for _ in range(count):
        with transaction(engine) as db:
            numbers.append(closed_case(world, db)[0])
            case = load(db, home_of(db, numbers[-1]), "case")
            world.write(db, "officer", case, words=f"The {CANARY} is loud.", tell=["supervisor"])
        world.hand_in(store, numbers[-1], name=PAPER)
    with transaction(engine) as db:
        set_to(db, world, FINANCING, replace(OTHER, years=1, fate=fate))
    return Scene(engine_later(settings), superuser, world, numbers)


def engine_later(settings: Settings) -> Engine:
    """The application more than a year from now."""
    return connect_engine(settings.model_copy(update={"clock_offset": LATER}))


#: As if a case had been closed long ago.
_LONG_CLOSED = text("UPDATE cases SET closed_at = '2020-05-04T09:00Z' WHERE number = :number")


def remove_one(engine: Engine, world: World) -> str:
    """A case whose contents are gone, which it gives, and a removal of another one that waits for a second person; both for pages alone."""
    with transaction(engine) as db:
        closed = [closed_case(world, db)[0] for _ in range(2)]
    remove_first(engine, world, closed)
    return closed[0]


def remove_referral(engine: Engine, world: World) -> str:
    """A referral of the lab, which it gives, that had ended when the contents of its case were removed."""
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        world.fire(db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
        met = {"held_on": today().isoformat(), "need_owner_present": True, "technology_owner_present": True}
        complete(world, db, "officer", number, "kick_off", data=met)
        complete(world, db, "officer", number, "choose_other_provider", data={"next": "none"})
        end = {"outcome": "no_agreement", "reason": "money/price"}
        world.fire(db, "officer", number, "propose_close", end | {"statements": "No money this year."})
        world.fire(db, "supervisor", number, "close", end)
    remove_first(engine, world, [number])
    return referral


def remove_first(engine: Engine, world: World, closed: Sequence[str]) -> None:
    """Remove the contents of the first of these cases, and propose it of the others; for pages alone."""
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        set_to(db, world, FINANCING, replace(OTHER, years=1))
    for number in closed:
        with transaction(engine) as db:
            db.execute(_LONG_CLOSED, {"number": number})
            by = world.actor(db, "supervisor")
            asked = propose_removal(db, by, programme, reason="Its years are over.", request=new_request()).answer
            if number == closed[0]:
                given: dict[str, Any] = {"agree": True, "confirmed": True, "note": "", "request": new_request()}
                decide_removal(db, world.actor(db, "administrator"), programme, seen=int(asked["version"]), **given)
        carry_on(engine, programme)
