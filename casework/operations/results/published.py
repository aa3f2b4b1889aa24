"""What everybody reads of a programme's results: its published stories, as long as both parties consent. Nobody signs in for it.

Whether they consent is asked in the statement that reads the story: who withdraws is heard by the next reader. Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework.definitions import load_figure_names
from casework.engine.case_objects.kept_records import NEED, PUBLIC
from casework.errors import NotFound
from casework.operations.core.merged_records import in_its_place, one_with
from casework.operations.core.record_log import TABLES, Kept
from casework.operations.core.views import rows_as
from casework.operations.matching.published import public_ones
from casework.operations.matching.published_views import Office, Published
from casework.operations.results.stories import CONSENTED, told_of
from casework.operations.results.views import PublishedStory, ShownFigures

#: So many stories are shown, the newest first.
MOST = 200
#: So many of one record.
MOST_OF_ONE = 20
#: The programmes that show their results.
_OFFICES = text("""
    SELECT p.id::text, p.code, p.name, p.name_zh, c.contact, c.contact_zh, c.email
    FROM public_catalogues c JOIN programmes p ON p.id = c.programme_id WHERE c.results ORDER BY p.code, p.id
""")
#: A story `y` is shown: it is published, its case is closed and went well, its programme shows its results, and both parties consent.
_SHOWN = f"""y.state = 'published' AND {CONSENTED}
    AND EXISTS (SELECT FROM cases e WHERE e.number = y.number AND e.closed_at IS NOT NULL AND e.outcome = ANY(CAST(:successes AS text[])))
    AND EXISTS (SELECT FROM public_catalogues c WHERE c.programme_id = y.programme_id AND c.results)"""
#: What is told of a story `y`.
_COLUMNS = """y.id::text, y.programme_id::text AS programme, y.published_at, y.title, y.title_zh, y.words, y.words_zh, y.caption,
    y.caption_zh, y.impacts, y.picture IS NOT NULL AS has_picture"""
#: The stories that are shown, the newest first.
_STORIES = text(f"""
    SELECT {_COLUMNS} FROM success_stories y WHERE {_SHOWN} ORDER BY y.published_at DESC, y.id DESC LIMIT :most
""")
#: One of them.
_STORY = text(f"SELECT {_COLUMNS} FROM success_stories y WHERE y.id = CAST(:id AS uuid) AND {_SHOWN}")
#: The picture of one of them.
_PICTURE = text(f"""
    SELECT y.picture FROM success_stories y WHERE y.id = CAST(:id AS uuid) AND y.picture IS NOT NULL AND {_SHOWN}
""")


def list_offices(db: Connection) -> list[Office]:
    """The programmes that show their results. Raises NotFound where none does."""
    offices = rows_as(Office, db.execute(_OFFICES))
    if not offices:
        raise NotFound()
    return list(offices)


def _well() -> dict[str, Any]:
    """The outcomes of cases that went well."""
    return {"successes": list(load_figure_names().successes)}


def _published(row: Any) -> PublishedStory:
    return PublishedStory(
        id=row.id,
        programme=row.programme,
        published_at=row.published_at,
        has_picture=row.has_picture,
        told=told_of(row),
    )


def list_published(db: Connection) -> tuple[list[Office], list[PublishedStory]]:
    """The stories that everybody reads, and whose they are. Raises NotFound where no programme shows any."""
    offices = list_offices(db)
    return offices, [_published(row) for row in db.execute(_STORIES, {"most": MOST, **_well()})]


#: The need with which a case `e` was opened is public itself.
_IS_PUBLIC = f"EXISTS (SELECT FROM needs x WHERE x.id = e.need_id AND x.publication = '{PUBLIC}')"


def _of_record(noun: Kept) -> TextClause:
    """The stories that are shown of the cases of a record, and of those that are one with it: the newest first. What came of a need that is
    not public is told of no public one into which it was merged."""
    own = f" AND {_IS_PUBLIC}" if noun == NEED else ""
    return text(f"""
        SELECT {_COLUMNS} FROM success_stories y WHERE {_SHOWN}
        AND EXISTS (SELECT FROM cases e WHERE e.number = y.number
            AND e.{noun}_id IN {one_with(TABLES[noun], "CAST(:id AS uuid)")}{own})
        ORDER BY y.published_at DESC, y.id DESC LIMIT :most
    """)


_NOUNS: tuple[Kept, ...] = ("technology", "need")
_OF_RECORD: Mapping[Kept, TextClause] = {noun: _of_record(noun) for noun in _NOUNS}
#: Which records some stories are about: those in the places of what their cases were opened with.
_ABOUT = text(f"""
    SELECT y.id::text, CAST({in_its_place("technologies", "e.technology_id")} AS text) AS technology,
        CASE WHEN {_IS_PUBLIC} THEN CAST({in_its_place("needs", "e.need_id")} AS text) END AS need
    FROM success_stories y JOIN cases e ON e.number = y.number WHERE y.id = ANY(CAST(:ids AS uuid[])) ORDER BY y.id
""")


def list_of_record(db: Connection, one: Published, noun: Kept) -> list[PublishedStory]:
    """What came of a record that everybody reads, as far as everybody reads that too. Of one that is shown on request nothing: whose it is
    is not told, and a story may tell."""
    if one.on_request:
        return []
    return [_published(row) for row in db.execute(_OF_RECORD[noun], {"id": one.id, "most": MOST_OF_ONE, **_well()})]


def records_of(db: Connection, stories: Collection[PublishedStory]) -> dict[str, dict[Kept, str]]:
    """By story the records that it came of, as far as everybody reads these and the story with them."""
    rows = db.execute(_ABOUT, {"ids": [one.id for one in stories]}).all()
    shown = {noun: public_ones(db, noun, {getattr(row, noun) for row in rows} - {None}) for noun in _NOUNS}
    return {row.id: {noun: id for noun in _NOUNS if (id := getattr(row, noun)) in shown[noun]} for row in rows}


def show_published(db: Connection, id: str) -> tuple[PublishedStory, Office]:
    """One story, and whom one asks about it. Raises NotFound for all others alike."""
    offices = {office.id: office for office in list_offices(db)}
    row = db.execute(_STORY, {"id": id, **_well()}).one_or_none()
    if row is None:
        raise NotFound()
    return _published(row), offices[str(row.programme)]


#: The figures of the programmes that show their results.
_FIGURES = text("""
    SELECT f.programme_id::text AS programme, f.as_of, f.told FROM public_figures f
    JOIN public_catalogues c ON c.programme_id = f.programme_id AND c.results ORDER BY f.programme_id
""")


def list_figures(db: Connection) -> list[ShownFigures]:
    """The figures that everybody reads."""
    return rows_as(ShownFigures, db.execute(_FIGURES))


def picture_of(db: Connection, id: str) -> bytes:
    """The picture of a story that everybody reads. Raises NotFound."""
    found = db.execute(_PICTURE, {"id": id, **_well()}).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return bytes(found)


__all__ = [
    "MOST", "MOST_OF_ONE", "list_figures", "list_of_record", "list_offices", "list_published", "picture_of", "records_of", "show_published",
]  # fmt: skip
