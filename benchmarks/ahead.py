"""Figures of a large programme, and how its cases ran: how long a worker counts both ahead from what is kept of each case, and how long
a page of each takes."""

from __future__ import annotations

import resource
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median

import orjson
from flask import Flask
from sqlalchemy import Engine

from benchmarks.figures import Figure, Scale, ms, percentile, timed
from benchmarks.world import World
from casework.definitions import load_figure_names, load_library
from casework.engine.case_objects.technology_fields import FIELDS
from casework.engine.figures.case_facts import CaseFacts, Firing
from casework.engine.figures.kept_facts import facts_by, write
from casework.engine.figures.stays import Moment, Stay
from casework.engine.mining.conformance import Conformance
from casework.engine.mining.runs import JudgedRun, Run, Stood, TaskRun
from casework.engine.mining.spans import IN_HAND, WAITING, Span
from casework.engine.state.case import Case, Track
from casework.operations.auth.sessions import begin_session
from casework.operations.core.perform import calendar_of
from casework.operations.oversight import figure_parts
from casework.operations.oversight.figure_parts import count_parts
from casework.operations.oversight.figures import rules
from casework.operations.oversight.kept_figures import count_ahead
from casework.records.database import transaction
from casework.web.app import create_app

#: In a page of figures somebody may look so often within minutes.
_VIEWS = 40
_MONTHS = 48
#: Cases that are written at once: memory holds no more of them.
_AT_ONCE = 5_000
#: By what a part of the cases is asked for.
_PARTS = {"sector": "sector-1", "district": "district-2", "source": "source-3", "opened_from": "2020-01-01"}
_SECTORS, _DISTRICTS, _SOURCES = 20, 16, 5


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    # Its cases have logs alone here, by which nobody tells that it is large.
    large, figure_parts.LARGE = figure_parts.LARGE, -1
    try:
        yield from _measure(world, scale)
    finally:
        figure_parts.LARGE = large


