"""`python -m benchmarks.load`: people at work in an office of a given size, and how long they wait."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.kept_databases import kept_server
from benchmarks.load.base import DAYS, Office, find_or_make_office
from benchmarks.load.browser import Record
from benchmarks.load.counted import count_left
from benchmarks.load.people import READS_S
from benchmarks.load.run import Stage, play, told, unexpected
from benchmarks.load.site import PROCESSES, THREADS, Site, open_site, wait_for_night, watching

Json = dict[str, Any]
#: Of the people that the office is for, each step of the ramp has so many, until it bends.
RAMP = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
#: It bends where pages take longer than this, or where of what people would ask less than so much is answered.
MOST_MS, LEAST = 300.0, 0.8


@dataclass(frozen=True)
class Plan:
    """How large the office is, and what is played in it."""

    cases: int = 1_000
    days: int = DAYS
    people: int = 100
    minutes: float = 3.0
    reads_s: float = READS_S
    #: Of each step of the ramp; none with 0.
    step_s: float = 60.0
    #: Hours of so many people, so much faster than in life; none with 0.
    hours: float = 0.0
    crew: int = 20
    faster: float = 20.0
    whole: bool = False
    seed: int = 1


def main(arguments: Sequence[str] | None = None) -> None:
    plain = Plan()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--cases", type=int, default=plain.cases, help="of the office (full: 100000)")
    parser.add_argument("--days", type=int, default=plain.days, help="in which they came")
    parser.add_argument("--people", type=int, default=plain.people, help="at work at once (full: 300)")
    parser.add_argument("--minutes", type=float, default=plain.minutes, help="that they are watched")
    parser.add_argument(
        "--reads", type=float, dest="reads_s", default=plain.reads_s, help="seconds for a page, on the average"
    )
    parser.add_argument(
        "--step", type=float, dest="step_s", default=plain.step_s, help="seconds of each step of the ramp; 0: none"
    )
    parser.add_argument(
        "--hours", type=float, default=plain.hours, help="simulated, to see whether memory grows (full: 24)"
    )
    parser.add_argument("--crew", type=int, default=plain.crew, help="people in those hours")
    parser.add_argument("--faster", type=float, default=plain.faster, help="than in life, in those hours")
    parser.add_argument(
        "--whole", action="store_true", help="verify everything afterwards, not only what was written to"
    )
    parser.add_argument("--seed", type=int, default=plain.seed, help="another number, other choices")
    parser.add_argument("--result", type=Path, default=Path("var/load.json"), help="where the result is written")
    asked = vars(parser.parse_args(arguments))
    path = asked.pop("result")
    with kept_server() as folder:
        result = measure(folder, Plan(**asked))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    wrong = faults_of(result)
    for one in wrong:
        print(one, file=sys.stderr)
    sys.exit(1 if wrong else 0)


def measure(folder: Path, plan: Plan) -> Json:
    """Make the office where there is none of this size, let people work in it, and count what is left."""
    _say(f"the office: {plan.cases:,} cases")
    office = find_or_make_office(folder, plan.cases, plan.people, plan.days)
    since, record = datetime.now(UTC), Record()
    result: Json = {"measured": _surroundings(), "plan": asdict(plan), "office": _size(office), "faults": []}
    with open_site(office, folder / "load.log") as site:
        _say("the night")
        result["night_s"] = round(wait_for_night(site), 1)
        with watching(site):
            for name, stages in _stages(plan):
                result[name] = []
                for stage in stages:
                    _say(f"{name}: {stage.people} people for {stage.seconds:.0f} s")
                    outcome = play(site, stage, record, plan.seed)
                    result[name].append(told(outcome))
                    result["faults"] += outcome.faults
                    if name == "ramp" and bends(result[name]):
                        break
        result["settled_s"] = round(wait_for_night(site), 1)
    _say("counting what is left")
    result["unexpected"] = unexpected(record)
    result["left"] = asdict(count_left(office.settings, record, since, whole=plan.whole))
    result["unanswered"] = len(record.unknown)
    return result


def _stages(plan: Plan) -> list[tuple[str, list[Stage]]]:
    day = [Stage(plan.people, plan.minutes * 60, plan.reads_s)]
    ramp = (
        [Stage(max(1, round(plan.people * share)), plan.step_s, plan.reads_s) for share in RAMP] if plan.step_s else []
    )
    hours = [Stage(plan.crew, plan.hours * 3600 / plan.faster, plan.reads_s, plan.faster)] if plan.hours else []
    return [("day", day), ("ramp", ramp), ("hours", hours)]


def bends(steps: Sequence[Json]) -> bool:
    """Whether the last step is beyond where it bends."""
    first, last = steps[0], steps[-1]
    wanted = first["requests_per_s"] / first["people"] * last["people"]
    return bool(last["pages"].get("p95", 0) > MOST_MS or last["requests_per_s"] < LEAST * wanted)


def faults_of(result: Json) -> list[str]:
    """Everything that must not be, whatever else was measured."""
    return [
        *result["faults"],
        *(f"{count} times {what}" for what, count in result["unexpected"]["kinds"].items()),
        *result["left"]["faults"],
    ]


def _size(office: Office) -> Json:
    return {
        "cases": office.cases,
        "tasks": office.tasks,
        "events": office.events,
        "accounts": len(office.people),
        "megabytes": round(office.size / 1e6),
    }


def _surroundings() -> Json:
    load = os.getloadavg()
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "busy_before": round(load[1], 1),
        "processes": PROCESSES,
        "threads": THREADS,
    }


def _say(words: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {words}", file=sys.stderr, flush=True)


__all__ = ["Plan", "Site", "bends", "faults_of", "main", "measure"]

if __name__ == "__main__":
    main()
