"""Cases as logs tell them, made by hand: what tests of figures count."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from casework.definitions import load_figure_names
from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.case_facts import CaseFacts, read_case
from casework.engine.figures.counting import Figure, Row
from casework.engine.figures.world import World
from casework.engine.state.events import FIRED, OPENED, Event

CALENDAR = Calendar("test", zone="UTC")
NAMES = load_figure_names()
#: A Monday.
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
MAIN = "main"


@dataclass
class Told:
    """The log of one case; days count from its opening."""

    number: str
    need: str = "need"
    phase: str | None = None
    opened: datetime = START
    as_opened: dict[str, Any] | None = None
    #: The number of the case that it follows from.
    follows: str | None = None
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        case: dict[str, Any] = {
            "kind": "case",
            "programme": "p",
            "number": self.number,
            "need": self.need,
            "phase": self.phase,
            "parties": {},
        }
        if self.as_opened is not None:
            case["as_opened"] = self.as_opened
        if self.follows is not None:
            case["follows_from"] = self.follows
        self.add(OPENED, None, 0, case=case, tracks=[self._track(MAIN, "case", part="main")])

    @staticmethod
    def _track(
        id: str,
        workflow: str,
        *,
        part: str = "",
        kind: str | None = None,
        provider: str | None = None,
        parent: str | None = None,
    ) -> Any:
        return {
            "id": id,
            "workflow": workflow,
            "edition": "e",
            "kind": kind or workflow,
            "part": part,
            "parent": parent,
            "provider": provider,
            "states": ["begin"],
        }

    def add(self, kind: str, track: str | None, day: float, *, to: tuple[str, ...] = (), **effects: Any) -> Told:
        at = self.opened + timedelta(days=day, microseconds=len(self.events))
        told: Any = effects
        self.events.append(
            Event(
                log=self.number,
                seq=len(self.events) + 1,
                at=at,
                kind=kind,
                actor="a",
                track=track,
                frm=("begin",),
                to=to,
                effects=told,
            )
        )
        return self

    def fire(
        self, name: str, day: float = 0, *, on: str = MAIN, to: tuple[str, ...] = ("later",), **effects: Any
    ) -> Told:
        return self.add(FIRED, on, day, to=to, transition=name, **effects)

    def track(self, id: str, workflow: str, day: float = 0, **about: Any) -> Told:
        return self.add("noted", None, day, tracks=[self._track(id, workflow, **about)])

    def task(self, id: str, name: str, day: float, *, result: dict[str, Any] | None = None, **about: Any) -> Told:
        """A task that was opened and, where it has a result, done on the same day."""
        opened = {
            "id": id,
            "track": MAIN,
            "name": name,
            "edition": "e",
            "rule": name,
            "type": "side",
            "queue": "officer",
            "organisation": None,
            "state": "Ready",
            "due": None,
            "of": None,
            "about": None,
            "aftercare": False,
            **about,
        }
        self.add("added", MAIN, day, tasks=[opened])
        if result is not None:
            self.finish(id, day, result)
        return self

    def finish(self, id: str, day: float, result: dict[str, Any]) -> Told:
        return self.add(
            "completed", MAIN, day, task=id, task_states=[{"id": id, "state": "Completed", "result": result}]
        )

    def close(self, outcome: str, day: float = 100, *reasons: str) -> Told:
        return self.fire("close", day, outcome=outcome, reasons=list(reasons), closed=True, ended="closed")

    def facts(self, day: float = 1000) -> CaseFacts:
        facts = read_case(self.events, self.opened + timedelta(days=day), CALENDAR, NAMES)
        assert facts is not None
        return facts


def world(*told: Told, day: float = 1000, **more: Any) -> World:
    until = START + timedelta(days=day)
    cases = [read_case(one.events, until, CALENDAR, NAMES) for one in told]
    return World(
        names=NAMES, calendar=CALENDAR, until=until, cases=tuple(one for one in cases if one is not None), **more
    )


def line(figure: Figure, **of: str | None) -> Row:
    """The one line of a figure that is of these and no more."""
    (row,) = [row for row in figure.rows if row.of == of]
    return row


def counts(figure: Figure, **of: str | None) -> tuple[int, int | None]:
    row = line(figure, **of)
    return row.numerator, row.denominator
