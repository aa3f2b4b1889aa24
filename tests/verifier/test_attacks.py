"""What somebody does to a file is found, and the first wrong event named: by chance, two hundred times, of twenty kinds."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from casework.ledger import merkle, signed_notes
from casework.ledger.canonical_json import canonical, digest
from casework.ledger.hash_chain import event_hash
from casework.ledger.leaves import leaf_of
from casework.records import log_keys
from casework_verify.command import main
from casework_verify.histories import read_history
from tests.verifier.conftest import House, Run
from tests.verifier.forging import Forgery

#: Changes a file, and gives the first wrong event; None where it is not one of the history that is wrong.
Attack = Callable[[Forgery, Forgery, random.Random], int | None]
SEEDS = 10


def some(forged: Forgery, chance: random.Random) -> int:
    """Any event but the last ones."""
    return chance.randrange(1, len(forged.rows) - 3)


def effects_changed(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    forged.rows[n]["effects"]["more"] = chance.random().hex()
    return n + 1


def words_changed(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = chance.choice([n for n, row in enumerate(forged.rows) if row["body"]])
    field = chance.choice(sorted(forged.rows[n]["body"]))
    forged.rows[n]["body"][field] = {"salt": "0" * 32, "value": "another"}
    return n + 1


def words_blanked(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    """A value gives way to its hash, as in an erasure: its digests and its hash stay what they were."""
    n = chance.choice([n for n, row in enumerate(forged.rows) if row["body"]])
    body = forged.rows[n]["body"]
    field = chance.choice(sorted(body))
    salted = bytes.fromhex(body[field]["salt"]) + canonical(body[field]["value"])
    body[field] = {"hash": hashlib.sha256(salted).hexdigest()}
    return n + 1


def role_changed(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    forged.rows[n]["header"]["role"] = "supervisor" if forged.rows[n]["header"]["role"] != "supervisor" else "officer"
    return n + 1


def moment_changed(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    forged.rows[n]["at"] = "2020" + forged.rows[n]["at"][4:]
    return n + 1


def taken_out(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    del forged.rows[n]
    return n + 1


def put_in(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    forged.rows.insert(n, copy.deepcopy(forged.rows[n - 1]))
    return n


def rechained(attack: Callable[[Forgery, Forgery, random.Random], int]) -> Attack:
    """The same, with every digest, hash and number behind it made to fit."""

    def change(forged: Forgery, other: Forgery, chance: random.Random) -> int:
        n = attack(forged, other, chance)
        forged.rechain()
        return n

    change.__name__ = f"{attack.__name__}_and_rechained"
    return change


def put_in_and_rechained(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = put_in(forged, other, chance)
    forged.rows[n]["header"]["at"] = forged.rows[n]["header"]["at"][:-2] + "9Z"
    forged.rechain()
    return n + 1


def swapped(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    forged.rows[n], forged.rows[n + 1] = forged.rows[n + 1], forged.rows[n]
    return n + 1


def spliced_in(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    forged.rows[n] = copy.deepcopy(chance.choice(other.rows))
    return n + 1


def cut_off(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    del forged.rows[n:]
    return n


def cut_off_and_the_head_set_back(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = cut_off(forged, other, chance)
    forged.rechain()
    forged.proof["leaves"] = forged.proof["leaves"][:n]
    return n + 1


def proofs_swapped(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    one, two = forged.proof["leaves"][n], forged.proof["leaves"][n + 1]
    one["seq"], two["seq"] = two["seq"], one["seq"]
    return n + 1


def proof_taken_away(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    n = some(forged, chance)
    del forged.proof["leaves"][n]
    return n + 1


def proof_of_another_case(forged: Forgery, other: Forgery, chance: random.Random) -> int:
    forged.proof["leaves"] = [
        {**leaf, "seq": seq} for seq, leaf in enumerate(chance.choices(other.proof["leaves"], k=len(forged.rows)), 1)
    ]
    return 1


def checkpoint_changed(forged: Forgery, other: Forgery, chance: random.Random) -> None:
    lines = forged.proof["checkpoint"].split("\n")
    lines[1] = str(int(lines[1]) + chance.randrange(1, 9))
    forged.proof["checkpoint"] = "\n".join(lines)


#: Each with the code that is told of the first wrong event, whatever else is.
ATTACKS: list[tuple[Attack, str]] = [
    (effects_changed, "event_effects"), (words_changed, "event_body"), (words_blanked, "erased_untold"), (role_changed, "event_header"),
    (moment_changed, "event_column"), (rechained(role_changed), "event_other"), (rechained(words_changed), "event_other"),
    (taken_out, "event_missing"), (rechained(taken_out), "event_other"), (put_in, "event_again"), (put_in_and_rechained, "event_other"),
    (swapped, "event_missing"), (rechained(swapped), "event_other"), (spliced_in, "event_foreign"), (rechained(spliced_in), "event_other"),
    (cut_off, "log_cut"), (cut_off_and_the_head_set_back, "log_shorter"), (proofs_swapped, "leaf_proof"),
    (proof_taken_away, "leaf_missing"), (proof_of_another_case, "leaf_proof"), (checkpoint_changed, "note_signature"),
]  # fmt: skip


@pytest.fixture(scope="module")
def state(case_file: Path, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody remembers who checked the true file."""
    path = tmp_path_factory.mktemp("state") / "state.json"
    assert main([str(case_file), "--key", str(keys), "--state", str(path)]) == 0
    return path


