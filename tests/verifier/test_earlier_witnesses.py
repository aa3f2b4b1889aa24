"""A file whose checkpoint no witness signed: which earlier tree was seen, and that this one goes on from it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casework.ledger.signed_notes import Checkpoint, key_from_seed, sign_note
from casework_verify.command import main
from casework_verify.integrity.notes import parse_checkpoint
from casework_verify.witnesses import Secret
from tests.support.witnessed import ONE, TWO
from tests.verifier.conftest import House
from tests.verifier.forging import Forgery

#: 2026-01-02T03:04:05Z.
AT = 1_767_323_045
#: What a check gives: its exit code, the faults, and the facts of the file.
Check = Callable[..., tuple[int, list[dict[str, Any]], dict[str, Any]]]


@dataclass
class Seen:
    """The file of a case, and the checkpoint of a smaller tree from before."""

    path: Path
    before: str
    hashes: list[str]
    events: int

    def forge(self, note: str | None = None, hashes: object = None, by: Secret = ONE) -> Path:
        """The file with what a witness signed of the earlier checkpoint."""
        forged = Forgery(self.path)
        note = note or self.before
        forged.proof["witnessed"] = {
            "checkpoint": note + by.cosign(note, AT),
            "hashes": self.hashes if hashes is None else hashes,
        }
        return forged.write(self.path.with_name("seen.zip"))


@pytest.fixture(scope="module")
def seen(house: House) -> Seen:
    before = Forgery(house.take_out("seen-before.zip"))
    note, events = before.proof["checkpoint"], len(before.rows)
    house.go_on()
    house.sign()
    path = house.take_out("seen-after.zip", since=parse_checkpoint(note)[0].size)
    return Seen(path, note, Forgery(path).proof["earlier"][0]["hashes"], events)


@pytest.fixture
def check(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    def run(path: Path, *more: str, witnesses: tuple[Secret, ...] = (ONE,)) -> Any:
        keys = tmp_path / "keys"
        keys.write_text(house.keys.read_text() + "".join(f"{one.witness.line}\n" for one in witnesses))
        capsys.readouterr()
        code = main([str(path), "--key", str(keys), "--json", *more])
        (file,) = json.loads(capsys.readouterr().out)["files"]
        return code, file["faults"], file.get("facts", file)

    return run


def codes(faults: list[dict[str, Any]]) -> list[str]:
    """Those that are no part of what every file says of what is taken as told."""
    return [one["code"] for one in faults if not one["code"].startswith(("replay_as_told", "told_unjudged"))]


def test_a_file_says_which_earlier_tree_witnesses_have_seen(seen: Seen, check: Check) -> None:
    code, faults, facts = check(seen.forge())
    assert (code, codes(faults)) == (0, ["witnessed_not", "seen_before"])
    assert "1 of 1 witnesses" in faults[1]["sentence"]
    assert "2026-01-02 03:04 UTC" in faults[1]["sentence"]
    assert facts["witnessed"] == {
        "size": parse_checkpoint(seen.before)[0].size,
        "at": "2026-01-02T03:04:05Z",
        "names": [ONE.name],
        "events": seen.events,
    }
    assert check(seen.forge(), "--witnesses", "1")[0] == 2, "nobody has seen what came since"


def test_a_proof_that_was_tampered_with_is_accused(seen: Seen, check: Check) -> None:
    other = base64.b64encode(bytes(32)).decode()
    for hashes in ([*seen.hashes[1:], other], seen.hashes[:-1], [*seen.hashes, other], []):
        code, faults, facts = check(seen.forge(hashes=hashes))
        assert (code, codes(faults)) == (1, ["witnessed_not", "seen_proof"])
        assert "witnessed" not in facts


def test_another_root_of_as_many_leaves_is_accused(seen: Seen, check: Check) -> None:
    """Somebody without a key of the log: a note that no known key signed, which a witness signed all the same."""
    said = parse_checkpoint(seen.before)[0]
    note = sign_note(Checkpoint(said.origin, said.size, bytes(32)).text, [key_from_seed(said.origin, bytes(32))])
    code, faults, _ = check(seen.forge(note))
    assert (code, codes(faults)) == (1, ["witnessed_not", "seen_proof"])


def test_a_tree_that_is_larger_than_that_of_the_file_is_accused(seen: Seen, check: Check) -> None:
    said = parse_checkpoint(seen.before)[0]
    note = sign_note(Checkpoint(said.origin, 10**9, said.root).text, [key_from_seed(said.origin, bytes(32))])
    assert codes(check(seen.forge(note))[1]) == ["witnessed_not", "seen_proof"]


def test_an_earlier_checkpoint_of_another_log_is_accused(seen: Seen, check: Check) -> None:
    said = parse_checkpoint(seen.before)[0]
    text = Checkpoint("other.example", said.size, said.root).text
    code, faults, _ = check(seen.forge(sign_note(text, [key_from_seed("other.example", bytes(32))])))
    assert (code, codes(faults)) == (1, ["witnessed_not", "seen_other"])


def test_a_witness_whose_key_is_not_known_counts_for_nothing(seen: Seen, check: Check) -> None:
    code, faults, facts = check(seen.forge(by=TWO))
    assert (code, codes(faults)) == (0, ["witnessed_not", "seen_unknown"])
    assert "witnessed" not in facts
    code, faults, _ = check(seen.forge(), witnesses=())
    assert (code, codes(faults)) == (0, ["seen_unknown"])


def test_a_signature_that_does_not_hold_is_accused(seen: Seen, check: Check) -> None:
    path = seen.forge()
    forged = Forgery(path)
    lines = forged.proof["witnessed"]["checkpoint"]
    other = ONE.cosign(Forgery(seen.path).proof["checkpoint"], AT)
    forged.proof["witnessed"]["checkpoint"] = seen.before + other
    assert lines != seen.before + other
    code, faults, _ = check(forged.write(path))
    assert (code, codes(faults)) == (1, ["witnessed_not", "witness_signature"])
    size = f"\n{parse_checkpoint(seen.before)[0].size}\n"
    false = seen.before.replace(size, f"\n{int(size) - 1}\n")
    assert codes(check(seen.forge(false))[1]) == ["witnessed_not", "note_signature"]


@pytest.mark.parametrize("told", ["x", 7, [], {}, {"checkpoint": 1, "hashes": []}, {"checkpoint": "x", "hashes": [1]}])
def test_what_has_another_form_cannot_be_read(seen: Seen, check: Check, told: object) -> None:
    forged = Forgery(seen.path)
    forged.proof["witnessed"] = told
    code, faults, _ = check(forged.write(seen.path.with_name("form.zip")))
    assert (code, codes(faults)) == (2, ["file_json"])
