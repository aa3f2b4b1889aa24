"""Passwords: what is kept opens for the same words alone, and what is guessed first nobody may choose."""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.errors import InvalidForm, WrongPassword
from casework.operations.auth.passwords import (
    LONGEST,
    SHORTEST,
    SHORTEST_WITH_FACTOR,
    fault_of,
    hash_password,
    insist_good,
    insist_length,
    insist_own_password,
    is_common,
    is_of_words,
    password_fits,
    words_of_office,
)
from tests.support.world import World

GOOD = "seven lazy herons wade"
WORDS = ("Haidian Assessment Lab", "北京试点", "BJ", "Li Wen", "li.wen@example.org")


def test_a_password_fits_what_was_kept_of_it_and_no_other_does() -> None:
    kept = hash_password(GOOD)
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept
    assert hash_password(GOOD) != kept
    assert password_fits(kept, GOOD)
    for other in (GOOD.upper(), GOOD + " ", GOOD[:-1], "", "x" * (LONGEST + 1)):
        assert not password_fits(kept, other)


def test_a_hash_costs_whoever_guesses() -> None:
    """By a module of its own: in that of the tests hashes are quick."""
    spec = find_spec("casework.operations.auth.passwords")
    assert spec is not None
    assert spec.loader is not None
    as_served = module_from_spec(spec)
    spec.loader.exec_module(as_served)
    assert "$m=47104,t=1,p=1$" in as_served.hash_password(GOOD)


@pytest.mark.parametrize("kept", [None, "", "no hash at all"])
def test_where_nothing_is_kept_no_password_fits(kept: str | None) -> None:
    assert not password_fits(kept, GOOD)


@pytest.mark.parametrize("length", [0, LONGEST + 1])
def test_what_is_not_looked_at_whole_is_refused(length: int) -> None:
    for refuse in (insist_length, hash_password):
        with pytest.raises(InvalidForm):
            refuse("x" * length)
    insist_length("x" * LONGEST)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        (GOOD, None),
        ("short and sweet", None),
        ("x" * (SHORTEST - 1), reasons.fields.LENGTH_BETWEEN(least=SHORTEST, most=LONGEST)),
        (GOOD * 20, reasons.fields.LENGTH_BETWEEN(least=SHORTEST, most=LONGEST)),
        ("passwordpassword", reasons.auth.GUESSED_FIRST),
        ("aaaaabbbbbaaaaabbbbb", reasons.auth.GUESSED_FIRST),
        ("Haidian Assessment 2026!", reasons.auth.KNOWN_WORDS),
        ("北京试点2026-北京试点2026", reasons.auth.KNOWN_WORDS),
    ],
)
def test_it_is_said_why_nobody_may_choose_it(password: str, why: object) -> None:
    assert fault_of(password, WORDS) == why
    if why is None:
        insist_good(password, WORDS)
    else:
        with pytest.raises(InvalidForm) as refused:
            insist_good(password, WORDS, field="again")
        assert refused.value.fields == {"again": why}


def test_beside_a_second_factor_a_shorter_one_will_do() -> None:
    password = "herons wade!"
    assert len(password) == SHORTEST_WITH_FACTOR
    assert fault_of(password, WORDS, SHORTEST_WITH_FACTOR) is None
    assert fault_of(password, WORDS) is not None


@pytest.mark.parametrize("added", ["", "1", "2026!", " #1"])
def test_what_is_usually_added_makes_a_common_one_no_better(added: str) -> None:
    assert is_common("qwertyuiop" + added)
    assert is_common("QwertyUiop" + added)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("haidian-lab-2026-haidian", True),
        ("Li Wen li.wen 1990", True),
        ("casework technology", True),
        ("herons wade in haidian", False),
        (GOOD, False),
        ("1990 2026 3030 4040", False),
    ],
)
def test_what_is_left_without_the_words_of_the_office_counts(password: str, told: bool) -> None:
    assert is_of_words(password, WORDS) is told


def test_the_words_are_those_of_the_office_and_of_the_person_alone(world: World, db: Connection) -> None:
    words = words_of_office(db, world.people["provider"], "Somebody", None)
    assert {"Haidian Assessment Lab", "BJ", "provider@example.org", "Provider", "Somebody"} <= words
    assert not {"Chaoyang Green Bank", "officer@example.org"} & words
    assert {"Chaoyang Green Bank", "Haidian Assessment Lab"} <= words_of_office(db, None)


def test_ones_own_password_is_asked_for_once_more(world: World, db: Connection) -> None:
    insist_own_password(db, world.actor(db, "officer"), world.password)
    with pytest.raises(WrongPassword):
        insist_own_password(db, world.actor(db, "officer"), "not this one at all")
