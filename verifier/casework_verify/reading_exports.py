"""Readings as somebody took them out: each is in the tree, and of whole chains none is missing between the first and the last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from casework_verify.faults import Fault
from casework_verify.histories import MOST_FAULTS, History, is_instant
from casework_verify.integrity.canonical import is_hash
from casework_verify.integrity.chain import LEAF_PREFIX
from casework_verify.integrity.notes import BadNote, Checkpoint, unbase64
from casework_verify.integrity.tree import BadProof, check_inclusion, leaf_hash
from casework_verify.memory import Memory
from casework_verify.scopes import are_programmes, programmes_told
from casework_verify.words import WRONG, level_of

READINGS = "readings"
_SCOPE = {"programmes", "number", "most", "more"}
_READER, _READING = {"reader", "chain", "readings"}, {"row", "place", "hash", "leaf"}
_ROW = {"at", "number", "path", "query", "document"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: What is said of a history, where it is said of a chain of readings.
_OF_CHAINS = {"event_other": "reading_other", "log_shorter": "reading_gone"}


@dataclass(slots=True)
class _Found:
    """What is found while the readers are gone through, one after the other."""

    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    chains: int = 0
    erased: int = 0


# --- form ---------------------------------------------------------------------------------------------------------------


def is_formed(content: Mapping[str, Any]) -> bool:
    """Whether scope and readers can be read."""
    scope, readers = content["scope"], content.get("readers")
    return (
        scope.keys() >= _SCOPE
        and are_programmes(scope["programmes"])
        and isinstance(scope["number"], str | None)
        and isinstance(scope["more"], bool)
        and type(scope["most"]) is int
        and isinstance(readers, list)
        and all(_is_reader(one, of_case=scope["number"] is not None) for one in readers)
    )


def _is_reader(one: Any, *, of_case: bool) -> bool:
    if not isinstance(one, dict) or not one.keys() >= _READER or not isinstance(one["reader"], str):
        return False
    chain, readings = one["chain"], one["readings"]
    if chain is not None and (of_case or not _is_chain(chain)):
        # What is of one case alone is no whole chain.
        return False
    return isinstance(readings, list) and bool(readings) and all(_is_reading(each, chain) for each in readings)


def _is_chain(chain: Any) -> bool:
    if not isinstance(chain, dict) or not chain.keys() >= {"first", "prev", "head"}:
        return False
    head = chain["head"]
    return (
        type(chain["first"]) is int
        and chain["first"] >= 1
        and is_hash(chain["prev"])
        and isinstance(head, dict)
        and head.keys() >= {"n", "hash"}
    )


def _is_reading(one: Any, chain: Any) -> bool:
    if not isinstance(one, dict) or not one.keys() >= _READING or not is_hash(one["hash"]):
        return False
    place, leaf = one["place"], one["leaf"]
    if not isinstance(place, dict) or place.keys() != ({"hash"} if chain is None else {"nonce"}):
        return False
    placed = is_hash(place["hash"]) if chain is None else isinstance(place["nonce"], str)
    proven = isinstance(leaf, dict) and type(leaf.get("index")) is int and isinstance(leaf.get("hashes"), list)
    return placed and proven and _is_row(one["row"])


def _is_row(row: Any) -> bool:
    if not isinstance(row, dict) or not row.keys() >= _ROW:
        return False
    query = row["query"]
    asked = isinstance(query, dict) and (
        query.keys() == {"hash"}
        and is_hash(query["hash"])
        or query.keys() == {"salt", "value"}
        and all(isinstance(each, str) for each in query.values())
    )
    texts = isinstance(row["number"], str | None) and isinstance(row["document"], str | None)
    return asked and texts and isinstance(row["path"], str) and _micros(row["at"]) is not None


def _micros(at: Any) -> int | None:
    """A moment as it is hashed."""
    try:
        return (datetime.fromisoformat(at) - _EPOCH) // timedelta(microseconds=1) if is_instant(at) else None
    except ValueError:
        return None


# --- judged -------------------------------------------------------------------------------------------------------------


def check_readings(
    content: Mapping[str, Any], said: Checkpoint, memory: Memory
) -> tuple[list[Fault], list[Fault], int]:
    """What is wrong with the readings, what there is to know where nothing is, and how many there are."""
    found, shown = _Found(), list[Fault]()
    for one in content["readers"]:
        some = list(_reader_faults(one, content, said, memory))
        if any(level_of(fault) == WRONG for fault in some):
            some.insert(0, Fault("reader_in", {"name": one["reader"]}, log=one["reader"]))
        if len(found.faults) < MOST_FAULTS:
            found.faults += some
        found.count += len(one["readings"])
        found.chains += one["chain"] is not None
        found.erased += sum("hash" in each["row"]["query"] for each in one["readings"])
        if one["chain"] is None and content["scope"]["number"] is None and _log(one) in memory.logs:
            shown.append(Fault("reader_unchained", {"name": one["reader"]}, log=one["reader"]))
    return [*found.faults, *_scope_faults(content, found.count)], [*_shown(content, found), *shown], found.count


def _log(one: Mapping[str, Any]) -> str:
    """What a chain is remembered by, which no log of events is."""
    return f"readings {one['reader']}"


def _reader_faults(
    one: Mapping[str, Any], content: Mapping[str, Any], said: Checkpoint, memory: Memory
) -> Iterator[Fault]:
    """What is wrong with one reader: each reading, its leaf, and the chain."""
    reader, chain, readings = one["reader"], one["chain"], one["readings"]
    first = 1 if chain is None else chain["first"]
    prev, index, number = None if chain is None else chain["prev"], -1, content["scope"]["number"]
    wrong = False
    for n, each in enumerate(readings, first):
        some = [*_reading_faults(each, reader, n, prev, said), *_outside(each["row"], reader, n, content["at"], number)]
        if each["leaf"]["index"] <= index:
            some.append(Fault("reading_order", log=reader, seq=n))
        prev, index, wrong = None if chain is None else each["hash"], each["leaf"]["index"], wrong or bool(some)
        yield from some
    if chain is None:
        return
    last = first + len(readings) - 1
    if chain["head"]["n"] != last or chain["head"]["hash"] != prev or type(chain["head"]["n"]) is not int:
        yield Fault("reading_cut", {"last": chain["head"]["n"]}, log=reader, seq=last)
        wrong = True
    if first > 1 and not content["scope"]["more"]:
        yield Fault("reading_begins", log=reader, seq=first)
    if not wrong:
        history = History(_log(one), hashes=[each["hash"] for each in readings])
        for fault in memory.compare(history, said.size, len(readings), before=first - 1):
            yield replace(fault, code=_OF_CHAINS[fault.code], file=None, log=reader)


def _reading_faults(
    each: Mapping[str, Any], reader: str, n: int, prev: str | None, said: Checkpoint
) -> Iterator[Fault]:
    row, place, leaf = each["row"], each["place"], each["leaf"]
    where = place["hash"] if prev is None else _hash_of(place["nonce"], reader, str(n), prev)
    query = row["query"]
    asked = query.get("hash") or hashlib.sha256((query["salt"] + query["value"]).encode()).hexdigest()
    if each["hash"] != _hash_of(
        where, reader, str(_micros(row["at"])), row["number"], row["path"], asked, row["document"]
    ):
        yield Fault("reading_changed", log=reader, seq=n)
    try:
        hashes = [unbase64(one) for one in leaf["hashes"]]
        check_inclusion(
            leaf_hash(LEAF_PREFIX + bytes.fromhex(each["hash"])), leaf["index"], said.size, hashes, said.root
        )
    except (BadProof, BadNote, TypeError):
        yield Fault("reading_leaf", log=reader, seq=n, leaf=leaf["index"])


def _hash_of(*parts: str | None) -> str:
    """Each part with its length before it."""
    line = ",".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(line.encode()).hexdigest()


def _outside(row: Mapping[str, Any], reader: str, n: int, at: str, number: str | None) -> Iterator[Fault]:
    if row["at"] > at:
        yield Fault("reading_later", {"at": at}, log=reader, seq=n)
    if number is not None and row["number"] != number:
        yield Fault("reading_outside", {"name": number}, log=reader, seq=n)


def _scope_faults(content: Mapping[str, Any], count: int) -> Iterator[Fault]:
    """Readers twice or in another order, and more readings than the file says that it holds, or fewer."""
    scope, readers = content["scope"], [one["reader"] for one in content["readers"]]
    if readers != sorted(set(readers)):
        yield Fault("readers_order")
    if count > scope["most"] or scope["more"] and count != scope["most"]:
        yield Fault("readings_count", {"count": count, "most": scope["most"]})


def _shown(content: Mapping[str, Any], found: _Found) -> Iterator[Fault]:
    """What it holds, for a reader to compare with what was asked for."""
    scope, readers = content["scope"], len(content["readers"])
    yield Fault("readings_show", {"count": found.count, "readers": readers, "at": content["at"]})
    yield from programmes_told(scope["programmes"])
    if scope["number"] is not None:
        yield Fault("readings_number", {"name": scope["number"]})
    if scope["more"]:
        yield Fault("export_more", {"most": scope["most"]})
    if found.erased:
        yield Fault("readings_erased", {"count": found.erased})
    if found.chains:
        yield Fault("readings_chains", {"count": found.chains})
    if alone := readers - found.chains:
        yield Fault("readings_alone", {"count": alone})
    yield Fault("readings_left_out")


__all__ = ["READINGS", "check_readings", "is_formed"]
