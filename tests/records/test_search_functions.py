"""What names papers and messages asks what the statements ask that show them, and past the policies only within one's reach."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.records.search_functions import FIND_MESSAGES, FIND_PAPERS


@pytest.mark.parametrize("body", [FIND_PAPERS, FIND_MESSAGES])
def test_who_reads_is_bound_to_their_own_reach_before_the_engine_reads(body: str) -> None:
    engine = body.index("set_config('casework.reader', 'engine', true)")
    for kind in ("programmes", "organisations"):
        assert 0 < body.index(f"INTERSECT SELECT unnest(casework_reach('{kind}'))") < engine
    assert body.rindex("set_config('casework.reader', coalesce(reader, ''), true)") > engine


@pytest.mark.parametrize("function", ["casework_find_papers", "casework_find_messages"])
def test_the_database_has_them_so(db: Connection, function: str) -> None:
    found = db.execute(
        text("SELECT prosrc, prosecdef, proconfig FROM pg_proc WHERE proname = :name"), {"name": function}
    ).one()
    assert (
        found.prosrc.strip() == {"casework_find_papers": FIND_PAPERS, "casework_find_messages": FIND_MESSAGES}[function]
    )
    assert (found.prosecdef, found.proconfig) == (True, ["search_path=public, pg_temp"])


def test_nobody_else_may_read_the_words(db: Connection) -> None:
    granted = text(
        "SELECT count(*) FROM information_schema.role_table_grants WHERE table_name = 'searched_words' AND grantee LIKE :who"
    )
    assert db.execute(granted, {"who": "casework_%"}).scalar_one() == 0
