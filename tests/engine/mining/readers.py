"""Readers of event logs that know the formats and nothing of the product; and what the stored events say, folded without it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import xmlschema

from casework.engine.state.events import Event
from tests.engine.walk_starts import WALKS
from tests.engine.walks import Walk

_SCHEMAS = Path(__file__).parents[2] / "data"


@dataclass
class Seen:
    """What a reader of a log counts: events, and of the actions of the main track who follows whom, and each order of them."""

    cases: int = 0
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    arcs: Counter[tuple[str, str]] = field(default_factory=Counter)
    variants: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def add(self, actions: list[str]) -> None:
        self.cases += 1
        self.variants[tuple(actions)] += 1
        self.arcs.update(pairwise(actions))


@cache
def xes_schema() -> xmlschema.XMLSchema:
    """As the standard has it, of 2016."""
    return xmlschema.XMLSchema(_SCHEMAS / "xes-ieee-1849-2016.xsd")


@cache
def ocel_schema() -> jsonschema.Draft7Validator:
    """As the standard's pages have it."""
    written = json.loads((_SCHEMAS / "ocel20-schema-json.json").read_text("utf-8"))
    return jsonschema.Draft7Validator(written, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)


def attributes(element: ET.Element) -> dict[str, str]:
    return {one.attrib["key"]: one.attrib["value"] for one in element if "key" in one.attrib}


def is_taken(what: str, life_cycle: str) -> bool:
    """Whether an action was taken, not only asked for or refused."""
    return (what, life_cycle) == ("transition", "complete")


def read_xes(document: str) -> Seen:
    """What a reader of XES sees."""
    seen = Seen()
    for trace in ET.fromstring(document).iter("trace"):
        actions = []
        for event in map(attributes, trace.iter("event")):
            seen.events[event["concept:name"], event["lifecycle:transition"]] += 1
            if is_taken(event["what"], event["lifecycle:transition"]) and event["workflow"] == "case":
                actions.append(event["concept:name"].removeprefix("case."))
        seen.add(actions)
    return seen


def read_ocel(document: str) -> Seen:
    """What a reader of OCEL sees."""
    told = json.loads(document)
    seen = Seen()
    by_case: dict[str, list[str]] = {one["id"]: [] for one in told["objects"] if one["type"] == "case"}
    for event in told["events"]:
        of = {one["name"]: one["value"] for one in event["attributes"]}
        seen.events[event["type"], of["lifecycle"]] += 1
        if is_taken(of["what"], of["lifecycle"]) and of["workflow"] == "case":
            case = next(one["objectId"] for one in event["relationships"] if one["qualifier"] == "of")
            by_case[case].append(event["type"].removeprefix("case."))
    for actions in by_case.values():
        seen.add(actions)
    return seen


def fold_logs(logs: Iterable[Iterable[Event]]) -> Seen:
    """What the stored events say: every action, every end of a task that was done, and every other event that touches no task."""
    seen = Seen()
    for events in logs:
        workflows: dict[str, str] = {}
        tasks: dict[str, dict[str, Any]] = {}
        actions = []
        for event in events:
            effects: Any = event.effects
            workflows |= {track["id"]: track["workflow"] for track in effects.get("tracks", ())}
            if event.kind == "fired":
                workflow, name = workflows[str(event.track)], effects["transition"]
                seen.events[f"{workflow}.{name}", "complete"] += 1
                if workflow == "case":
                    actions.append(name)
            for change in effects.get("task_states", ()):
                if change.get("state") == "Completed":
                    task = tasks[change["id"]]
                    seen.events[f"{workflows[task['track']]}.{task['name']}", "complete"] += 1
            tasks |= {task["id"]: task for task in effects.get("tasks", ())}
            for task in effects.get("tasks", ()):
                if task["state"] != "Created":
                    seen.events[f"{workflows[task['track']]}.{task['name']}", "schedule"] += 1
        seen.add(actions)
    return seen


@cache
def walked(seed: int, steps: int = 60) -> tuple[Event, ...]:
    """The log of one random walk of a case."""
    return tuple(Walk(seed, WALKS["case"][0], calm=seed % 2 == 0).run(steps).events)
