"""What agreements that were signed say of their price, and what those in effect come to. Reads only.

What somebody may not see whole is in no sum, as it is in no list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.contract_sums import (
    ENDED,
    IN_EFFECT,
    Money,
    Sum,
    is_technology_contract,
    standing,
    sums,
)
from casework.engine.case_objects.price import (
    CONTRIBUTION,
    FORM,
    KIND,
    NO_PRICE,
    NO_VALUE,
    SIGNED_ON,
    TECHNOLOGY,
    VALUE,
    Said,
    asked_in,
    price_of,
)
from casework.engine.definition.editions import Edition
from casework.engine.execution.context import Library
from casework.engine.state.case import Fired
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import instant, parse_instant
from casework.operations.core.reader_names import titled
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach


@dataclass(frozen=True, kw_only=True, slots=True)
class MoneyView:
    """An amount and its currency."""

    #: A decimal.
    amount: str
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceOfCase:
    """What an agreement that was signed says of its price: codes, each with the field that was asked, and amounts."""

    track: str
    #: The moment at which it was recorded.
    at: str
    #: The day on which it was signed; None where its edition does not tell.
    signed_on: str | None
    kind: str | None
    form: str | None
    #: What goes into a joint venture; None of every other kind.
    contribution: str | None
    contract_value: MoneyView | None
    technology_value: MoneyView | None
    #: Why there is no price, or no value: the field that was asked, and the code.
    none: tuple[str, str] | None
    #: The fields by which kind and form were asked.
    fields: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class SumView:
    """What agreements of one currency come to: of a year, of a kind, or all of them."""

    year: int | None = None
    kind: str | None = None
    #: Under which name the kind was asked for.
    field: str | None = None
    currency: str
    agreements: int
    #: Decimals; what of it is technology is not known of projects that were imported, which is not nothing.
    contract_value: str
    technology_value: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnvaluedContract:
    """An agreement in effect that says no value, and why."""

    number: str
    title: str | None
    price: PriceOfCase


@dataclass(frozen=True, kw_only=True, slots=True)
class KindApart:
    """Agreements of a kind that are no technology contracts: purchases, letters of intent, NDAs, a joint venture of money alone."""

    kind: str
    #: Under which name the kind was asked for.
    field: str
    #: How many are in effect, and of these how many say no value.
    agreements: int
    without_value: int
    #: What those in effect come to, by currency.
    sums: list[SumView]
    #: How many have ended.
    ended: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractSums:
    """The sum of contract values (成交额): of technology contracts, by currency, year of signing and kind."""

    #: How many technology contracts are in effect.
    in_effect: int
    totals: list[SumView]
    years: list[SumView]
    kinds: list[SumView]
    #: How many of them say no value, and the first of these.
    without_value: int
    unvalued: list[UnvaluedContract]
    #: By year of signing what has ended, which counts in no other sum; and how many of it say no value.
    ended: list[SumView]
    ended_without_value: int
    #: What is no technology contract, by kind: in no other sum.
    apart: list[KindApart]
    #: By the year in which they ended the projects that were imported as closed; and how many say no value.
    imported: list[SumView]
    imported_without_value: int


# --- one price -------------------------------------------------------------------------------------------------------


def price_told(track: str, fired: Mapping[str, Said], edition: Edition) -> PriceOfCase | None:
    """What a track says of its price, where its edition tells where that stands; None before it is signed."""
    told = price_of(fired, edition.price) if edition.price else None
    if told is None:
        return None
    reason = next((part for part in (NO_PRICE, NO_VALUE) if part in told.said), None)
    return PriceOfCase(
        track=track,
        at=instant(told.at),
        signed_on=told.said.get(SIGNED_ON),
        kind=told.said.get(KIND),
        form=told.said.get(FORM),
        contribution=told.said.get(CONTRIBUTION),
        contract_value=_money(told.said.get(VALUE)),
        technology_value=_money(told.said.get(TECHNOLOGY)),
        none=(told.fields[reason], str(told.said[reason])) if reason else None,
        fields=dict(told.fields),
    )


def _money(said: Mapping[str, str] | None) -> MoneyView | None:
    return None if said is None else MoneyView(amount=str(said["amount"]), currency=str(said["currency"]))


# --- of many cases ---------------------------------------------------------------------------------------------------

#: The agreements of a case `c`, as far as their prices need them: what is asked for besides stays where it is.
AGREEMENTS = """
    SELECT t.id AS track, t.edition, t.states, t.ended_at IS NOT NULL AS ended, t.position, (
            SELECT jsonb_object_agg(f.key, jsonb_build_object('at', f.value -> 'at', 'data', (
                SELECT coalesce(jsonb_object_agg(d.key, d.value), '{}') FROM jsonb_each(f.value -> 'data') d
                WHERE d.key = ANY(CAST(:price_fields AS text[]))
            ))) FROM jsonb_each(t.fired) f WHERE f.key = ANY(CAST(:price_actions AS text[]))
        ) AS fired
    FROM tracks t
    WHERE t.log_id = c.id AND t.edition = ANY(CAST(:price_editions AS text[])) AND NOT t.replaced
"""
#: The agreements of all cases of some programmes, each with number and title of its case.
_ALL = text(f"""
    SELECT c.number, {titled("c")} AS title, a.* FROM cases c CROSS JOIN LATERAL ({AGREEMENTS}) a
    WHERE c.programme_id = ANY(CAST(:all_of AS uuid[])) AND a.fired IS NOT NULL ORDER BY c.number, a.position
