"""What a case is about and how far it has come, in a few lines: on which facts a decision rests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from flask_babel import gettext

from casework.engine import parts
from casework.engine.definition.editions import Edition
from casework.engine.state.case import Case, Task, Track
from casework.engine.state.impact_values import LEVELS
from casework.operations.cases.about import CaseAbout, NeedOfCase, TechnologyOfCase
from casework.operations.history.views import HistoryEntry
from casework.web.shell.i18n import N_, edition_text, listed, name_of
from casework.web.shell.impact_words import say_level
from casework.web.shell.task_links import capital
from casework.web.shell.values import choice_name, say_amount, service_name

#: So many open tasks are named.
_NAMED = 6
NEED, TECHNOLOGY = N_("Need"), N_("Technology")


def facts_of(
    case: Case, about: CaseAbout, asked: HistoryEntry | None, task: Task, editions: Mapping[str, Edition]
) -> Iterator[tuple[str, str]]:
    """Label and words, row by row: the sides, where the case stood, its services, prices, effect, and what is still open."""
    for label, side in ((NEED, about.need), (TECHNOLOGY, about.technology)):
        if side is not None:
            yield gettext(label), _side(side)
    home = editions[case.main.edition]
    if task.type == "step" and asked is not None and asked.from_:
        yield gettext("State before"), listed(edition_text(home, f"states.{leaf}") for leaf in asked.from_)
    for track in _services(case):
        yield capital(service_name(track.kind)), listed(_stands(case, track, editions))
    for price in about.prices:
        if (value := price.contract_value) is not None:
            said = f"{value.currency} {say_amount(Decimal(value.amount))}"
            yield choice_name(price.fields.get("kind", ""), price.kind or ""), said
    levels = {one.level for one in case.impacts.values() if one.stands}
    told = [say_level(level) for level in LEVELS if level in levels]
    yield gettext("Effect on record"), listed(told) or gettext("none")
    left = [one for one in case.open_tasks() if one.type == "side" and one.id != task.id]
    named = list(dict.fromkeys(edition_text(editions[one.edition], f"tasks.{one.rule}") for one in left))
    if named:
        more = [gettext("and %(num)d more", num=len(named) - _NAMED)] if len(named) > _NAMED else []
        yield gettext("Tasks still open"), " · ".join([*named[:_NAMED], *more])


def _side(side: NeedOfCase | TechnologyOfCase) -> str:
    return " · ".join([name_of(side.title), *([name_of(side.owner)] if side.owner else [])])


def _services(case: Case) -> Iterator[Track]:
    """What runs or ran beside the case; the work of a provider is told with its referral."""
    for track in case.tracks.values():
        above = case.tracks.get(track.parent or "")
        if track.part != parts.MAIN and not track.replaced and not (above is not None and above.is_referral):
            yield track


def _stands(case: Case, track: Track, editions: Mapping[str, Edition]) -> Iterator[str]:
    for one in (track, *(below for below in case.tracks.values() if below.parent == track.id and track.is_referral)):
        states = (one.outcome,) if one.outcome is not None else one.states
        yield from (edition_text(editions[one.edition], f"states.{leaf}") for leaf in states)


__all__ = ["facts_of"]
