"""A history as a file tells it, event by event: what was changed, removed, put in or cut off, the first first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from casework_verify.faults import Fault
from casework_verify.integrity.canonical import NotCanonical, digest, is_hash
from casework_verify.integrity.chain import HEADER_FIELDS, VERSION, commitment, event_hash, genesis

HISTORY = "history.ndjson"
#: What an event is written as.
EVENT_NAMES = frozenset(("log", "seq", "at", "header", "effects", "body", "hash"))
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
#: So many faults of one history are told; who has more knows enough.
MOST_FAULTS = 100


@dataclass(slots=True)
class History:
    """What was read of a history."""

    log: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    #: The hash of each event, as its header gives it, from the first one on.
    hashes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    erased: int = 0


def read_history(lines: Iterable[Any], log: str, head: Any) -> History:
    """Each event held against its own digests and the one before it, and the end against the head that is named."""
    history = History(log)
    last, before, expected = genesis(log), "", 1
    for row in lines:
        made = _digests(row)
        if made is None:
            history.faults.append(_at("event_form", log, expected))
            break
        number = _number(row, made, log, expected)
        found = list(_event_faults(row, made, log, (expected, number), last=last, before=before))
        if len(history.faults) < MOST_FAULTS:
            history.faults += found
        history.rows.append(row)
        last, before, expected = made.header, max(before, row["header"]["at"]), max(expected, number + 1)
        history.hashes.append(last)
    else:
        history.faults += _end_faults(history, expected - 1, last, head)
    gone = {
        (n, name) for n, row in enumerate(history.rows, 1) for name, stored in row["body"].items() if "hash" in stored
    }
    history.erased = len(gone)
    history.faults += list(_erasure_faults(history, gone))[:MOST_FAULTS]
    return history


def _erasure_faults(history: History, gone: set[tuple[int, str]]) -> Iterator[Fault]:
    """A value that gave way to its hash was taken out by an event that says so, and what is said to be taken out is gone."""
    told: set[tuple[int, str]] = set()
    for n, row in enumerate(history.rows, 1):
        if row["header"]["kind"] != "erased":
            continue
        erased = row["effects"].get("erased")
        fields = erased.get("fields") if isinstance(erased, dict) else None
        for one in fields if isinstance(fields, list) else ():
            if (
                isinstance(one, list)
                and len(one) == 2
                and type(one[0]) is int
                and isinstance(one[1], str)
                and one[0] < n
            ):
                told.add((one[0], one[1]))
    yield from (_at("erased_untold", history.log, seq, name=name) for seq, name in sorted(gone - told))
    yield from (_at("erased_not", history.log, seq, name=name) for seq, name in sorted(told - gone))


def _number(row: Any, made: _Digests, log: str, expected: int) -> int:
    """The number of an event: its own, where its header is whole; else it stands in somebody's place, as one of another log does."""
    header = row["header"]
    own = header["log"] == log and made.header == row["hash"] and type(header["seq"]) is int
    return int(header["seq"]) if own else expected


def _event_faults(
    row: Any, made: _Digests, log: str, place: tuple[int, int], *, last: str, before: str
) -> Iterator[Fault]:
    """What is wrong with an event of our form, by the number that comes next and its own."""
    header = row["header"]
    expected, seq = place
    if seq > expected:
        yield _at("event_missing", log, expected)
    elif seq < expected:
        yield _at("event_again", log, seq)
    if header["log"] != log:
        yield _at("event_foreign", log, seq)
    yield from (_at("event_column", log, seq, name=name) for name in ("log", "seq", "at") if row[name] != header[name])
    if made.header != row["hash"]:
        yield _at("event_header", log, seq)
    elif header["prev"] != last:
        yield _at("event_link", log, seq)
    if header["effects"] != made.effects:
        yield _at("event_effects", log, seq)
    if header["body"] != made.body:
        yield _at("event_body", log, seq)
    if header["at"] <= before:
        yield _at("event_time", log, seq)


class _Digests(NamedTuple):
    """Of the parts of an event, each worked out once."""

    header: str
    effects: str
    body: str


def _digests(row: Any) -> _Digests | None:
    """What the parts of an event come to, where it is written as we write one; else nothing can be told of it."""
    header: Any = row.get("header") if isinstance(row, dict) else None
    if not isinstance(row, dict) or row.keys() != EVENT_NAMES or not isinstance(header, dict):
        return None
    if header.keys() != HEADER_FIELDS or header["v"] != VERSION or not is_hash(row["hash"]):
        return None
    if not is_instant(header["at"]) or type(row["seq"]) is not int or not isinstance(row["effects"], dict):
        return None
    try:
        return _Digests(event_hash(header), digest(row["effects"]), commitment(row["body"]))
    except NotCanonical:
        return None


def _end_faults(history: History, count: int, last: str, head: Any) -> Iterator[Fault]:
    seq = head.get("seq") if isinstance(head, dict) else None
    if not count:
        yield _at("log_empty", history.log, None)
    elif type(seq) is not int or head.get("hash") != last or seq != count:
        code = "log_head"
        if type(seq) is int and seq != count:
            code = "log_cut" if count < seq else "log_longer"
        yield _at(code, history.log, count, last=seq)


def is_instant(value: Any) -> bool:
    """Whether this is written as moments are, so that they sort as text."""
    return isinstance(value, str) and _INSTANT.fullmatch(value) is not None


def _at(code: str, log: str, seq: int | None, **values: Any) -> Fault:
    return Fault(code, values, HISTORY, log, seq)
