"""The histories of the demo as people read them: words in both languages, and never what only a program reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask_babel import force_locale
from markupsafe import Markup
from sqlalchemy import text

from casework.operations.history import timeline
from casework.operations.history.views import HistoryEntry
from casework.records.database import transaction
from casework.web.app import create_app
from casework.web.history.pages import Line, lines_of
from tests.demo.test_story import Told, told
from tests.support.declared_effects import OF_CASES, OF_REGISTERS, undeclared

pytestmark = pytest.mark.slow
#: What nobody should read: markup as text, ids, codes with an underscore, values of a program.
TECHNICAL = re.compile(
    r"</?[a-z]+[ >]|[0-9a-f]{8}(…|-[0-9a-f]{4})|\b[a-z]+(_[a-z]+)+\b|\b(None|null|True|False)\b(?!: )"
)
__all__ = ["told"]


@pytest.fixture(scope="module")
def entries(told: Told) -> list[tuple[str, HistoryEntry]]:
    with transaction(told.engine) as db:
        logs = db.execute(text("SELECT id::text, number, seq FROM cases JOIN logs USING (id) ORDER BY number")).all()
        return [
            (f"{row.number} {one.seq}", one)
            for row in logs
            for one in timeline.tell(db, row.id, set(range(1, row.seq + 1)))
        ]


def test_what_follows_from_each_event_of_any_log_is_as_it_is_declared(told: Told) -> None:
    with transaction(told.engine) as db:
        rows = db.execute(
            text("SELECT l.kind AS log, e.kind, e.effects FROM events e JOIN logs l ON l.id = e.log_id")
        ).all()
    assert len({row.log for row in rows}) > 4
    faults = Counter(
        f"{row.log} {row.kind}: {fault}"
        for row in rows
        for fault in undeclared(row.effects, OF_CASES if row.log in ("case", "mediation") else OF_REGISTERS)
    )
    assert faults == {}


def texts_in(line: Line) -> Iterator[str]:
    yield from (line.words, line.track, line.frm, line.to, line.roles, line.confirm_by, *line.guards)
    for field in line.fields:
        # "None" is the label of an answer too.
        yield from (_shown(one) for one in (field.label, field.now, field.before) if one != "None")
    for change in line.changes:
        yield from map(_shown, (change.what, change.column, change.before, change.after))
    for name, words in line.facts:
        yield from (name, _shown(words))
    yield from (why for _, _, _, why in line.people)


def _shown(words: str | Markup) -> str:
    """As a reader sees it: markup of ours becomes what it shows, any other stays what it is."""
    return words.striptags() if isinstance(words, Markup) else words


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_no_entry_shows_what_only_a_program_reads(
    told: Told, entries: list[tuple[str, HistoryEntry]], locale: str
) -> None:
    app = create_app(told.settings)
    with app.test_request_context("/"), force_locale(locale):
        found = [
            f"{place}: {words}"
            for (place, _), line in zip(entries, lines_of([one for _, one in entries]), strict=True)
            for words in texts_in(line)
            if TECHNICAL.search(words)
        ]
    app.extensions["casework"].dispose()
    assert found == []