def judged(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[tuple[str, int | None]]]:
    """The exit code, and what is wrong: codes, and events."""
    capsys.readouterr()
    code = main([*(str(one) for one in arguments), "--json"])
    faults = [fault for file in json.loads(capsys.readouterr().out)["files"] for fault in file["faults"]]
    return code, [(fault["code"], fault["seq"]) for fault in faults if fault["level"] == "wrong"]


@pytest.mark.parametrize(("attack", "told"), ATTACKS, ids=[attack.__name__ for attack, _ in ATTACKS])
def test_an_attack_is_found_and_the_first_wrong_event_named(
    attack: Attack,
    told: str,
    case_file: Path,
    other_file: Path,
    state: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = state.read_text()
    for seed in range(SEEDS):
        forged = Forgery(case_file)
        first = attack(forged, Forgery(other_file), random.Random(seed))
        code, wrong = judged(capsys, forged.write(tmp_path / "forged.zip"), "--state", state)
        assert code == 1, seed
        named = [seq for _, seq in wrong if seq is not None]
        assert first is None or min(named) == first, (seed, wrong)
        assert (told, first) in wrong, (seed, wrong)
    assert state.read_text() == before


def rewritten_whole(house: House, forged: Forgery, key: signed_notes.SigningKey) -> int:
    """The history, its head, the tree over all events and the checkpoint: all is new, and fits."""
    n = role_changed(forged, forged, random.Random(3))
    forged.rechain()
    said = signed_notes.parse_checkpoint(signed_notes.parse_note(forged.proof["checkpoint"]).text)
    leaves = [bytes([7]) * 32] * said.size
    for leaf, row in zip(forged.proof["leaves"], forged.rows, strict=True):
        leaves[leaf["index"]] = leaf_of(bytes.fromhex(row["hash"]))

    def node(level: int, index: int) -> bytes:
        return merkle.root_of(leaves[index << level : (index + 1) << level])

    for leaf in forged.proof["leaves"]:
        hashes = merkle.prove_inclusion(node, leaf["index"], said.size)
        leaf["hashes"] = [base64.b64encode(one).decode() for one in hashes]
    signed = signed_notes.Checkpoint(said.origin, said.size, merkle.root_of(leaves)).text
    forged.proof["checkpoint"] = signed_notes.sign_note(signed, [key])
    return n


def test_what_was_rewritten_whole_with_another_key_is_found(
    house: House, case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = Forgery(case_file)
    rewritten_whole(house, forged, log_keys.new_key(house.settings, log_keys.public_keys(house.settings)[0].name))
    code, wrong = judged(capsys, forged.write(tmp_path / "forged.zip"), "--key", keys)
    assert (code, wrong[0]) == (1, ("note_key", None))


def test_what_was_rewritten_whole_with_the_stolen_key_shows_against_what_is_remembered(
    house: House, case_file: Path, keys: Path, state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = Forgery(case_file)
    first = rewritten_whole(house, forged, log_keys.read_key(house.settings))
    path = forged.write(tmp_path / "forged.zip")
    assert "note_signature" not in str(judged(capsys, path, "--key", keys))
    code, wrong = judged(capsys, path, "--state", state)
    assert code == 1
    assert ("tree_split", None) in wrong
    assert ("event_other", first) in wrong
    alone = tmp_path / "state.json"
    told = json.loads(state.read_text())
    alone.write_text(json.dumps({**told, "logs": {}}))
    code, wrong = judged(capsys, path, "--state", alone)
    assert (code, wrong[0]) == (1, ("tree_split", None)), "one earlier checkpoint is enough"


def test_a_document_that_was_replaced_or_added_is_found(
    case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def replaced(parts: dict[str, bytes]) -> None:
        parts[next(name for name in parts if name.startswith("documents/"))] = b"another"

    code, wrong = judged(capsys, Forgery(case_file).write(tmp_path / "a.zip", replaced), "--key", keys)
    assert (code, wrong) == (1, [("document_other", None)])
    added = Forgery(case_file).write(tmp_path / "b.zip", lambda parts: parts.update({"documents/9.pdf": b""}))
    assert judged(capsys, added, "--key", keys)[1] == [("document_unknown", None)]


def test_a_part_with_a_name_that_leads_elsewhere_is_found(
    case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("../x", "/etc/passwd", "a/../../b", "C:\\x", "a\\b", "x\u202egnp.exe", "a//b"):
        forged = Forgery(case_file).write(tmp_path / "a.zip", lambda parts, name=name: parts.update({name: b""}))  # type: ignore[misc]  # a default keeps the name
        code, wrong = judged(capsys, forged, "--key", keys)
        assert code == 1
        assert ("part_name", None) in wrong


def test_an_erasure_that_is_told_is_known_and_one_that_did_not_happen_is_found(case_file: Path) -> None:
    forged = Forgery(case_file)
    n = words_blanked(forged, forged, random.Random(1))
    (name,) = [field for field, stored in forged.rows[n - 1]["body"].items() if "hash" in stored]
    told = copy.deepcopy(forged.rows[-1])
    told["header"] |= {"kind": "erased", "at": "2999-01-01T00:00:00.000000Z"}
    told["effects"] = {"erased": {"fields": [[n, name]]}}
    forged.rows.append(told)
    forged.rechain()

    def codes() -> set[str]:
        return {
            fault.code for fault in read_history(iter(forged.rows), forged.index["log"], forged.index["head"]).faults
        }

    assert codes() == set()
    forged.rows[n - 1]["body"] = Forgery(case_file).rows[n - 1]["body"]
    assert codes() == {"erased_not"}


@pytest.mark.parametrize("proven_as", ["nothing", "another event", "another place"])
def test_a_role_that_was_made_up_is_found(
    proven_as: str, case_file: Path, state: Path, tmp_path: Path, run: Run
) -> None:
    """A grant with digests and hash that fit, beside those that were given."""
    forged = Forgery(case_file)
    roles = json.loads(forged.parts["roles.json"])
    true = next(event for event in roles["events"] if event["header"]["kind"] == "granted")
    made_up = copy.deepcopy(true)
    made_up["header"]["seq"] = made_up["seq"] = true["seq"] + 1000
    made_up["effects"]["membership"] = "0197f000-0000-7000-8000-000000000001"
    made_up["header"]["effects"] = digest(made_up["effects"])
    made_up["hash"] = event_hash(made_up["header"])
    roles["events"].append(made_up)
    forged.parts["roles.json"] = json.dumps(roles).encode()
    proven = forged.proof["registers"][true["log"]]
    leaf = next(leaf for leaf in proven if leaf["seq"] == true["seq"])
    if proven_as == "another event":
        proven.append({**leaf, "seq": made_up["seq"]})
    elif proven_as == "another place":
        proven.append({**leaf, "seq": made_up["seq"], "index": leaf["index"] ^ 1})
    code, out = run(forged.write(tmp_path / "forged.zip"), "--state", state)
    assert code == (2 if proven_as == "nothing" else 1)
    assert f"{true['seq'] + 1000} of a register" in out
