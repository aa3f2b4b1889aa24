"""OCEL is valid against the standard's schema; each event and object names what is there, and a reader counts what the logs say."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.mining.ocel import OBJECT_TYPES, write_ocel
from casework.engine.mining.traces import read_trace
from casework.engine.state.events import Event
from tests.engine.mining.readers import fold_logs, ocel_schema, read_ocel, walked

UNTIL = datetime(2200, 1, 1, tzinfo=UTC)


def written(log: tuple[Event, ...]) -> str:
    trace = read_trace(log, UNTIL)
    assert trace is not None
    return "".join(write_ocel(lambda: iter([trace]), {}, agreement="agreement"))


@given(st.integers(0, 3), st.integers(1, 120))
@settings(max_examples=12, deadline=None)
def test_a_reader_counts_what_the_logs_say(seed: int, length: int) -> None:
    log = walked(seed)[:length]
    seen, told = read_ocel(written(log)), fold_logs([log])
    assert (seen.cases, seen.arcs, seen.variants) == (told.cases, told.arcs, told.variants)
    for of, count in told.events.items():
        assert seen.events[of] == count, of


@pytest.mark.parametrize("seed", [0, 3])
def test_it_is_valid_against_the_schema_of_the_standard(seed: int) -> None:
    ocel_schema().validate(json.loads(written(walked(seed)[:60])))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_named_is_there_once_and_is_of_its_type(seed: int) -> None:
    told: Any = json.loads(written(walked(seed)))
    types = {one["name"]: {key["name"] for key in one["attributes"]} for one in told["objectTypes"]}
    kinds = {one["name"]: {key["name"] for key in one["attributes"]} for one in told["eventTypes"]}
    assert types == {name: set(keys) for name, keys in OBJECT_TYPES.items()}
    objects = {one["id"]: one for one in told["objects"]}
    assert len(objects) == len(told["objects"])
    assert set(Counter(one["id"] for one in told["events"]).values()) == {1}
    for one in told["objects"]:
        assert {key["name"] for key in one["attributes"]} <= types[one["type"]]
    for event in told["events"]:
        assert {key["name"] for key in event["attributes"]} <= kinds[event["type"]]
    for one in [*told["objects"], *told["events"]]:
        named = [to["objectId"] for to in one["relationships"]]
        assert set(named) <= objects.keys()
        assert len(named) == len(set(named))
    assert {one["type"] for one in told["objects"]} >= {"case", "task", "need", "technology", "person"}


def test_an_event_of_a_task_names_case_task_records_and_who_did_it() -> None:
    told: Any = json.loads(written(walked(0)))
    kinds = {one["id"]: one["type"] for one in told["objects"]}
    event = next(one for one in told["events"] if one["type"] == "case.triage_check")
    assert Counter(kinds[to["objectId"]] for to in event["relationships"]) == dict.fromkeys(
        ("case", "task", "need", "technology", "person"), 1
    )


def test_the_schema_is_one_that_refuses() -> None:
    with pytest.raises(jsonschema.ValidationError):
        ocel_schema().validate({"events": [], "objects": [], "eventTypes": []})
    with pytest.raises(jsonschema.ValidationError):
        event = {"id": "1", "type": "a", "time": "yesterday"}
        ocel_schema().validate({"events": [event], "objects": [], "eventTypes": [], "objectTypes": []})
