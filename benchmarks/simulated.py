"""A simulated programme whose every figure is counted twice: by the product, and by the fold of the tests that uses nothing of it.

Each event of it went through the engine, on a clock that was moved. It is made once and kept under `bench` in the folder of CASEWORK_VAR,
until another schema or another edition of a workflow makes another one of it; whoever is ended halfway begins again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.figures import Figure, Scale, timed
from benchmarks.kept_databases import find_or_make, kept_server
from casework.commands.database import make_ready
from casework.demo.simulation import simulate
from casework.operations.oversight.figure_facts import bring_after
from casework.operations.oversight.figures import count_programme, show_counted
from casework.records.database import connect_engine, transaction
from casework.records.row_security import always_whole
from casework.settings import Settings
from tests.support.figure_fold_every import differing, filled

#: Thirty months; any first day that is worked, so that they have passed.
DAYS, STARTS, SEED = 913, date(2024, 1, 5), 15
#: At the end, and in its middle: of so many tenths of the time.
MOMENTS = (10, 5)
#: Days after which it is said how far it has come.
_SAID = 30


def measure(scale: Scale) -> Iterator[Figure]:
    with kept_server() as folder:
        yield from _compare(find_or_simulate(folder, scale.simulated), scale.simulated)


def _compare(settings: Settings, cases: int) -> Iterator[Figure]:
    engine = connect_engine(settings)
    always_whole(engine)
    start = datetime.combine(STARTS, datetime.min.time(), UTC)
    moments = [start + timedelta(days=DAYS) * tenths / 10 for tenths in MOMENTS]
    with transaction(engine) as db:
        programme = db.execute(text("SELECT id::text FROM programmes")).scalar_one()
        events = db.execute(text("SELECT count(*) FROM events")).scalar_one()
        yield Figure("simulated programme", cases, "cases", detail=f"{events:,} events in {DAYS} days from {STARTS}")
        for until in moments:
            yield from _equal(db, programme, until)
    took = timed(bring_after, engine, programme)
    with transaction(engine) as db:
        for until in moments:
            kept, folded = (
                show_counted(count_programme(db, programme, until, from_logs=whole)) for whole in (False, True)
            )
            same = sum(kept["figures"][name] == figure for name, figure in folded["figures"].items())
            detail = f"of {len(folded['figures'])}; kept in {took:.1f} s"
            yield Figure(f"figures from what is kept, {until:%F}", same, "equal", len(folded["figures"]), detail=detail)
    engine.dispose()


def _equal(db: Connection, programme: str, until: datetime) -> Iterator[Figure]:
    """How many figures are equal, and how many say anything; of the others it prints what is only in the one, and only in the other."""
    start = time.perf_counter()
    ours = show_counted(count_programme(db, programme, until))["figures"]
    counted = time.perf_counter()
    found = differing(db, programme, until, ours)
    folded = time.perf_counter()
    for figure, (mine, theirs) in found.items():
        print(f"{figure}, {until}: ours alone {mine[:3]}, theirs alone {theirs[:3]}", file=sys.stderr)
    rows = [row for figure in ours.values() for row in figure["rows"]]
    detail = f"of {len(ours)}, {len(rows):,} lines; {counted - start:.1f} s, the other fold {folded - counted:.1f} s"
    name = f"figures as an outsider folds them, {until:%F}"
    yield Figure(name, len(ours) - len(found), "equal", len(ours), detail=detail)
    told = filled(ours)
    detail = f"empty: {', '.join(sorted(ours.keys() - told)) or 'none'}; {sum(bool(row['numerator']) for row in rows):,} lines not nought"
    yield Figure(f"figures that are not empty, {until:%F}", len(told), "not empty", len(ours), detail=detail)


def find_or_simulate(folder: Path, cases: int) -> Settings:
    def fill(settings: Settings) -> None:
        make_ready(settings)
        simulate(settings, cases=cases, days=DAYS, seed=SEED, starts=STARTS, progress=_say)

    return find_or_make(folder, f"simulated_{cases}", (), fill, profile="demo")[0]


def _say(done: int, of: int) -> None:
    if done % _SAID == 0:
        print(f"{done} of {of} days", file=sys.stderr, flush=True)
