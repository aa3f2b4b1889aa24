"""What everybody reads of a programme's results: its published stories, as long as both parties consent. Nobody signs in for it.

Whether they consent is asked in the statement that reads the story: who withdraws is heard by the next reader. Reads only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_figure_names
from casework.errors import NotFound
from casework.operations.core.views import rows_as
from casework.operations.matching.published_views import Office
from casework.operations.results.stories import CONSENTED, told_of
from casework.operations.results.views import PublishedStory, ShownFigures

#: So many stories are shown, the newest first.
MOST = 200
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


__all__ = ["MOST", "list_figures", "list_offices", "list_published", "picture_of", "show_published"]
