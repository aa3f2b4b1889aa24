"""A day at the office, in stages: so many people at once for so long, one stage after the other, and what came of each."""

from __future__ import annotations

import http.client
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from benchmarks.figures import percentile
from benchmarks.load.browser import TOO_LATE, Record, Sample
from benchmarks.load.people import Crew, Pace
from benchmarks.load.site import Moment, Site

Json = dict[str, Any]
#: The share of a stage in which people come and sign in, which is not counted.
COMING = 0.25
#: How often a page that does nothing is asked for beside them: the yardstick of the same moment on the same machine.
_PROBED_S, PROBE = 0.5, "/health"
#: Limits are by the clock on the wall: where people think faster than in life, they are forgiven as often as an hour would pass.
_FORGIVE = "DELETE FROM allowances"
#: So many different answers that nobody expected are told in full.
MOST_TOLD = 20


@dataclass(frozen=True)
class Stage:
    """So many people for so many seconds, of which each thinks so long; `faster` than in life."""

    people: int
    seconds: float
    reads_s: float
    faster: float = 1.0


@dataclass
class Outcome:
    """What a stage came to."""

    stage: Stage
    began: float
    ended: float
    samples: list[Sample]
    too_late: int
    moments: list[Moment]
    probes: list[float]
    faults: list[str] = field(default_factory=list)


def play(site: Site, stage: Stage, record: Record, seed: int) -> Outcome:
    """People come, work, and go home; whoever is in the middle of something ends it first."""
    pace, faults, first = Pace(stage.reads_s / stage.faster), list[str](), len(record.samples)
    began = time.time()
    coming = stage.seconds * COMING
    threads = []
    crew = Crew(site.office.people, site.port, record, pace, seed)
    with _probing(site.port) as probes, _forgiving(site, stage.faster):
        for n in range(stage.people):
            one = crew.member(n)
            threads.append(threading.Thread(target=_noting, args=(one.work, one.who.email, faults)))
            threads[-1].start()
            pace.over.wait(max(0.0, began + coming * (n + 1) / stage.people - time.time()))
        # What was asked while people were still coming says nothing of so many.
        counted = time.time()
        probes.clear()
        pace.over.wait(max(0.0, began + stage.seconds - counted))
        ended = time.time()
        told = list(probes)
        pace.over.set()
        for thread in threads:
            thread.join()
    samples = [one for one in record.samples[first:] if counted <= one.at <= ended]
    # Some are refused at once, others on the page that follows.
    late = sum(one.status == TOO_LATE for one in samples) + sum(counted <= one.at <= ended for one in record.late)
    moments = [one for one in site.moments if counted <= one.at <= ended]
    return Outcome(stage, counted, ended, samples, late, moments, told, faults)


def _noting(work: Any, who: str, faults: list[str]) -> None:
    try:
        work()
    except Exception as fault:  # somebody who goes home in silence would make the load lighter than it is said to be
        faults.append(f"{who}: {type(fault).__name__}: {fault}")


@contextmanager
def _probing(port: int) -> Iterator[list[float]]:
    times: list[float] = []
    over = threading.Event()

    def probe() -> None:
        while not over.wait(_PROBED_S):
            began = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", PROBE)
            connection.getresponse().read()
            connection.close()
            times.append(time.perf_counter() - began)

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


@contextmanager
def _forgiving(site: Site, faster: float) -> Iterator[None]:
    over = threading.Event()

    def forgive() -> None:
        with site.superuser() as db:
            while not over.wait(min(60.0, 60.0 / faster)):
                db.execute(_FORGIVE)

    thread = threading.Thread(target=forgive)
    if faster > 1:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if faster > 1:
            thread.join()


# --- what it comes to ------------------------------------------------------------------------------------------------


def expected(sample: Sample) -> bool:
    """Whether nothing is wrong with an answer: done, shown, or refused because somebody else was quicker."""
    return not sample.why or sample.status == TOO_LATE


def told(outcome: Outcome) -> Json:
    """The figures of a stage, as they are written."""
    seconds = outcome.ended - outcome.began
    of: dict[str, list[Sample]] = defaultdict(list)
    for one in outcome.samples:
        of[one.name].append(one)
    pages, actions = (
        [one for one in outcome.samples if one.method == method and one.name != "static file"]
        for method in ("GET", "POST")
    )
    return {
        "people": outcome.stage.people,
        "seconds": round(seconds, 1),
        "reads_s": outcome.stage.reads_s,
        "faster": outcome.stage.faster,
        "requests": len(outcome.samples),
        "requests_per_s": round(len(outcome.samples) / seconds, 2),
        "pages": _spread([one.seconds for one in pages]),
        "actions": _spread([one.seconds for one in actions]),
        "probe": _spread(outcome.probes),
        "by_name": {
            name: {"action": some[0].method == "POST", **_spread([one.seconds for one in some])}
            for name, some in sorted(of.items())
        },
        "too_late": outcome.too_late,
        "processors": _processors(outcome.moments),
        "memory_mb": _memory(outcome.moments),
        "waits": _waits(outcome.moments),
    }


def _spread(seconds: Sequence[float]) -> Json:
    if not seconds:
        return {"count": 0}
    spread = {f"p{percent}": round(percentile(seconds, percent) * 1000, 1) for percent in (50, 95, 99)}
    return {"count": len(seconds), **spread, "most": round(max(seconds) * 1000, 1)}


def _processors(moments: Sequence[Moment]) -> Json:
    """How many processors each kind of process kept busy, on the average."""
    if len(moments) < 2:
        return {}
    first, last = moments[0], moments[-1]
    took = last.at - first.at
    return {kind: round((last.cpu_s[kind] - first.cpu_s.get(kind, 0.0)) / took, 3) for kind in sorted(last.cpu_s)}


def _memory(moments: Sequence[Moment]) -> Json:
    """Of each kind of process the median of the first and of the last tenth, and the most, in MB."""
    tenth = max(1, len(moments) // 10)
    kinds = sorted({kind for moment in moments for kind in moment.memory})

    def of(kind: str, some: Sequence[Moment]) -> list[float]:
        return [one.memory.get(kind, 0) / 1e6 for one in some]

    return {
        kind: {
            "first": round(median(of(kind, moments[:tenth])), 1),
            "last": round(median(of(kind, moments[-tenth:])), 1),
            "most": round(max(of(kind, moments)), 1),
        }
        for kind in kinds
    }


def _waits(moments: Sequence[Moment]) -> Json:
    """How many connections wait for a lock, wait within the server, and work, on the average and at most."""
    names = ("waits_for_lock", "waits_inside", "works", "in_transaction")
    made = {name: [asdict(one)[name] for one in moments] for name in names}
    return {name: {"mean": round(sum(some) / len(some), 2), "most": max(some)} for name, some in made.items() if some}


def unexpected(record: Record) -> Json:
    """Answers that nobody expected: how many, and the different ones of them."""
    wrong = [one for one in record.samples if not expected(one)]
    kinds: dict[str, int] = defaultdict(int)
    for one in wrong:
        kinds[f"{one.method} {one.name}: {one.status} {one.why}".strip()] += 1
    for said in record.wrong:
        kinds[f"POST {said.name}: {said.words}"] += 1
    most = sorted(kinds.items(), key=lambda item: -item[1])[:MOST_TOLD]
    return {"count": len(wrong) + len(record.wrong), "kinds": dict(most)}


__all__ = ["Outcome", "Stage", "expected", "play", "told", "unexpected"]
