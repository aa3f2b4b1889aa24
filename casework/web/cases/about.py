"""What a case is about in words, and its money as a bar by how sure each part is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext
from markupsafe import Markup

from casework.operations.cases.about import (
    AGREED,
    CONFIRMED,
    SAID,
    Amount,
    CaseAbout,
    MatchOfCase,
    NeedOfCase,
    TechnologyOfCase,
)
from casework.web.cases.effect import say_statement
from casework.web.cases.money import MoneyWords, say_money
from casework.web.cases.price import PriceWords, say_prices
from casework.web.shell import charts
from casework.web.shell.charts import Share
from casework.web.shell.dates import say_day
from casework.web.shell.figure_words import say_figure
from casework.web.shell.i18n import N_, listed, name_of
from casework.web.shell.layout import clock, place_names
from casework.web.shell.screening_words import RESULTS
from casework.web.shell.values import called_word, say_amount

#: How sure an amount is: in words, and as it is drawn.
_CERTAINTIES = {
    CONFIRMED: (N_("paid"), charts.OURS),
    AGREED: (N_("agreed"), charts.AGREED),
    SAID: (N_("asked for"), charts.SAID),
}
#: Letters of a text that are shown before the rest is folded away.
_SHORT = 320


@dataclass(frozen=True)
class AboutSide:
    """The need or the technology: whose, where, and what it says."""

    title: str
    owner: str
    where: str
    facts: tuple[str, ...]
    text: str

    @property
    def short(self) -> str:
        """The beginning of its text, where that is long: up to the end of a word."""
        if len(self.text) <= _SHORT:
            return self.text
        begun = self.text[:_SHORT]
        return (begun.rsplit(" ", 1)[0] if " " in begun[_SHORT // 2 :] else begun) + " …"


@dataclass(frozen=True)
class MoneyBar:
    """The amounts of one currency: the whole in words, the picture, and what each part is."""

    whole: str
    picture: Markup
    key: tuple[tuple[Markup, str, str], ...]


@dataclass(frozen=True)
class AboutCase:
    """What the case is about, as its page says it."""

    need: AboutSide | None
    technology: AboutSide | None
    phase: str
    why: str
    #: Who proposed the match.
    by: str
    on: str | None
    money: tuple[MoneyBar, ...]
    #: The same of each service, stage by stage.
    services: tuple[MoneyWords, ...]
    #: What agreements that were signed say of their price.
    prices: tuple[PriceWords, ...]


def about_case(about: CaseAbout, names: Mapping[str, str]) -> AboutCase:
    """The records of a case in words; `names` are those of its tracks."""
    need, technology, match = about.need, about.technology, about.match
    return AboutCase(
        AboutSide(
            name_of(need.title),
            name_of(need.owner) if need.owner else "",
            listed(
                called_word(need.called, field, said)
                for field, said in (("district", need.district), ("sector", need.sector))
                if said
            ),
            (
                *_expired(need),
                *((gettext("Target: %(target)s", target=need.target),) if need.target else ()),
                *map(say_figure, need.figures),
                *_screened(about, "need_owner"),
            ),
            need.problem or "",
        )
        if need
        else None,
        AboutSide(
            name_of(technology.title),
            name_of(technology.owner) if technology.owner else "",
            place_names(technology.developed_in),
            (*_expired(technology), *_facts(technology), *_screened(about, "technology_owner")),
            technology.description or "",
        )
        if technology
        else None,
        name_of(about.phase) if about.phase else "",
        match.rationale or "" if match else "",
        _by(match),
        match.proposed_on if match else None,
        tuple(money_bars(about.amounts, names)),
        tuple(say_money(about.money, names)),
        say_prices(about.prices),
    )


def _screened(about: CaseAbout, side: str) -> Iterable[str]:
    """On which screening of the organisation's record the case relies."""
    told = about.screened.get(side)
    if told is None:
        return
    until = told.valid_until or told.checked_on
    words = {
        "day": say_day(told.checked_on, clock()),
        "result": gettext(RESULTS[told.result]),
        "until": say_day(until, clock()),
    }
    if until < clock().office_today.isoformat():
        yield gettext(
            "By the organisation’s record screened on %(day)s: %(result)s. It held until %(until)s, and has run out.",
            **words,
        )
    else:
        yield gettext("By the organisation’s record screened on %(day)s: %(result)s. Holds until %(until)s.", **words)


def _expired(side: NeedOfCase | TechnologyOfCase) -> Iterable[str]:
    """The case goes on, and nothing new would be opened with it."""
    if side.owner_expired:
        yield gettext("The record of this organisation has expired.")


def _facts(technology: TechnologyOfCase) -> Iterable[str]:
    low, high = technology.readiness_low, technology.readiness_high
    if low is not None and high is not None and low != high:
        yield gettext("readiness level %(low)s to %(high)s", low=low, high=high)
    elif low is not None or high is not None:
        yield gettext("readiness level %(level)s", level=low if low is not None else high)
    if technology.ip_text:
        yield technology.ip_text
    for one in technology.statements:
        yield gettext(
            "%(statement)s; valid until %(day)s", statement=say_statement(one), day=say_day(one.valid_until, clock())
        )


def _by(match: MatchOfCase | None) -> str:
    return gettext("proposed by %(who)s", who=match.proposed_by) if match and match.proposed_by else ""


def money_bars(amounts: Iterable[Amount], names: Mapping[str, str]) -> Iterable[MoneyBar]:
    """A bar for each currency: what the services pay, are to pay or are asked for, and what of the budget nobody pays yet."""
    by_currency: dict[str, list[Amount]] = {}
    for amount in amounts:
        by_currency.setdefault(amount.currency, []).append(amount)
    for currency, there in by_currency.items():
        budget = sum((Decimal(amount.amount) for amount in there if amount.track is None), Decimal(0))
        parts = sorted(
            (amount for amount in there if amount.track is not None),
            key=lambda amount: list(_CERTAINTIES).index(amount.certainty),
        )
        covered = sum((Decimal(amount.amount) for amount in parts), Decimal(0))
        shares, key = [], []
        for amount in parts:
            sure, kind = _CERTAINTIES[amount.certainty]
            words = gettext("%(what)s, %(sure)s", what=names.get(amount.track or "", ""), sure=gettext(sure))
            shares.append(Share(float(amount.amount), kind, f"{say_amount(Decimal(amount.amount))} {words}"))
            key.append((charts.sample(kind), say_amount(Decimal(amount.amount)), words))
        if budget > covered:
            words = gettext("of the budget, not covered yet") if covered else gettext("budget, as the need says")
            kind = charts.REST
            shares.append(Share(float(budget - covered), kind, f"{say_amount(budget - covered)} {words}"))
            key.append((charts.sample(kind), say_amount(budget - covered), words))
        if shares:
            whole = f"{currency} {say_amount(max(budget, covered))}"
            says = gettext("Money, %(whole)s: %(parts)s", whole=whole, parts="; ".join(share.words for share in shares))
            yield MoneyBar(whole, charts.bar_share(shares, says), tuple(key))
