"""The money of a case's services as it is handed out: each stage, each repayment, and what is owed. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from casework.engine.case_objects.money import MoneyOfTrack, Said, money_of
from casework.engine.definition.editions import Edition
from casework.engine.definition.sheets import NOTHING_KEPT, KeptBack
from casework.engine.state.case import Case
from casework.ledger.canonical_json import instant


@dataclass(frozen=True, kw_only=True, slots=True)
class StageOfMoney:
    """What was wanted, offered, approved or paid."""

    stage: str
    #: A decimal.
    amount: str
    currency: str
    #: The moment at which it was recorded.
    at: str
    #: The day that was said with it: of the decision, the payment or the valuation; None where none is asked for.
    on: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RepaymentRow:
    """What came back on a day, and what is owed after it."""

    on: str
    principal: str
    interest: str | None
    balance: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceMoney:
    """The money of one service."""

    track: str
    #: The service that its referral is about.
    kind: str
    currency: str
    stages: list[StageOfMoney]
    repayments: list[RepaymentRow]
    #: What the pledged right was turned into.
    recovered: str | None
    #: What is owed still; None where nothing is paid back.
    balance: str | None
    #: What its security was found to be worth last.
    value: StageOfMoney | None


def list_money(
    case: Case,
    editions: Mapping[str, Edition],
    *,
    tracks: Collection[str] | None = None,
    kept: KeptBack = NOTHING_KEPT,
) -> list[ServiceMoney]:
    """Of each service that pays or is to pay, or of those on some tracks; what was replaced counts for nothing.

    `kept` is what the case sheet does not tell a provider.
    """
    return [
        _told(case, told)
        for told in money_in(case, editions, kept)
        if told.stages and (tracks is None or told.track in tracks)
    ]


def money_in(case: Case, editions: Mapping[str, Edition], kept: KeptBack = NOTHING_KEPT) -> Iterator[MoneyOfTrack]:
    """What each track that counts has said of its money, where its edition tells where that stands."""
    for track in case.tracks.values():
        edition = editions.get(track.edition)
        if edition is not None and edition.money and not track.replaced:
            told = {stage: kept.told_in(written) for stage, written in edition.money.items()}
            yield money_of(case, track, told)


def _told(case: Case, told: MoneyOfTrack) -> ServiceMoney:
    track = case.tracks[told.track]
    return ServiceMoney(
        track=told.track,
        kind=track.kind or track.workflow,
        currency=told.stages[-1].currency,
        stages=[_stage(said) for said in told.stages],
        repayments=[
            RepaymentRow(
                on=row.on,
                principal=str(row.principal),
                interest=None if row.interest is None else str(row.interest),
                balance=str(row.balance),
            )
            for row in told.repayments
        ],
        recovered=None if told.recovered is None else str(told.recovered),
        balance=None if told.balance is None else str(told.balance),
        value=None if told.value is None else _stage(told.value),
    )


def _stage(said: Said) -> StageOfMoney:
    return StageOfMoney(
        stage=said.stage, amount=str(said.amount), currency=said.currency, at=instant(said.at), on=said.on
    )