def _measure(world: World, scale: Scale) -> Iterator[Figure]:
    _write(world, scale.counted)
    app = create_app(world.settings)
    engine = app.extensions["casework"]
    took = timed(count_ahead, engine, world.programme)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("figures counted ahead", scale.counted / took, "cases/s", detail=f"{scale.counted:,} in {took:.1f} s")
    yield Figure("figures counted ahead, memory", grown, "MB at most")
    parts = [f"/figures?{name}={value}" for name, value in _PARTS.items()]
    # Nobody has asked for these yet: the page says that they are being counted.
    yield _page(app, world.officer, parts, "being counted", 1)
    took = timed(count_parts, engine, world.programme)
    yield Figure("figures of parts counted", took, "s", detail=f"{len(parts)} parts of {scale.counted:,} cases")
    for addresses, name, person in (
        (["/figures"], "figures", world.officer),
        (parts, "figures of a part", world.officer),
        (["/process"], "how cases ran,", world.supervisor),
    ):
        # Nobody may look as often within minutes.
        with world.superuser() as plain:
            plain.execute("DELETE FROM allowances")
        views = max(1, min(_VIEWS, scale.views) // len(addresses))
        yield _page(app, person, addresses, f"{name} of {scale.counted:,} cases", views)
    engine.dispose()


def _page(app: Flask, person: str, addresses: Sequence[str], name: str, views: int) -> Figure:
    """How long a page takes at some addresses, each looked at so often."""
    browser = app.test_client()
    browser.set_cookie("sid", _sign_in(app.extensions["casework"], person))
    # What the first page of all loads no other does.
    browser.get("/")
    times, size = [], 0
    for address in (one for one in addresses for _ in range(views)):
        start = time.perf_counter()
        answer = browser.get(address)
        times.append(time.perf_counter() - start)
        assert answer.status_code == 200, answer.status_code
        size = max(size, len(answer.data))
    high, detail = percentile(times, 95) * 1000, f"p50 {ms(median(times))}, {size:,} bytes"
    return Figure(f"page: {name}, p95", high, "ms", 300, True, detail)


def _write(world: World, cases: int) -> None:
    """So many logs, and what is kept of them: what led there no count reads."""
    dice, engine = Random(1), world.engine()
    with transaction(engine) as db:
        counted_by = facts_by(rules(), calendar_of(db, world.programme))
    engine.dispose()
    with world.superuser() as plain, plain.cursor() as cursor:
        columns = "log_id, programme_id, sealed, seq, last_at, counted_by, facts, run"
        for first in range(0, cases, _AT_ONCE):
            told = [_facts(world, dice, n) for n in range(first, min(first + _AT_ONCE, cases))]
            with cursor.copy("COPY logs (id, kind, programme_id, seq, head, last_at) FROM STDIN") as copy:
                for one in told:
                    copy.write_row((one.case.log, "case", world.programme, one.case.seq, "0" * 64, one.case.last_at))
            with cursor.copy(f"COPY figure_facts ({columns}) FROM STDIN") as copy:
                for one in told:
                    facts, run = (orjson.dumps(write(what)).decode() for what in (one, _run(one)))
                    copy.write_row(
                        (one.case.log, world.programme, False, one.case.seq, one.case.last_at, counted_by, facts, run)
                    )
        cursor.execute("ANALYZE logs, figure_facts")


def _facts(world: World, dice: Random, n: int) -> CaseFacts:
    """A case that came through some of the steps, one after the other, and stands in the last of them, or is closed."""
    trunk = load_figure_names().trunk
    opened = datetime.now(UTC) - timedelta(days=30 * dice.randrange(2, _MONTHS), hours=dice.randrange(24))
    main, at, firings, stays = str(uuid.UUID(int=dice.getrandbits(128))), opened, list[Firing](), list[Stay]()
    for step, actions in trunk[: dice.randrange(len(trunk) + 1)]:
        begin, at = at, at + timedelta(days=dice.randrange(1, 9))
        firings.append(Firing(len(firings) + 2, main, actions[0], None, at, at.date(), {}, (step,), world.officer))
        stays.append(Stay(step, begin, at, {"office": dice.randrange(2_000), "provider": dice.randrange(2_000)}))
    closed = dice.random() < 0.7
    if not closed:
        stays.append(Stay("triage", at, None, {}))
    edition = load_library().newest["case"]
    case = Case(
        log=str(uuid.UUID(int=dice.getrandbits(128))),
        kind="case",
        programme=world.programme,
        seq=len(firings) + 1,
        last_at=at,
        opened_at=opened,
        number=f"BENCH-{opened:%Y}-{n:06}",
        need=str(uuid.UUID(int=dice.getrandbits(128))),
        owner=world.officer,
        tracks={main: Track(main, "case", edition, "case", None, None, ("triage",), at, opened)},
        outcome="dormant" if closed else None,
        reasons=("no_money",) if closed else (),
        closed_at=at if closed else None,
    )
    return CaseFacts(
        case,
        opened.date(),
        {
            "need": 1,
            "sector": f"sector-{dice.randrange(_SECTORS)}",
            "district": f"district-{dice.randrange(_DISTRICTS)}",
            "source": f"source-{dice.randrange(_SOURCES)}",
            "technology_field": dice.choice(FIELDS),
        },
        tuple(firings),
        {},
        {},
        tuple(stays),
        () if closed else (Moment(at, (("triage", None),), None, ()),),
    )


def _run(one: CaseFacts) -> JudgedRun:
    """How the same case ran: a task in each state, which waited for a day and was in hand from then on."""
    (main,), dice = one.case.tracks.values(), Random(one.case.number)
    tasks = tuple(
        TaskRun(0, stay.step, stay.step, _spans(stay), stay.begin + timedelta(days=5), stay.end) for stay in one.stays
    )
    run = Run(
        number=one.case.number or "",
        opened_at=one.case.opened_at,
        closed_at=one.case.closed_at,
        tracks=((main.workflow, main.edition),),
        # Hardly any two went the same way, as it is with real ones.
        actions=tuple((firing.name, firing.at) for firing in one.firings for _ in range(dice.randrange(1, 4))),
        stood=tuple(Stood(0, stay.step, stay.begin, stay.end) for stay in one.stays),
        tasks=tasks,
    )
    return JudgedRun(run, Conformance(run.number, len(run.actions), ()))


def _spans(stay: Stay) -> tuple[Span, ...]:
    taken = stay.begin + timedelta(days=1)
    return ((WAITING, stay.begin, taken), (IN_HAND, taken, stay.end))


def _sign_in(engine: Engine, person: str) -> str:
    """A session, as it stands after a sign-in."""
    with transaction(engine) as db:
        return begin_session(db, person, {})
