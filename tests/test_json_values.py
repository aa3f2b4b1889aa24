"""What has the form of an id is told from words that only look like one."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.json_values import is_id

AN_ID = "00000000-0000-0000-0000-000000000000"


@given(st.uuids())
def test_every_id_is_one(id: UUID) -> None:
    assert is_id(str(id))


@pytest.mark.parametrize(
    "words",
    [
        "",
        "not-an-id",
        "0" * 32,
        "0" * 36,
        f"{AN_ID}\n",
        f"{{{AN_ID}}}",
        AN_ID.replace("0", "g"),
        AN_ID.replace("0", "A"),
        AN_ID.replace("0", "٠"),
    ],
)
def test_words_are_none(words: str) -> None:
    assert not is_id(words)
