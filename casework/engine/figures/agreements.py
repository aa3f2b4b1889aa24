"""Figure 10, agreements: signed ones by kind, with their value, the clause on disputes, and whether they were registered in time.

One a round: a text that is given up before it takes effect was none. What only prepares another agreement stands apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from casework.engine.analysis.contract_sums import is_technology_contract
from casework.engine.figures.case_facts import CaseFacts, Firing
from casework.engine.figures.counting import Figure, Row, added, numbers
from casework.engine.figures.names import FigureNames
from casework.engine.figures.world import World

SIGNED, WITH_CLAUSE, TECHNOLOGY_VALUE = "signed", "with_dispute_clause", "technology_value"
TECHNOLOGY_CONTRACTS = "technology_contracts"


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


def agreements(world: World) -> Figure:
    """How many of each kind, with their values; those with a clause on disputes of those that bind; and what technology contracts
    come to."""
    told = [one for case in world.counted for one in agreements_of(case, world)]
    binding = [one for one in told if not one.prepares]
    rows = [_row({"what": SIGNED}, binding, binding)]
    for kind in sorted({one.kind or "" for one in told}):
        mine = [one for one in told if (one.kind or "") == kind]
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
    contracts = [one for one in binding if one.technology_contract]
    rows.append(_row({"what": TECHNOLOGY_CONTRACTS}, contracts, binding))
    amounts = added(one.technology for one in contracts if one.technology is not None)
    rows.append(
        Row(
            of={"what": TECHNOLOGY_CONTRACTS, "of": TECHNOLOGY_VALUE},
            numerator=sum(one.technology is not None for one in contracts),
            denominator=len(contracts),
            cases=numbers(one.case for one in contracts if one.technology is not None),
            money=amounts,
        )
    )
    return Figure(rows=tuple(rows))


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
        waiting: Firing | None = None
        for one in case.on_track(track.id):
            if one.name in names.signs and one.name in names.takes_effect:
                yield _agreement(case, one, names, clause)
            elif one.name in names.signs:
                waiting = one
            elif one.name in names.unsigns:
                waiting = None
            elif waiting is not None and one.name in names.takes_effect:
                yield _agreement(case, waiting, names, clause)
                waiting = None
        if waiting is not None:
            yield _agreement(case, waiting, names, clause)


def _agreement(case: CaseFacts, signed: Firing, names: FigureNames, clause: bool | None) -> Agreement:
    kind, value, technology, contribution = (signed.data.get(field) for field in names.terms)
    return Agreement(
        case.number,
        kind,
        is_technology_contract(kind, contribution),
        kind in names.preparatory,
        _money(value),
        _money(technology),
        clause,
    )


def _money(said: Mapping[str, Any] | None) -> tuple[str, Decimal] | None:
    return None if not said else (str(said["currency"]), Decimal(str(said["amount"])))


def _clause(case: CaseFacts, names: FigureNames) -> bool | None:
    """Whether the newest word on it is that there is one."""
    said = case.finished(names.clause)
    return None if not said else said[-1].result.get(names.clause_field) != names.no_clause
