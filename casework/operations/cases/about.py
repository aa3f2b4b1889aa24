"""What a case is about: the need, the technology, why they were matched, and the amounts by how sure they are. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.case_objects.need_figures import NeedFigure
from casework.engine.definition.editions import Edition
from casework.engine.parts import PAID
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.operations.cases.contracts import PriceOfCase, price_told
from casework.operations.cases.impacts import STATEMENTS, StatementView, statements_in
from casework.operations.cases.money import ServiceMoney, list_money, money_in
from casework.operations.core.case_parties import GIVEN, given_of
from casework.operations.core.merged_records import in_its_place
from casework.operations.core.organisations import STANDING
from casework.operations.core.programme_lists import SAID_OF_RECORDS, Called, called_in
from casework.operations.core.screened_parties import COUNTS_UNTIL
from casework.operations.core.views import Names, row_as
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight

#: How sure an amount is: somebody said it, the other side has agreed to it, it has been paid.
SAID, AGREED, CONFIRMED = "said", "agreed", "confirmed"
#: The milestones of a service at which its amount is agreed and confirmed.
_MILESTONES = ((CONFIRMED, "paid"), (AGREED, "offered"))


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedOfCase:
    """What the case is to meet."""

    title: Names
    owner: Names | None
    #: The record of that organisation has expired.
    owner_expired: bool
    district: str | None
    sector: str | None
    problem: str | None
    target: str | None
    #: What is now and what is wanted, row by row.
    figures: list[NeedFigure]
    #: What the programme calls sector and district.
    called: Called


@dataclass(frozen=True, kw_only=True, slots=True)
class TechnologyOfCase:
    """With what it is to be met."""

    title: Names
    owner: Names | None
    owner_expired: bool
    developed_in: list[str]
    description: str | None
    readiness_text: str | None
    readiness_low: int | None
    readiness_high: int | None
    ip_text: str | None
    #: What assessors have stated of it, the newest first.
    statements: list[StatementView]


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchOfCase:
    """Why they were brought together."""

    proposed_by: str | None
    #: A day.
    proposed_on: str | None
    rationale: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """Money that the case is about; of the need's budget `track` is None."""

    track: str | None
    #: A decimal.
    amount: str
    currency: str
    #: said, agreed or confirmed.
    certainty: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ScreeningOfParty:
    """How the organisation of a party was screened last, on its own record."""

    #: clear or hit.
    result: str
    checked_on: str
    #: No longer than the programme lets it count.
    valid_until: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAbout:
    """What a case is about, as far as it is recorded."""

    need: NeedOfCase | None
    technology: TechnologyOfCase | None
    match: MatchOfCase | None
    #: The phase of the programme in which it was opened.
    phase: Names | None
    amounts: list[Amount]
    #: Of each service that pays or is to pay its stages, repayments and what is owed.
    money: list[ServiceMoney]
    #: Of each agreement that was signed.
    prices: list[PriceOfCase]
    #: By side the screening on record on which the case relies.
    screened: dict[str, ScreeningOfParty]


@dataclass(frozen=True, kw_only=True, slots=True)
class PartyOfCase:
    """A party as far as it is recorded."""

    side: str
    name: str
    name_zh: str | None
    #: ISO 3166-1 alpha-2.
    country: str | None
    register_number: str | None


def show_party(db: Connection, actor: Actor, case: Case, side: str | None) -> PartyOfCase | None:
    """The party on a side, for those who see the case whole; None where nobody is recorded there."""
    if side is None or sight(actor, case) < Sight.ALL:
        return None
    row = db.execute(_PARTY, {"side": side, **given_of(case)}).one_or_none()
    return None if row is None else PartyOfCase(side=side, **row._mapping)


#: What is recorded of an organisation as a party.
_PARTY = text(f"""
    SELECT o.name, o.name_zh, o.country, o.register_number FROM {GIVEN} JOIN ({STANDING}) ON g.id = p.id WHERE p.party = :side
""")


def show_about(db: Connection, actor: Actor, case: Case) -> CaseAbout:
    """What a case is about, for those who see it whole. Raises NotFound."""
    if sight(actor, case) < Sight.ALL:
        raise NotFound("case")
    row = db.execute(
        _ABOUT,
        {
            "match": case.match,
            "phase": case.phase,
            "programme": case.programme,
            **given_of(case),
        },
    ).one()
    budget = []
    if row.budget is not None:
        budget = [Amount(track=None, amount=str(row.budget), currency=row.budget_currency or "", certainty=SAID)]
    return CaseAbout(
        need=_need(row) if row.need_title is not None else None,
        technology=_technology(row, statements_in(row.statements)) if row.technology_title is not None else None,
        match=row_as(MatchOfCase, row, proposed_on=row.proposed_on and row.proposed_on.isoformat())
        if row.match_id is not None
        else None,
        phase=_named_or_none(row.phase, row.phase_zh),
        amounts=budget + list(amounts_of(case, load_library().editions)),
        money=list_money(case, load_library().editions),
        prices=list(prices_of(case, load_library().editions)),
        screened={side: ScreeningOfParty(**told) for side, told in row.screened.items()},
    )


