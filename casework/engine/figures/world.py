"""All that figures are folded from: a programme's cases, records and nights up to an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.case_facts import CaseFacts
from casework.engine.figures.mediation_facts import MediationFacts
from casework.engine.figures.names import FigureNames
from casework.engine.figures.register_facts import MatchFacts, Night, RecordFacts, RightFacts


@dataclass(frozen=True, kw_only=True)
class World:
    """A programme as its logs tell it up to `until`; the cases are those of one programme, in the order of their numbers."""

    names: FigureNames
    calendar: Calendar
    until: datetime
    cases: tuple[CaseFacts, ...]
    #: From which cases others of the programme follow, by their logs, where these cases are a part of it; None where they are all.
    followed_in_all: frozenset[str] | None = None
    needs: tuple[RecordFacts, ...] = ()
    technologies: tuple[RecordFacts, ...] = ()
    rights: tuple[RightFacts, ...] = ()
    mediations: tuple[MediationFacts, ...] = ()
    #: By their ids.
    matches: Mapping[str, MatchFacts] = field(default_factory=dict)
    nights: tuple[Night, ...] = ()
    #: By table and key the rows of what the programme did beside its cases.
    beside: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    #: By key the rows that say what needs came of, each time with since when; None since one was taken back.
    came_of: Mapping[str, Sequence[tuple[datetime, Mapping[str, Any] | None]]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.until)

    @property
    def counted(self) -> tuple[CaseFacts, ...]:
        """The population C: those that were opened and are not another case."""
        return tuple(case for case in self.cases if case.outcome != self.names.duplicate)

    @property
    def followed(self) -> frozenset[str]:
        """From which cases another one follows that is counted, whatever that was when it was opened."""
        if self.followed_in_all is not None:
            return self.followed_in_all
        return frozenset(case.case.follows_from for case in self.counted if case.case.follows_from is not None)

    def of(self, cases: Iterable[CaseFacts]) -> World:
        """The same programme with some of its cases alone."""
        return replace(self, cases=tuple(cases), followed_in_all=self.followed)

    @property
    def standing_matches(self) -> list[MatchFacts]:
        """Those that are not refused."""
        return [one for one in self.matches.values() if not one.refused]

    def rows(self, table: str) -> list[Mapping[str, Any]]:
        """Those of a table, in the order of their keys."""
        return [row for _, row in sorted(self.beside.get(table, {}).items())]

    @property
    def duplicates(self) -> int:
        return len(self.cases) - len(self.counted)
