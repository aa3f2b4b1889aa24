"""Referrals: a provider's lists, one referral with what may be done in it, and the members of a provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.grammar import RETURN
from casework.engine.parts import ACCEPTS, TURNS_DOWN
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.engine.state.events import DOCUMENT_FILED, DOCUMENT_REGISTERED, OPENED, SAID
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.operations.auth.step_up import insist_proved_for
from casework.operations.cases.case_events import view_of
from casework.operations.cases.event_views import CaseEvent
from casework.operations.cases.known_answers import kept_from_provider
from casework.operations.cases.money import list_money
from casework.operations.cases.views import TrackView
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.unread import look
from casework.operations.deadlines.queries import explain_tasks
from casework.operations.documents.service import list_documents, why_not
from casework.operations.documents.views import DocumentRow
from casework.operations.messages.threads import list_threads
from casework.operations.people import lists
from casework.operations.people import service as people
from casework.operations.referrals import inbox
from casework.operations.referrals import service as referrals
from casework.operations.referrals.acknowledgements import describe_contract
from casework.operations.referrals.service import list_referral_events
from casework.operations.referrals.views import AskedBefore, AskedBeside, ReferralDetails
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.web.cases.correction_pages import correctable
from casework.web.cases.money import say_money
from casework.web.cases.progress import Step, steps_of
from casework.web.cases.sheet_words import preview_of
from casework.web.deadlines.presenter import account, ledger
from casework.web.documents.held import FilesOfForm
from casework.web.documents.place import Place as DocumentPlace
from casework.web.history.sentences import say_entry
from casework.web.messages.place import threads_of
from casework.web.referrals.acknowledgement_pages import said_of
from casework.web.referrals.answers import Answer, answers_to
from casework.web.shell import form_actions, layout, sent_forms
from casework.web.shell.earlier_answers import with_earlier
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import edition_text, listed, role_name, say, say_error
from casework.web.shell.navigation import PROVIDERS
from casework.web.shell.record_points import points_shown
from casework.web.shell.session import only, page_transaction
from casework.web.shell.values import Values, party_name, service_name
from casework.web.tasks.allocation_pages import queues_to_choose
from casework.web.tasks.skill_pages import people_with_skills

blueprint = Blueprint("referrals", __name__)


@dataclass(frozen=True)
class SharedEvent:
    """An entry of the history that both sides read: the sentence, and what was written with it."""

    at: str
    words: str
    text: tuple[str, ...]


@blueprint.get("/referrals/working")
@only(*PROVIDERS)
def working() -> str:
    """What was accepted and is not handed in yet."""
    return _list("working", "referrals.working")


@blueprint.get("/referrals/delivered")
@only(*PROVIDERS)
def delivered() -> str:
    """What was handed in, and what has ended."""
    return _list("delivered", "referrals.delivered")


def _list(tab: str, endpoint: str) -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        if calendar := inbox.inbox_calendar(db, actor):
            layout.use_calendar(calendar)
        listed = inbox.list_inbox(db, actor, tab=tab, cursor=cursor)
        counts = inbox.count_inbox(db, actor)
    return render_template(
        "referrals/index.html",
        tab=tab,
        rows=listed.items,
        counts=counts,
        counted_to=inbox.counted_to(actor),
        tasks=[],
        mentions=[],
        absent=[],
        next_url=url_for(endpoint, cursor=listed.next) if listed.next else "",
        first_url=url_for(endpoint) if cursor else "",
    )


# --- one referral ----------------------------------------------------------------------------------------------------


def _answer(track: Track) -> str:
    """Which of a provider's actions is asked for on one page with the offer itself: that which accepts it."""
    edition = load_library()[track.edition]
    return next(rule.name for rule in edition.transitions if rule.part == ACCEPTS)


def _answers(track: Track, actions: Iterable[form_actions.Action], calendar: Calendar) -> list[Answer]:
    """What follows from each answer to the offer, and from none."""
    return answers_to(load_library()[track.edition], track.states[0], actions, calendar)


