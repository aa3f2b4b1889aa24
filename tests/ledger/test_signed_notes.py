"""Keys, notes and checkpoints: the known ones of other tools, and every change of them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.ledger.merkle import EMPTY_ROOT
from casework.ledger.signed_notes import (
    BadNote,
    Checkpoint,
    key_from_seed,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    parse_note,
    parse_public_key,
    parse_signing_key,
    sign_note,
)

#: The keys and the note that Go's golang.org/x/mod/sumdb/note documents.
PETER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_KNOWN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = (
    SAID
    + "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

ORIGIN = "casework.example.org/log"
OURS, NEXT, OTHER = (key_from_seed(name, bytes([n]) * 32) for n, name in enumerate((ORIGIN, ORIGIN, "witness.example")))
POINT = Checkpoint(ORIGIN, 7, EMPTY_ROOT)
NOTE = sign_note(POINT.text, [OURS])


def test_the_key_of_another_tool_is_read_as_it_is() -> None:
    key = parse_signing_key(PETER)
    assert key.line == PETER
    assert key.public == parse_public_key(PETER_KNOWN)
    assert key.public.line == PETER_KNOWN


def test_a_note_is_signed_as_another_tool_signed_it() -> None:
    assert sign_note(SAID, [parse_signing_key(PETER)]) == SIGNED


def test_the_note_of_another_tool_opens() -> None:
    note, signed = open_note(SIGNED, [parse_public_key(PETER_KNOWN)])
    assert note.text == SAID
    assert [key.line for key in signed] == [PETER_KNOWN]


def test_a_checkpoint_is_written_as_tlog_checkpoint_says() -> None:
    assert POINT.text == f"{ORIGIN}\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    assert parse_checkpoint(POINT.text) == POINT


def test_a_checkpoint_opens_with_the_key_of_its_log() -> None:
    assert open_checkpoint(NOTE, [OTHER.public, OURS.public], ORIGIN) == POINT


def test_a_checkpoint_may_bear_more_lines_and_signatures() -> None:
    more = Checkpoint(ORIGIN, 7, EMPTY_ROOT, ("of the third",))
    note = sign_note(more.text, [OTHER, OURS, NEXT])
    assert open_checkpoint(note, [NEXT.public]) == more
    assert [key.id for key in open_note(note, [OURS.public, NEXT.public])[1]] == [OURS.public.id, NEXT.public.id]


def test_a_key_does_not_show_itself() -> None:
    assert repr(OURS) == f"SigningKey({ORIGIN})"


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 127))
def test_no_character_of_a_checkpoint_can_be_another_one(at: int, character: int) -> None:
    spoilt = NOTE[:at] + chr(character) + NOTE[at + 1 :]
    if spoilt == NOTE:
        return
    with pytest.raises(BadNote):
        open_checkpoint(spoilt, [OURS.public], ORIGIN)


@given(st.text())
def test_whatever_is_no_note_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadNote):
        open_checkpoint(text, [OURS.public])


@pytest.mark.parametrize(
    "note",
    [
        POINT.text,
        POINT.text + "\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("\u2014", "-"),
        NOTE.replace("\u2014 ", "\u2014  "),
        NOTE + "\u2014 name\n",
        NOTE + "\u2014 name AAAA\n",
        NOTE + "\u2014 na+me AAAAAAAA\n",
        NOTE.replace("7\n", "7\x00\n"),
        NOTE + "\u2014 a AAAAAAAA\n" * 100,
        "x" * 70_000 + "\n\n\u2014 a AAAAAAAA\n",
        NOTE.replace("7\n", "\ud800\n"),
    ],
)
def test_a_note_of_another_form_is_refused(note: str) -> None:
    with pytest.raises(BadNote):
        parse_note(note)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{ORIGIN}\n7\n",
        f"{ORIGIN}\n07\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        f"{ORIGIN}\n-7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        f"{ORIGIN}\n٧\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        f"{ORIGIN}\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        f"{ORIGIN}\n7\n47DEQpj8HBSa\n",
        f"{ORIGIN}\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n",
        "\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        parse_checkpoint(text)


def test_what_only_others_signed_is_no_checkpoint() -> None:
    with pytest.raises(BadNote, match="No key that is known"):
        open_checkpoint(NOTE, [NEXT.public])
    with pytest.raises(BadNote, match="itself"):
        open_checkpoint(sign_note(POINT.text, [OTHER]), [OTHER.public])


def test_a_key_that_is_known_must_have_signed_truly_and_once() -> None:
    line = NOTE.splitlines()[-1]
    forged = base64.b64encode(OURS.public.id + bytes(64)).decode()
    with pytest.raises(BadNote, match="does not hold"):
        open_note(sign_note(POINT.text, [OTHER]) + f"\u2014 {ORIGIN} {forged}\n", [OTHER.public, OURS.public])
    with pytest.raises(BadNote, match="twice"):
        open_note(f"{NOTE}{line}\n", [OURS.public])


def test_a_checkpoint_of_another_log_is_told() -> None:
    with pytest.raises(BadNote, match="not of elsewhere"):
        open_checkpoint(NOTE, [OURS.public], "elsewhere")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a+b",
        "a+00000000+AAAA",
        PETER,
        PETER_KNOWN.replace("c74f20a3", "c74f20a4"),
        PETER_KNOWN.replace("Peter", "P ter"),
        PETER_KNOWN.replace("+ARpc", "+BBpc"),
        PETER_KNOWN + "=",
        PETER_KNOWN.upper(),
        PETER_KNOWN.replace("PeterNeumann", ""),
    ],
)
def test_what_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(BadNote):
        parse_public_key(line)


@pytest.mark.parametrize("line", ["", PETER_KNOWN, PETER.replace("c74f20a3", "c74f20a4"), PETER[:-4]])
def test_what_is_no_signing_key_is_refused(line: str) -> None:
    with pytest.raises(BadNote):
        parse_signing_key(line)


def test_a_key_needs_a_name_and_its_bytes() -> None:
    for name, seed in (("", bytes(32)), ("a b", bytes(32)), ("a+b", bytes(32)), ("a", bytes(31))):
        with pytest.raises(BadNote):
            key_from_seed(name, seed)


def test_a_note_that_is_no_text_is_not_signed() -> None:
    for said in ("no end", "tab\t\n"):
        with pytest.raises(BadNote):
            sign_note(said, [OURS])
