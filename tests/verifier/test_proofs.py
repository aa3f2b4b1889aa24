"""What the proofs of a file show of its history: a gap is a fault, and what is not signed yet at its end is taken for nothing."""

from __future__ import annotations

import copy
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from casework_verify.histories import MOST_FAULTS, History
from casework_verify.integrity.notes import Checkpoint
from casework_verify.proofs import check_proofs
from tests.verifier.conftest import Run, told
from tests.verifier.forging import Forgery

MANY = 20_000


def facts(out: str) -> Any:
    return json.loads(out)["files"][0]


def add_notes(forged: Forgery, count: int, at: str = "2999-01-01") -> None:
    """Events that are allowed, chained and summed up as the true ones are; nobody signed them."""
    officer = next(row for row in reversed(forged.rows) if row["header"]["role"] == "officer")
    for n in range(count):
        row = copy.deepcopy(officer)
        row["header"].update({"kind": "noted", "at": f"{at}T00:00:00.{n:06}Z", "track": None, "edition": None})
        row["header"].update({"from": [], "to": [], "because": None, "key": None, "acting_for": None})
        row["effects"], row["body"] = {"message": str(uuid.UUID(int=n)), "what": "written"}, {}
        forged.rows.append(row)
    forged.rechain(len(forged.rows) - count)
    forged.proof["waiting"] = [row["seq"] for row in forged.rows[-count:]]


def test_a_tail_that_somebody_wrote_is_not_taken_for_signed(
    run: Run, case_file: Path, keys: Path, tmp_path: Path
) -> None:
    forged = Forgery(case_file)
    signed = len(forged.rows)
    add_notes(forged, 3)
    path = forged.write(tmp_path / "a.zip")
    code, out = run(path, "--key", keys, "--json")
    assert (code, told(out)) == (2, ["leaf_unsigned"])
    assert facts(out)["whole"] is False
    assert (facts(out)["events"], facts(out)["signed_up_to"]) == (signed + 3, signed)
    code, out = run(path, "--key", keys)
    assert f"From event {signed + 1} on nothing is signed yet (the last is event {signed + 3})" in out
    assert f"第 {signed + 1} 号至第 {signed + 3} 号事件尚未签名" in run(path, "--key", keys, "--language", "zh")[1]


def test_without_a_key_a_tail_is_a_remark(run: Run, case_file: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    add_notes(forged, 3)
    code, out = run(forged.write(tmp_path / "a.zip"), "--json")
    assert code == 0
    assert [one["code"] for one in facts(out)["faults"]].count("leaf_waiting") == 1
    assert "signed_up_to" not in facts(out)


def test_nothing_of_a_tail_is_remembered(run: Run, case_file: Path, keys: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    add_notes(forged, 1)
    state = tmp_path / "state.json"
    assert run(forged.write(tmp_path / "a.zip"), "--key", keys, "--state", state)[0] == 2
    assert not state.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_however_long_the_last_events_wait_to_be_signed_they_are_not_wrong(
    run: Run, case_file: Path, keys: Path, tmp_path: Path, count: int
) -> None:
    forged = Forgery(case_file)
    del forged.proof["leaves"][-count:]
    for at in (forged.index["at"], "2999-01-01T00:00:00.000000Z"):
        forged.index["at"] = at
        code, out = run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")
        assert (code, told(out)) == (2, ["leaf_unsigned"])
        assert facts(out)["signed_up_to"] == len(forged.rows) - count


def test_a_gap_before_what_was_signed_is_wrong(run: Run, case_file: Path, keys: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    del forged.proof["leaves"][-3:-1]
    code, out = run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")
    assert (code, told(out)) == (1, ["leaf_missing", "leaf_missing"])
    assert facts(out)["signed_up_to"] == len(forged.rows) - 3


def test_what_is_remembered_as_signed_needs_its_proof(run: Run, case_file: Path, keys: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    assert run(case_file, "--key", keys, "--state", state)[0] == 0
    forged = Forgery(case_file)
    forged.proof["leaves"].pop()
    code, out = run(forged.write(tmp_path / "a.zip"), "--state", state, "--json")
    assert (code, told(out)) == (1, ["leaf_missing"])


class Row(dict[str, Any]):
    """An event that counts how often it is looked at."""

    looks = 0

    def __getitem__(self, name: str) -> Any:
        Row.looks += 1
        return super().__getitem__(name)


def test_a_history_with_many_gaps_is_judged_in_steps_that_grow_with_its_length() -> None:
    rows: list[dict[str, Any]] = [Row(seq=seq, header={"log": "x", "at": ""}) for seq in range(1, MANY + 1)]
    history = History("x", rows, ["0" * 64] * MANY)
    proof = {"leaves": [{"seq": MANY, "index": 0, "hashes": []}]}
    Row.looks = 0
    found = check_proofs(history, Checkpoint("log", 1, bytes(32)), proof)
    assert Row.looks <= 3 * MANY
    assert [fault.code for fault in found.faults] == ["leaf_missing"] * MOST_FAULTS
    assert found.count == 0
