"""What a routing table says, in the reader's words: what a row asks, and whom it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext, ngettext
from sqlalchemy import Connection

from casework.engine.decision_tables.conditions import Compared, Condition, Equal, Range, parse
from casework.engine.decision_tables.tables import COLLECT, FIRST, UNIQUE
from casework.engine.decision_tables.values import plain
from casework.engine.tasks.routing import FACTS
from casework.operations.core.views import Named
from casework.operations.people.routing_views import RoutingChanged, RoutingRow
from casework.web.people.retention_words import kind_name
from casework.web.shell.i18n import N_, chinese, listed
from casework.web.shell.record_words import KnownWords
from casework.web.shell.task_links import queue_name
from casework.web.shell.technology_field_words import say_field

#: What an input is called.
FACT_NAMES = {
    "queue": N_("Queue"), "service": N_("Service or workflow"), "kind": N_("Kind of task"),
    "technology_field": N_("Field of technology"), "sector": N_("Sector"), "district": N_("District"),
    "amount": N_("Amount wanted"), "age": N_("Age of the case"),
}  # fmt: skip
KINDS = {
    "step": N_("a step of a workflow"),
    "side": N_("a task beside it"),
    "decision": N_("a decision by a second person"),
}
POLICIES = {
    UNIQUE: N_("one row may hold at a time"), FIRST: N_("the first row that holds counts"),
    COLLECT: N_("all rows that hold count"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one programme."""

    known: KnownWords

    @classmethod
    def of(cls, db: Connection, programme: str) -> Words:
        return cls(KnownWords.of(db, programme))

    def value(self, fact: str, code: str) -> str:
        """What a code of an input is called."""
        sayings: Mapping[str, Callable[[str], str]] = {
            "queue": queue_name,
            "service": kind_name,
            "kind": lambda code: gettext(KINDS[code]) if code in KINDS else code,
            "technology_field": say_field,
            "sector": lambda code: self.known.say_fields([code])[0],
            "district": lambda code: self.known.say_places([code])[0],
        }
        return sayings[fact](code)

    def condition(self, fact: str, cell: str) -> str:
        """What a row asks of an input; what has no plain words stands as a file has it."""
        condition = parse(cell, FACTS[fact].type)
        said = [self._test(fact, test) for test in condition.tests]
        if None in said:
            return cell
        words = listed(str(one) for one in said)
        return gettext("not %(what)s", what=words) if condition.negated else words

    def _test(self, fact: str, test: Equal | Compared | Range) -> str | None:
        if isinstance(test, Equal):
            if test.value is None:
                return gettext("not known")
            return self.value(fact, test.value) if isinstance(test.value, str) else _number(fact, test.value)
        low, high = bounds(Condition((test,))) or (None, None)
        if low is not None and high is not None:
            return gettext("from %(low)s to below %(high)s", low=_number(fact, low), high=_number(fact, high))
        if low is not None:
            return gettext("from %(low)s", low=_number(fact, low))
        return gettext("below %(high)s", high=_number(fact, high)) if high is not None else None

    def row(self, row: RoutingRow) -> list[tuple[str, str]]:
        """What a row asks, by label."""
        return [
            (gettext(FACT_NAMES[fact]), self.condition(fact, cell)) for fact, cell in row.cells.items() if cell != "-"
        ]

    def said(self, row: RoutingRow | None) -> str:
        """A row in one line; "" for none."""
        if row is None:
            return ""
        asks = ("；" if chinese() else "; ").join(
            gettext("%(label)s: %(words)s", label=label, words=words) for label, words in self.row(row)
        )
        return gettext("%(when)s → %(who)s", when=asks or gettext("every task"), who=goes_to(row))

    def changes(self, changes: list[RoutingChanged]) -> list[tuple[str, str, str]]:
        """Of each row that changes its number, and what it says before and after."""
        return [
            (
                gettext(
                    "Row %(number)s", number=next(row.number for row in (one.after, one.before) if row is not None)
                ),
                self.said(one.before),
                self.said(one.after) or gettext("ended"),
            )
            for one in changes
        ]


def goes_to(row: RoutingRow) -> str:
    """Whom a row names."""
    return named_or_anybody(row.to)


def named_or_anybody(to: Named | None) -> str:
    return anybody() if to is None else to.name or gettext("erased")


def anybody() -> str:
    return gettext("whoever the rule of the queue chooses")


def bounds(condition: Condition) -> tuple[Decimal | None, Decimal | None] | None:
    """From which number on and below which one a cell holds; None where it asks something else."""
    if condition.negated or len(condition.tests) > 1:
        return None
    test = next(iter(condition.tests), None)
    if test is None:
        return (None, None)
    if isinstance(test, Compared) and isinstance(test.value, Decimal) and test.by in (">=", "<"):
        return (test.value, None) if test.by == ">=" else (None, test.value)
    if (
        isinstance(test, Range)
        and (test.with_low, test.with_high) == (True, False)
        and isinstance(test.low, Decimal)
        and isinstance(test.high, Decimal)
    ):
        return (test.low, test.high)
    return None


def codes(condition: Condition) -> list[str] | None:
    """The codes of which a cell asks one; None where it asks something else."""
    found = [test.value for test in condition.tests if isinstance(test, Equal) and isinstance(test.value, str)]
    return found if len(found) == len(condition.tests) and not condition.negated else None


def _number(fact: str, value: object) -> str:
    number = plain(value) if isinstance(value, Decimal) else str(value)
    if fact == "age":
        return ngettext("%(num)d day", "%(num)d days", int(Decimal(number)))
    whole, dot, rest = number.partition(".")
    return gettext("CNY %(amount)s", amount=f"{int(whole):,}{dot}{rest}")


__all__ = ["FACT_NAMES", "KINDS", "POLICIES", "Words", "anybody", "bounds", "codes", "goes_to", "named_or_anybody"]
