"""What a witness signs of a checkpoint: as tlog-cosignature says, and nothing that is a little different."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from casework.ledger.cosignatures import WitnessKey, open_cosigned, parse_witness_key, signed_text, with_cosignatures
from casework.ledger.merkle import EMPTY_ROOT
from casework.ledger.signed_notes import BadNote, Checkpoint, key_from_seed, parse_public_key, sign_note
from casework_verify.integrity.notes import BadNote as TheirBadNote
from casework_verify.witnesses import cosigned, new_secret, parse_secret, parse_witness

LOG = key_from_seed("casework.example.org/log", bytes(32))
POINT = Checkpoint(LOG.name, 7, EMPTY_ROOT)
NOTE = sign_note(POINT.text, [LOG])
SEED = bytes(range(32))
WITNESS = new_secret("witness.example.com/w1", SEED)
KEY = parse_witness_key(WITNESS.witness.line)
AT = 1_679_315_147
SIGNED = with_cosignatures(NOTE, [WITNESS.cosign(NOTE, AT)])


def line_by_the_letter(at: int, text: str = POINT.text, name: str = KEY.name) -> str:
    """The line that the specification asks for, put together here from nothing but its words."""
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    public = key.public_key().public_bytes_raw()
    id = hashlib.sha256(name.encode() + b"\n\x04" + public).digest()[:4]
    signature = key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
    return f"\u2014 {name} {base64.b64encode(id + at.to_bytes(8, 'big') + signature).decode()}\n"


def test_what_is_signed_is_two_lines_and_the_text() -> None:
    assert signed_text(POINT.text, AT) == (
        b"cosignature/v1\ntime 1679315147\ncasework.example.org/log\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    )


def test_a_cosignature_is_the_line_that_the_specification_asks_for() -> None:
    assert WITNESS.cosign(NOTE, AT) == line_by_the_letter(AT)


def test_it_opens_here_and_at_the_verifier() -> None:
    checkpoint, cosignature = open_cosigned(SIGNED, KEY)
    assert (checkpoint, cosignature.at, cosignature.line) == (POINT, AT, line_by_the_letter(AT))
    assert [(one.witness.line, one.at, one.line) for one in cosigned(SIGNED, [WITNESS.witness])] == [
        (KEY.line, AT, cosignature.line)
    ]


def test_the_newest_of_several_counts() -> None:
    more = with_cosignatures(NOTE, [WITNESS.cosign(NOTE, AT + 5), WITNESS.cosign(NOTE, AT)])
    assert open_cosigned(more, KEY)[1].at == AT + 5


def test_a_key_is_written_and_read_the_same_way_by_both() -> None:
    assert parse_witness(KEY.line).line == KEY.line
    assert parse_secret(WITNESS.line) == WITNESS
    assert repr(WITNESS) == "Secret(witness.example.com/w1)"


def test_a_key_of_a_log_is_none_of_a_witness_and_the_other_way_round() -> None:
    with pytest.raises(BadNote):
        parse_witness_key(LOG.public.line)
    with pytest.raises(BadNote):
        parse_public_key(KEY.line)
    with pytest.raises(TheirBadNote):
        parse_witness(LOG.public.line)


@pytest.mark.parametrize(
    "line", ["", "a", "a+b", "a+00000000+AA==", KEY.line.replace("+", "+0", 1), KEY.line[:-4] + "AAA="]
)
def test_what_is_no_key_is_refused_by_both(line: str) -> None:
    with pytest.raises(BadNote):
        parse_witness_key(line)
    with pytest.raises(TheirBadNote):
        parse_witness(line)


def test_a_signature_as_a_log_makes_it_is_no_cosignature() -> None:
    same = key_from_seed(KEY.name, SEED)
    with pytest.raises(BadNote):
        open_cosigned(sign_note(POINT.text, [LOG, same]), KEY)


def test_one_that_nobody_signed_is_not_told_as_signed() -> None:
    with pytest.raises(BadNote):
        open_cosigned(NOTE, KEY)
    assert list(cosigned(NOTE, [WITNESS.witness])) == []


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 127))
def test_no_character_of_it_can_be_another_one(at: int, character: int) -> None:
    spoilt = SIGNED[:at] + chr(character) + SIGNED[at + 1 :]
    if spoilt == SIGNED:
        return
    # What the log signed of it is looked at elsewhere.
    end = len(POINT.text) + 1
    if end <= at < len(NOTE):
        return
    with pytest.raises(BadNote):
        open_cosigned(spoilt, KEY)
    try:
        assert list(cosigned(spoilt, [WITNESS.witness])) == []
    except TheirBadNote:
        return


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**63 - 1), st.integers(0, 2**40))
def test_both_agree_on_any_cosignature(seed: bytes, at: int, size: int) -> None:
    witness = new_secret("w", seed)
    note = sign_note(Checkpoint(LOG.name, size, hashlib.sha256(seed).digest()).text, [LOG])
    signed = note + witness.cosign(note, at)
    assert open_cosigned(signed, WitnessKey("w", witness.witness.raw))[1].at == at
    assert [one.at for one in cosigned(signed, [witness.witness])] == [at]


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_the_time_cannot_be_another_one(signed_at: int, told_at: int) -> None:
    raw = bytearray(base64.b64decode(line_by_the_letter(signed_at).split(" ")[2]))
    raw[4:12] = told_at.to_bytes(8, "big")
    told = f"\u2014 {KEY.name} {base64.b64encode(raw).decode()}\n"
    if signed_at == told_at:
        assert open_cosigned(NOTE + told, KEY)[1].at == told_at
    else:
        with pytest.raises(BadNote):
            open_cosigned(NOTE + told, KEY)


def test_a_time_that_is_too_late_is_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    raw = KEY.id + (2**63).to_bytes(8, "big") + key.sign(signed_text(POINT.text, 2**63))
    with pytest.raises(BadNote):
        open_cosigned(f"{NOTE}\u2014 {KEY.name} {base64.b64encode(raw).decode()}\n", KEY)
