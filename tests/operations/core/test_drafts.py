"""Drafts: the last words of each form, for their person alone, sealed, and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm
from casework.operations.core.drafts import KEPT, LARGEST, MOST, drop_draft, find_draft, save_draft
from tests.support.world import World


def words(db: Connection, person: str, form: str = "note") -> list[str] | None:
    draft = find_draft(db, person, form)
    return None if draft is None else list(draft.data["words"])


def test_the_last_words_count_and_nobody_else_finds_them(world: World, db: Connection) -> None:
    officer, other = world.people["officer"], world.people["other_officer"]
    for typed in ("One", "Two\0"):
        save_draft(db, officer, "note", {"words": [typed], "tell": ["a", "b"]})
    assert words(db, officer) == ["Two"]
    assert words(db, other) is None
    assert words(db, officer, "letter") is None
    drop_draft(db, other, "note")
    assert words(db, officer) == ["Two"]
    drop_draft(db, officer, "note")
    assert words(db, officer) is None


def test_what_looks_like_an_escape_is_words(world: World, db: Connection) -> None:
    for typed in ("\\u0000", "C:\\u0000\\new", "\\", '\\"\0'):
        save_draft(db, world.people["officer"], "note", {"words": [typed]})
        assert words(db, world.people["officer"]) == [typed.replace("\0", "")]


def test_after_its_time_it_is_not_found_and_the_next_one_takes_it_away(world: World, db: Connection) -> None:
    officer = world.people["officer"]
    save_draft(db, officer, "note", {"words": ["One"]})
    db.execute(text("UPDATE drafts SET saved_at = saved_at - CAST(:by AS interval)"), {"by": KEPT + timedelta(hours=1)})
    assert words(db, officer) is None
    save_draft(db, officer, "letter", {"words": ["Two"]})
    assert db.execute(text("SELECT form FROM drafts")).scalars().all() == ["letter"]


def test_a_person_has_so_many_and_the_oldest_go(world: World, db: Connection) -> None:
    officer = world.people["officer"]
    for n in range(MOST + 1):
        save_draft(db, officer, f"form {n}", {"words": [str(n)]})
        db.execute(text("UPDATE drafts SET saved_at = saved_at - interval '1 minute'"))
    assert words(db, officer, "form 0") is None
    assert words(db, officer, "form 1") == ["1"]


def test_a_chinese_letter_is_one_letter(world: World, db: Connection) -> None:
    save_draft(db, world.people["officer"], "note", {"words": ["热" * (LARGEST // 2)]})
    assert words(db, world.people["officer"], "note") == ["热" * (LARGEST // 2)]


@pytest.mark.parametrize(
    ("form", "typed"), [("x" * 301, "a"), ("a\0b", "a"), ("note", "x" * LARGEST)], ids=["long name", "odd name", "long"]
)
def test_what_is_too_large_to_keep_is_refused(world: World, db: Connection, form: str, typed: str) -> None:
    with pytest.raises(InvalidForm):
        save_draft(db, world.people["officer"], form, {"words": [typed]})
