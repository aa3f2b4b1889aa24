"""What people do on pages: an action's form shown, sent, and shown again with what was typed where it was refused.

A page that has actions reads them with `actions_in` and shows the form of one with `action_form`; tasks with a form have `form_on`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from flask import request
from flask_babel import gettext
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.analysis.ways import says_answer
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition, TransitionRule, do_key
from casework.engine.definition.grammar import MAIN, RETURN
from casework.engine.definition.prefill import READER, Source, sources
from casework.engine.definition.registry import GUARDS
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.engine.state.events import SAID
from casework.errors import (
    NotFound,
)
from casework.json_values import JsonMapping
from casework.operations.cases.action_views import ActionView, NeededPaper
from casework.operations.cases.case_events import list_events
from casework.operations.cases.editors import Capacity, editors_beside, fires
from casework.operations.cases.event_views import CaseEvent
from casework.operations.cases.form_choices import choices_of
from casework.operations.cases.returned_actions import ReturnedAction
from casework.operations.documents.needed_papers import against, to_hand_in
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.web.shell.balance_words import with_balance
from casework.web.shell.dates import say_day
from casework.web.shell.forms import (
    FormView,
    texts_of,
)
from casework.web.shell.i18n import N_, edition_text, listed, role_name, say
from casework.web.shell.impact_words import say_choices
from casework.web.shell.layout import clock
from casework.web.shell.limit_words import with_limits
from casework.web.shell.links_in_words import with_places
from casework.web.shell.navigation import PROVIDERS
from casework.web.shell.provider_choices import with_possible
from casework.web.shell.sent_forms import Sent, kept_form
from casework.web.shell.task_links import capital


@dataclass(frozen=True)
class Action:
    """An action as a page shows it."""

    track: str
    name: str
    kind: str
    edition: Edition
    revision: int
    allowed: bool
    why_not: tuple[str, ...]
    #: Another person asked for it already; doing it means confirming, without a form.
    proposed: bool
    #: Doing it only proposes it, for a second person of one of these roles.
    confirm_by: tuple[str, ...]
    rules: tuple[JsonMapping, ...]
    prefill: JsonMapping
    papers: tuple[NeededPaper, ...] = ()
    #: Those of them that are not on file, and come with its form.
    hand_in: tuple[NeededPaper, ...] = ()
    #: Where it came back to be done once more: what was answered before, and why.
    returned: ReturnedAction | None = None

    @property
    def came_back(self) -> str:
        """Who gave it back, in a sentence."""
        if self.returned is None:
            return ""
        edition, by = load_library()[self.returned.edition], self.returned.by
        # On the other side of a referral one sees the office, not who in it.
        who = gettext("the system") if by is None else by.name if by.id else role_name(by.name or "")
        done = edition_text(edition, f"transitions.{self.returned.transition}.done")
        return gettext("%(who)s %(done)s", who=capital(who or ""), done=done)

    @property
    def label(self) -> str:
        return edition_text(self.edition, f"transitions.{self.name}.do")

    @property
    def done(self) -> str:
        return edition_text(self.edition, f"transitions.{self.name}.done")

    @property
    def consequence(self) -> str:
        key = f"transitions.{self.name}.consequence"
        return edition_text(self.edition, key) if key in self.edition.texts else ""

    @property
    def irreversible(self) -> bool:
        return bool(self.consequence)

    @property
    def _rules(self) -> list[TransitionRule]:
        return [rule for rule in self.edition.transitions if rule.name == self.name]

    @property
    def here_alone(self) -> bool:
        """Whether it is written for one state and no other."""
        return any(len(rule.sources) == 1 for rule in self._rules)

    @property
    def says_answer(self) -> bool:
        """Whether it is what a body outside answers that the step waits for."""
        return any(says_answer(self.edition, rule) for rule in self._rules)

    @property
    def answers_step(self) -> bool:
        """Whether it is one of the ways in which a step is done (`ways_from`)."""
        return self.kind == MAIN or self.kind == RETURN and self.here_alone or self.says_answer

    @property
    def roles(self) -> frozenset[Role]:
        """Who does it."""
        return frozenset(role for rule in self._rules for role in rule.by_people)

    @property
    def worked_out(self) -> tuple[str, ...]:
        """What no field asks, for the record of the rights tells it: the rules that are held against it."""
        names = dict.fromkeys(name for rule in self._rules for name in rule.guards if "rights" in GUARDS[name].reads)
        return tuple(edition_text(self.edition, f"rules.{name}") for name in names)

    @property
    def form(self) -> str:
        """The name of its form in the edition, "" where it has none."""
        return next((rule.form or "" for rule in self._rules), "")

    @property
    def draft(self) -> str:
        """What a draft of it is kept by."""
        return f"fire:{self.track}:{self.name}"


def actions_in(actor: Actor, case: Case, offered: Iterable[ActionView]) -> list[Action]:
    """The actions that operations offer (`actions_of`) on the tracks of a case.

    What only waits for papers is possible where these can be handed in with its form.
    """
    library, actions = load_library(), list[Action]()
    for offer in offered:
        track = case.tracks[offer.track]
        edition = library[track.edition]
        papers = to_hand_in(actor, case, offer)
        why_not = against(offer.why_not, papers)
        actions.append(
            Action(
                offer.track,
                offer.transition,
                offer.kind,
                edition,
                track.revision,
                not why_not,
                tuple(say(why) for why in why_not),
                offer.proposed,
                tuple(offer.confirm_by),
                tuple(offer.form),
                offer.prefill,
                tuple(_needed(edition, paper) for paper in offer.papers),
                tuple(_needed(edition, paper) for paper in papers),
            )
        )
    return actions


def _needed(edition: Edition, paper: NeededPaper) -> NeededPaper:
    """With its name in the reader's language."""
    return replace(paper, name=edition_text(edition, f"papers.{paper.kind}"))


