"""The forward pass says what the model's own library says, and the same each time.

`directions.json` has what sentence-transformers 6.2.0 with torch 2.13.0 makes of some texts with the same weights: the numbers of the
pieces, and the direction, as half floats.
"""

from __future__ import annotations

import base64
import json
import math
import struct
from typing import Any

import pytest

from casework.matching.dense import MOST_PIECES, WIDTH, Model
from casework.matching.directions import meaning_of
from casework.operations.matching.text_model import the_model
from tests.support.databases import ROOT

REFERENCE: list[dict[str, Any]] = json.loads((ROOT / "tests/matching/directions.json").read_text("utf-8"))["texts"]


def model() -> Model:
    found = the_model()
    assert found is not None, "`make setup` installs the model"
    return found


def closeness(one: list[float], other: list[float]) -> float:
    both, first, second = (
        sum(a * b for a, b in zip(*pair, strict=True)) for pair in ((one, other), (one, one), (other, other))
    )
    return both / math.sqrt(first * second)


@pytest.mark.parametrize("text", REFERENCE, ids=range(len(REFERENCE)))
def test_a_text_is_cut_and_read_as_the_makers_do(text: dict[str, Any]) -> None:
    assert model().pieces.of(text["said"]) == text["pieces"]
    wanted = list(struct.unpack(f"<{WIDTH}e", base64.b64decode(text["direction"])))
    found, _ = model().floats([text["said"]])
    assert closeness(wanted, [float(n) for n in found]) > 0.9999
    # What is kept of it in one byte a number is as good.
    kept = struct.unpack(f"<{WIDTH}b", meaning_of(model(), [text["said"]]).direction)
    assert closeness(wanted, [float(n) for n in kept]) > 0.999


def test_one_text_is_longer_than_what_is_read() -> None:
    assert max(len(text["pieces"]) for text in REFERENCE) > MOST_PIECES


def test_the_same_text_means_the_same_each_time_whatever_was_read_between() -> None:
    texts = [[text["said"]] for text in REFERENCE]
    first = [meaning_of(model(), said) for said in texts]
    assert [meaning_of(model(), said) for said in reversed(texts)] == first[::-1]


def test_sentences_are_kept_as_far_as_they_are_read() -> None:
    said = [text["said"] for text in REFERENCE[:3]]
    assert len(meaning_of(model(), said).sentences) == 3 * WIDTH // 8
    assert len(meaning_of(model(), [REFERENCE[-1]["said"], *said]).sentences) == WIDTH // 8
