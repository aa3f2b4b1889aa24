"""The check of a log: whatever is changed is found, named, and found where it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.ledger.canonical_json import instant
from casework.ledger.hash_chain import HEADER_FIELDS, event_hash, genesis
from casework.ledger.integrity import FaultKind, Head, StoredEvent, check_log
from casework.ledger.redactable_bodies import erase
from tests.ledger.logs import LOG, START, stored, whole_log
from tests.ledger.test_canonical_json import texts
from tests.ledger.test_canonical_json import values as any_values

Rows = list[StoredEvent]
OTHER_LOG = "0192f0c1-5a6b-7c8d-9e0f-665544332211"

contents = st.lists(
    st.tuples(st.dictionaries(texts, any_values, max_size=3), st.dictionaries(texts, any_values, max_size=3)),
    min_size=1,
    max_size=5,
)


def found(rows: Rows, head: Head) -> set[tuple[str, int]]:
    return {(str(fault.kind), fault.seq) for fault in check_log(rows, head)}


def change(rows: Rows, seq: int, **columns: Any) -> Rows:
    return [replace(row, **columns) if row.seq == seq else row for row in rows]


def change_header(rows: Rows, seq: int, /, **fields: Any) -> Rows:
    return change(rows, seq, header={**part(rows, seq, "header"), **fields})


def part(rows: Rows, seq: int, name: str) -> Any:
    return getattr(rows[seq - 1], name)


def rewrite(rows: Rows, seq: int, /, **fields: Any) -> Rows:
    """A forger's work: the header is changed and the event's own hash made to fit."""
    header = {**part(rows, seq, "header"), **fields}
    return change(rows, seq, header=header, hash=event_hash(header))


@pytest.mark.parametrize("length", [0, 1, 2, 9])
def test_a_whole_log_has_no_fault(length: int) -> None:
    assert check_log(*whole_log(length)) == []


@given(contents)
def test_no_log_of_ours_has_a_fault(contents: list[Any]) -> None:
    assert check_log(*whole_log(len(contents), contents=contents)) == []


def test_it_reads_a_stream() -> None:
    rows, head = whole_log(3)
    assert check_log(iter(rows), head) == []


# Each attack on a log of five events: what is done to its rows, and what must be found, at which event.
Attack = Callable[[Rows], Rows]
ATTACKS: dict[str, tuple[Attack, set[tuple[str, int]]]] = {
    "an event is removed": (lambda rows: rows[:2] + rows[3:], {("removed", 3)}),
    "the first event is removed": (lambda rows: rows[1:], {("removed", 1)}),
    "three events are removed": (lambda rows: rows[:1] + rows[4:], {("removed", 2)}),
    "two single events are removed": (
        lambda rows: [rows[0], rows[2], rows[4]],
        {("removed", 2), ("removed", 4)},
    ),
    "the tail is cut off": (lambda rows: rows[:3], {("truncated", 4)}),
    "everything is removed": (lambda rows: [], {("truncated", 1)}),
    "the first and last are removed": (lambda rows: rows[1:4], {("removed", 1), ("truncated", 5)}),
    "an event stands there twice": (lambda rows: rows[:3] + rows[2:], {("duplicated", 3)}),
    "the last event stands there twice": (lambda rows: [*rows, rows[4]], {("duplicated", 5)}),
    "a forged event is put before the true one": (
        lambda rows: [*rows[:2], stored(3, rows[1].hash, kind="forged"), *rows[2:]],
        {("duplicated", 3)},
    ),
    "a forged event is put after the true one": (
        lambda rows: [*rows[:3], stored(3, rows[1].hash, kind="forged"), *rows[3:]],
        {("duplicated", 3)},
    ),
    "an event is appended without the head": (
        lambda rows: [*rows, stored(6, rows[4].hash)],
        {("added", 6)},
    ),
    "two events swap their contents": (
        lambda rows: [rows[0], replace(rows[2], seq=2), replace(rows[1], seq=3), *rows[3:]],
        {("swapped", 2), ("swapped", 3)},
    ),
    "the last two events swap their contents": (
        lambda rows: [*rows[:3], replace(rows[4], seq=4), replace(rows[3], seq=5)],
        {("swapped", 4), ("swapped", 5)},
    ),
    "three events change places": (
        lambda rows: [
            rows[0],
            replace(rows[2], seq=2),
            replace(rows[3], seq=3),
            replace(rows[1], seq=4),
            rows[4],
        ],
        {("moved", 2), ("moved", 3), ("moved", 4)},
    ),
    "two rows come in the wrong order": (
        lambda rows: [rows[0], rows[2], rows[1], *rows[3:]],
        {("disordered", 2)},
    ),
    "a copy takes another event's place": (
        lambda rows: [*rows[:3], replace(rows[1], seq=4), rows[4]],
        {("moved", 4), ("duplicated", 4), ("removed", 4)},
    ),
    "an event of another log takes its place": (
        lambda rows: [*rows[:2], whole_log(3, log=OTHER_LOG)[0][2], *rows[3:]],
        {("foreign", 3), ("column", 3), ("removed", 3)},
    ),
    "an actor is changed": (lambda rows: change_header(rows, 3, actor="someone"), {("header", 3)}),
    "the actor of the last event is changed": (
        lambda rows: change_header(rows, 5, actor="someone"),
        {("header", 5)},
    ),
    "the actors of two neighbours are changed": (
        lambda rows: change_header(change_header(rows, 3, actor="x"), 4, actor="x"),
        {("header", 3), ("header", 4)},
    ),
    "a time is changed in the header": (
        lambda rows: change_header(rows, 3, at="2027-01-01T00:00:00.000000Z"),
        {("header", 3)},
    ),
    "the prev is changed": (lambda rows: change_header(rows, 3, prev="0" * 64), {("header", 3)}),
    "the prev of the first event is changed": (
        lambda rows: change_header(rows, 1, prev="0" * 64),
        {("header", 1)},
    ),
    "the seq is changed in the header": (lambda rows: change_header(rows, 3, seq=4), {("header", 3)}),
    "a digest is changed": (lambda rows: change_header(rows, 3, effects="0" * 64), {("header", 3)}),
    "a field is added to the header": (lambda rows: change_header(rows, 3, more=None), {("header", 3)}),
    "an effect is changed": (lambda rows: change(rows, 3, effects={"n": 4}), {("effects", 3)}),
    "a one becomes true": (
        lambda rows: change(rows, 1, effects={**part(rows, 1, "effects"), "n": True}),
        {("effects", 1)},
    ),
    "the body is emptied": (lambda rows: change(rows, 3, body={}), {("body", 3)}),
    "a stored hash is changed": (lambda rows: change(rows, 3, hash="0" * 64), {("hash", 3)}),
    "the last stored hash is changed": (lambda rows: change(rows, 5, hash="0" * 64), {("hash", 5)}),
    "a stored hash is spelt in upper case": (
        lambda rows: change(rows, 3, hash=part(rows, 3, "hash").upper()),
        {("hash", 3)},
    ),
    "header and hash are changed at random": (
        lambda rows: change(change_header(rows, 3, actor="x"), 3, hash="0" * 64),
        {("header", 3)},
    ),
    "an event is rewritten with its hash": (lambda rows: rewrite(rows, 3, actor="x"), {("link", 3)}),
    "the first event is rewritten with its hash": (
        lambda rows: rewrite(rows, 1, actor="x"),
        {("link", 1)},
    ),
    "the last event is rewritten with its hash": (
        lambda rows: rewrite(rows, 5, actor="x"),
        {("head", 5)},
    ),
    "the event before the last is rewritten with its hash": (
        lambda rows: rewrite(rows, 4, actor="x"),
        {("link", 4)},
    ),
    "an event is replaced by one that follows nothing": (
        lambda rows: rewrite(rows, 3, prev="0" * 64),
        {("link", 3)},
    ),
    "the first event is replaced by one that follows nothing": (
        lambda rows: rewrite(rows, 1, prev="0" * 64),
        {("link", 1)},
    ),
    "the last event is replaced by one that follows nothing": (
        lambda rows: rewrite(rows, 5, prev="0" * 64),
        {("link", 5)},
    ),
    "the tail is rewritten without the head": (
        lambda rows: rewrite(rewrite(rows, 4, actor="x"), 5, prev=rewrite(rows, 4, actor="x")[3].hash),
        {("head", 5)},
    ),
    "a column has another time": (lambda rows: change(rows, 3, at=START), {("column", 3)}),
    "a column has another log": (lambda rows: change(rows, 3, log=OTHER_LOG), {("column", 3)}),
    "a column has another seq": (
        lambda rows: [*rows[:2], rows[3], rows[4], replace(rows[2], seq=9)],
        {("moved", 9)},
    ),
    "an unknown form is written": (
        lambda rows: rewrite(rows, 5, v=2),
        {("form", 5), ("head", 5)},
    ),
    "the header is no object": (
        lambda rows: change(rows, 3, header=[]),
        {("header", 3), ("effects", 3), ("body", 3), ("column", 3)},
    ),
    "the parts are no objects": (
        lambda rows: change(rows, 3, effects=1.5, body=[1]),
        {("effects", 3), ("body", 3)},
    ),
    "a time without a zone": (
        lambda rows: change(rows, 3, at=part(rows, 3, "at").replace(tzinfo=None)),
        {("column", 3)},
    ),
}


@pytest.mark.parametrize(("attack", "expected"), ATTACKS.values(), ids=ATTACKS.keys())
def test_each_attack_is_found_and_named(attack: Attack, expected: set[tuple[str, int]]) -> None:
    rows, head = whole_log(5)
    assert found(attack(rows), head) == expected


HEADS: dict[str, tuple[Callable[[Rows, Head], Head], set[tuple[str, int]]]] = {
    "another hash": (lambda rows, head: replace(head, hash="0" * 64), {("head", 5)}),
    "ahead": (lambda rows, head: replace(head, seq=6), {("head", 5)}),
    "behind": (lambda rows, head: replace(head, seq=4), {("head", 5)}),
    "rolled back": (lambda rows, head: Head(LOG, 3, rows[2].hash), {("added", 4)}),
    "rolled back to nothing": (lambda rows, head: Head(LOG, 0, genesis(LOG)), {("added", 1)}),
    "rolled back, another hash": (lambda rows, head: Head(LOG, 3, "0" * 64), {("added", 4), ("head", 3)}),
    "ahead, another hash": (lambda rows, head: Head(LOG, 7, "0" * 64), {("truncated", 6)}),
}


@pytest.mark.parametrize(("attack", "expected"), HEADS.values(), ids=HEADS.keys())
def test_a_false_head_is_found(attack: Callable[[Rows, Head], Head], expected: set[tuple[str, int]]) -> None:
    rows, head = whole_log(5)
    assert found(rows, attack(rows, head)) == expected


def test_the_head_of_an_empty_log_is_its_genesis() -> None:
    assert found([], Head(LOG, 0, genesis(OTHER_LOG))) == {("head", 0)}


def test_an_event_recorded_no_later_than_the_one_before_is_found() -> None:
    rows, _ = whole_log(2)
    rows.append(stored(3, rows[1].hash, at=instant(rows[1].at)))
    rows.append(stored(4, rows[2].hash))
    assert found(rows, Head(LOG, 4, rows[3].hash)) == {("time", 3)}


def test_a_rewritten_log_is_whole_unless_its_head_was_kept_elsewhere() -> None:
    _, kept = whole_log(5)
    forged, head = whole_log(5, contents=[({"forged": seq}, {}) for seq in range(5)])
    assert check_log(forged, head) == []
    assert found(forged, kept) == {("head", 5)}


@settings(max_examples=50)
@given(contents, st.data())
def test_erasing_leaves_the_log_whole(contents: list[Any], data: st.DataObject) -> None:
    rows, head = whole_log(len(contents), contents=contents)
    erased = [replace(row, body=erase(row.body, data.draw(fields_of(row.body)))) for row in rows]  # type: ignore[arg-type]  # JSON, read as what it is here
    assert check_log(erased, head) == []


def fields_of(body: Any) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from(sorted(body))) if body else st.just(set())


def test_an_erased_hash_cannot_be_changed_either() -> None:
    rows, head = whole_log(3)
    body = erase(rows[1].body, ["note"])  # type: ignore[arg-type]  # JSON, read as what it is here
    assert found(change(rows, 2, body=body), head) == set()
    assert found(change(rows, 2, body={**body, "note": {"hash": "0" * 64}}), head) == {("body", 2)}


@st.composite
def changes(draw: st.DrawFn) -> tuple[Rows, Head, int, FaultKind]:
    """A random log in which exactly one thing of one event is something else."""
    given_contents = draw(contents)
    rows, head = whole_log(len(given_contents), contents=given_contents)
    row = draw(st.sampled_from(rows))
    where = draw(st.sampled_from(["header", "effects", "body", "hash", "at", "log"]))
    changed: Any
    kind: FaultKind
    if where == "header":
        field = draw(st.sampled_from(HEADER_FIELDS))
        header: Any = row.header
        changed, kind = header | {field: draw(another(header[field]))}, FaultKind.HEADER
    elif where == "effects":
        changed, kind = draw(another(row.effects)), FaultKind.EFFECTS
    elif where == "body":
        changed, kind = draw(another_body(row.body)), FaultKind.BODY
    elif where == "hash":
        changed, kind = draw(another_hash(row.hash)), FaultKind.HASH
    elif where == "at":
        changed, kind = row.at + timedelta(microseconds=draw(st.sampled_from([-1, 1, 10**9]))), FaultKind.COLUMN
    else:
        changed, kind = OTHER_LOG, FaultKind.COLUMN
    return change(rows, row.seq, **{where: changed}), head, row.seq, kind


def same(one: Any, other: Any) -> bool:
    # True == 1 in Python, and [True] == [1]; they are two things here.
    return repr(one) == repr(other)


def another(value: Any) -> st.SearchStrategy[Any]:
    inside: list[st.SearchStrategy[Any]] = [any_values.filter(lambda new: not same(new, value))]
    if isinstance(value, dict) and value:
        inside.append(another_item(value))
    if isinstance(value, str) and value:
        inside.append(another_hash(value))
    return st.one_of(inside)


@st.composite
def another_item(draw: st.DrawFn, value: dict[str, Any]) -> dict[str, Any]:
    key = draw(st.sampled_from(sorted(value)))
    if draw(st.booleans()):
        return {name: item for name, item in value.items() if name != key}
    return {**value, key: draw(any_values.filter(lambda new: not same(new, value[key])))}


@st.composite
def another_hash(draw: st.DrawFn, text: str) -> str:
    """One letter is another one."""
    place = draw(st.integers(0, len(text) - 1))
    letter = draw(st.sampled_from("0123456789abcdefAZ").filter(lambda new: new != text[place]))
    return text[:place] + letter + text[place + 1 :]


@st.composite
def another_body(draw: st.DrawFn, body: Any) -> Any:
    if not body:
        return {"note": {"salt": "ab" * 16, "value": draw(any_values)}}
    field = draw(st.sampled_from(sorted(body)))
    if draw(st.booleans()):
        return {**body, field: {**body[field], "value": draw(another(body[field]["value"]))}}
    return {**body, field: {**body[field], "salt": draw(another_hash(body[field]["salt"]))}}


@settings(max_examples=300, deadline=None)
@given(changes())
def test_any_single_change_is_found_named_and_located(scene: tuple[Rows, Head, int, FaultKind]) -> None:
    rows, head, seq, kind = scene
    faults = check_log(rows, head)
    assert {fault.seq for fault in faults} == {seq}
    assert kind in {fault.kind for fault in faults}


@settings(max_examples=100, deadline=None)
@given(contents, st.data())
def test_any_event_that_is_removed_is_missed(contents: list[Any], data: st.DataObject) -> None:
    rows, head = whole_log(len(contents), contents=contents)
    gone = data.draw(st.integers(1, len(rows)))
    kind = "truncated" if gone == len(rows) else "removed"
    assert found([row for row in rows if row.seq != gone], head) == {(kind, gone)}


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(1, 7)))
def test_events_in_any_other_order_are_found(order: list[int]) -> None:
    rows, head = whole_log(6)
    shuffled = [replace(rows[seq - 1], seq=place) for place, seq in enumerate(order, start=1)]
    wrong = {place for place, seq in enumerate(order, start=1) if place != seq}
    assert {fault.seq for fault in check_log(shuffled, head)} == wrong


ACTIONS: dict[str, Callable[[Rows, int], Rows]] = {
    "remove": lambda rows, at: rows[:at] + rows[at + 1 :],
    "double": lambda rows, at: rows[:at] + rows[at : at + 1] + rows[at:],
    "swap": lambda rows, at: [*rows[:at], *reversed(rows[at : at + 2]), *rows[at + 2 :]],
    "forge": lambda rows, at: [*rows[:at], stored(at + 1, rows[at].hash), *rows[at + 1 :]],
    "hash": lambda rows, at: [*rows[:at], replace(rows[at], hash="f" * 64), *rows[at + 1 :]],
    "seq": lambda rows, at: [*rows[:at], replace(rows[at], seq=at + 3), *rows[at + 1 :]],
    "header": lambda rows, at: [*rows[:at], replace(rows[at], header={}), *rows[at + 1 :]],
    "effects": lambda rows, at: [*rows[:at], replace(rows[at], effects={}), *rows[at + 1 :]],
}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 7)), min_size=1, max_size=6))
def test_many_changes_do_not_hide_each_other(actions: list[tuple[str, int]]) -> None:
    rows, head = whole_log(8)
    changed = rows
    for name, at in actions:
        if at < len(changed):
            changed = ACTIONS[name](changed, at)
    assert bool(check_log(changed, head)) == (changed != rows)


def test_a_sentence_names_the_events() -> None:
    rows, head = whole_log(5)
    assert [fault.sentence for fault in check_log(rows[:1] + rows[3:], head)] == ["Events 2 to 3 are missing."]
    assert [fault.sentence for fault in check_log(rows[:4], head)] == ["Event 5 is missing at the end."]


def test_a_fault_names_its_log() -> None:
    rows, head = whole_log(2)
    assert {fault.log for fault in check_log(rows[1:], head)} == {LOG}


def test_the_time_of_a_stored_event_may_come_in_any_zone() -> None:
    rows, head = whole_log(2)
    local = rows[0].at.astimezone(datetime(2026, 1, 1, tzinfo=UTC).astimezone().tzinfo)
    assert found(change(rows, 1, at=local), head) == set()