def _decline(track: Track, actions: Iterable[form_actions.Action]) -> form_actions.Action | None:
    """The action that turns the offer down."""
    edition = load_library()[track.edition]
    return next((action for action in actions if action.allowed and edition.plays(action.name, TURNS_DOWN)), None)


@blueprint.get("/referrals/<uuid:referral>")
def show(referral: UUID) -> str:
    return _show(str(referral), None)


def _show(id: str, sent: sent_forms.Sent | None) -> str:
    """The page of a referral; where it can be accepted, with the form for that."""
    with page_transaction() as (db, actor):
        case, details = inbox.read_referral(db, actor, id)
        layout.use_calendar(calendar_of(db, case.programme))
        actions = form_actions.actions_in(actor, case, details.actions)
        answer = _answer(case.tracks[id])
        accept = next((offer for offer in actions if offer.name == answer and offer.allowed), None)
        if sent is not None and accept is None:
            accept = form_actions.find_sent(actions, case, [id], id, answer, actor=actor)
        form = form_actions.action_form(db, actor, case, accept, sent) if accept else None
        others = [offer for offer in actions if offer is not accept]
        # What came back to be done once more stands above what can be done.
        again = [offer for offer in others if offer.allowed and offer.kind == RETURN and offer.here_alone]
        back = next((b for b in (with_earlier(db, actor, case, o) for o in again[:1]) if b.returned), None)
        sides, calendar = (details.provider_side, details.office_side), calendar_of(db, case.programme)
        clocks = explain_tasks(db, actor, case, [side.task for side in sides if side.task])
        moved = form_actions.moved_since(db, actor, case, id, sent.seen) if sent else []
        events = list_referral_events(db, actor, id, without=(SAID,), limit=100)
        signed = describe_contract(db, actor, case, case.tracks[id])
        threads = [thread for thread in list_threads(db, actor, case) if thread.referral == id]
        papers = list_documents(db, actor, case, id) if details.granted else []
        amend = correctable(
            actor,
            case,
            load_library(),
            lambda track, name: url_for("corrections.show_in_referral", referral=id, track=track, name=name),
            id,
        )
        follows = look(db, actor, case.log, id)
        below = [id, *(track.id for track in case.children(id))]
        kept = kept_from_provider(db, actor, case, case.tracks[id])
        money = say_money(list_money(case, load_library().editions, tracks=below, kept=kept))
    return render_template(
        "referrals/show.html",
        one=details,
        follows=follows,
        # What is sealed is not followed, nor what nothing happens in any more, nor by whom an interest shuts out.
        followable=case.kind == "case" and case.removed_at is None and actor.person not in case.interests,
        actions=others,
        addable_tasks=[
            replace(add, label=edition_text(load_library()[case.tracks[add.track].edition], f"tasks.{add.rule}"))
            for add in details.requests
        ],
        say=say,
        back=back,
        accept=accept,
        form=form,
        answers=_answers(case.tracks[id], [accept, *others], calendar) if accept else [],
        decline=_decline(case.tracks[id], others),
        papers={paper.id: paper for paper in papers},
        consent_words=consent_words,
        sent=sent,
        threads=threads_of(threads, details.case, details.log),
        money=money,
        moved=say_shared(case, moved),
        events=list(reversed(say_shared(case, events.items))),
        more=events.next,
        amend=amend,
        charged=account(details.sides, calendar, provider=details.ours),
        ledgers={task: ledger(clock) for task, clock in clocks.items()},
        service=_service(details),
        at=lambda offer: url_for("referrals.action", referral=id, track=offer.track, name=offer.name),
        asked_why=asked_why,
        stands_at=stands_at,
        contract=signed,
        said=said_of(load_library()[details.edition]),
        fee=_choice(details, "Request", "fee", details.fee),
        charge=_choice(details, "Acceptance", "charge", details.charge),
        price=details.price and Values().say(details.price),
    )


@dataclass(frozen=True)
class ServiceView:
    """The service's own track: its steps, where it stands, and what is to be done there."""

    track: TrackView
    steps: list[Step]
    states: list[str]
    do: list[str]


