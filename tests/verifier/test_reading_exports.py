"""The verifier judges an export of readings by itself: each is one that was signed, and of a whole chain none is missing in between."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework_verify.command import check
from casework_verify.integrity.canonical import canonical
from casework_verify.memory import Memory, read_keys
from casework_verify.tiles import Tiles
from casework_verify.words import NOTE, level_of
from tests.ledger.test_certificates import OTHER
from tests.verifier.conftest import Change, Judge, Run
from tests.verifier.test_exports import changed_unseen

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def taken_out(readings_export: bytes) -> bytes:
    return readings_export


def chain(content: Any) -> Any:
    """The auditor, of whom the whole chain is there."""
    return max((one for one in content["readers"] if one["chain"]), key=lambda one: len(one["readings"]))


def alone(content: Any) -> Any:
    """Somebody of whom there are single readings."""
    return next(one for one in content["readers"] if one["chain"] is None and len(one["readings"]) > 1)


def hash_of(*parts: str | None) -> str:
    line = ",".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(line.encode()).hexdigest()


def seal(one: Any) -> None:
    """Build a chain anew, and name its end, as somebody would who forges it and has no key."""
    prev, first = one["chain"]["prev"], one["chain"]["first"]
    for n, each in enumerate(one["readings"], first):
        row, place = each["row"], hash_of(each["place"]["nonce"], one["reader"], str(n), prev)
        asked = hashlib.sha256((row["query"]["salt"] + row["query"]["value"]).encode()).hexdigest()
        micros = str((datetime.fromisoformat(row["at"]) - EPOCH) // timedelta(microseconds=1))
        prev = each["hash"] = hash_of(place, one["reader"], micros, row["number"], row["path"], asked, row["document"])
    one["chain"]["head"] = {"n": first + len(one["readings"]) - 1, "hash": prev}


def test_what_was_taken_out_is_whole_and_says_what_it_can_show(
    readings_export: bytes, keys: Path, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "readings.json"
    path.write_bytes(readings_export)
    content = json.loads(readings_export)
    count = sum(len(one["readings"]) for one in content["readers"])
    code, out = run(path, "--key", keys)
    assert code == 0
    assert f"It holds {count} readings of {len(content['readers'])} persons" in out
    assert "between the first reading and the last one here none is missing" in out
    assert "whether others were left out, the file cannot show" in out
    code, out = run(path, "--key", keys, "--language", "zh")
    assert code == 0
    assert f"{count} 条查阅记录" in out
    assert not re.search(r"[{}\[\]]|\.[0-9]{6}Z", out)


def test_of_single_readings_no_place_is_told(readings_export: bytes) -> None:
    one = alone(json.loads(readings_export))
    assert {name for each in one["readings"] for name in each["place"]} == {"hash"}
    assert "/tasks" not in json.dumps(one)


# --- attacks ------------------------------------------------------------------------------------------------------------


def change_path(content: Any) -> None:
    alone(content)["readings"][0]["row"]["path"] = "/elsewhere"


def change_query(content: Any) -> None:
    chain(content)["readings"][1]["row"]["query"]["value"] = "?words=x"


def change_moment(content: Any) -> None:
    row = alone(content)["readings"][0]["row"]
    row["at"] = row["at"].replace("2", "1", 1)


def change_case(content: Any) -> None:
    alone(content)["readings"][0]["row"]["number"] = "BJ-1999-0001"


def other_reader(content: Any) -> None:
    content["readers"][-1]["reader"] = "f" + content["readers"][-1]["reader"][1:]


def forge(content: Any) -> None:
    one = chain(content)
    one["readings"][1]["row"]["path"] = "/elsewhere"
    seal(one)


def leave_out(content: Any) -> None:
    del chain(content)["readings"][1]


def leave_out_and_seal(content: Any) -> None:
    one = chain(content)
    del one["readings"][1]
    seal(one)


def cut_end(content: Any) -> None:
    chain(content)["readings"].pop()


def cut_start(content: Any) -> None:
    one = chain(content)
    first = one["readings"].pop(0)
    one["chain"] |= {"first": one["chain"]["first"] + 1, "prev": first["hash"]}


def cut_start_and_say_that_there_are_more(content: Any) -> None:
    cut_start(content)
    content["scope"]["more"] = True


def cut_start_and_count(content: Any) -> None:
    one = chain(content)
    del one["readings"][0]


def add(content: Any) -> None:
    one = alone(content)
    made = copy.deepcopy(one["readings"][-1])
    made["row"]["path"] = "/elsewhere"
    one["readings"].append(made)


def add_at_end(content: Any) -> None:
    one = chain(content)
    one["readings"].append(copy.deepcopy(one["readings"][-1]))
    seal(one)


def repeat(content: Any) -> None:
    one = alone(content)
    one["readings"].append(copy.deepcopy(one["readings"][-1]))


def reorder(content: Any) -> None:
    alone(content)["readings"].reverse()


def reorder_chain(content: Any) -> None:
    readings = chain(content)["readings"]
    readings[0], readings[1] = readings[1], readings[0]


def reorder_readers(content: Any) -> None:
    content["readers"].reverse()


def repeat_reader(content: Any) -> None:
    content["readers"].append(copy.deepcopy(content["readers"][-1]))


def others_leaf(content: Any) -> None:
    first, second = alone(content)["readings"][:2]
    first["leaf"], second["leaf"] = second["leaf"], first["leaf"]


def others_index(content: Any) -> None:
    alone(content)["readings"][0]["leaf"]["index"] += 1


def others_place(content: Any) -> None:
    first, second = alone(content)["readings"][:2]
    first["place"], second["place"] = second["place"], first["place"]


def others_reading(content: Any) -> None:
    chain(content)["readings"].append(alone(content)["readings"][0] | {"place": {"nonce": "x"}})


def other_checkpoint(content: Any) -> None:
    lines = content["checkpoint"].split("\n")
    lines[2] = "A" * 43 + "="
    content["checkpoint"] = "\n".join(lines)


def other_case(content: Any) -> None:
    content["readers"] = [one for one in content["readers"] if one["chain"] is None]
    content["scope"]["number"] = "BJ-1999-0001"


def chain_of_a_case(content: Any) -> None:
    content["scope"]["number"] = "BJ-1999-0001"


def say_that_there_are_more(content: Any) -> None:
    content["scope"]["more"] = True


def earlier(content: Any) -> None:
    content["at"] = "2020-01-01T00:00:00.000000Z"


def add_column(content: Any) -> None:
    alone(content)["readings"][0]["row"]["note"] = "x"


def no_day(content: Any) -> None:
    alone(content)["readings"][0]["row"]["at"] = "2026-13-01T00:00:00.000000Z"


ATTACKS = [
    (change_path, "reading_changed"), (change_query, "reading_changed"), (change_moment, "reading_changed"),
    (change_case, "reading_changed"), (other_reader, "reading_changed"), (forge, "reading_leaf"), (leave_out, "reading_changed"),
    (leave_out_and_seal, "reading_leaf"), (cut_end, "reading_cut"), (cut_start, "reading_begins"),
    (cut_start_and_say_that_there_are_more, "readings_count"), (cut_start_and_count, "reading_changed"), (add, "reading_changed"),
    (add_at_end, "reading_leaf"), (repeat, "reading_order"), (reorder, "reading_order"), (reorder_chain, "reading_changed"),
    (reorder_readers, "readers_order"), (repeat_reader, "readers_order"), (others_leaf, "reading_leaf"), (others_index, "reading_leaf"),
    (others_place, "reading_changed"), (others_reading, "reading_changed"), (other_checkpoint, "note_signature"),
    (other_case, "reading_outside"), (chain_of_a_case, "export_form"), (say_that_there_are_more, "readings_count"),
    (earlier, "reading_later"), (add_column, "export_name"), (no_day, "export_form"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code"), ATTACKS)
def test_what_was_changed_is_wrong(judge: Judge, change: Change, code: str) -> None:
    exit_code, codes = judge(change)
    assert exit_code == 1
    assert code in codes


def test_the_first_one_that_was_changed_is_named_and_no_other(judge: Judge) -> None:
    assert judge(change_query)[1] == ["reader_in", "reading_changed"]


def test_what_another_log_signed_is_wrong(judge: Judge, tmp_path: Path) -> None:
    key = tmp_path / "other.pub"
    key.write_text(f"{OTHER.public.line}\n")
    assert judge(key=key)[0] == 1


def test_what_was_asked_for_may_be_kept_back(judge: Judge) -> None:
    def keep_back(content: Any) -> None:
        row = chain(content)["readings"][0]["row"]
        row["query"] = {"hash": hashlib.sha256((row["query"]["salt"] + row["query"]["value"]).encode()).hexdigest()}

    assert judge(keep_back) == (0, [])


def test_a_chain_that_ends_earlier_or_is_another_is_seen_by_who_remembers(
    readings_export: bytes, keys: Path, tmp_path: Path
) -> None:
    memory, path = Memory(), tmp_path / "readings.json"
    memory.keys, memory.witnesses = read_keys(keys)

    def codes(content: Any, known: Memory) -> set[str]:
        path.write_bytes(canonical(content))
        return {one.code for one in check(path, known, Tiles()).faults if level_of(one) != NOTE}

    assert codes(json.loads(readings_export), memory) == set()
    content = json.loads(readings_export)
    one = chain(content)
    one["readings"].pop()
    seal(one)
    # It is what the chain was once, and no file says that it did not end there.
    assert codes(content, Memory(memory.keys)) == set()
    assert codes(content, memory) == {"reader_in", "reading_gone"}
    # And where the newest alone are there.
    content["scope"] |= {"more": True, "most": sum(len(one["readings"]) for one in content["readers"]) - 1}
    first = one["readings"].pop(0)
    one["chain"] |= {"first": 2, "prev": first["hash"]}
    assert codes(content, Memory(memory.keys)) == set()
    assert codes(content, memory) == {"reader_in", "reading_gone"}
    content = json.loads(readings_export)
    del chain(content)["chain"]
    assert codes(content, memory) == {"export_form"}


def test_single_readings_after_a_whole_chain_are_remarked(readings_export: bytes, keys: Path, tmp_path: Path) -> None:
    memory, path = Memory(), tmp_path / "readings.json"
    memory.keys, memory.witnesses = read_keys(keys)
    path.write_bytes(readings_export)
    check(path, memory, Tiles())
    content = json.loads(readings_export)
    one = chain(content)
    prev = one["chain"]["prev"]
    for n, each in enumerate(one["readings"], 1):
        each["place"] = {"hash": hash_of(each["place"]["nonce"], one["reader"], str(n), prev)}
        prev = each["hash"]
    one["chain"] = None
    path.write_bytes(canonical(content))
    told = {one.code: level_of(one) for one in check(path, memory, Tiles()).faults}
    assert told["reader_unchained"] == NOTE
    assert set(told.values()) == {NOTE}


def test_whatever_is_changed_anywhere_is_told(readings_export: bytes, keys: Path, tmp_path: Path) -> None:
    # How many are taken out at once, and of which programmes, is said of the installation; with nobody in it a file says nothing.
    harmless = {
        ("scope", "most", "7"),
        ("readers", "[]"),
        ("scope", "programmes", "[]"),
        ("scope", "programmes", 0, '"x"'),
    }
    assert changed_unseen(json.loads(readings_export), keys, tmp_path / "readings.json") <= harmless


@pytest.mark.parametrize(
    "hostile",
    [
        b'{"export":1,"of":"readings"}',
        b'{"at":"2026-01-01T00:00:00.000000Z","checkpoint":"x","export":1,"of":"readings","readers":[{"reader":1}],"scope":{}}',
        b'{"at":"2026-01-01T00:00:00.000000Z","checkpoint":"x","export":1,"of":["readings"],"readers":[],"scope":{}}',
    ],
)
def test_what_has_another_form_is_no_crash(run: Run, keys: Path, tmp_path: Path, hostile: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(hostile)
    assert run(path, "--key", keys)[0] in (1, 2)
