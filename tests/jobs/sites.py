"""An installation in which some cases wait for their clocks, and what of it has fired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from casework.records.database import transaction
from casework.settings import Settings
from tests.chaos.history import Fired
from tests.jobs.processes import Hand
from tests.support.world import World, build_world


@dataclass
class Site:
    """An installation in which some cases wait, and the seconds until the first of their clocks is due."""

    engine: Engine
    world: World
    environment: dict[str, str]
    #: Seconds from now to the first moment at which a clock fires.
    ahead: float
    numbers: list[str]

    def hand(self, folder: Path, wrong_by: int = 0) -> Hand:
        log = folder / f"worker-{len(list(folder.iterdir()))}.log"
        log.touch()
        return Hand(self.environment, wrong_by, log)

    def offset(self, seconds_before: float) -> dict[str, str]:
        """A database clock by which the first moment comes in so many seconds."""
        return {"CASEWORK_CLOCK_OFFSET": str(round(self.ahead - seconds_before))}

    def timers_fired(self, clocks: Collection[str] | None = None) -> list[Fired]:
        """Every step that fired, of these clocks or of all."""
        return timers_fired(self.engine, clocks)


def timers_fired(engine: Engine, clocks: Collection[str] | None = None) -> list[Fired]:
    """Every step that fired, of these clocks or of all."""
    with transaction(engine) as db:
        rows = db.execute(
            text(
                "SELECT e.effects->>'clock' AS clock, e.effects->>'what' AS what, e.at, e.seq, e.log_id FROM events e"
                " WHERE e.kind = 'timer_fired' ORDER BY e.log_id, e.seq"
            )
        ).all()
        opened = db.execute(
            text(
                "SELECT c->>'id' AS clock, c->'steps' AS steps FROM events e, jsonb_array_elements(e.effects->'clocks') c"
                " WHERE e.effects ? 'clocks'"
            )
        )
        steps = {row.clock: row.steps for row in opened}
    seen: Counter[str] = Counter()
    made = []
    for row in rows:
        if clocks is not None and row.clock not in clocks:
            continue
        n = seen[row.clock]
        seen[row.clock] += 1
        moment, what, *_ = steps[row.clock][n]
        assert what == row.what
        made.append(Fired(row.clock, n, datetime.fromisoformat(moment), row.at))
    return made


def build_site(engine: Engine, settings: Settings, database_url: str, cases: int) -> Site:
    """A small world with so many cases in the intake."""
    with transaction(engine) as db:
        world = build_world(db)
        numbers = [world.new_case(db) for _ in range(cases)]
        # All in the same minute: an edge between two would make two moments of one.
        ahead = db.execute(
            text("SELECT extract(epoch FROM max(fires_at) - clock_timestamp()) FROM clocks")
        ).scalar_one()
    environment = {"DATABASE_URL": database_url, "CASEWORK_PROFILE": "test", "CASEWORK_VAR": str(settings.var)}
    return Site(engine, world, environment, float(ahead), numbers)
