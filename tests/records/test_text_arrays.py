"""Lists of texts arrive in the database as they were, whatever stands in them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg.types.array import ListDumper
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError

_AS_THEY_WERE = text("SELECT to_json(CAST(:texts AS text[]))")
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.one_of(_TEXTS, st.none())))
@example([])
@example(["", "NULL", "a,b", "{a}", 'say "so"', "a\\b", " a ", "热泵"])
@example(['","', '"', '"",""'])
def test_texts_arrive_as_they_were(db: Connection, texts: list[str | None]) -> None:
    assert db.execute(_AS_THEY_WERE, {"texts": texts}).scalar_one() == texts


@pytest.mark.parametrize("texts", [["a", "b\0"], ["\0"]])
def test_a_nul_is_refused_and_not_cut(db: Connection, texts: list[str]) -> None:
    with pytest.raises(DataError, match="NUL"):
        db.execute(_AS_THEY_WERE, {"texts": texts})


def test_a_list_of_ids_is_not_written_one_by_one(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_by_one(*_: object) -> None:
        raise AssertionError("written by the driver")

    monkeypatch.setattr(ListDumper, "dump", one_by_one)
    assert db.execute(_AS_THEY_WERE, {"texts": ["a", "b c"]}).scalar_one() == ["a", "b c"]
    with pytest.raises(AssertionError, match="by the driver"):
        db.execute(_AS_THEY_WERE, {"texts": ['say "so"']})


def test_lists_within_lists_arrive_as_they_were(db: Connection) -> None:
    nested = [["a", "b"], ["c,", '"']]
    assert db.execute(_AS_THEY_WERE, {"texts": nested}).scalar_one() == nested


def test_ids_are_found_by_a_list_of_them(db: Connection) -> None:
    ids = ["0194a0a0-0000-7000-8000-000000000001", "0194a0a0-0000-7000-8000-000000000002"]
    assert db.execute(text("SELECT CAST(:ids AS uuid[])"), {"ids": ids}).scalar_one() == ids
