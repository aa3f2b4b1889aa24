"""A sealed mediation about a case, to be unsealed, and the case itself, to be opened in an emergency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, text

from casework.engine.state.events import Event
from casework.engine.state.projection import evolve
from casework.errors import NotFound
from casework.operations.history.point_in_time import Past
from casework.operations.mediations import emergency_access, unsealing
from casework.operations.mediations.service import find_mediation, open_mediation
from casework.operations.verification.authorization.evidence import Evidence
from casework.operations.verification.authorization.judge import reasons_against
from casework.operations.verification.service import verify_case
from casework.permissions.visibility import Sight, sight
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import read_events
from tests.support.world import World, new_request, today

REASON = "The court asks whether a mediation is under way."


@dataclass
class Scene:
    """A sealed mediation about a case."""

    engine: Engine
    world: World
    number: str
    mediation: str

    def ask(
        self, by: str = "dispute_officer", *, reader: str = "auditor", decider: str = "compliance", days: int = 3
    ) -> str:
        with transaction(self.engine) as db:
            done = unsealing.ask_unsealing(
                db,
                self.world.actor(db, by),
                self.mediation,
                reader=self.world.people[reader],
                decider=self.world.people[decider],
                days=days,
                reason=REASON,
                request=new_request(),
            )
        return str(done.answer["id"])

    def decide(
        self, opening: str, by: str = "compliance", *, agree: bool = True, note: str | None = "As I saw it."
    ) -> None:
        with transaction(self.engine) as db:
            unsealing.decide_unsealing(
                db, self.world.actor(db, by), opening, agree=agree, note=note, request=new_request()
            )

    def end(self, opening: str, by: str = "dispute_officer") -> None:
        with transaction(self.engine) as db:
            unsealing.end_unsealing(db, self.world.actor(db, by), opening, request=new_request())

    def tell(self, opening: str, by: str = "dispute_officer", on: str | None = None) -> None:
        with transaction(self.engine) as db:
            unsealing.tell_parties(
                db, self.world.actor(db, by), opening, on=on or today().isoformat(), request=new_request()
            )

    def smash(self, by: str = "administrator", number: str | None = None) -> None:
        with transaction(self.engine) as db:
            emergency_access.break_glass(
                db, self.world.actor(db, by), number or self.number, reason="Everybody is away.", request=new_request()
            )

    def reads(self, by: str) -> bool:
        with transaction(self.engine) as db:
            try:
                find_mediation(db, self.world.actor(db, by), self.mediation)
            except NotFound:
                return False
            return True

    def sees(self, by: str) -> Sight:
        with transaction(self.engine) as db:
            home = db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": self.number}).scalar_one()
            return sight(self.world.actor(db, by), load(db, home, "case"))

    def later(self, hours: int) -> None:
        """As if so much time had passed since it was opened."""
        with self.engine.begin() as db:
            db.execute(text("UPDATE openings SET until = until - make_interval(hours => :h)"), {"h": hours})

    def faults(self, log: str | None = None) -> list[str]:
        with transaction(self.engine) as db:
            return [one.sentence for one in verify_case(db, log or self.mediation)]


def judged(scene: Scene, log: str, change: Callable[[Event], Event]) -> list[str]:
    """What the verification says of a history in which events were made otherwise."""
    with transaction(scene.engine) as db:
        past, case, found = Past(db), None, list[str]()
        evidence = Evidence(past.library, past)
        for one in read_events(db, log):
            found += reasons_against(evidence, case, change(one))
            case = evolve(case, one)
    return found


def set_scene(engine: Engine, world: World) -> Scene:
    """A case and a mediation about it."""
    with transaction(engine) as db:
        number = world.open_case(db)
        mediation = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
    return Scene(engine, world, number, str(mediation["id"]))
