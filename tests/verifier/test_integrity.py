"""Two programs that share no code agree: what the application's ledger makes the verifier's own core judges, and neither takes more."""

from __future__ import annotations

import base64
import hashlib
import random
import secrets
from collections.abc import Sequence
from typing import Any

import pytest
import rfc8785

from casework.ledger import canonical_json, hash_chain, leaves, merkle, redactable_bodies, signed_notes
from casework_verify.integrity import canonical, chain, notes, tree


def deep(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


VALUES: list[Any] = [
    None, True, 0, -1, 2**53 - 1, "", "\u00e9", "\U0001f600", "\u2028\"\\\x01", [], {}, [1, [2, {}]],
    {"b": 1, "a": [None, False]}, {"\ue000": 1, "\U00010000": 2, "z": 3}, {"技术": "需求", "a": "\x7f"}, deep(32),
]  # fmt: skip
REFUSED: list[Any] = [
    0.5, float("nan"), 2**53, -(2**53), "\0", "e\u0301", "\ud800", {1: 2}, {"e\u0301": 1}, [{"a": [1.0]}],
    b"", {"a": {1}}, deep(33),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_has_one_form(value: Any) -> None:
    assert canonical.canonical(value) == canonical_json.canonical(value)
    assert canonical.digest(value) == canonical_json.digest(value)


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: repr(value)[:40])
def test_both_refuse_the_same(value: Any) -> None:
    with pytest.raises(canonical_json.NotCanonical):
        canonical_json.canonical(value)
    with pytest.raises(canonical.NotCanonical):
        canonical.canonical(value)


#: Of which texts are made by chance: what is escaped, what has another order as UTF-16, marks that join what is before them.
LETTERS = [
    *'a"\\/nu0', "\x00", "\x01", "\x1f", "\x7f", "\n", "\u2028", "\u00e9", "\u0301", "\u0338", "\u1100", "\u1161", "技", "\ud7ff", "\ud800",
    "\udc00", "\ue000", "\ufb01", "\uffff", "\U00010000", "\U0010ffff", "\\u0000",
]  # fmt: skip


def by_chance(chance: random.Random, depth: int) -> Any:
    def text() -> str:
        return "".join(chance.choices(LETTERS, k=chance.randrange(4)))

    kind = chance.randrange(8 if depth else 5)
    if kind < 5:
        return (text(), text(), chance.choice([None, True, False]), chance.choice([0, -1, 2**53 - 1, 2**53]), 7)[kind]
    some = [by_chance(chance, depth - 1) for _ in range(chance.randrange(4))]
    return some if kind == 5 else {text(): one for one in some}


def test_values_by_chance_have_the_one_form_or_none() -> None:
    chance, written = random.Random(11), 0
    for _ in range(20_000):
        value = by_chance(chance, 3)
        if _accepts(canonical_json.canonical, canonical_json.NotCanonical, value):
            assert canonical.canonical(value) == rfc8785.dumps(value) == canonical_json.canonical(value)
            written += 1
        else:
            assert not _accepts(canonical.canonical, canonical.NotCanonical, value), repr(value)
    assert 5_000 < written < 19_000


def test_events_and_bodies_have_the_same_hashes() -> None:
    body = redactable_bodies.seal({"name": "李", "sum": "1.50", "none": None}, lambda: secrets.token_hex(16))
    said: dict[str, canonical_json.Json] = {"log": "a", "seq": 1, "at": "2026-12-01T00:00:00.000001Z", "kind": "opened"}
    event = hash_chain.seal_event(said, {"tasks": []}, body, hash_chain.genesis("a"))
    assert event.header["prev"] == chain.genesis("a")
    assert frozenset(event.header) == chain.HEADER_FIELDS
    assert chain.event_hash(event.header) == event.hash
    assert event.header["effects"] == canonical.digest(event.effects)
    for one in (body, redactable_bodies.erase(body, ["name"]), {}):
        assert chain.commitment(one) == redactable_bodies.commitment(one)
    assert chain.commitment(redactable_bodies.erase(body, ["name"])) == event.header["body"]
    assert chain.LEAF_PREFIX == leaves.PREFIX


@pytest.mark.parametrize(
    "body", [[], None, {"a": 1}, {"a": {"salt": "00", "value": 1}}, {"a": {"hash": "0"}}, {"a": {"salt": "0" * 32}}]
)
def test_a_malformed_body_has_no_commitment(body: Any) -> None:
    with pytest.raises(canonical.NotCanonical):
        chain.commitment(body)


LEAVES = [hashlib.sha256(b"%d" % n).digest() for n in range(300)]


def nodes(level: int, index: int) -> bytes:
    return merkle.root_of(LEAVES[index << level : (index + 1) << level])


def tile(level: int, n: int) -> bytes:
    if level == 0:
        return b"".join(LEAVES[n * 256 : (n + 1) * 256])
    return merkle.root_of(LEAVES[:256]) if n == 0 else b""


def broken(proof: Sequence[bytes]) -> list[list[bytes]]:
    kept = list(proof)
    made = [[*kept, LEAVES[0]], [LEAVES[0], *kept], [*kept, b""]]
    if kept:
        made += [kept[1:], kept[:-1], [LEAVES[7], *kept[1:]], [*kept[:-1], LEAVES[7]], [kept[0][:31], *kept[1:]]]
    return [one for one in made if one != kept]


def test_every_inclusion_proof_is_judged_the_same() -> None:
    judged = 0
    for size in range(1, 71):
        root = tree.root_of(LEAVES[:size])
        assert root == merkle.root_of(LEAVES[:size])
        for index in range(size):
            proof = merkle.prove_inclusion(nodes, index, size)
            tree.check_inclusion(LEAVES[index], index, size, proof, root)
            for other in broken(proof):
                with pytest.raises(tree.BadProof):
                    tree.check_inclusion(LEAVES[index], index, size, other, root)
            for at, of in ((index + 1, size), (index, size + 1), (-1, size), (index ^ 1, size), (index, index)):
                accepted = _accepts(merkle.check_inclusion, merkle.BadProof, LEAVES[index], at, of, proof, root)
                assert _accepts(tree.check_inclusion, tree.BadProof, LEAVES[index], at, of, proof, root) == accepted
                judged += 1
    assert judged > 10_000


def test_every_consistency_proof_is_judged_the_same() -> None:
    for new in range(1, 41):
        for old in range(1, new + 1):
            roots = [merkle.root_of(LEAVES[:size]) for size in (old, new)]
            proof = merkle.prove_consistency(nodes, old, new)
            tree.check_consistency(old, new, proof, *roots)
            for other in broken(proof):
                arguments = (old, new, other, *roots)
                accepted = _accepts(merkle.check_consistency, merkle.BadProof, *arguments)
                assert _accepts(tree.check_consistency, tree.BadProof, *arguments) == accepted
                assert not accepted
            for pair in ((roots[1], roots[0]), (LEAVES[0], roots[1]), (roots[0], LEAVES[0])):
                if list(pair) != roots:
                    assert not _accepts(tree.check_consistency, tree.BadProof, old, new, proof, *pair)


@pytest.mark.parametrize("check", [merkle.check_consistency, tree.check_consistency])
def test_a_tree_goes_on_from_itself_whatever_its_root_looks_like(check: Any) -> None:
    check(1, 1, [], b"any root", b"any root")
    for proof, root in (([b"x"], b"any root"), ([], b"another")):
        with pytest.raises((merkle.BadProof, tree.BadProof)):
            check(1, 1, proof, b"any root", root)


def _accepts(check: Any, refusal: type[Exception], *arguments: Any) -> bool:
    try:
        check(*arguments)
    except refusal:
        return False
    return True


def test_proofs_of_consistency_are_worked_out_of_tiles() -> None:
    for old, new in [(1, 300), (255, 256), (256, 257), (256, 300), (257, 300), (299, 300), (7, 290), (300, 300)]:
        assert tree.consistency_from(tile, old, new) == merkle.prove_consistency(nodes, old, new)
    assert tree.root_between(tile, 0, 300) == merkle.root_of(LEAVES)
    with pytest.raises(tree.BadProof):
        tree.root_between(tile, 0, 301)


def key(name: str = "log.example") -> tuple[signed_notes.SigningKey, notes.Key]:
    made = signed_notes.key_from_seed(name, secrets.token_bytes(32))
    return made, notes.parse_key(made.public.line)


TEXT = signed_notes.Checkpoint("log.example", 7, LEAVES[0]).text


def test_a_checkpoint_is_opened_with_its_key() -> None:
    signing, known = key()
    other, unknown = key()
    assert known.line == signing.public.line
    note = signed_notes.sign_note(TEXT, [signing, other])
    said, signed = notes.open_checkpoint(note, [known])
    assert (said.origin, said.size, said.root, signed) == ("log.example", 7, LEAVES[0], (known,))
    assert notes.open_checkpoint(note, [known, unknown])[1] == (known, unknown)


def test_a_signature_that_is_not_its_keys_is_refused() -> None:
    signing, known = key()
    note = signed_notes.sign_note(TEXT, [signing])
    with pytest.raises(notes.BadSignature):
        notes.open_checkpoint(note.replace("\n7\n", "\n8\n"), [known])
    with pytest.raises(notes.BadSignature):
        notes.open_checkpoint(note + note.splitlines()[-1] + "\n", [known])
    with pytest.raises(notes.UnknownKey):
        notes.open_checkpoint(note, [key()[1]])
    with pytest.raises(notes.UnknownKey):
        notes.open_checkpoint(note, [])
    witness, known_witness = key("witness.example")
    with pytest.raises(notes.UnknownKey):
        notes.open_checkpoint(signed_notes.sign_note(TEXT, [witness]), [known_witness])


def test_whatever_a_note_has_become_both_judge_it_the_same() -> None:
    signing, known = key()
    whole = signed_notes.sign_note(TEXT, [signing])
    chance = random.Random(7)
    for _ in range(600):
        note = list(whole)
        for _ in range(chance.randint(1, 2)):
            at = chance.randrange(len(note))
            note[at : at + chance.randint(0, 2)] = chance.choice(
                ["", "\n", " ", "0", "\u2014", "=", "A", "\x00", "\u2028", "\ud800"]
            )
        arguments = "".join(note)
        told = _accepts(signed_notes.open_checkpoint, signed_notes.BadNote, arguments, [signing.public])
        assert _accepts(notes.open_checkpoint, notes.BadNote, arguments, [known]) == told, repr(arguments)


@pytest.mark.parametrize(
    "line", ["", "a+b+c", "a+00000000+" + base64.b64encode(b"\x01" + bytes(32)).decode(), "a b+00000000+AQ=="]
)
def test_a_key_of_another_form_is_refused(line: str) -> None:
    with pytest.raises(notes.BadNote):
        notes.parse_key(line)
