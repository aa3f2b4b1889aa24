"""Actions over HTTP, JSON in and out, on several connections at once: our server against bare views on the same gunicorn."""

from __future__ import annotations

import dataclasses
import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

from benchmarks import ours
from benchmarks.actions import first_case
from benchmarks.figures import Figure, Scale, percentile, spread
from benchmarks.processes import server
from benchmarks.world import FORM, World
from benchmarks.yardstick import Hand, SameRows
from casework.operations.auth.tokens import make_token
from casework.records.database import transaction

#: By the number of connections: the most milliseconds that 99 of 100 actions may take.
MOST_MS = {8: 25.0, 2: 8.0}
AIM = 0.8

#: An action: path, headers, body.
Action = tuple[str, Mapping[str, str], Any]


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    constants = first_case(world, mine)
    bare = SameRows(world, constants)
    with transaction(mine.engine) as db:
        token = make_token(db, world.officer, name="bench", scopes=("read", "write"), lasts=None)[1]
    make: dict[str, Callable[[int], list[Action]]] = {
        "ours": lambda count: _ours(world, mine, token, count),
        "theirs": lambda count: _theirs(world, bare, mine, count),
    }
    with server(world) as our_port, server(world, constants) as their_port:
        ports = {"ours": our_port, "theirs": their_port}
        for connections, most in MOST_MS.items():
            ratios: list[float] = []
            taken: dict[str, list[float]] = {"ours": [], "theirs": []}
            rates: dict[str, float] = {}
            for repetition in range(scale.repetitions + 1):
                for who in ("ours", "theirs") if repetition % 2 else ("theirs", "ours"):
                    work = [make[who](scale.actions) for _ in range(connections)]
                    rates[who], times = _send(ports[who], work)
                    taken[who] += times if repetition else []
                if repetition:
                    ratios.append(rates["ours"] / rates["theirs"])
            name = f"HTTP actions, {connections} connections"
            detail = f"{spread(ratios)}; {rates['ours']:.0f} actions/s against {rates['theirs']:.0f}"
            yield Figure(name, median(ratios), "of a bare Flask view", AIM if connections == 8 else None, detail=detail)
            p99, theirs = (1000 * percentile(taken[who], 99) for who in ("ours", "theirs"))
            detail = f"p50 {1000 * median(taken['ours']):.1f} ms; the bare view's p99 {theirs:.1f} ms"
            yield Figure(f"{name}, p99", p99, "ms", most, True, detail)
    bare.close()
    mine.close()


def _ours(world: World, mine: ours.Ours, token: str, count: int) -> list[Action]:
    """Claim a case's first task and finish its first step, on as many cases as make so many actions."""
    actions: list[Action] = []
    for match in world.make_matches(mine.engine, count // 2):
        hand = mine.open(match)
        mine.find_task(hand)
        for path, body in (
            (f"/api/v1/tasks/{hand.task}/claim", {}),
            (f"/api/v1/cases/{hand.number}/tracks/{hand.track}/transitions/finish1", {"data": FORM}),
        ):
            key = {
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": str(uuid.uuid4()),
                "If-Match": f'"{hand.revision}"',
            }
            actions.append((path, key, body))
    return actions


def _theirs(world: World, bare: SameRows, mine: ours.Ours, count: int) -> list[Action]:
    actions: list[Action] = []
    for match in world.make_matches(mine.engine, count // 2):
        hand: Hand = bare.open(match)
        fields = dataclasses.asdict(hand)
        actions += [("/claim", {}, fields), ("/complete", {}, fields | {"data": FORM})]
    return actions


def _send(port: int, work: list[list[Action]]) -> tuple[float, list[float]]:
    """Every connection sends its actions one after the other: actions a second, and what each took."""
    times: list[list[float]] = [[] for _ in work]
    faults: list[str] = []
    ready = threading.Barrier(len(work) + 1)

    def run(actions: list[Action], taken: list[float]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        ready.wait()
        for path, headers, body in actions:
            start = time.perf_counter()
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            said = answer.read()
            taken.append(time.perf_counter() - start)
            if answer.status != 200:
                faults.append(f"{path}: {answer.status} {said.decode(errors='replace')[:500]}")
                break
        connection.close()

    threads = [threading.Thread(target=run, args=given) for given in zip(work, times, strict=True)]
    for thread in threads:
        thread.start()
    ready.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    assert not faults, faults[0]
    all_times = [seconds for taken in times for seconds in taken]
    return len(all_times) / took, all_times
