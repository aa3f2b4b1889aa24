"""What lies sealed in the database opens with any key that the installation had, for its owner, and with no other one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from casework.records.field_encryption import MARK, Sealing, storable
from casework.settings import Settings

OLD, NEW = "an old key with thirty-two letters and more", "a new key with thirty-two letters and more!"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda some: st.lists(some) | st.dictionaries(st.text(), some),
)


def sealing(key: str, *earlier: str) -> Sealing:
    return Sealing(
        Settings(
            profile="test",
            var=Path("/nowhere"),
            secret_key=SecretStr(key),
            secret_key_fallbacks=SecretStr(",".join(earlier)) if earlier else None,
        )
    )


@given(st.uuids().map(str), VALUES)
def test_what_is_sealed_is_opened_on_its_way(owner: str, value: object) -> None:
    one = sealing(NEW)
    stored = json.dumps({"words": {"salt": "x", "value": one.seal(owner, value)}})
    assert one.loads(stored.encode()) == {"words": {"salt": "x", "value": value}}


@given(VALUES)
def test_what_was_never_sealed_stays_as_it_is(value: object) -> None:
    assert sealing(NEW).loads(json.dumps(value).encode()) == value


@given(st.text())
def test_what_only_looks_sealed_stays_as_it_is(words: str) -> None:
    looks = f"{MARK}{words}"
    assert sealing(NEW).loads(json.dumps([looks]).encode()) == [looks]


def test_an_earlier_key_still_opens() -> None:
    stored = json.dumps(sealing(OLD).seal("log", "said"))
    assert sealing(NEW, OLD).loads(stored) == "said"
    assert sealing(NEW).loads(stored) == json.loads(stored)


def test_what_is_moved_to_another_owner_does_not_open() -> None:
    one = sealing(NEW)
    moved = one.seal("log", "said").replace(":log:", ":other:")
    assert one.loads(json.dumps(moved)) == moved


def test_the_same_words_never_look_the_same() -> None:
    one = sealing(NEW)
    assert one.seal("log", "said") != one.seal("log", "said")


def test_an_erased_value_has_nothing_to_seal() -> None:
    assert sealing(NEW).seal_body("log", {"words": {"hash": "0" * 64}}) == {"words": {"hash": "0" * 64}}


@pytest.mark.parametrize(
    ("texts", "good"),
    [
        ([], True),
        (["Heat", "供热", "😀", "sealed", "a\nb"], True),
        (["fine", "a\0b"], False),
        (["fine", "\ud83d", "\ude00"], False),
        (["sealed:", "1:"], True),
        (["x", f"well, {MARK}log:abc"], False),
    ],
)
def test_what_may_be_stored(texts: list[str], good: bool) -> None:
    assert storable(texts) is good
