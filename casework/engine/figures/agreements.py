"""Figure 10, agreements: signed ones by kind, with their value, the clause on disputes, and whether they were registered in time.

One a round: a text that is given up before it takes effect was none. What only prepares another agreement stands apart.
Registered is what crosses a border, within 60 days of taking effect, with a running royalty of its first base; what needs a licence
has one instead, and stands apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from casework.engine.analysis.contract_sums import is_technology_contract
from casework.engine.figures.case_facts import CaseFacts, Firing
from casework.engine.figures.counting import DENOMINATOR, NUMERATOR, Figure, Row, added, numbers
from casework.engine.figures.names import FigureNames
from casework.engine.figures.world import World
from casework.engine.state.case import Track

SIGNED, WITH_CLAUSE, TECHNOLOGY_VALUE = "signed", "with_dispute_clause", "technology_value"
TECHNOLOGY_CONTRACTS = "technology_contracts"
REGISTERED_IN_TIME, UNDER_LICENCE = "registered_in_time", "under_licence"
#: Within so many days it is registered in time.
REGISTERED_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class Agreement:
    """A round of an agreement that was signed."""

    case: str
    kind: str | None
    technology_contract: bool
    prepares: bool
    value: tuple[str, Decimal] | None
    technology: tuple[str, Decimal] | None
    #: None where nobody has said.
    clause: bool | None
    #: In which month it was signed, by which action, the day from which its registration is counted, and that of the registration.
    month: str
    by: str
    counts_from: date | None
    registered_on: date | None

    def ripe(self, today: date) -> bool:
        """Whether it is known by now if it was registered in time."""
        if self.counts_from is None:
            return False
        return self.registered_on is not None or self.counts_from + REGISTERED_WITHIN < today

    @property
    def in_time(self) -> bool:
        if self.registered_on is None or self.counts_from is None:
            return False
        return self.registered_on <= self.counts_from + REGISTERED_WITHIN


def agreements(world: World) -> Figure:
    """How many of each kind, with their values; those with a clause on disputes of those that bind; what technology contracts
    come to; and those that cross a border and were registered in time."""
    told = [one for case in world.counted for one in agreements_of(case, world)]
    binding = [one for one in told if not one.prepares]
    rows = [_row({"what": SIGNED}, binding, binding)]
    contracts: list[int] = []
    for kind in sorted({one.kind or "" for one in told}):
        mine = [one for one in told if (one.kind or "") == kind]
        if all(one.technology_contract for one in mine):
            contracts.append(len(rows))
        rows.append(_row({"what": SIGNED, "kind": kind or None}, mine, told if mine[0].prepares else binding))
    with_clause = [one for one in binding if one.clause]
    rows.append(
        Row(
            of={"what": WITH_CLAUSE},
            numerator=len(with_clause),
            denominator=len(binding),
            cases=numbers(one.case for one in with_clause),
        )
    )
    # Everybody knows which kinds are technology contracts.
    sums = [((len(rows), NUMERATOR), *((n, NUMERATOR) for n in contracts))] if contracts else []
    rows += _contracts(binding, {})
    for month in sorted({one.month for one in binding if one.technology_contract}):
        rows += _contracts([one for one in binding if one.month == month], {"month": month})
    crossing = [one for one in binding if one.by in world.names.to_register and one.ripe(world.today)]
    rows.append(_row({"what": REGISTERED_IN_TIME}, [one for one in crossing if one.in_time], crossing))
    rows.append(_row({"what": UNDER_LICENCE}, [one for one in binding if one.by in world.names.under_licence], binding))
    # Two ways to sign of which no agreement has both.
    sums.append(((0, NUMERATOR), (len(rows) - 2, DENOMINATOR), (len(rows) - 1, NUMERATOR)))
    return Figure(rows=tuple(rows), sums=tuple(sums))


def _contracts(binding: list[Agreement], of: Mapping[str, str]) -> list[Row]:
    """The technology contracts of some agreements, with what all of it and what the technology is worth."""
    contracts = [one for one in binding if one.technology_contract]
    told = [one for one in contracts if one.technology is not None]
    value = Row(
        of={"what": TECHNOLOGY_CONTRACTS, "of": TECHNOLOGY_VALUE, **of},
        numerator=len(told),
        denominator=len(contracts),
        cases=numbers(one.case for one in told),
        money=added(one.technology for one in told if one.technology is not None),
    )
    return [_row({"what": TECHNOLOGY_CONTRACTS, **of}, contracts, binding), value]


def _row(of: Mapping[str, str | None], mine: list[Agreement], among: list[Agreement]) -> Row:
    return Row(
        of=of,
        numerator=len(mine),
        denominator=len(among),
        cases=numbers(one.case for one in mine),
        money=added(one.value for one in mine if one.value is not None),
    )


def agreements_of(case: CaseFacts, world: World) -> Iterable[Agreement]:
    names, clause = world.names, _clause(case, world.names)
    for track in case.tracks(names.agreement):
        rounds = _rounds(case, track, names)
        for n, signed in enumerate(rounds):
            following = rounds[n + 1] if n + 1 < len(rounds) else None
            yield _agreement(case, signed, following, names, clause)


def _rounds(case: CaseFacts, track: Track, names: FigureNames) -> list[Firing]:
    """The signings that count, one a round."""
    signed: list[Firing] = []
    waiting: Firing | None = None
    for one in case.on_track(track.id):
        if one.name in names.signs and one.name in names.takes_effect:
            signed.append(one)
        elif one.name in names.signs:
            waiting = one
        elif one.name in names.unsigns:
            waiting = None
        elif waiting is not None and one.name in names.takes_effect:
            signed.append(waiting)
            waiting = None
    return signed if waiting is None else [*signed, waiting]


def _agreement(
    case: CaseFacts, signed: Firing, following: Firing | None, names: FigureNames, clause: bool | None
) -> Agreement:
    kind, value, technology, contribution = (signed.data.get(field) for field in names.terms)
    return Agreement(
        case.number,
        kind,
        is_technology_contract(kind, contribution),
        kind in names.preparatory,
        _money(value),
        _money(technology),
        clause,
        f"{signed.on:%Y-%m}",
        signed.name,
        _counts_from(signed, names),
        _registered_on(case, signed, following, names),
    )


def _counts_from(signed: Firing, names: FigureNames) -> date | None:
    """From which day its registration is counted: of several that may be said the first one that is."""
    said = next((day for field in names.registered_since if (day := signed.data.get(field))), None)
    return None if said is None else date.fromisoformat(said)


def _registered_on(case: CaseFacts, signed: Firing, following: Firing | None, names: FigureNames) -> date | None:
    """On which day it was registered, as the first task of its round says that tells it."""
    task, field = names.registration
    told = [
        one.result[field]
        for one in case.finished(task)
        if one.track == signed.track
        and signed.at <= one.opened_at
        and (following is None or one.opened_at < following.at)
        and one.result.get(field)
    ]
    return date.fromisoformat(told[0]) if told else None


def _money(said: Mapping[str, Any] | None) -> tuple[str, Decimal] | None:
    return None if not said else (str(said["currency"]), Decimal(str(said["amount"])))


def _clause(case: CaseFacts, names: FigureNames) -> bool | None:
    """Whether the newest word on it is that there is one."""
    said = case.finished(names.clause)
    return None if not said else said[-1].result.get(names.clause_field) != names.no_clause
