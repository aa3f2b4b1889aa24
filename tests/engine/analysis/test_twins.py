"""Twins: the same told twice is found, whatever the order and who is asked first; what only shares sentences, or models, is not."""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.analysis import twins
from casework.engine.analysis.twins import (
    ALIKE,
    BANDS,
    NUMBERS,
    Told,
    _in_order,
    alike,
    bands_of,
    compare,
    find_twins,
    groups_of,
    runs_by,
    signature,
    told_by,
)

TEXTS = st.text(alphabet="abcd 12热泵余热回收,.\n", max_size=120)
RECORDS = st.tuples(TEXTS, TEXTS)


def told(text: tuple[str, str]) -> Told:
    return told_by(*text)


@given(RECORDS, RECORDS)
def test_who_is_asked_first_does_not_matter(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert compare(told(one), told(other)) == compare(told(other), told(one))


@given(RECORDS)
def test_the_same_text_is_always_found(text: tuple[str, str]) -> None:
    found = list(find_twins({"one": told(text), "other": told(text)}))
    if told(text).runs:
        assert [(one, other, twins.likeness) for one, other, twins in found] == [("one", "other", 1.0)]
    else:
        assert found == []


@given(st.lists(RECORDS, max_size=8), st.randoms())
def test_the_order_in_which_records_come_does_not_matter(texts: list[tuple[str, str]], chance: random.Random) -> None:
    records = [(str(place), told(text)) for place, text in enumerate(texts)]
    shuffled = chance.sample(records, len(records))
    assert list(find_twins(dict(records))) == list(find_twins(dict(shuffled)))


@given(st.frozensets(st.integers(0, 2**32 - 1), min_size=1, max_size=60))
def test_a_signature_is_of_the_set_alone(runs: frozenset[int]) -> None:
    assert signature(runs) == signature(sorted(runs))
    assert len(signature(runs)) == NUMBERS
    assert len(bands_of(runs)) == BANDS
    assert all(-(2**31) <= band < 2**31 for band in bands_of(runs))


def test_a_signature_stays_the_same_for_good() -> None:
    """Signatures are kept: another number here means that all of them are to be made anew."""
    runs = told_by("Heat pump for laundries", "It dries linen with half the power of a steam heater.").runs
    assert bands_of(runs)[:3] == [-1393776041, -1301521701, 701375304]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_signatures_agree_as_often_as_sets_are_alike(share: float) -> None:
    chance = random.Random(7)
    agreed = drawn = 0
    exact = []
    for _ in range(60):
        both = [chance.getrandbits(32) for _ in range(round(60 * share))]
        mine, theirs = ([*both, *(chance.getrandbits(32) for _ in range(round(30 * (1 - share))))] for _ in range(2))
        exact.append(alike(mine, theirs))
        agreed += sum(one == other for one, other in zip(signature(mine), signature(theirs), strict=True))
        drawn += NUMBERS
    assert agreed / drawn == pytest.approx(sum(exact) / len(exact), abs=0.03)


_DRYER = (
    "Heat pump dryer for laundries",
    "The dryer takes the heat out of its own moist air and gives it back to the linen. Measured in two laundries it needs 0.9 kWh for"
    " each kilogram of water, against 2.1 kWh with steam. The compressor runs on propane, and the drum is sealed against lint.",
)
_ALIKE = {
    "the same": _DRYER,
    "in capitals": (_DRYER[0].upper(), _DRYER[1].upper()),
    "with an article, and a word changed": (f"A {_DRYER[0]}", _DRYER[1].replace("moist", "humid")),
    "without its end": (_DRYER[0], _DRYER[1][: -len(", and the drum is sealed against lint.")]),
    "with other signs": (_DRYER[0], _DRYER[1].replace(". ", " – ").replace(",", ";")),
}
_OTHERS = {
    "another model, by its figures": (_DRYER[0], _DRYER[1].replace("0.9", "1.2").replace("2.1", "2.4")),
    "another technology in the same words": ("Ventilated cabinet for books", _DRYER[1].replace("linen", "paper")),
    "the same sentences in another order": (_DRYER[0], ". ".join(reversed(_DRYER[1].rstrip(".").split(". "))) + "."),
    "something else": ("Sludge press", "The press takes the water out of sludge between two belts of steel mesh."),
}


@pytest.mark.parametrize("how", _ALIKE)
def test_a_technology_that_is_told_again_is_a_twin(how: str) -> None:
    found = compare(told(_DRYER), told(_ALIKE[how]))
    assert found is not None
    assert found.likeness >= ALIKE


@pytest.mark.parametrize("how", _OTHERS)
def test_what_is_another_technology_is_no_twin(how: str) -> None:
    assert compare(told(_DRYER), told(_OTHERS[how])) is None


def test_chinese_is_compared_by_characters() -> None:
    text = "用于钢铁企业的余热回收系统，能耗降低32%，运行成本下降18%，已在两家钢厂连续运行三年，设备由本地厂家维护。"
    one, other = told_by("钢铁企业余热回收系统", text), told_by("钢铁企业余热回收系统", text[:-9])
    assert compare(one, other) is not None
    assert compare(one, told_by("钢铁企业余热回收系统", text.replace("32", "41").replace("18", "25"))) is None


_PARTS = {
    "what": ["heat pump", "biogas plant", "membrane filter", "sludge dryer", "solar collector", "wind pump", "battery", "kiln"],
    "where": ["laundries", "dairies", "ports", "villages", "steel plants", "schools", "greenhouses", "breweries", "hotels"],
    "does": ["takes heat out of waste air", "separates oil from water", "stores power of the night", "dries what is wet",
             "turns straw into gas", "cleans what flows through it", "cools without any power", "burns dust without smoke"],
    "with": ["a drum of steel", "a compressor on propane", "a stack of thin plates", "two belts of mesh", "a bed of hot sand",
             "a pump without seals", "a turning disc", "a film of water"],
    "and": ["is looked after by one person", "was built in two months", "runs for years without a stop", "fits into a container"],
}  # fmt: skip


def _seeded(chance: random.Random, many: int) -> tuple[dict[str, tuple[str, str]], set[tuple[str, str]]]:
    """Technologies put together from the same few sentences, and among them some that are told again, cut and with words changed."""
    records: dict[str, tuple[str, str]] = {}
    twins = set()
    for place in range(many):
        name = f"T{place:05}"
        if place > 50 and chance.random() < 0.05:
            first = chance.choice(sorted(records))
            title, text = records[first]
            words = text.split()
            for _ in range(len(words) // 25):
                words[chance.randrange(len(words))] = chance.choice(words)
            records[name] = (
                chance.choice([title, title.upper(), f"A {title}"]),
                " ".join(words[: int(len(words) * 0.9)]),
            )
            twins.add((first, name))
            continue
        sentences = [
            f"It {chance.choice(_PARTS['does'])} with {chance.choice(_PARTS['with'])} and {chance.choice(_PARTS['and'])}."
            for _ in range(6)
        ]
        rated = f"Rated at {chance.randint(1, 900)} kW, measured {chance.randint(30, 99)} percent."
        title = f"{chance.choice(_PARTS['what'])} for {chance.choice(_PARTS['where'])}"
        records[name] = (title.capitalize(), " ".join([rated, *sentences]))
    return records, twins


def test_nearly_all_seeded_twins_are_found_and_hardly_anything_else() -> None:
    records, seeded = _seeded(random.Random(3), 1_500)
    found = {(one, other) for one, other, _ in find_twins({name: told(text) for name, text in records.items()})}
    group = {name: names[0] for names in groups_of(seeded) for name in names}
    right = sum(group.get(one, one) == group.get(other) for one, other in found)
    assert len(seeded) > 50
    assert len(found & seeded) >= 0.88 * len(seeded)
    assert right >= 0.98 * len(found)


HOSTILE = {
    "one character": ("水" * 5_000, "水" * 4_000),
    "one word": ("water " * 5_000, "water " * 4_000),
    "two words in turn": ("water air " * 2_500, "water water air air " * 1_250),
    "many words twice": (" ".join(f"w{at % 250}x" for at in range(5_000)), " ".join(f"w{at % 251}x" for at in range(5_000))),
}  # fmt: skip


@pytest.mark.parametrize("how", HOSTILE)
def test_no_two_texts_take_long_to_compare(how: str) -> None:
    """Counted in lines of Python that run, and not by a clock: a few for each word, whatever stands beside it."""
    one, other = (told_by("The same", text) for text in HOSTILE[how])
    lines = 0

    def count(frame: Any, event: str, value: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        assert lines < 10_000
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        _in_order(one.words, other.words)
        compare(one, other)
    finally:
        sys.settrace(before)
    assert lines > 0


def test_the_order_is_that_of_the_longest_row_of_words_that_both_have() -> None:
    assert _in_order(["a", "b", "c", "d"], ["x", "a", "c", "y", "d", "z"]) == 0.75
    assert _in_order(["a", "b", "c", "d"], ["d", "c", "b", "a"]) == 0.25
    assert _in_order([], ["a"]) == 0.0


def test_a_group_is_what_hangs_together() -> None:
    assert groups_of([("b", "c"), ("e", "d"), ("a", "b")]) == [("a", "b", "c"), ("d", "e")]
    assert groups_of([]) == []


@given(st.text(alphabet=[chr(code) for code in range(128)] + [*"aeiou 12.,"] * 9, max_size=80), TEXTS)
def test_a_text_in_ascii_tells_the_same_in_less_time(title: str, text: str) -> None:
    told, runs = told_by(title, text), runs_by(title, text)
    with pytest.MonkeyPatch.context() as patched:
        # No text is short enough for the shorter way.
        patched.setattr(twins, "_PLAIN", -1)
        assert told_by(title, text) == told
    assert runs == told.runs
