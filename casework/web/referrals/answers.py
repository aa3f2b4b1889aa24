"""What follows from each answer to an offer, as its edition says: whose turn it is then, for what, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from casework.engine.definition.editions import Edition, StateRule
from casework.engine.roles import Role
from casework.web.shell.form_actions import Action
from casework.web.shell.i18n import edition_text


@dataclass(frozen=True)
class Answer:
    """An answer, or none, and what follows from it."""

    words: str
    follows: str


def answers_to(edition: Edition, state: str, actions: Iterable[Action]) -> list[Answer]:
    """Each answer that is possible in a state and what follows, and last what follows where none comes."""
    return [*_by_people(edition, actions), *_by_the_clock(edition, state)]


def _by_people(edition: Edition, actions: Iterable[Action]) -> Iterator[Answer]:
    targets = {rule.name: edition.states.get(rule.target) for rule in edition.transitions}
    for action in actions:
        target = targets.get(action.name)
        if action.allowed and target is not None:
            yield Answer(action.label, _follows(edition, target))


def _by_the_clock(edition: Edition, state: str) -> Iterator[Answer]:
    for rule, _ in edition.leaving((state,)):
        if rule.after is not None and rule.target in edition.states and edition.states[rule.target].final:
            yield Answer(
                gettext("No answer within %(limit)s", limit=limit_words(rule.after["unit"], rule.after["n"])),
                _follows(edition, edition.states[rule.target]),
            )


def _follows(edition: Edition, state: StateRule) -> str:
    if state.final:
        return gettext(
            "The request ends here (%(state)s), and you are asked nothing more.",
            state=edition_text(edition, f"states.{state.path}"),
        )
    do = edition_text(edition, f"states.{state.path}.do")
    limit = "" if state.due is None or state.due["since"] else limit_words(state.due["unit"], state.due["n"])
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


def limit_words(unit: str, days: int) -> str:
    """5 working days."""
    if unit == "wd":
        return ngettext("%(num)d working day", "%(num)d working days", days)
    if unit == "mo":
        return ngettext("%(num)d month", "%(num)d months", days)
    return ngettext("%(num)d calendar day", "%(num)d calendar days", days)


__all__ = ["Answer", "answers_to", "limit_words"]
