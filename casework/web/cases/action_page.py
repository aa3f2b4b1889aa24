"""An action of a case as a page of its own: its form, what follows from it, and what to do where it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.forms import Date, Form, Note
from casework.engine.definition.grammar import MAIN
from casework.engine.state.case import Case
from casework.errors import NotAllowed, NotFound, WrongState
from casework.json_values import JsonObject
from casework.operations.cases.case_events import view_of
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.cases.refused_answers import refused_answers
from casework.operations.cases.transitions import fire_transition
from casework.operations.cases.views import WholeCase
from casework.operations.core.access_queries import case_log
from casework.operations.core.drafts import find_draft
from casework.operations.core.idempotency import Done
from casework.operations.core.idempotency import Request as Key
from casework.operations.core.perform import calendar_of
from casework.operations.people.provider_directory import suggestions_for
from casework.operations.people.views import SuggestedProvider
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.web.cases.effect import effect_of
from casework.web.cases.lanes import names_of_tracks
from casework.web.cases.next_step import beside_of
from casework.web.cases.sheet_words import preview_of
from casework.web.documents.held import FilesOfForm, takes_files
from casework.web.documents.place import Place as DocumentPlace
from casework.web.history.sentences import say_entry
from casework.web.shell.earlier_answers import with_earlier
from casework.web.shell.form_actions import Action, action_form, actions_in, is_sure, moved_since
from casework.web.shell.form_fields import Field
from casework.web.shell.forms import FormView, build_form, own_texts, parse_form
from casework.web.shell.i18n import N_, edition_text, listed, say, sentences
from casework.web.shell.layout import use_calendar
from casework.web.shell.links_in_words import linked, places_on
from casework.web.shell.provider_choices import say_reasons
from casework.web.shell.record_points import points_shown
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.shell.values import service_name
from casework.web.tasks.next_action import say_done


class Afterwards(Form):
    """What may be said of every action beside its form; named so that no edition's field has the same name."""

    _happened_on = Date(
        label=N_("It took place on"),
        required=False,
        past=True,
        help=N_("Only where it was on an earlier day than today."),
    )


class Reasoned(Afterwards):
    _reason = Note(label=N_("Reason"), required=False)


@dataclass(frozen=True)
class Standing:
    """A case with the action that a page is about."""

    case: Case
    shown: WholeCase
    action: Action
    #: What else can be done in the step that the action is for.
    instead: tuple[Action, ...] = ()
    #: The ways forward of other tracks at the same step, where the action is not possible yet.
    first: tuple[Action, ...] = ()


class AskedAlready(Exception):
    """Somebody has asked for the action: it is decided on at the page of its task, whoever comes to it."""

    def __init__(self, task: str) -> None:
        super().__init__(task)
        self.page = url_for("decisions.show", task=task)


def stand(db: Connection, actor: Actor, number: str, track: str, transition: str) -> Standing:
    """The action where the track stands now.

    Raises NotFound, NotAllowed, AskedAlready, or WrongState where it is not offered here.
    """
    case, level = find_case(db, actor, number)
    if level < Sight.ALL or track not in case.tracks:
        raise NotFound("track")
    if (pending := case.proposal_for(track, transition)) is not None:
        raise AskedAlready(pending.task)
    use_calendar(calendar_of(db, case.programme))
    shown = describe_whole(db, actor, case)
    offers = [action for action in shown.actions if (action.track, action.transition) == (track, transition)]
    edition = load_library()[case.tracks[track].edition]
    if not offers:
        if not any(rule.name == transition and rule.by_people for rule in edition.transitions):
            raise NotFound("action")
        here = [edition.as_reason(f"states.{leaf}") for leaf in case.tracks[track].states]
        raise WrongState(
            action=edition.as_reason(f"transitions.{transition}.do"), why=reasons.cases.STANDS_AT(state=here)
        )
    if not offers[0].yours:
        raise NotAllowed(why=offers[0].why_not[0])
    action = actions_in(actor, case, offers)[0]
    others = [
        offer for offer in shown.actions if offer.track == track and offer.transition != transition and offer.yours
    ]
    instead = [other for other in actions_in(actor, case, others) if other.allowed and other.answers_step]
    if not action.answers_step:
        instead = []
    return Standing(
        case, shown, with_earlier(db, actor, case, action), tuple(instead), _first(actor, case, shown, action)
    )


