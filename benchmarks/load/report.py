"""Writes the page that tells what came of it, from the result of a run: `python -m benchmarks.load.report RESULT PAGE`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.load.people import ERRANDS

Json = Mapping[str, Any]
#: What pages and actions should take at most, by 95 of 100 of them.
PAGE_MS, ACTION_MS = 300.0, 150.0
#: Of fewer the 95th of 100 says nothing.
FEW = 20
#: Where other programs keep more processors busy than this, they decide where it bends.
MOST_OTHERS = 0.3
#: Of what runs.
KINDS = ("web 1", "web 2", "web master", "worker", "database")
_TEXT = Path(__file__).with_name("page.md")


def page(result: Json) -> str:
    """The page, whose words stand beside this module."""
    made = {
        "people": f"{result['plan']['people']:,}",
        "size": "\n".join(_size(result)),
        "day": "\n".join(_day(result)),
        "slow": "\n".join(_slow(result["day"][0])),
        "ramp": "\n".join(_ramp(result["ramp"])),
        "memory": "\n".join(_memory(result)),
        "left": "\n".join(_left(result)),
        "roles": ", ".join(sorted(role.replace("_", " ") for role in ERRANDS)),
    }
    words = _TEXT.read_text("utf-8")
    for name, value in made.items():
        words = words.replace(f"{{{name}}}", value)
    return words


def _size(result: Json) -> Iterator[str]:
    office, measured, plan = result["office"], result["measured"], result["plan"]
    yield f"Measured on {measured['at']}, Python {measured['python']}, {measured['processors']} processors for everything: database,"
    yield f"pages, worker, and the {plan['people']:,} people. Other programs kept {_others(result['day'][0]):.1f} of them busy meanwhile."
    if _others(result["day"][0]) > MOST_OTHERS:
        yield "That is so much that these times say what a busy machine does, and not what this program can: measure again on a quiet one."
    yield ""
    yield "| the office | |"
    yield "|---|---|"
    for name in ("cases", "tasks", "events", "accounts", "megabytes"):
        yield f"| {name} | {office[name]:,} |"
    yield f"| processes of the server, threads of each | {measured['processes']}, {measured['threads']} |"
    yield f"| seconds between two things that somebody does, on the average | {plan['reads_s']:g} |"


def _others(stage: Json) -> float:
    busy = dict(stage["processors"])
    others: float = busy.pop("machine", 0.0) - sum(busy.values())
    return max(0.0, others)


def _day(result: Json) -> Iterator[str]:
    (stage,) = result["day"]
    asked = f"asked {stage['requests']:,} times, {stage['requests_per_s']:g} times a second:"
    yield f"{stage['people']:,} people in {stage['seconds'] / 60:.1f} minutes {asked}"
    yield ""
    yield "| | times | p50 ms | p95 ms | p99 ms | aim for p95 |"
    yield "|---|---|---|---|---|---|"
    aims = (
        ("pages", "pages", f"{PAGE_MS:g}"),
        ("actions", "actions", f"{ACTION_MS:g}"),
        ("yardstick: `/health`", "probe", ""),
    )
    for name, key, aim in aims:
        yield f"| {name} | {_numbers(stage[key])} | {aim} |"
    pages, probe = stage["pages"], stage["probe"]
    yield ""
    middle, high = (pages[name] / probe[name] for name in ("p50", "p95"))
    yield f"Pages took {middle:.1f} times as long as the yardstick in the middle, {high:.1f} times at p95."
    yield f"{stage['too_late']} of the actions were refused because somebody else had been quicker, as they must be."
    yield ""
    yield "| page or action | times | p50 ms | p95 ms | p99 ms |"
    yield "|---|---|---|---|---|"
    for name, one in sorted(stage["by_name"].items(), key=lambda item: (item[1]["action"], item[0])):
        yield f"| {'**' + name + '**' if one['action'] else name} | {_numbers(one)} |"


def _numbers(one: Json) -> str:
    return " | ".join(
        [f"{one['count']:,}", *(f"{one[name]:,.0f}" if one["count"] else "" for name in ("p50", "p95", "p99"))]
    )


def slow(stage: Json) -> dict[str, Json]:
    """What took longer than it should, of what was asked for often enough."""
    return {
        name: one
        for name, one in sorted(stage["by_name"].items(), key=lambda item: -item[1]["p95"])
        if one["count"] >= FEW and one["p95"] > (ACTION_MS if one["action"] else PAGE_MS)
    }


def _slow(stage: Json) -> Iterator[str]:
    found = slow(stage)
    if not found:
        yield f"Nothing that was asked for {FEW} times or more took longer than the aim at p95."
        return
    yield f"Of what was asked for {FEW} times or more these took longer than the aim at p95:"
    yield ""
    for name, one in found.items():
        yield f"- {name}: {one['p95']:,.0f} ms, p50 {one['p50']:,.0f} ms"


def _ramp(steps: Sequence[Json]) -> Iterator[str]:
    if not steps:
        yield "No ramp was run."
        return
    times = "pages p50 / p95 ms | actions p95 ms | `/health` p95 ms"
    yield f"| people | requests/s | {times} | processors: pages, database, worker, people, others | waits for a lock |"
    yield "|---|---|---|---|---|---|---|"
    for one in steps:
        busy, waits = one["processors"], one["waits"]["waits_for_lock"]
        kinds = (_web(busy), *(busy.get(kind, 0.0) for kind in ("database", "worker", "people")), _others(one))
        yield (
            f"| {one['people']:,} | {one['requests_per_s']:g} | {one['pages']['p50']:,.0f} / {one['pages']['p95']:,.0f} |"
            f" {one['actions'].get('p95', 0):,.0f} | {one['probe']['p95']:,.0f} | {', '.join(f'{each:.2f}' for each in kinds)} |"
            f" {waits['mean']:g} on the average, {waits['most']} at most |"
        )
    yield ""
    yield _bend(steps)


def _bend(steps: Sequence[Json]) -> str:
    last = steps[-1]
    busy = dict(last["processors"])
    machine = busy.pop("machine", sum(busy.values()))
    most = max(busy, key=lambda kind: busy[kind])
    pages = _web(busy)
    of = f"the pages' processes took {pages:.2f} processors, the database {busy.get('database', 0):.2f}, of {machine:.2f} that were busy"
    if last["pages"]["p95"] <= PAGE_MS:
        return f"It did not bend up to {last['people']:,} people; then {of}."
    what = "the processors" if most != "database" or pages > busy["database"] else "the database"
    locks = last["waits"]["waits_for_lock"]["mean"]
    if (others := _others(last)) > MOST_OTHERS:
        bent = f"At {last['people']:,} people pages took too long: {of}, and other programs {others:.2f} of these"
        return f"{bent}. This tells where the machine bent and not where the office does: it is to be measured again on a quiet one."
    beyond = f"At {last['people']:,} people it is beyond where it bends: {of}"
    return f"{beyond}, and {locks:g} connections waited for a lock. What ends first is {what}."


def _web(busy: Mapping[str, float]) -> float:
    return sum(value for kind, value in busy.items() if kind.startswith("web "))


def _memory(result: Json) -> Iterator[str]:
    (stage,) = result["hours"] or result["day"]
    lived = stage["seconds"] * stage["faster"] / 3600
    if stage["faster"] > 1:
        yield f"{stage['people']} people lived through {lived:.1f} hours in {stage['seconds'] / 60:.0f} minutes: they thought"
        yield f"{stage['faster']:g} times faster, and so asked {stage['requests']:,} times. The clock of the database was not moved;"
        yield "limits, which count by that clock, were forgiven more often."
    else:
        yield f"In these {stage['seconds'] / 60:.0f} minutes, in MB; what processes share counts for each in part:"
    yield ""
    yield "| process | at the beginning | at the end | at most |"
    yield "|---|---|---|---|"
    for kind in KINDS:
        one = stage["memory_mb"].get(kind)
        if one is not None:
            yield f"| {kind} | {one['first']:,.0f} | {one['last']:,.0f} | {one['most']:,.0f} |"


def _left(result: Json) -> Iterator[str]:
    left, wrong = result["left"], result["unexpected"]["count"]
    yield f"- {left['acknowledged']:,} actions were acknowledged, {left['found']:,} of them stand in the database, each once."
    looked = "everything" if left["whole"] else "every log that was written to meanwhile"
    yield f"- {looked.capitalize()} was verified: {left['logs']:,} logs with {left['events']:,} events, {len(left['faults'])} faults."
    yield f"- {wrong} answers were other than they should be; {result['unanswered']} actions were not answered."


def main(arguments: Sequence[str]) -> None:
    source, target = (Path(one) for one in arguments)
    target.write_text(page(json.loads(source.read_text("utf-8"))), "utf-8")


__all__ = ["main", "page", "slow"]

if __name__ == "__main__":
    main(sys.argv[1:])
