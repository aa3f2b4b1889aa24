"""What follows from each answer to an offer, as its edition says: whose turn it is then, for what, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import gettext

from casework.engine.deadlines.calendars import Calendar
from casework.engine.deadlines.deadlines import WrittenLimit, called, of_firing, of_state, set_for
from casework.engine.definition.editions import Edition, StateRule
from casework.engine.roles import Role
from casework.web.shell.form_actions import Action
from casework.web.shell.i18n import edition_text
from casework.web.shell.limit_words import limit_words


@dataclass(frozen=True)
class Answer:
    """An answer, or none, and what follows from it."""

    words: str
    follows: str


def answers_to(edition: Edition, state: str, actions: Iterable[Action], calendar: Calendar) -> list[Answer]:
    """Each answer that is possible in a state and what follows, and last what follows where none comes; by the programme's limits."""
    return [*_by_people(edition, actions, calendar), *_by_the_clock(edition, state, calendar)]


def _by_people(edition: Edition, actions: Iterable[Action], calendar: Calendar) -> Iterator[Answer]:
    targets = {rule.name: edition.states.get(rule.target) for rule in edition.transitions}
    for action in actions:
        target = targets.get(action.name)
        if action.allowed and target is not None:
            yield Answer(action.label, _follows(edition, target, calendar))


def _by_the_clock(edition: Edition, state: str, calendar: Calendar) -> Iterator[Answer]:
    for rule, _ in edition.leaving((state,)):
        if rule.after is not None and rule.target in edition.states and edition.states[rule.target].final:
            limit = _limit(rule.after, calendar, of_firing(edition.workflow, rule.name))
            yield Answer(
                gettext("No answer within %(limit)s", limit=limit),
                _follows(edition, edition.states[rule.target], calendar),
            )


def _limit(limit: WrittenLimit, calendar: Calendar, what: str) -> str:
    """How long a limit is in this programme; of one that counts from a day that a form names nothing is said."""
    if limit["since"]:
        return ""
    return limit_words(limit["unit"], set_for(limit, calendar, called(limit, what)) or limit["n"])


def _follows(edition: Edition, state: StateRule, calendar: Calendar) -> str:
    if state.final:
        return gettext(
            "The request ends here (%(state)s), and you are asked nothing more.",
            state=edition_text(edition, f"states.{state.path}"),
        )
    do = edition_text(edition, f"states.{state.path}.do")
    limit = "" if state.due is None else _limit(state.due, calendar, of_state(edition.workflow, state.path))
    if state.queue in (Role.PROVIDER, Role.PROVIDER_LEAD):
        return (
            gettext("It stays your turn: %(do)s, within %(limit)s.", do=do, limit=limit)
            if limit
            else gettext("It stays your turn: %(do)s.", do=do)
        )
    return (
        gettext("It is the office's turn: %(do)s, within %(limit)s. Your clock is paused.", do=do, limit=limit)
        if limit
        else gettext("It is the office's turn: %(do)s. Your clock is paused.", do=do)
    )


__all__ = ["Answer", "answers_to"]