def _first(actor: Actor, case: Case, shown: WholeCase, action: Action) -> tuple[Action, ...]:
    """By which the step is done on another track first, such as the signing of the agreement itself."""
    if action.allowed or action.kind != MAIN:
        return ()
    there = beside_of(shown.tracks, action.track)
    offers = [offer for offer in shown.actions if offer.track in there and offer.kind == MAIN and offer.yours]
    return tuple(other for other in actions_in(actor, case, offers) if other.allowed)


def _beside(action: Action) -> type[Form]:
    """A reason of its own only where an exception or a way back does not ask for one anyway."""
    asked = {rule["name"] for rule in action.rules}
    return Reasoned if action.kind in ("exception", "return") and not asked & {"reason", "note"} else Afterwards


def show(number: str, track: UUID, transition: str) -> BaseResponse:
    try:
        with page_transaction() as (db, actor):
            return _page(db, actor, stand(db, actor, number, str(track), transition), None)
    except AskedAlready as asked:
        return redirect(asked.page, 303)


def _page(db: Connection, actor: Actor, standing: Standing, sent: Sent | None) -> Response:
    action, case, library = standing.action, standing.case, load_library()
    suggested = _suggested(db, case, action)
    places = places_on(case, standing.shown.requests)
    form = _with_refused(db, actor, case, action, action_form(db, actor, case, action, sent), places=places)
    files = _files(case.number or "", action)
    if action.hand_in or takes_files(actor, case, files.place, action.rules):
        form = files.shown_in(form, sent)
    since = moved_since(db, actor, case, action.track, sent.seen) if sent else []
    return page_with_form(
        "cases/action.html",
        sent,
        case=standing.shown,
        action=action,
        why_not=[linked(why, places) for why in action.why_not],
        instead=standing.instead,
        first=standing.first,
        at=lambda other: url_for("cases.act", number=case.number, track=other.track, transition=other.name),
        form=form,
        beside=_beside_form(db, actor, action, sent),
        since=[(entry, say_entry(view_of(case, entry), library.editions)) for entry in since],
        state=listed(edition_text(action.edition, f"states.{leaf}") for leaf in case.tracks[action.track].states),
        about=names_of_tracks(standing.shown).get(action.track, ""),
        url=url_for("cases.fire", number=case.number, track=action.track, transition=action.name),
        back=url_for("cases.show", number=case.number),
        suggested=suggested,
        service_name=service_name,
        hand_in=DocumentPlace("case", case.number or "").to_hand_in,
        effect=effect_of(standing.shown.impacts) if _claims_an_effect(action) else None,
        preview=preview_of(db, actor, case, action, sent),
        points=points_shown(db, actor, case, action),
    )


def _claims_an_effect(action: Action) -> bool:
    """Whether its form asks what the case has come to."""
    return any(rule["name"] == "outcome" for rule in action.rules)


def _with_refused(
    db: Connection, actor: Actor, case: Case, action: Action, form: FormView, *, places: Mapping[str, str]
) -> FormView:
    """Answers that would be refused as the case stands are told by their question, so that nobody gives one in vain."""
    if not action.form:
        return form
    refused = refused_answers(db, actor, case, action.track, action.name)

    def told(one: Field) -> tuple[tuple[str, str], ...]:
        # What is settled is not asked, and what is not offered cannot be chosen.
        offered = {} if one.settled else dict(one.choices)
        against = {code: why for code, why in refused.get(one.name, {}).items() if code in offered}
        return tuple(
            (offered[code], linked(sentences(edition_text(action.edition, f"guards.{name}") for name in why), places))
            for code, why in against.items()
        )

    return replace(form, fields=tuple(replace(one, refused=told(one)) for one in form.fields))


def _suggested(db: Connection, case: Case, action: Action) -> list[tuple[SuggestedProvider, str]]:
    """Whom to ask, where the form asks for the provider of a referral: those who can be asked first, with the reasons."""
    track = case.tracks[action.track]
    if not track.is_referral or all(rule["type"] != "provider" for rule in action.rules):
        return []
    suggested = suggestions_for(db, case, track.kind)
    return [(suggestion, say_reasons(suggestion.reasons)) for suggestion in suggested]


