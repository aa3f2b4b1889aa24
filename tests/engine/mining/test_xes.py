"""XES is valid against the standard's schema, and a reader that knows nothing of the product counts in it what the logs say."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from datetime import UTC, datetime

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.mining.traces import read_trace
from casework.engine.mining.xes import write_xes
from casework.engine.state.events import Event
from tests.engine.figures.pieces import Told
from tests.engine.mining.readers import attributes, fold_logs, read_xes, walked, xes_schema

UNTIL = datetime(2200, 1, 1, tzinfo=UTC)


def written(logs: list[tuple[Event, ...]], until: datetime = UNTIL) -> str:
    traces = (trace for log in logs if (trace := read_trace(log, until)) is not None)
    return "".join(write_xes("BJ", until, traces, {}))


@given(st.sets(st.integers(0, 3), max_size=4), st.integers(1, 80))
@settings(max_examples=12, deadline=None)
def test_a_reader_counts_what_the_logs_say(seeds: set[int], length: int) -> None:
    logs = [walked(seed)[:length] for seed in sorted(seeds)]
    seen, told = read_xes(written(logs)), fold_logs(logs)
    assert (seen.cases, seen.arcs, seen.variants) == (told.cases, told.arcs, told.variants)
    # What begins, and what is done; the other words of the life cycle have tests of their own.
    for of, count in told.events.items():
        assert seen.events[of] == count, of
    assert sum(seen.events.values()) >= sum(len(log) for log in logs)


@pytest.mark.parametrize("seed", [0, 3])
def test_it_is_valid_against_the_schema_of_the_standard(seed: int) -> None:
    xes_schema().validate(written([walked(seed)[:60]]))


def test_each_event_says_all_that_is_promised_of_every_event() -> None:
    log = ET.fromstring(written([walked(0)]))
    promised = {key for scope in log.iter("global") if scope.get("scope") == "event" for key in attributes(scope)}
    assert {"concept:name", "lifecycle:transition", "time:timestamp", "org:resource"} <= promised
    assert all(promised <= attributes(event).keys() for event in log.iter("event"))
    keys = {key for one in log.iter("classifier") for key in one.attrib["keys"].split()}
    assert keys <= promised
    prefixes = {one.attrib["prefix"] for one in log.iter("extension")}
    used = {key.split(":")[0] for event in log.iter("event") for key in attributes(event) if ":" in key}
    assert used <= prefixes


def test_no_event_says_a_thing_twice_and_each_time_has_its_offset() -> None:
    for event in ET.fromstring(written([walked(1)])).iter("event"):
        keys = Counter(one.attrib["key"] for one in event)
        assert set(keys.values()) == {1}
        assert datetime.fromisoformat(attributes(event)["time:timestamp"]).tzinfo is not None


@given(st.text(max_size=20))
@settings(max_examples=40, deadline=None)
def test_whatever_stands_in_a_code_the_document_can_be_read(code: str) -> None:
    found = next(ET.fromstring(written([tuple(Told("1", phase=code).events)])).iter("trace"))
    kept = "".join(letter for letter in code if letter in "\t\n\r" or letter >= " " and letter not in "\ufffe\uffff")
    assert attributes(found)["phase"] == kept


def test_the_schema_is_one_that_refuses() -> None:
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        xes_schema().validate(written([]).replace("1849.2016", "new"))
    xes_schema().validate(written([]))
