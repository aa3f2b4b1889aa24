"""Which tables each figure is shown in: which of its lines stand in one, what goes down and what goes across."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casework.engine.figures.case_facts import DIMENSIONS
from casework.engine.figures.counting import Row
from casework.web.shell.i18n import N_


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A table: of the lines that are of just these things."""

    down: tuple[str, ...]
    across: tuple[str, ...] = ()
    #: Of the lines of these things those alone whose `what` is one of these.
    what: tuple[str, ...] = ()
    #: What lines may be of besides, which is said of them.
    said: tuple[str, ...] = ()
    #: And what is not said again, as all are of it or a heading has it.
    more: tuple[str, ...] = ()
    title: str = ""
    head: str = ""
    folded: bool = False
    #: Of those that look otherwise, which.
    look: str = ""
    #: Whether its lines stand in another table, too.
    again: bool = False

    def takes(self, row: Row) -> bool:
        return self.takes_of(row.of)

    def takes_of(self, of: Mapping[str, str | None]) -> bool:
        """Whether a line that is of this stands in it."""
        mine = {*self.down, *self.across}
        if self.what and of.get("what") not in self.what:
            return False
        return mine <= of.keys() <= mine | {*self.said, *self.more}

    @property
    def lines(self) -> tuple[str, ...]:
        """What a line of a list says."""
        return (*self.down, *self.said)

    @property
    def key(self) -> str:
        """What stands in it, as an address has it: no two folded tables of a figure have the same."""
        return "-".join((*self.down, *self.what))

    @property
    def columns(self) -> tuple[str, ...]:
        """What tells columns apart."""
        return (*self.across, *self.said)


#: Below which heading lines stand that are told apart by this.
BY = {
    "month": N_("By month"),
    "phase": N_("By phase"),
    "sector": N_("By sector"),
    "district": N_("By district"),
    "source": N_("By source of the match"),
    "technology_field": N_("By field of technology"),
    "service": N_("By service"),
    "provider": N_("By provider"),
    "instrument": N_("By instrument"),
    "item": N_("By item of the catalogue"),
    "kind": N_("By kind of agreement"),
}
_HEADS = {
    "month": N_("Month"), "phase": N_("Phase"), "sector": N_("Sector"), "district": N_("District"), "source": N_("Source"),
    "technology_field": N_("Field of technology"),
    "service": N_("Service"), "provider": N_("Provider"), "instrument": N_("Instrument"), "item": N_("Item"),
    "kind": N_("Kind of agreement"),
}  # fmt: skip


def _by(key: str, *across: str, more: tuple[str, ...] = ()) -> Shape:
    """What is told by one thing: a line for each, folded."""
    return Shape(down=(key,), across=across, more=more, title=BY[key], head=_HEADS[key], folded=True)


SHAPES: Mapping[str, tuple[Shape, ...]] = {
    "funnel": (
        Shape(down=("step",), said=("what",), look="funnel"),
        Shape(down=("branch", "what"), title=N_("Branches: of the cases with a plan")),
    ),
    "conversion": (
        Shape(down=("step", "next"), look="conversion"),
        *(_by(key, "next", more=("step",)) for key in ("month", *DIMENSIONS)),
    ),
    "time_in_step": (
        Shape(down=("step", "what"), more=("side", "unit"), look="times"),
        Shape(
            down=("step", "what"), what=("ended", "side"), more=("side", "unit"), title=N_("Spread of the times, as a table"),
            look="spread", folded=True, again=True,
        ),
        Shape(down=("month",), across=("step",), more=("what",), title=BY["month"], head=_HEADS["month"], folded=True),
    ),
    "follow_up": (Shape(down=("days", "of"), across=("what",)),),
    "referrals": (
        Shape(down=("what",), more=("unit",)),
        *(_by(key, "what", more=("unit",)) for key in ("service", "provider", "month")),
        Shape(down=("reason",), more=("what",), title=N_("Why they declined"), folded=True),
    ),
    "mediations": (Shape(down=("what",), said=("among",), more=("until",)),),
    "finance": (Shape(down=("what",)), _by("instrument", "what"), _by("item", "what")),
    "assessments": (
        Shape(down=("verdict",), more=("what",), title=N_("Verdicts")),
        Shape(down=("what",), title=N_("Issued and stated")),
        Shape(down=("reason",), more=("what",), title=N_("Why they went on without one"), folded=True),
    ),
    "agreements": (
        Shape(down=("what",), said=("of",)),
        Shape(down=("kind",), more=("what",), title=BY["kind"], head=_HEADS["kind"], folded=True),
        Shape(down=("month",), across=("what",), said=("of",), title=BY["month"], head=_HEADS["month"], folded=True),
    ),
    "deployments": (
        Shape(down=("what",)),
        Shape(down=("capacity",), title=N_("Capacity of accepted sites, by unit"), head=N_("Unit")),
    ),
    "effects": (
        Shape(down=("what",)),
        Shape(down=("indicator",), across=("level",), more=("unit",), title=N_("By indicator"), head=N_("Indicator")),
    ),
    "endings": (
        Shape(down=("reason",), what=("main_reason",), more=("what",), head=N_("Main reason")),
        Shape(down=("what",)),
        Shape(down=("reason",), what=("outcome",), more=("what",), title=N_("Outcome"), head=N_("Outcome"), folded=True),
        Shape(
            down=("reason",), what=("further_reason",), more=("what",), title=N_("Further reasons"), head=N_("Further reasons"),
            folded=True,
        ),
    ),
    "data_quality": (Shape(down=("what",), across=("of",)),),
    "workload": (
        Shape(down=("officer",), across=("what",), head=N_("Officer"), look="workload"),
        Shape(down=("queue",), more=("what", "late", "unit"), title=N_("Tasks that nobody has taken"), head=N_("Queue"), look="untaken"),
    ),
    "activities": (Shape(down=("what",)), _by("month", "what")),
    "past_projects": (
        Shape(down=("what",)),
        Shape(down=("outcome",), more=("what",), title=N_("Outcome"), head=N_("Outcome"), folded=True),
        Shape(down=("year",), more=("what",), title=N_("By year"), head=N_("Year"), folded=True),
    ),
}  # fmt: skip


def rest_of(rows: Iterable[Row]) -> list[Shape]:
    """For lines that no table of the figure asks for: one for all that are of the same things."""
    return [Shape(down=keys) for keys in dict.fromkeys(tuple(row.of) for row in rows)]