def _beside_form(db: Connection, actor: Actor, action: Action, sent: Sent | None) -> FormView:
    form = _beside(action)
    faults = {f"_{name}": why for name, why in sent.faults.items() if f"_{name}" in form.fields()} if sent else {}
    return build_form(
        action.draft,
        form.rule(),
        own_texts(form),
        submitted=sent.data if sent else None,
        faults=faults,
        draft=None if sent else find_draft(db, actor.person, action.draft),
    )


def fire(number: str, track: UUID, transition: str) -> BaseResponse:
    try:
        with page_transaction() as (db, actor):
            standing = _stand_or_moved(db, actor, number, str(track), transition)
            if isinstance(standing, BaseResponse):
                return standing
    except AskedAlready as asked:
        # Somebody else has asked for it in the meantime: their form stands, and this one is decided on.
        return redirect(asked.page, 303)
    action = standing.action
    beside = _beside(action).rule()

    def do(db: Connection, actor: Actor, key: Key, revision: int, data: JsonObject) -> Done:
        more = parse_form(beside, request.form)
        return fire_transition(
            db,
            actor,
            case_log(db, actor, number),
            "case",
            str(track),
            transition=transition,
            data=data,
            revision=revision,
            request=key,
            reason=more.get("_reason"),
            happened_on=more.get("_happened_on"),
        )

    def again(sent: Sent) -> Response:
        with page_transaction() as (db, actor):
            standing = _stand_or_moved(db, actor, number, str(track), transition, sent=sent)
            return standing if isinstance(standing, Response) else _page(db, actor, standing, sent)

    def said(done: Done) -> str:
        if action.confirm_by:
            words = gettext("You proposed “%(do)s”. A second person decides on it.", do=action.label)
        else:
            words = gettext("You %(done)s.", done=action.done)
        return say_done(number, words)

    return answer(
        action.draft,
        action.rules,
        do,
        again,
        lambda done: url_for("cases.show", number=number),
        said=said,
        sure=is_sure(action),
        known=action.prefill,
        files=_files(number, action),
    )


def _files(number: str, action: Action) -> FilesOfForm:
    """What comes with the form of an action of a case."""
    place = DocumentPlace("case", number)
    return FilesOfForm(place, action.draft, action.rules, asks_whose=True, papers=action.hand_in)


def _stand_or_moved(
    db: Connection, actor: Actor, number: str, track: str, transition: str, *, sent: Sent | None = None
) -> Standing | Response:
    """The action, or the page that says that the case has moved beyond it, with what was typed."""
    try:
        return stand(db, actor, number, track, transition)
    except WrongState as refusal:
        case, _ = find_case(db, actor, number)
        edition, library = load_library()[case.tracks[track].edition], load_library()
        seen = int(request.form["revision"]) if request.form.get("revision", "").isdigit() else None
        since = moved_since(db, actor, case, track, seen)
        page = render_template(
            "cases/moved.html",
            case=case,
            label=edition_text(edition, f"transitions.{transition}.do"),
            why=say(refusal.why),
            since=[(entry, say_entry(view_of(case, entry), library.editions)) for entry in since],
            typed=_typed(edition, transition, request.form),
            state=listed(edition_text(edition, f"states.{leaf}") for leaf in case.tracks[track].states),
            back=url_for("cases.show", number=number),
        )
        return make_response(page, 409)


def _typed(edition: Edition, transition: str, data: MultiDict[str, str]) -> list[tuple[str, str]]:
    """What was typed into a form that has no place any more, so that it can be copied."""
    form = next((rule.form for rule in edition.transitions if rule.name == transition), None)
    answers = []
    for rule in edition.form(form):
        words = "\n".join(
            value for name in data if name.split(".")[0] == f"f-{rule['name']}" for value in data.getlist(name)
        )
        if words.strip():
            answers.append((edition_text(edition, f"forms.{form}.{rule['name']}.label"), words))
    return answers


__all__ = ["fire", "show", "stand"]