def find_action(actions: Iterable[Action], track: str, name: str) -> Action:
    """The action that is meant. Raises NotFound for one that is not offered."""
    for action in actions:
        if (action.track, action.name) == (track, name):
            return action
    raise NotFound("action")


def find_sent(
    actions: Iterable[Action], case: Case, tracks: Iterable[str], track: str, name: str, *, actor: Actor
) -> Action:
    """The action that was sent, also where its track has moved on meanwhile: its form is shown with what was typed.

    Raises NotFound for what was never there for this person.
    """
    try:
        return find_action(actions, track, name)
    except NotFound:
        if track not in set(tracks):
            raise
    current = case.tracks[track]
    edition = load_library()[current.edition]
    roles = actor.roles()
    for rule in edition.transitions:
        if rule.name == name and (roles & set(rule.by_people) or roles & PROVIDERS and Role.PROVIDER in rule.by_people):
            here = listed(edition_text(edition, f"states.{leaf}") for leaf in current.states)
            why = gettext("It is not possible any more, for it stands at “%(state)s” now.", state=here)
            form = tuple(edition.form_shown(rule.form))
            return Action(track, name, rule.kind, edition, current.revision, False, (why,), False, (), form, {})
    raise NotFound("action")


def action_form(
    db: Connection,
    actor: Actor,
    case: Case,
    action: Action,
    sent: Sent | None = None,
) -> FormView:
    """The form of an action: new, from a draft, or as it was sent."""
    return form_on(
        db,
        actor,
        case,
        case.tracks[action.track],
        name=action.draft,
        edition=action.edition,
        form=action.form,
        rules=action.rules,
        values=action.prefill,
        revision=action.revision,
        sent=sent,
        said=_earlier_words(action),
        capacity=fires(case, case.tracks[action.track], action.roles),
    )


def _earlier_words(action: Action) -> dict[str, str]:
    """Where the answers come from that were given before, by field; the day on which it was done is asked anew."""
    returned = action.returned
    if returned is None or returned.answered_at is None:
        return {}
    words = gettext("From the answer of %(day)s.", day=say_day(clock().day_of(returned.answered_at), clock()))
    anew = {rule["name"] for rule in action.rules if rule.get("past")} - returned.data.keys()
    return {**dict.fromkeys(returned.data, words), **dict.fromkeys(anew, gettext("Today."))}


def form_on(
    db: Connection,
    actor: Actor,
    case: Case,
    track: Track,
    *,
    name: str,
    edition: Edition,
    form: str,
    rules: Iterable[JsonMapping],
    values: JsonMapping | None = None,
    revision: int | None = None,
    sent: Sent | None = None,
    said: Mapping[str, str] | None = None,
    capacity: Capacity | None = None,
    about: str | None = None,
) -> FormView:
    """A form of an edition on a track: of an action, or of a task. `name` is what its draft is kept by.

    `said` tells of fields where their values come from, as far as the edition does not say it itself; `capacity` finds who may do
    what it is for, so that one is told who else fills it in.
    """
    rules = list(rules)
    written = cast(Iterable[WrittenField], rules)
    # What the office did, and when, is told to those who see the case whole.
    whole = sight(actor, case) == Sight.ALL
    known = {
        name: say_source(source)
        if whole or source.at is None and name in (values or {})
        else gettext("From what is on record.")
        for name, source in sources(case, track, written, reader=actor.person).items()
    }
    view = kept_form(
        db,
        actor,
        name,
        rules,
        texts_of(edition, form),
        sent=sent,
        choices=say_choices(choices_of(db, actor, case, track, rules, about=about)),
        values=values,
        revision=revision,
        sources={**known, **(said or {})},
    )
    if whole and case.kind == "case":
        view = with_places(with_possible(db, case, track, view, rules), case)
    view = with_limits(db, with_balance(view, case, track, edition, form, about=about), case.programme, rules, edition)
    beside = editors_beside(db, actor, name, capacity) if capacity else ()
    return replace(view, editors=beside)


_SOURCES = {"case": N_("From the case."), "track": N_("From the request."), READER: N_("You.")}


def say_source(source: Source) -> str:
    """Where a value comes from that stands in a form before anybody has typed."""
    if source.at is None:
        return gettext(_SOURCES[source.kind])
    words = edition_text(
        load_library()[source.edition],
        do_key("side", source.rule) if source.kind == "task" else f"transitions.{source.rule}.do",
    )
    now = clock()
    return gettext("From “%(what)s” of %(day)s.", what=words, day=say_day(now.day_of(source.at), now))


def is_sure(action: Action) -> bool:
    """Whether what cannot be undone was confirmed, where it must be."""
    return not action.irreversible or request.form.get("sure") == "yes"


def moved_since(db: Connection, actor: Actor, case: Case, track: str, seen: int | None) -> list[CaseEvent]:
    """What happened on a track since the revision that the person saw, as history shows it; the last few."""
    if seen is None or seen >= case.tracks[track].revision:
        return []
    cursor, events = None, list[CaseEvent]()
    while True:
        part = list_events(db, actor, case, only=[track], without=(SAID,), cursor=cursor, limit=100)
        events += part.items
        cursor = part.next
        if cursor is None:
            break
    return events[-min(case.tracks[track].revision - seen, 10) :]


__all__ = [
    "Action", "action_form", "actions_in", "find_action", "find_sent", "form_on", "is_sure", "moved_since",
]  # fmt: skip
