"""How often forecasts came true in the simulated programme, each half of its cases told from the other half, which never saw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from benchmarks.figures import Figure, Scale
from benchmarks.kept_databases import kept_server
from benchmarks.simulated import DAYS, STARTS, find_or_simulate
from casework.engine.deadlines.calendars import Calendar
from casework.engine.forecast.calibration import Held, held, told_of, tried
from casework.engine.forecast.past_stays import Stay
from casework.engine.parts import MAIN, REFERRAL
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.forecasts import read_stays_of
from casework.records.database import connect_engine, transaction
from casework.records.row_security import always_whole

#: Of a hundred ends so many fall within the wide interval, give or take so many.
AIM, ROOM = 80, 5
#: Of fewer forecasts nobody can say whether four in five hold: of twenty-nine, chance alone is off by fifteen points.
JUDGED = 30
#: At each of the moments so many of those that go on are told of, in each half.
TRACKS, MOMENTS = 400, 36
_OF = (("steps", None), ("cases", MAIN), ("referrals", REFERRAL))


def measure(scale: Scale) -> Iterator[Figure]:
    with kept_server() as folder:
        engine = connect_engine(find_or_simulate(folder, scale.simulated))
        always_whole(engine)
        until = datetime.combine(STARTS, datetime.min.time(), UTC) + timedelta(days=DAYS)
        with transaction(engine) as db:
            programme = db.execute(text("SELECT id::text FROM programmes")).scalar_one()
            calendar, stays = calendar_of(db, programme), read_stays_of(db, programme, until)
        engine.dispose()
    yield from compare(stays, until, calendar)


def compare(stays: Sequence[Stay], until: datetime, calendar: Calendar) -> Iterator[Figure]:
    """How far from four in five the wide interval held, of steps, cases and referrals."""
    halves: tuple[list[Stay], list[Stay]] = ([], [])
    place = {case: n % 2 for n, case in enumerate(sorted({stay.case for stay in stays}))}
    for stay in stays:
        halves[place[stay.case]].append(stay)
    for name, part in _OF:
        both = [
            list(tried(mine, until, calendar, part, others=others, tracks=TRACKS, moments=MOMENTS))
            for mine, others in (halves, halves[::-1])
        ]
        told = [one for half in both for one in told_of(half, calendar)]
        yield _figure(name, held(told), sum(map(len, both)) - len(told))


def _figure(name: str, held: Held, withheld: int) -> Figure:
    most, half = (100 * of / held.forecasts if held.forecasts else 0.0 for of in (held.most, held.half))
    detail = (
        f"{most:.1f} of 100, the narrow one {half:.1f}; {held.forecasts:,} forecasts of a half that was held out, "
        f"{withheld:,} not told as earlier ones had failed"
    )
    few = held.forecasts < JUDGED
    return Figure(
        f"wide interval of {name}, off four in five",
        abs(most - AIM),
        "points",
        None if few else ROOM,
        most=True,
        detail=f"too few to judge: {detail}" if few else detail,
    )
