"""Files that wait to be brought in and name a person who is erased."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.operations.catalogue import import_content, named_files
from casework.records.database import transaction
from tests.operations.catalogue.test_file_imports import hand_in, show
from tests.support.world import World


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_whom_a_file_names_is_looked_for_piece_by_piece(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """A statement is sent for each piece that is read, wherever it ends: within a character, or within a name."""
    for module, name, value in (
        (import_content, "PIECE", 1_001),
        (named_files, "_PIECE", 6_000),
        (named_files, "_OVERLAP", 6),
    ):
        monkeypatch.setattr(module, name, value)
    rows = "1,我们的水泵由工厂制造\n" * 2_000
    hand_in(engine, world, content=(rows[:5_999] + "张玉兰\n" + rows).encode(encoding))
    kept = hand_in(engine, world, content=rows.encode(encoding))
    sent, searched = 0, list[int]()

    def looks(said: str) -> bool:
        searched.append(sent)
        return "张玉兰" in said

    with transaction(engine) as db:
        execute = db.execute

        def counted(*given: Any, **more: Any) -> Any:
            nonlocal sent
            sent += 1
            return execute(*given, **more)

        monkeypatch.setattr(db, "execute", counted)
        assert named_files.drop_naming(db, looks) == 1
    assert all(one < other for one, other in pairwise(searched))
    assert show(engine, world, kept).state == "looked_at"
