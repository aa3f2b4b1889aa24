"""What is remembered: which signatures were checked, and what shows that a tree goes on from one that is known, or does not."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from casework.ledger import merkle, signed_notes
from casework_verify.command import main
from casework_verify.faults import Fault
from casework_verify.integrity.notes import parse_key
from casework_verify.memory import Memory, read_memory, write_memory
from casework_verify.tiles import Tiles, width_at
from casework_verify.words import NOTE, level_of, sentence
from tests.verifier.conftest import House, told
from tests.verifier.forging import Forgery

KEY = signed_notes.key_from_seed("log.example", bytes(range(32)))
NEW = 300
LEAVES = [hashlib.sha256(b"%d" % n).digest() for n in range(NEW)]
OTHERS = [*LEAVES[:3], bytes(32), *LEAVES[4:]]


def note_of(leaves: Sequence[bytes], size: int) -> str:
    text = signed_notes.Checkpoint("log.example", size, merkle.root_of(leaves[:size])).text
    return signed_notes.sign_note(text, [KEY])


def tiles_of(*levels: Sequence[bytes]) -> Tiles:
    """The tiles of a tree, of each level from leaves that may be others."""
    parts = {}
    for level, leaves in enumerate(levels):
        whole = [merkle.root_of(leaves[n << 8 * level : (n + 1) << 8 * level]) for n in range(NEW >> 8 * level)]
        for n in range((len(whole) + 255) // 256):
            width = width_at(level, n, NEW)
            name = f"tile/{level}/{n:03}" + ("" if width == 256 else f".p/{width}")
            parts[name] = b"".join(whole[n * 256 : n * 256 + width])
    return Tiles(parts, parts.get)


def proof_of(leaves: Sequence[bytes], old: int, new: int = NEW) -> object:
    proof = merkle.prove_consistency(
        lambda level, index: merkle.root_of(leaves[index << level : (index + 1) << level]), old, new
    )
    return [{"size": old, "hashes": [base64.b64encode(one).decode() for one in proof]}]


def remembers(old: int) -> Memory:
    """What somebody knows who saw the true tree of so many leaves."""
    memory = Memory([parse_key(KEY.public.line)])
    assert memory.open(note_of(LEAVES, old), Tiles())[1] == []
    return memory


def found(old: int, note: str, tiles: Tiles, offered: object = None) -> list[str]:
    return [fault.code for fault in remembers(old).open(note, tiles, offered)[1]]


SIZES = (1, 7, 128, 255, 256, 299)


@pytest.mark.parametrize("old", SIZES)
def test_an_offered_proof_that_holds_is_enough(old: int) -> None:
    assert found(old, note_of(LEAVES, NEW), Tiles(), proof_of(LEAVES, old)) == []


@pytest.mark.parametrize("old", SIZES)
def test_an_offered_proof_that_does_not_hold_is_no_evidence(old: int) -> None:
    offered = [{"size": old, "hashes": [base64.b64encode(bytes(32)).decode()]}]
    assert found(old, note_of(LEAVES, NEW), tiles_of(LEAVES, LEAVES), offered) == []
    assert found(old, note_of(LEAVES, NEW), Tiles(), offered) == ["proof_earlier", "state_unlinked"]


@pytest.mark.parametrize("old", [one for one in SIZES if one > 3])
def test_tiles_of_the_signed_tree_show_that_it_was_rewritten(old: int) -> None:
    assert found(old, note_of(OTHERS, NEW), tiles_of(OTHERS, OTHERS), proof_of(OTHERS, old)) == ["tree_rewritten"]
    assert found(old, note_of(OTHERS, NEW), Tiles()) == ["state_unlinked"]


@pytest.mark.parametrize("old", SIZES)
@pytest.mark.parametrize(
    "tiles", [tiles_of(OTHERS, OTHERS), tiles_of(OTHERS, LEAVES), tiles_of(LEAVES, OTHERS)], ids=["all", "low", "high"]
)
def test_false_tiles_make_no_honest_log_wrong(old: int, tiles: Tiles) -> None:
    codes = found(old, note_of(LEAVES, NEW), tiles)
    # Tiles of which some are true may be enough.
    assert codes in (["tiles_unfit"], [])


def test_two_roots_that_were_signed_of_one_size_are_wrong() -> None:
    assert found(7, note_of(OTHERS, 7), Tiles()) == ["tree_split"]


# --- signatures that were not checked ------------------------------------------------------------------------------------------


def test_a_signature_by_an_unknown_key_is_said_to_be_unchecked_and_is_not_kept(tmp_path: Path) -> None:
    memory = Memory([parse_key(KEY.public.line)])
    junk = base64.b64encode(b"junkjunkjunk").decode()
    said, faults = memory.open(
        note_of(LEAVES, 7) + f"\u2014 log.example {junk}\n\u2014 other.example {junk}\n", Tiles()
    )
    assert said is not None
    (fault,) = faults
    assert fault == Fault("key_unknown", {"found": "log.example+6a756e6b"})
    assert "it was not checked" in sentence(fault)
    assert "未经检查" in sentence(fault, "zh")
    write_memory(memory, tmp_path / "state.json")
    (kept,) = json.loads((tmp_path / "state.json").read_text())["checkpoints"]
    assert kept == note_of(LEAVES, 7)
    assert read_memory(tmp_path / "state.json").seen == memory.seen


def test_signatures_of_all_known_keys_are_kept() -> None:
    other = signed_notes.key_from_seed("log.example", bytes(32))
    memory = Memory([parse_key(KEY.public.line), parse_key(other.public.line)])
    text = signed_notes.Checkpoint("log.example", 7, merkle.root_of(LEAVES[:7])).text
    note = signed_notes.sign_note(text, [KEY, other])
    (followed,) = memory.open(note, Tiles())[1]
    assert followed == Fault("key_followed", {"before": KEY.public.id.hex(), "after": other.public.id.hex()})
    assert level_of(followed) == NOTE
    assert memory.seen[7][1] == note


OLD, NEXT, LAST = (signed_notes.key_from_seed("log.example", bytes([n]) * 32) for n in (1, 2, 3))


def signed_by(size: int, *keys: signed_notes.SigningKey) -> str:
    text = signed_notes.Checkpoint("log.example", size, merkle.root_of(LEAVES[:size])).text
    return signed_notes.sign_note(text, list(keys))


def show(memory: Memory, size: int, *keys: signed_notes.SigningKey) -> list[str]:
    """What is wrong with the true tree of a size that these keys have signed."""
    low, high = sorted((max(memory.seen, default=size), size))
    faults = memory.open(signed_by(size, *keys), Tiles(), proof_of(LEAVES, low, high) if low < high else None)[1]
    return [fault.code for fault in faults if level_of(fault) != NOTE]


def knowing(*keys: signed_notes.SigningKey) -> Memory:
    return Memory([parse_key(key.public.line) for key in keys])


@pytest.mark.parametrize(
    ("size", "keys", "wrong"),
    [
        # What was signed before stays right, and so does what both signed.
        (100, [OLD], False),
        (128, [OLD], False),
        (150, [NEXT], False),
        (150, [OLD, NEXT], False),
        (150, [OLD], True),
        (200, [NEXT], False),
        (200, [OLD], True),
        (299, [OLD], True),
        (299, [NEXT], True),
        (299, [OLD, NEXT], True),
        (299, [OLD, LAST], False),
        (299, [LAST], False),
    ],
)
def test_a_key_that_another_followed_signs_alone_no_more(
    size: int, keys: list[signed_notes.SigningKey], wrong: bool
) -> None:
    memory = knowing(OLD, NEXT, LAST)
    assert [show(memory, 100, OLD), show(memory, 128, OLD, NEXT), show(memory, 200, NEXT, LAST)] == [[], [], []]
    before = dict(memory.seen)
    assert show(memory, size, *keys) == (["key_replaced"] if wrong else [])
    # What is wrong is not remembered as what was seen.
    assert not wrong or memory.seen == before


def test_the_key_that_was_followed_and_the_one_that_follows_are_named() -> None:
    memory = knowing(OLD, NEXT)
    show(memory, 128, OLD, NEXT)
    faults = memory.open(signed_by(NEW, OLD), Tiles(), proof_of(LEAVES, 128))[1]
    assert faults == [
        Fault(
            "key_replaced",
            {"before": OLD.public.id.hex(), "after": NEXT.public.id.hex(), "found": NEW, "known": 128},
        )
    ]
    for language in ("en", "zh"):
        assert OLD.public.id.hex() in sentence(faults[0], language)


@pytest.mark.parametrize("lines", [(OLD, NEXT), (NEXT, OLD)], ids=["as made", "swapped"])
@pytest.mark.parametrize("handed", [(OLD, NEXT), (NEXT, OLD)], ids=["in order", "newest first"])
def test_the_order_of_signatures_accuses_nobody(
    lines: tuple[signed_notes.SigningKey, ...], handed: tuple[signed_notes.SigningKey, ...]
) -> None:
    memory = knowing(*handed)
    # Nobody signs in which order they stand; that one has signed a smaller tree alone, it has itself signed.
    assert [show(memory, 100, OLD), show(memory, 128, *lines), show(memory, 299, NEXT)] == [[], [], []]
    assert show(memory, NEW, OLD) == ["key_replaced"]


def test_what_the_second_key_signs_of_a_size_that_is_known_is_kept_beside_it(tmp_path: Path) -> None:
    memory = knowing(OLD, NEXT)
    assert [show(memory, 128, OLD), show(memory, 128, OLD, NEXT)] == [[], []]
    write_memory(memory, tmp_path / "state.json")
    kept = read_memory(tmp_path / "state.json")
    assert kept.seen[128][1] == signed_by(128, OLD, NEXT)
    assert show(kept, NEW, OLD) == ["key_replaced"]


def test_where_a_key_took_over_stays_in_the_state_behind_newer_checkpoints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework_verify.memory._MOST_CHECKPOINTS", 2)
    memory = knowing(OLD, NEXT)
    for size, keys in [(7, [OLD]), (8, [OLD, NEXT]), (128, [NEXT]), (255, [NEXT]), (256, [NEXT])]:
        assert show(memory, size, *keys) == []
    write_memory(memory, tmp_path / "state.json")
    assert sorted(read_memory(tmp_path / "state.json").seen) == [8, 255, 256]


def test_signatures_that_do_not_hold_say_of_no_key_that_it_was_followed() -> None:
    forged = signed_by(128, OLD) + signed_by(100, NEXT).splitlines(keepends=True)[-1]
    memory = Memory()
    # Whoever knows no key remembers the note as it stands.
    memory.open(forged, Tiles())
    memory.keys = knowing(OLD, NEXT).keys
    assert show(memory, NEW, OLD) == []


def test_a_key_that_is_unknown_is_named_and_where_both_signed_is_told() -> None:
    other = signed_notes.key_from_seed("log.example", bytes(32))
    memory = Memory([parse_key(KEY.public.line)])
    text = signed_notes.Checkpoint("log.example", 7, merkle.root_of(LEAVES[:7])).text
    said, (fault,) = memory.open(signed_notes.sign_note(text, [other]), Tiles())
    assert (said, fault.code) == (None, "note_key")
    for language in ("en", "zh"):
        told = sentence(fault, language)
        assert f"log.example+{other.public.id.hex()}" in told
        assert "/log/handover" in told


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "The file has 1 signature of a witness on"), (2, "The file has 2 signatures of witnesses on")],
)
def test_one_thing_is_not_called_several(count: int, expected: str) -> None:
    told = sentence(Fault("seen_unknown", {"count": count, "found": 1, "size": 7}))
    assert told.startswith(expected)
    assert "a tree of 1 leaf that" in told
    assert ("key is" in told) == (count == 1)
    versions = sentence(Fault("document_without", {"count": count}))
    assert versions.startswith(f"Of {count} {'version' if count == 1 else 'versions'} of documents")


# --- in a file -----------------------------------------------------------------------------------------------------------------


def test_a_file_proves_that_its_tree_goes_on_from_what_is_remembered(
    house: House, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state.json"

    def code_of(path: Path) -> tuple[int, list[str]]:
        capsys.readouterr()
        code = main([str(path), "--key", str(keys), "--state", str(state), "--json"])
        return code, told(capsys.readouterr().out)

    assert code_of(house.take_out("before.zip")) == (0, [])
    kept = state.read_text()
    size = max(int(one.split("\n")[1]) for one in json.loads(kept)["checkpoints"])
    house.go_on()
    house.sign()
    forged = Forgery(house.take_out("after.zip", since=size))
    assert [one["size"] for one in forged.proof["earlier"]] == [size]
    hashes = forged.proof["earlier"][0]["hashes"]
    assert re.fullmatch(r"\S{44}", hashes[0])
    forged.proof["earlier"][0]["hashes"] = [*hashes[1:], base64.b64encode(bytes(32)).decode()]
    assert code_of(forged.write(tmp_path / "bad.zip")) == (2, ["proof_earlier", "state_unlinked"])
    assert state.read_text() == kept
    assert code_of(house.folder / "after.zip") == (0, [])


def test_lines_that_somebody_wrote_stand_in_one_line() -> None:
    told = sentence(Fault("attestation_words", {"value": "One.\r\nTwo.\nThree.\x1b[0m"}))
    assert told == "The auditor says: One. Two. Three.\ufffd[0m"
