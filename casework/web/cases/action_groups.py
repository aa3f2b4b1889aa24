"""The actions of a case that do not stand first, in groups by track, with what ends something apart and last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from casework.engine.definition.grammar import EXCEPTION
from casework.operations.cases.views import ConsentView
from casework.web.cases.next_step import Choices
from casework.web.cases.progress import order_of
from casework.web.shell.form_actions import Action
from casework.web.shell.links_in_words import linked
from casework.web.shell.values import party_name


@dataclass(frozen=True)
class MenuItem:
    """A link of the menu; `danger` where it ends something or cannot be taken back."""

    words: str
    url: str
    danger: bool = False


@dataclass(frozen=True)
class MenuGroup:
    """Links under a heading."""

    title: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True)
class Refusal:
    """An action that is not possible yet, and why."""

    do: str
    where: str
    why: tuple[str, ...]


def ends_something(action: Action) -> bool:
    """Whether an action leads out of the usual way and to an end, or cannot be taken back."""
    if action.kind != EXCEPTION:
        return False
    rules = [rule for rule in action.edition.transitions if rule.name == action.name]
    final = any(rule.target in action.edition.states and action.edition.states[rule.target].final for rule in rules)
    return final or action.irreversible


def _closes(action: Action) -> bool:
    """Whether an action leads out of the usual way to the last step, from which the case is closed."""
    if action.kind != EXCEPTION:
        return False
    states, last = action.edition.states, order_of(action.edition)[-1:]
    targets = [rule.target for rule in action.edition.transitions if rule.name == action.name]
    return any(target in states and states[target].step in last for target in targets)


def groups_of(
    chosen: Choices,
    number: str,
    main: str,
    names: Mapping[str, str],
    *,
    allowed: Collection[str],
    shown: Collection[Action],
) -> list[MenuGroup]:
    """What stands in the menu: all that is possible but what is `shown` beside it, and what concerns the case itself."""
    by_track: dict[str, list[Action]] = {main: []}
    ending: list[Action] = []
    for action in (*chosen.possible, *chosen.more):
        if action in shown:
            continue
        if action.track == main and (ends_something(action) or _closes(action)):
            ending.append(action)
        else:
            by_track.setdefault(action.track, []).append(action)
    groups = []
    for track, actions in by_track.items():
        items = [_item(action, number) for action in sorted(actions, key=ends_something)]
        if track == main:
            items += _of_the_case(number, allowed)
        if items:
            groups.append(MenuGroup(gettext("The case") if track == main else names.get(track, ""), tuple(items)))
    if ending:
        groups.append(MenuGroup(gettext("End the case"), tuple(_item(action, number) for action in ending)))
    return groups


def _item(action: Action, number: str) -> MenuItem:
    words = gettext("Decide: %(do)s", do=action.label) if action.proposed else action.label
    url = url_for("cases.act", number=number, track=action.track, transition=action.name)
    return MenuItem(words, url, ends_something(action))


def _of_the_case(number: str, allowed: Collection[str]) -> list[MenuItem]:
    items = []
    if "hand_over" in allowed:
        items.append(MenuItem(gettext("Hand over the case"), url_for("cases.hand_over", number=number)))
    if "link_case" in allowed:
        items.append(MenuItem(gettext("Link another case") + " …", url_for("cases.link", number=number)))
    if "move_case" in allowed:
        items.append(MenuItem(gettext("Move this case") + " …", url_for("cases.move", number=number)))
    if "declare_interest" in allowed:
        words = gettext("Declare a conflict of interest")
        items.append(MenuItem(words, url_for("cases.interest", number=number)))
    return items


def withdrawals_of(consents: Iterable[ConsentView], number: str, allowed: Collection[str]) -> list[MenuGroup]:
    """The consents that a party may withdraw."""
    items = tuple(
        MenuItem(
            gettext("Withdraw the consent of the %(party)s", party=party_name(consent.party)),
            url_for("cases.withdraw", number=number, consent=consent.id),
            danger=True,
        )
        for consent in consents
        if "withdraw_consent" in allowed and not consent.ended_at
    )
    return [MenuGroup(gettext("Consents"), items)] if items else []


def refusals_of(
    chosen: Choices, main: str, names: Mapping[str, str], places: Mapping[str, str], *, others: bool
) -> list[Refusal]:
    """What is not possible yet, with why, which leads to where it is mended; of other roles only where the reader asks for it."""
    actions = [*chosen.not_now, *(chosen.of_others if others else ())]
    return [
        Refusal(
            action.label,
            "" if action.track == main else names.get(action.track, ""),
            tuple(linked(why, places) for why in action.why_not),
        )
        for action in actions
    ]