""")
#: Of projects that were imported as closed.
_IMPORTED = text("""
    SELECT CAST(extract(year FROM ended_on) AS integer) AS year, contract_currency AS currency, count(*) AS n,
        sum(contract_value) AS value
    FROM past_projects WHERE programme_id = ANY(CAST(:all_of AS uuid[])) GROUP BY 1, 2 ORDER BY 1, 2
""")
#: Of those without a value so many are named.
MOST_UNVALUED = 200


def price_values(library: Library) -> dict[str, Any]:
    """What AGREEMENTS asks for: the editions that tell of a price, and by which actions and fields they do."""
    priced = {name: edition.price for name, edition in library.editions.items() if edition.price}
    asked = [asked_in(written) for written in priced.values()]
    return {
        "price_editions": sorted(priced),
        "price_actions": sorted(frozenset().union(*(actions for actions, _ in asked))),
        "price_fields": sorted(frozenset().union(*(fields for _, fields in asked))),
    }


def prices_in(rows: Iterable[JsonMapping], library: Library) -> Iterator[tuple[str, PriceOfCase]]:
    """How each agreement stands that counts, and its price, by rows of AGREEMENTS."""
    for row in rows:
        edition = library.editions[row["edition"]]
        told = price_told(str(row["track"]), _fired(row["fired"] or {}), edition)
        stands = standing(row["states"], edition.milestones, ended=row["ended"])
        if told is not None and stands is not None:
            yield stands, told


def in_effect(rows: Iterable[JsonMapping], library: Library) -> list[PriceOfCase]:
    """The prices of the agreements that are in effect, by rows of AGREEMENTS."""
    return [price for stands, price in prices_in(rows, library) if stands == IN_EFFECT]


def _fired(rows: JsonMapping) -> dict[str, Said]:
    return {name: Fired(1, parse_instant(action["at"]), "", None, action["data"]) for name, action in rows.items()}


@dataclass(frozen=True)
class _Contract:
    number: str
    title: str | None
    stands: str
    price: PriceOfCase

    @property
    def value(self) -> Money | None:
        return _decimal(self.price.contract_value)

    @property
    def technology(self) -> Money | None:
        return _decimal(self.price.technology_value)

    @property
    def year(self) -> int:
        """In which it was signed."""
        return int((self.price.signed_on or self.price.at)[:4])

    @property
    def is_technology(self) -> bool:
        return is_technology_contract(self.price.kind, self.price.contribution)

    @property
    def kind(self) -> tuple[str, str]:
        """The field by which its kind was asked, and the kind."""
        return self.price.fields.get(KIND, KIND), self.price.kind or ""


def _decimal(money: MoneyView | None) -> Money | None:
    return None if money is None else Money(Decimal(money.amount), money.currency)


def sum_contracts(db: Connection, actor: Actor, *, programme: str | None = None) -> ContractSums:
    """The sum of contract values of the cases that the actor sees whole, or of those of one programme; other agreements apart."""
    library = load_library()
    given = {"all_of": [one for one in sorted(reach(actor).all_of) if programme in (None, one)]}
    rows = db.execute(_ALL, given | price_values(library))
    found = [
        _Contract(row.number, row.title, stands, price)
        for row in rows
        for stands, price in prices_in([row._asdict()], library)
    ]
    counted = [one for one in found if one.is_technology]
    stand = [one for one in counted if one.stands == IN_EFFECT]
    ended = [one for one in counted if one.stands == ENDED]
    unvalued = [one for one in stand if one.value is None]
    imported = db.execute(_IMPORTED, given).all()
    return ContractSums(
        in_effect=len(stand),
        totals=[_shown(total) for _, total in sums(stand, lambda one: 0)],
        years=_by_year(stand),
        kinds=[_shown(total, field=field, kind=kind) for (field, kind), total in sums(stand, lambda one: one.kind)],
        without_value=len(unvalued),
        unvalued=[
            UnvaluedContract(number=one.number, title=one.title, price=one.price) for one in unvalued[:MOST_UNVALUED]
        ],
        ended=_by_year(ended),
        ended_without_value=sum(one.value is None for one in ended),
        apart=_apart([one for one in found if not one.is_technology]),
        imported=[
            SumView(
                year=row.year,
                currency=row.currency,
                agreements=row.n,
                contract_value=format(row.value, "f"),
                technology_value=None,
            )
            for row in imported
            if row.currency
        ],
        imported_without_value=sum(row.n for row in imported if not row.currency),
    )


def _apart(contracts: list[_Contract]) -> list[KindApart]:
    """By kind what is no technology contract: how many, and what they come to."""
    views = []
    for field, kind in sorted({one.kind for one in contracts}):
        of_kind = [one for one in contracts if one.kind == (field, kind)]
        stand = [one for one in of_kind if one.stands == IN_EFFECT]
        views.append(
            KindApart(
                kind=kind,
                field=field,
                agreements=len(stand),
                without_value=sum(one.value is None for one in stand),
                sums=[_shown(total) for _, total in sums(stand, lambda one: 0)],
                ended=len(of_kind) - len(stand),
            )
        )
    return views


def _by_year(contracts: Iterable[_Contract]) -> list[SumView]:
    return [_shown(total, year=year) for year, total in sums(contracts, lambda one: one.year)]


def _shown(total: Sum, **what: Any) -> SumView:
    return SumView(
        currency=total.currency,
        agreements=total.agreements,
        contract_value=format(total.value, "f"),
        technology_value=format(total.technology, "f"),
        **what,
    )