def _service(referral: ReferralDetails) -> ServiceView | None:
    """The newest of the service's tracks that counts."""
    live = [part for part in referral.service if not part.replaced] or referral.service
    if not live:
        return None
    track = live[-1]
    edition = load_library()[track.edition]
    return ServiceView(
        track,
        steps_of(edition, track),
        [edition_text(edition, f"states.{leaf}") for leaf in track.states],
        [edition_text(edition, key) for leaf in track.states if (key := f"states.{leaf}.do") in edition.texts],
    )


def _choice(referral: ReferralDetails, form: str, field: str, value: str | None) -> str:
    edition = load_library()[referral.edition]
    return "" if value is None else edition_text(edition, f"forms.{form}.{field}.choices.{value}")


def consent_words(paper: DocumentRow | None, parties: Mapping[str, str | None]) -> str:
    """By whose consent a paper is shared, as whose paper it is says."""
    if paper is None or paper.own and paper.party is None:
        return gettext("shared by the office")
    if paper.party is None:
        return gettext("shared by the consent of both parties")
    return gettext("shared by the consent of %(name)s", name=parties.get(paper.party) or party_name(paper.party))


def stands_at(beside: AskedBeside) -> str:
    """Where another referral stands that runs side by side with this one."""
    return listed(edition_text(load_library()[beside.edition], f"states.{leaf}") for leaf in beside.states)


def asked_why(before: AskedBefore) -> str:
    """How somebody whom the panel asked before has answered, and why."""
    edition = load_library()[before.edition]
    said = edition_text(edition, f"states.{before.outcome}")
    if before.reason:
        said += f": {edition_text(edition, 'forms.Refusal.reason.choices.' + before.reason)}"
    return said


def say_shared(case: Case, events: Iterable[CaseEvent]) -> list[SharedEvent]:
    """Entries of the shared history with their sentences."""
    # Who takes a task or is reminded of it moves nothing; what is late stands above.
    return [_shared(case, event) for event in events if event.kind not in _SILENT]


#: What is kept of a paper beside the words about it; its title stands in the sentence.
_OF_PAPERS = ("title", "file", "sha256", "language")
_SILENT = ("claimed", "released", "activated", "timer_fired")


def _shared(case: Case, event: CaseEvent) -> SharedEvent:
    entry = view_of(case, event)
    if entry.kind == OPENED and case.kind == "mediation":
        who = entry.actor.name if entry.actor else None
        return SharedEvent(event.at, gettext("%(who)s opened the mediation", who=who), ())
    left = _OF_PAPERS if entry.kind in (DOCUMENT_REGISTERED, DOCUMENT_FILED) else ()
    written = tuple(
        words for name, words in entry.body.items() if name not in left and isinstance(words, str) and words
    )
    return SharedEvent(event.at, say_entry(entry, load_library().editions), written)


@blueprint.get("/referrals/<uuid:referral>/<uuid:track>/<name>")
def action(referral: UUID, track: UUID, name: str) -> str:
    return _action(str(referral), str(track), name, None)


def _action(id: str, track: str, name: str, sent: sent_forms.Sent | None) -> str:
    with page_transaction() as (db, actor):
        case, details = inbox.read_referral(db, actor, id)
        layout.use_calendar(calendar_of(db, case.programme))
        actions, tracks = (
            form_actions.actions_in(actor, case, details.actions),
            [id, *(service.id for service in details.service)],
        )
        if sent is None:
            chosen = form_actions.find_action(actions, track, name)
        else:
            chosen = form_actions.find_sent(actions, case, tracks, track, name, actor=actor)
        chosen = with_earlier(db, actor, case, chosen)
        form = form_actions.action_form(db, actor, case, chosen, sent) if chosen.allowed or sent else None
        files = _files(actor, case, id, chosen)
        if form is not None and why_not(actor, case, case.tracks.get(files.place.referral or "")) is None:
            form = files.shown_in(form, sent)
        moved = form_actions.moved_since(db, actor, case, track, sent.seen) if sent else []
        preview, points = preview_of(db, actor, case, chosen, sent), points_shown(db, actor, case, chosen)
    return render_template(
        "referrals/action.html",
        preview=preview,
        points=points,
        one=details,
        action=chosen,
        form=form,
        sent=sent,
        moved=say_shared(case, moved),
        post=url_for("referrals.fire", referral=id, track=track, name=name),
        back=url_for("referrals.show", referral=id),
        hand_in=_place(actor, case, id).to_hand_in,
        service_name=service_name,
    )


