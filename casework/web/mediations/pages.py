"""Sealed mediations: for their dispute officers; for everybody else there is no such page."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form, Note, People, Person
from casework.engine.parts import REFERRAL, UNSENT
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import NOTED, SAID
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.operations.cases.case_events import list_events
from casework.operations.cases.queries import describe_whole
from casework.operations.cases.transitions import fire_transition
from casework.operations.cases.views import WholeCase
from casework.operations.core.access_log import list_sealed_readings
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.unread import look
from casework.operations.mediations import service as mediations
from casework.operations.mediations.unsealing import list_openings, may_ask, opened_until
from casework.operations.mediations.views import MediationRow
from casework.operations.messages.threads import list_threads
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.web.cases.correction_pages import correctable
from casework.web.cases.progress import steps_of
from casework.web.mediations.unsealing_pages import told_form
from casework.web.messages.place import threads_of
from casework.web.referrals.pages import say_done, say_shared
from casework.web.shell import form_actions, layout, sent_forms
from casework.web.shell.forms import own_texts, read_request
from casework.web.shell.i18n import N_, edition_text, say_error
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("mediations", __name__)

#: By what a mediation was started, which the action that does it writes.
DOORS = {
    "clause": N_("Clause in the contract"), "joint": N_("Submission agreement"), "unilateral": N_("Unilateral request"),
    "court": N_("Referral by a court"),
}  # fmt: skip


@blueprint.get("/mediations")
@only(Role.DISPUTE_OFFICER)
def index() -> str:
    with page_transaction() as (db, actor):
        listed = mediations.list_mediations(db, actor).items
    return render_template("mediations/index.html", rows=[_row(row) for row in listed], fault="", number="")


def _row(row: MediationRow) -> tuple[MediationRow, list[str]]:
    edition = load_library()[row.edition]
    return row, [edition_text(edition, f"states.{leaf}") for leaf in row.states]


@blueprint.get("/mediations/new")
@only(Role.DISPUTE_OFFICER)
def outline() -> Response | str:
    """What a dispute officer sees of a case before opening a mediation about it."""
    number = request.args.get("case", "").strip()
    fault, summary = "", None
    with page_transaction() as (db, actor):
        if number:
            try:
                summary = mediations.mediation_outline(db, actor, number)
            except NotFound:
                fault = gettext("There is no case %(number)s in your programme. Check the number.", number=number)
            except NotAllowed as refusal:
                fault = say_error(refusal)
    page = render_template("mediations/outline.html", found=summary, fault=fault, number=number)
    return make_response(page, 422) if fault else page


@blueprint.post("/mediations")
@only(Role.DISPUTE_OFFICER)
def begin() -> Response:
    with page_transaction() as (db, actor):
        done = mediations.open_mediation(db, actor, request.form.get("case", ""), read_request())
    flash(gettext("The mediation is open, and sealed: the case learns nothing of it."))
    return redirect(url_for("mediations.show", mediation=done.answer["id"]), 303)


def _find(db: Connection, actor: Actor, id: str) -> tuple[Case, WholeCase]:
    """A mediation that the actor is named for; its provider meets it as a referral. Raises NotFound."""
    case = _load(db, actor, id)
    if sight(actor, case) < Sight.ALL:
        raise NotFound("mediation")
    return case, describe_whole(db, actor, case)


def _load(db: Connection, actor: Actor, id: str) -> Case:
    try:
        return mediations.find_mediation(db, actor, id)
    except NotFound:
        raise NotFound("mediation") from None


@blueprint.get("/mediations/<uuid:mediation>")
def show(mediation: UUID) -> str:
    id = str(mediation)
    with page_transaction() as (db, actor):
        case, details = _find(db, actor, id)
        layout.use_calendar(calendar_of(db, case.programme))
        events = list_events(db, actor, case, without=(NOTED, SAID), limit=100)
        threads = threads_of(list_threads(db, actor, case), None, id)
        looked = list_sealed_readings(db, id)
        readers, named = list_openings(db, case), may_ask(actor, case)
        until = opened_until(actor, case)
        untold = {
            reader.id: told_form(db, actor, reader.id)
            for reader in readers
            if named and reader.decided_at and reader.state != "refused" and not reader.told_on
        }
        amend = correctable(
            actor,
            case,
            load_library(),
            lambda track, name: url_for("corrections.show_in_mediation", mediation=id, track=track, name=name),
        )
        look(db, actor, id)
    tracks = []
    # The mediation itself first, and then the request in which it runs.
    for track in sorted(details.tracks, key=lambda track: track.parent is None):
        edition = load_library()[track.edition]
        tracks.append(
            {
                "track": track,
                "request": edition.part == REFERRAL,
                "unsent": edition.stands(UNSENT, track.states),
                "states": [edition_text(edition, f"states.{leaf}") for leaf in track.states],
                "steps": steps_of(edition, track),
                "door": gettext(DOORS[door]) if (door := track.given.get("door")) in DOORS else "",
            }
        )
    return render_template(
        "mediations/show.html",
        one=details,
        tracks=tracks,
        actions=form_actions.actions_in(actor, case, details.actions),
        threads=threads,
        readers=readers,
        looked=looked,
        named=named,
        until=until,
        untold=untold,
        events=list(reversed(say_shared(case, events.items))),
        more=events.next,
        amend=amend,
        at=lambda action: url_for("mediations.action", mediation=id, track=action.track, name=action.name),
    )


class HandOver(Form):
    owner = Person(label=N_("Who leads it next"), role=Role.DISPUTE_OFFICER)
    team = People(
        label=N_("Who stands in"),
        role=Role.DISPUTE_OFFICER,
        required=False,
        help=N_(
            "They read it and work on it. A sealed mediation has no other deputies: name somebody here before you are away."
        ),
    )
    note = Note(label=N_("What the next one should know"))


@blueprint.get("/mediations/<uuid:mediation>/hand-over")
def ask_hand_over(mediation: UUID) -> Response:
    return _hand_over(str(mediation), None)


def _hand_over(id: str, sent: sent_forms.Sent | None) -> Response:
    with page_transaction() as (db, actor):
        case, details = _find(db, actor, id)
        if "hand_over" not in details.case_actions:
            raise NotFound("mediation")
        known, name = mediations.list_leaders(db, actor, id).items, f"hand-over:{id}"
        people = [(leader.id, leader.name) for leader in known]
        leaders = [
            (id, gettext("%(name)s, who leads it now", name=name) if id == case.owner else name) for id, name in people
        ]
        form = sent_forms.kept_form(
            db,
            actor,
            name,
            HandOver.rule(),
            own_texts(HandOver),
            sent=sent,
            choices={"owner": leaders, "team": people},
            values={"team": list(case.team)},
            revision=case.revision,
        )
    nobody_else = not any(id != case.owner for id, _ in people)
    return sent_forms.page_with_form("mediations/hand_over.html", sent, one=details, form=form, nobody_else=nobody_else)


@blueprint.post("/mediations/<uuid:mediation>/hand-over")
def hand_over(mediation: UUID) -> Response:
    id = str(mediation)
    with page_transaction() as (db, actor):
        _find(db, actor, id)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = check(build_model("HandOver", HandOver.rule()), HandOver.rule(), data, layout.clock().today)
        return mediations.hand_over_mediation(
            db,
            actor,
            id,
            owner=given["owner"],
            team=given.get("team", []),
            note=given["note"],
            revision=revision,
            request=key,
        )

    return sent_forms.answer(
        f"hand-over:{id}",
        HandOver.rule(),
        do,
        lambda sent: _hand_over(id, sent),
        lambda _: url_for("mediations.index"),
        said=lambda _: gettext("You have handed the mediation over."),
    )


@blueprint.get("/mediations/<uuid:mediation>/<uuid:track>/<name>")
def action(mediation: UUID, track: UUID, name: str) -> str:
    return _action(str(mediation), str(track), name, None)


def _action(id: str, track: str, name: str, sent: sent_forms.Sent | None) -> str:
    with page_transaction() as (db, actor):
        case, details = _find(db, actor, id)
        layout.use_calendar(calendar_of(db, case.programme))
        actions = form_actions.actions_in(actor, case, details.actions)
        if sent is None:
            chosen = form_actions.find_action(actions, track, name)
        else:
            chosen = form_actions.find_sent(actions, case, case.tracks, track, name, actor=actor)
        form = form_actions.action_form(db, actor, case, chosen, sent) if chosen.allowed or sent else None
        moved = form_actions.moved_since(db, actor, case, track, sent.seen) if sent else []
    return render_template(
        "mediations/action.html",
        one=details,
        action=chosen,
        form=form,
        sent=sent,
        moved=say_shared(case, moved),
        post=url_for("mediations.fire", mediation=id, track=track, name=name),
        back=url_for("mediations.show", mediation=id),
    )


@blueprint.post("/mediations/<uuid:mediation>/<uuid:track>/<name>")
def fire(mediation: UUID, track: UUID, name: str) -> Response:
    id = str(mediation)
    with page_transaction() as (db, actor):
        case, details = _find(db, actor, id)
        chosen = form_actions.find_sent(
            form_actions.actions_in(actor, case, details.actions),
            case,
            case.tracks,
            str(track),
            name,
            actor=actor,
        )

    def do(db: Connection, actor: Actor, request: Request, seen: int, data: JsonObject) -> Done:
        return fire_transition(
            db, actor, id, "mediation", str(track), transition=name, data=data, revision=seen, request=request
        )

    return sent_forms.answer(
        chosen.draft,
        chosen.rules,
        do,
        lambda sent: make_response(_action(id, str(track), name, sent), sent.status),
        lambda _: url_for("mediations.show", mediation=id),
        said=lambda _: say_done(chosen),
        sure=form_actions.is_sure(chosen),
        known=chosen.prefill,
    )