def prices_of(case: Case, editions: Mapping[str, Edition]) -> Iterator[PriceOfCase]:
    """The price of each agreement that was signed; what was replaced counts for nothing."""
    for track in case.tracks.values():
        edition = editions.get(track.edition)
        told = price_told(track.id, track.fired, edition) if edition is not None and not track.replaced else None
        if told is not None:
            yield told


def _need(row: Any) -> NeedOfCase:
    return row_as(
        NeedOfCase,
        row,
        title=_named(row.need_title, row.need_title_zh),
        owner=_named_or_none(row.need_owner, row.need_owner_zh),
        owner_expired=row.need_owner_expired is not None,
        called=called_in(row.said_of_records, {"need": {"sector": row.sector, "district": row.district}}),
    )


def _technology(row: Any, statements: list[StatementView]) -> TechnologyOfCase:
    return row_as(
        TechnologyOfCase,
        row,
        title=_named(row.technology_title, row.technology_title_zh),
        owner=_named_or_none(row.technology_owner, row.technology_owner_zh),
        owner_expired=row.technology_owner_expired is not None,
        developed_in=list(row.developed_in or ()),
        statements=statements,
    )


def _named(name: str, name_zh: str | None) -> Names:
    return Names(name=name, name_zh=name_zh)


def _named_or_none(name: str | None, name_zh: str | None) -> Names | None:
    return None if name is None else _named(name, name_zh)


def amounts_of(case: Case, editions: Mapping[str, Edition]) -> Iterator[Amount]:
    """The amount of each service that pays or is to pay: that of the furthest stage which it reached.

    What is paid of it so far is apart from the rest, which is still to come. What has ended without an offer, or was replaced, counts
    for nothing.
    """
    for told in money_in(case, editions):
        track, said = case.tracks[told.track], told.latest
        milestones = editions[track.edition].milestones
        certainty = next((sure for sure, name in _MILESTONES if set(track.states) & milestones.get(name, set())), SAID)
        if said is not None and said.stage == PAID and certainty != CONFIRMED and len(told.stages) > 1:
            yield Amount(track=track.id, amount=str(said.amount), currency=said.currency, certainty=CONFIRMED)
            said = replace(told.stages[-2], amount=told.stages[-2].amount - said.amount)
        if said is not None and said.amount > 0 and not (track.ended_at is not None and certainty == SAID):
            yield Amount(track=track.id, amount=str(said.amount), currency=said.currency, certainty=certainty)


#: The records of a case, and its parties by name. What the reader may not see is empty.
_ABOUT = text(f"""
    SELECT n.title AS need_title, n.title_zh AS need_title_zh, n.district, n.sector, n.problem, n.target, n.figures, n.budget,
        n.budget_currency, no.name AS need_owner, no.name_zh AS need_owner_zh,
        no.expired_at AS need_owner_expired, o.expired_at AS technology_owner_expired,
        t.title AS technology_title, t.title_zh AS technology_title_zh, t.developed_in, t.description, t.readiness_text,
        t.readiness_low, t.readiness_high, t.ip_text, o.name AS technology_owner, o.name_zh AS technology_owner_zh,
        m.id AS match_id, m.proposed_by, m.proposed_on, m.rationale, f.name AS phase, f.name_zh AS phase_zh,
{STATEMENTS}    , {SAID_OF_RECORDS}    , (SELECT coalesce(jsonb_object_agg(p.party, jsonb_build_object(
            'result', s.result, 'checked_on', s.checked_on, 'valid_until', {COUNTS_UNTIL}
        )), '{{}}') FROM {GIVEN} CROSS JOIN LATERAL (
            SELECT x.* FROM {STANDING} JOIN organisation_screenings x ON x.organisation_id = o.id
            WHERE g.id = p.id AND x.programme_id = CAST(:programme AS uuid) ORDER BY x.checked_on DESC, x.made_at DESC, x.id DESC LIMIT 1
        ) s LEFT JOIN programmes y ON y.id = s.programme_id) AS screened
    FROM (SELECT 1) AS this
    LEFT JOIN needs n ON n.id = {in_its_place("needs", "CAST(:need AS uuid)")}
    LEFT JOIN technologies t ON t.id = {in_its_place("technologies", "CAST(:technology AS uuid)")}
    LEFT JOIN matches m ON m.id = CAST(:match AS uuid)
    LEFT JOIN phases f ON f.id = CAST(:phase AS uuid)
    LEFT JOIN organisations no ON no.id = (SELECT o.id FROM {STANDING} WHERE g.id = coalesce(n.owner_id, CAST(:need_owner AS uuid)))
    LEFT JOIN organisations o ON o.id = (SELECT o.id FROM {STANDING} WHERE g.id = coalesce(t.owner_id, CAST(:technology_owner AS uuid)))
""")