@blueprint.post("/referrals/<uuid:referral>/<uuid:track>/<name>")
def fire(referral: UUID, track: UUID, name: str) -> Response:
    """Do what was asked for, or show the form again with what was typed."""
    id = str(referral)
    with page_transaction() as (db, actor):
        case, details = inbox.read_referral(db, actor, id)
        tracks = [id, *(service.id for service in details.service)]
        chosen = form_actions.find_sent(
            form_actions.actions_in(actor, case, details.actions), case, tracks, str(track), name, actor=actor
        )
        chosen = with_earlier(db, actor, case, chosen)
        # Before the files that come with the form are taken in.
        insist_proved_for(actor, chosen.edition, name)
        files = _files(actor, case, id, chosen)

    def do(db: Connection, actor: Actor, request: Request, seen: int, data: JsonObject) -> Done:
        return referrals.fire_in_referral(
            db, actor, id, name, track=str(track), data=data, revision=seen, request=request
        )

    def again(sent: sent_forms.Sent) -> Response:
        inline = chosen.edition.plays(name, ACCEPTS) and track == referral
        return make_response(_show(id, sent) if inline else _action(id, str(track), name, sent), sent.status)

    def then(_: Done) -> str:
        # Whoever declares a conflict is shut out by it, and goes where something is left to see.
        with page_transaction() as (db, actor):
            try:
                referrals.find_referral(db, actor, id)
            except NotFound:
                return url_for("home.show")
        return url_for("referrals.show", referral=id)

    def said(_: Done) -> str:
        return say_done(chosen)

    return sent_forms.answer(
        chosen.draft,
        chosen.rules,
        do,
        again,
        then,
        said=said,
        sure=form_actions.is_sure(chosen),
        known=chosen.prefill,
        files=files,
    )


def _files(actor: Actor, case: Case, id: str, action: form_actions.Action) -> FilesOfForm:
    """What comes with the form of an action: of the provider to its referral, of the office to the case, as whose paper it is."""
    place = _place(actor, case, id)
    return FilesOfForm(place, action.draft, action.rules, asks_whose=place.referral is None, papers=action.hand_in)


def _place(actor: Actor, case: Case, id: str) -> DocumentPlace:
    whole = case.number is not None and sight(actor, case) == Sight.ALL
    return DocumentPlace("case", case.number or "") if whole else DocumentPlace("referral", id)


def say_done(chosen: form_actions.Action) -> str:
    """What happened, and what comes next where it is known."""
    if chosen.confirm_by and not chosen.proposed:
        who = listed(role_name(role) for role in chosen.confirm_by)
        return gettext("You asked for it: %(do)s. It waits for a second person (%(who)s).", do=chosen.label, who=who)
    return gettext("You %(done)s.", done=chosen.done)


# --- members ---------------------------------------------------------------------------------------------------------


@blueprint.get("/members")
@only(Role.PROVIDER_LEAD)
def members() -> str:
    with page_transaction() as (db, actor):
        organisations = lists.list_members(db, actor)
        queues = queues_to_choose(db, actor, of_organisations=True)
        skilled = people_with_skills(db, actor, of_organisations=True)
    return render_template("referrals/members.html", organisations=organisations, queues=queues, people=skilled)


@blueprint.post("/members/<uuid:membership>/end")
@only(Role.PROVIDER_LEAD)
def end_member(membership: UUID) -> Response:
    try:
        with page_transaction() as (db, actor):
            people.end_member(db, actor, str(membership), read_request())
    except NotAllowed as refusal:
        flash(say_error(refusal), "warn")
        return redirect(url_for("referrals.members"), 303)
    flash(gettext("The role has ended. Open pages of that person show nothing more."))
    return redirect(url_for("referrals.members"), 303)
