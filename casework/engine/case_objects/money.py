"""The money of a service: what was wanted, offered, approved and paid, and what is still owed after each repayment.

Where each of these is said, a definition tells (`Workflow.money`): "apply.amount" of an action, "repayment.principal" of a task.
Nobody types a balance: it is what was paid less what came back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from casework import reasons
from casework.engine.parts import INTEREST, MONEY_STAGES, PAID, RECOVERED, REPAID, REPAID_ON, VALUED
from casework.engine.state.case import COMPLETED, Case, Task, Track
from casework.reasons import Reason


@dataclass(frozen=True, slots=True)
class Said:
    """An amount of a stage, when it was recorded, and the day that was said with it, such as that of the payment."""

    stage: str
    amount: Decimal
    currency: str
    at: datetime
    on: str | None = None


@dataclass(frozen=True, slots=True)
class Repayment:
    """One repayment, and what is owed after it."""

    task: str
    on: str
    principal: Decimal
    interest: Decimal | None
    balance: Decimal


@dataclass(frozen=True, slots=True)
class MoneyOfTrack:
    """What a service's track says of its money."""

    track: str
    stages: tuple[Said, ...]
    repayments: tuple[Repayment, ...]
    recovered: Decimal | None
    #: What is owed still; None before anything was paid, and where nothing is paid back.
    balance: Decimal | None
    #: What its security was found to be worth last.
    value: Said | None = None

    @property
    def latest(self) -> Said | None:
        """The furthest stage that was reached."""
        return self.stages[-1] if self.stages else None


def owed(paid: Decimal, came_back: Iterable[Decimal]) -> Decimal:
    """What is owed of a loan: what was paid out less what came back, and never less than nothing."""
    return max(Decimal(0), paid - sum(came_back, Decimal(0)))


def rows_of(paid: Decimal, repayments: Iterable[tuple[str, str, Decimal, Decimal | None]]) -> Iterator[Repayment]:
    """Repayments (task, day, principal, interest) by their days, each with the balance after it."""
    so_far = Decimal(0)
    for task, on, principal, interest in sorted(repayments, key=lambda row: (row[1], row[0])):
        so_far += principal
        yield Repayment(task, on, principal, interest, owed(paid, [so_far]))


def money_of(case: Case, track: Track, written: Mapping[str, str]) -> MoneyOfTrack:
    """What a track has said of its money, where its definition says that it stands."""
    stages = tuple(said for stage in MONEY_STAGES if (said := _said(track, stage, written)) is not None)
    recovered = _said(track, RECOVERED, written)
    paid = next((said for said in stages if said.stage == PAID), None)
    if paid is None or REPAID not in written:
        return MoneyOfTrack(track.id, stages, (), None, None, _valued(case, track, written))
    rows = tuple(rows_of(paid.amount, _repaid(case, track, written)))
    came_back = [row.principal for row in rows] + ([recovered.amount] if recovered else [])
    balance, value = owed(paid.amount, came_back), _valued(case, track, written)
    return MoneyOfTrack(track.id, stages, rows, recovered.amount if recovered else None, balance, value)


def _said(track: Track, stage: str, written: Mapping[str, str]) -> Said | None:
    """The newest amount above nothing that one of the named actions told."""
    found, days = [], _days(stage, written)
    for name, field in _places(written.get(stage, "")):
        fired = track.fired.get(name)
        if fired is not None and (amount := amount_of(fired.data.get(field))) is not None and amount[0] > 0:
            found.append(Said(stage, *amount, fired.at, fired.data.get(days.get(name, ""))))
    return max(found, key=lambda said: said.at, default=None)


def _places(written: str) -> Iterator[tuple[str, str]]:
    """Each action or task that is named, and the field of its form."""
    for where in filter(None, written.split("|")):
        name, _, field = where.partition(".")
        yield name, field


def _days(stage: str, written: Mapping[str, str]) -> dict[str, str]:
    """By action or task the field in which it asks for the day of what it tells."""
    return dict(_places(written.get(f"{stage}_on", "")))


def _valued(case: Case, track: Track, written: Mapping[str, str]) -> Said | None:
    """The newest value of the security: what an action said at first, or a task since."""
    first, days = _said(track, VALUED, written), _days(VALUED, written)
    found = [first] if first is not None else []
    for name, field in _places(written.get(VALUED, "")):
        for task in done_of(case, track, name):
            if (amount := amount_of(task.result.get(field))) is not None:
                on = task.result.get(days.get(name, ""))
                found.append(Said(VALUED, *amount, task.closed_at or task.opened_at, on))
    return max(found, key=lambda said: said.at, default=None)


def _repaid(case: Case, track: Track, written: Mapping[str, str]) -> Iterator[tuple[str, str, Decimal, Decimal | None]]:
    name, _, field = written[REPAID].partition(".")
    interest, on = (written.get(part, "").partition(".")[2] for part in (INTEREST, REPAID_ON))
    for task in done_of(case, track, name):
        if (principal := amount_of(task.result.get(field))) is not None:
            paid = amount_of(task.result.get(interest))
            yield task.id, str(task.result.get(on) or ""), principal[0], paid and paid[0]


def done_of(case: Case, track: Track, name: str) -> list[Task]:
    """The finished tasks of a name on a track that were filled in."""
    return [
        task
        for task in case.tasks.values()
        if (task.track, task.name, task.type, task.state) == (track.id, name, "side", COMPLETED) and task.result
    ]


def amount_of(value: Any) -> tuple[Decimal, str] | None:
    """Amount and currency of what a field for money was filled in with."""
    if not isinstance(value, Mapping) or set(value) != {"amount", "currency"}:
        return None
    return Decimal(str(value["amount"])), str(value["currency"])


def say_applied_for(amount: Decimal, currency: str) -> list[Reason]:
    """What an approval was held against, in words."""
    return [reasons.cases.APPLIED_FOR(sum=f"{currency} {amount:,f}".removesuffix(".00"))]


def say_next(days: Iterable[date]) -> list[Reason]:
    """On which of the days that were agreed the next repayment is due, in words; nothing where none is left."""
    return [reasons.cases.NEXT_REPAYMENT(day=day.isoformat()) for day in sorted(days)[:1]]


_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
    HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD
    MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
    PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY
    TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
#: ISO 4217, without metals and funds.
CURRENCIES = frozenset(_CODES.split())
