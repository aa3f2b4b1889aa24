"""What the ids and codes of figures are called: people, providers, phases, and what stands on the lists of a programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.engine.case_objects.programme_lists import Entry, find
from casework.engine.figures.counting import Figure
from casework.json_values import JsonMapping
from casework.operations.core.presenters import names_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.views import Names
from casework.operations.oversight.figures import Counted

#: The phases of a programme.
_PHASES = text("""
    SELECT id::text, name, name_zh FROM phases WHERE programme_id = CAST(:programme AS uuid) ORDER BY starts_on, id LIMIT 500
""")
_PEOPLE, _ORGANISATIONS = "officer", "provider"
#: By the key of a line, on which list of the programme its code stands.
LISTED: Mapping[str, str] = {
    "sector": "sectors",
    "district": "districts",
    "indicator": "indicators",
    "item": "green_items",
    "reason": "closing_reasons",
}


@dataclass(frozen=True, kw_only=True)
class CalledInFigures:
    """By id what people, organisations and phases are called, in the language of whoever reads; and the entries of lists."""

    ids: Mapping[str, str]
    phases: Mapping[str, Names]
    lists: Mapping[str, Iterable[Entry]]

    def entry(self, key: str, code: str) -> Entry | None:
        """What stands on a list under a code, or under the key of a catalogue."""
        entries = list(self.lists.get(LISTED.get(key, ""), ()))
        return next((one for one in entries if one.key == code), None) or find(entries, code)


@dataclass(frozen=True, kw_only=True)
class Phase(Names):
    """A phase of a programme: its id, and what it is called."""

    id: str


def list_phases(db: Connection, programme: str) -> list[Phase]:
    """The phases of a programme, the first one first. For whoever reads its cases."""
    rows = db.execute(_PHASES, {"programme": programme})
    return [Phase(id=row.id, name=row.name, name_zh=row.name_zh) for row in rows]


def names_behind(db: Connection, counted: Counted) -> CalledInFigures:
    """The names of all that the figures of a programme tell by id or code."""
    return names_in(db, counted.as_of.programme, counted.figures)


def names_in(db: Connection, programme: str, figures: Mapping[str, Figure]) -> CalledInFigures:
    return _names(db, programme, [row.of for figure in figures.values() for row in figure.rows])


def names_told(db: Connection, programme: str, figures: JsonMapping) -> CalledInFigures:
    """The same of figures as they are told outside."""
    return _names(db, programme, [row["of"] for figure in figures.values() for row in figure["rows"]])


def _names(db: Connection, programme: str, told: list[Mapping[str, str | None]]) -> CalledInFigures:
    people = {of.get(_PEOPLE) for of in told}
    organisations = {of.get(_ORGANISATIONS) for of in told}
    lists = read_lists(db, programme)
    return CalledInFigures(
        ids=names_of(db, people, organisations),
        phases={one.id: one for one in list_phases(db, programme)},
        lists={name: lists[name] for name in LISTED.values()},
    )
