"""What is found holds every word, and is compared with them: an index only says where to look."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.operations.search import found_by_words
from casework.operations.search.service import search
from tests.support.world import World

_ROWS = text("""
    INSERT INTO past_projects (id, programme_id, source, external_id, title, title_zh, ended_on, outcome)
    SELECT gen_random_uuid(), CAST(:programme AS uuid), 'list', 'P' || n, title, title_zh,
        date '2020-01-01' + CAST(n AS integer), 'deployed_measured'
    FROM unnest(ARRAY['Sludge dryer', 'Sludge kiln', 'Steam dryer', 'Sludge dryer two', 'Éolienne'],
        ARRAY['污泥干化', NULL, '蒸汽', NULL, NULL]) WITH ORDINALITY AS t(title, title_zh, n)
""")


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("sludge", ["P4", "P2", "P1"]),
        ("dryer SLUDGE", ["P4", "P1"]),
        ("污泥", ["P1"]),
        ("干化 sludge", ["P1"]),
        ("éol", ["P5"]),
        ("— sludge", []),
        ("—", []),
        ("sludge nowhere", []),
    ],
)
def test_every_word_is_asked_of_the_index_and_of_the_row(
    world: World, db: Connection, words: str, finds: list[str]
) -> None:
    db.execute(_ROWS, {"programme": world.programmes["BJ"]})
    for most in (1, 2, 50):
        told = search(db, world.actor(db, "officer"), words, most=most)
        assert [one.external_id for one in told.past_projects] == finds[:most]
        assert told.more is (len(finds) > most)


def test_of_many_that_say_it_the_first_are_compared(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that ended last, of those that the index names: others are not read, however many there are."""
    db.execute(_ROWS, {"programme": world.programmes["BJ"]})
    monkeypatch.setattr(found_by_words, "COMPARED", 2)
    for words, finds in (("sludge", ["P4", "P2"]), ("sludge dryer", ["P4", "P1"]), ("steam dryer", ["P3"])):
        told = search(db, world.actor(db, "officer"), words)
        assert [one.external_id for one in told.past_projects] == finds
