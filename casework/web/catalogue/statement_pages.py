"""Needs that enterprises state, as officers take them in: invite one, look at what was sent, ask back, accept or refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.api.protocol.files import as_attachment, document_store
from casework.engine.case_objects.programme_lists import LISTED, Lists
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Number, Text
from casework.errors import InvalidForm, RecordHasMoved, Refused
from casework.json_values import JsonMapping
from casework.operations.auth.preferences import LANGUAGES
from casework.operations.catalogue import kept_records, need_statements, organisation_queries, twins
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.need_statements import DAYS, MOST_DAYS, Statement
from casework.operations.catalogue.views import Need
from casework.operations.core.drafts import find_draft
from casework.operations.core.idempotency import Done
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.permissions.actors import Actor
from casework.web.catalogue.listed_fields import called, names_in
from casework.web.catalogue.pages import FIELDS, say_value
from casework.web.shell import layout
from casework.web.shell.forms import build_form, own_texts, parse_form, read_request
from casework.web.shell.i18n import N_, say_error, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_forms
from casework.web.shell.layout import clock
from casework.web.shell.session import list_transaction, page_transaction, secret_box

blueprint = Blueprint("statements", __name__)

#: How a statement stands, to the office.
STANDS = {
    "draft": N_("with the enterprise"), "submitted": N_("waits for you"), "asked": N_("asked back"), "accepted": N_("accepted"),
    "refused": N_("refused"), "withdrawn": N_("taken back"), "over": N_("link ended"), "renewed": N_("holds on"),
    "revoked": N_("link taken back"),
}  # fmt: skip


#: The same of one that asks whether a need still holds.
RENEWAL_STANDS = {
    **STANDS,
    "withdrawn": N_("need withdrawn"),
    "accepted": N_("changes accepted"),
    "refused": N_("record left as it was"),
}


class Invitation(Form):
    """Whom the office asks to state its need."""

    organisation = Text(
        label=N_("Enterprise"), max=300, help=N_("The name of the organisation, as it is registered here.")
    )
    address = Text(
        label=N_("E-mail address"),
        max=254,
        required=False,
        help=N_("Left empty, you hand the link over yourself. It is shown once."),
    )
    language = Choice(label=N_("Language"), choices={"zh-Hans": "简体中文", "en": "English"})
    days = Number(label=N_("Days until it ends"), min="1", max=str(MOST_DAYS), whole=True)


@blueprint.get("/needs/stated")
def index() -> str:
    cursor = request.args.get("cursor")
    with list_transaction() as (db, actor):
        listed = need_statements.list_statements(db, actor, cursor=cursor)
    own = dict.fromkeys(m.programme for m in actor.memberships if m.role in EDITORS and m.programme)
    return render_template(
        "needs/index.html",
        rows=listed.items,
        states=STANDS,
        renewal_states=RENEWAL_STANDS,
        invite=[url_for("statements.ask_invite", programme=programme) for programme in own],
        next_url=url_for("statements.index", cursor=listed.next) if listed.next else "",
        first_url=url_for("statements.index") if cursor else "",
    )


@blueprint.get("/programmes/<uuid:programme>/needs/invite")
def ask_invite(programme: UUID) -> Response:
    return _ask_invite(str(programme), {})


def _ask_invite(programme: str, faults: Mapping[str, str], status: int = 200) -> Response:
    with page_transaction() as (db, actor):
        need_statements.may_invite(actor, programme)
        name = f"need:invite:{programme}"
        sent = request.form if request.method == "POST" else None
        form = build_form(
            name,
            Invitation.rule(),
            own_texts(Invitation),
            values={"language": LANGUAGES[-1] if "zh-Hans" in LANGUAGES else LANGUAGES[0], "days": str(DAYS)},
            submitted=sent,
            faults=faults,
            draft=None if sent is not None else find_draft(db, actor.person, name),
        )
    return make_response(render_template("needs/invite.html", form=form), status)


@blueprint.post("/programmes/<uuid:programme>/needs/invite")
def invite(programme: UUID) -> Response:
    """What opens the link stands in this answer alone."""
    scope, rules = str(programme), Invitation.rule()

    def make(db: Connection, actor: Actor) -> tuple[Done, str]:
        need_statements.may_invite(actor, scope)
        layout.use_calendar(calendar_of(db, scope))
        given = check(build_model("Invitation", rules), rules, parse_form(rules, request.form), clock().office_today)
        organisation = _organisation(kept_records.find_owner, db, scope, given["organisation"])
        where = mailed_to(given)
        done = need_statements.invite(
            db, actor, secret_box(), programme=scope, organisation=organisation, request=read_request(), **where
        )
        return done, where["address"]

    return give_link(make, lambda faults, status: _ask_invite(scope, faults, status))


def mailed_to(given: JsonMapping) -> dict[str, Any]:
    """Where a link is mailed, in which language, and for how many days it works, as the form says."""
    return {"address": given.get("address") or "", "language": given["language"], "days": int(given["days"])}


def give_link(
    make: Callable[[Connection, Actor], tuple[Done, str]],
    ask: Callable[[Mapping[str, str], int], Response],
    *,
    page: str = "",
    back: str = "",
) -> Response:
    """Make a link and show once what opens it; `ask` shows the form again with what is wrong, by field and with the whole."""
    try:
        with page_transaction() as (db, actor):
            done, address = make(db, actor)
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return ask(say_faults(refusal), 422)
    except Refused as refusal:
        return ask({"": say_error(refusal)}, 409)
    return _shown_once(done, address, page=page, back=back)


def _shown_once(done: Done, address: str, *, page: str, back: str) -> Response:
    """The page of a link that was made: it shows what opens the link, where that was not mailed; `page`: where the link leads."""
    path = str(done.answer.get("path", ""))
    base = (current_app.config["BASE_URL"] or request.host_url).rstrip("/")
    return make_response(
        render_template(
            "needs/invited.html",
            address=address,
            url=base + path if path else "",
            key=path.partition("#")[2],
            page=base + (page or url_for("stated.land")),
            back=back,
            mailing=current_app.config["MAILING"],
        )
    )


def _organisation(find: Any, db: Any, programme: str, name: str) -> str:
    """The organisation of a name. Raises InvalidForm at the field that asks for it."""
    try:
        return str(find(db, programme, name))
    except InvalidForm as refusal:
        raise InvalidForm(fields={"organisation": refusal.fields["owner"]}) from None


@blueprint.get("/needs/stated/<uuid:statement>")
def show(statement: UUID) -> Response:
    return _show(str(statement), {})


def _show(id: str, faults: Mapping[str, str], status: int = 200) -> Response:
    """A statement; what was wrong with an answer stands at its field, which is unfolded, and all else above."""
    with page_transaction() as (db, actor):
        one = need_statements.show_statement(db, actor, id)
        layout.use_calendar(calendar_of(db, one.programme))
        lists = read_lists(db, one.programme)
        may = actor.in_programme(one.programme, EDITORS)
        # What is asked back may be decided on as it was sent: nobody may ever answer.
        waits = may and bool(one.fields or one.files) and one.state in ("submitted", "asked", "over")
        likely = twins.list_likely(db, actor, "need", one.programme, one.fields) if waits else []
        known = organisation_queries.needs_of(db, actor, one.organisation)
        renewed = renewed_of(db, actor, one, lists) if one.renews else None
        forms = kept_forms(db, actor, [f"need.ask:{id}", f"need.refuse:{id}"])
    return make_response(
        render_template(
            "needs/show.html",
            one=one,
            said=[] if one.renews else said_in(one, lists),
            renewed=renewed,
            open=may and one.renews is not None and one.state in ("draft", "asked"),
            files=[(id, file) for file in one.files],
            states=RENEWAL_STANDS if one.renews else STANDS,
            waits=waits,
            likely=likely,
            known=known,
            faults=faults,
            unplaced=[fault for name, fault in faults.items() if not waits or name not in ("question", "reason")],
            ask_form=forms[f"need.ask:{id}"],
            refuse_form=forms[f"need.refuse:{id}"],
        ),
        status,
    )


@blueprint.get("/needs/stated/<uuid:statement>/files/<uuid:file>")
def take(statement: UUID, file: UUID) -> Response:
    """A file that came with it, as an attachment; who took it out is noted."""
    with page_transaction() as (db, actor):
        taken = need_statements.open_file(db, actor, document_store(), str(statement), str(file), address=request.path)
        # What is wrong with the beginning is told as a page, before anything was sent.
        first = next(taken.pieces, b"")
    return as_attachment(chain([first], taken.pieces), taken.name, taken.size)


@dataclass(frozen=True)
class Renewed:
    """What an enterprise says otherwise of a need: each with what it is called, as it stands, and as it would; and how long the record's
    log is."""

    changes: list[tuple[str, Any, Any]]
    revision: int
    #: What stands in its place, where it was merged.
    merged: bool


def renewed_of(db: Connection, actor: Actor, one: Statement, lists: Lists) -> Renewed:
    """Raises NotFound."""
    need = catalogue.show_record(db, actor, Need, str(one.renews))
    words = names_in(lists, "need", one.fields) | names_in(
        lists, "need", {name: getattr(need, name) for name in one.fields}
    )
    told = [
        (gettext(label), say_value(getattr(need, name), name, words), say_value(one.fields[name], name, words))
        for name, label in FIELDS["need"].items()
        if name in one.fields
    ]
    return Renewed(told, kept_records.read_seq(db, need.id), need.merged_into is not None)


def said_in(one: Statement, lists: Lists) -> list[tuple[str, Any]]:
    """What the enterprise says, each with what it is called; what it chose from a list as the programme calls it."""
    chosen = {field: name for field, name in LISTED["need"].items() if field in one.fields}
    words = {one.fields[field]: called(lists, name, field, one.fields[field]) for field, name in chosen.items()}
    names = {name: label for name, label in FIELDS["need"].items() if name in one.fields}
    return [(gettext(label), say_value(one.fields[name], name, words)) for name, label in names.items()]


@blueprint.post("/needs/stated/<uuid:statement>/ask")
def ask_back(statement: UUID) -> BaseResponse:
    question = request.form.get("question", "")[:10_000]
    return _decide(
        str(statement),
        lambda db, actor: need_statements.ask_back(
            db, actor, str(statement), question=question, seen=_seen(), request=read_request()
        ),
        gettext("The question is asked. The form opens again under the link of the enterprise."),
    )


@blueprint.post("/needs/stated/<uuid:statement>/refuse")
def refuse(statement: UUID) -> BaseResponse:
    reason = request.form.get("reason", "")[:10_000]
    return _decide(
        str(statement),
        lambda db, actor: need_statements.refuse(
            db, actor, str(statement), reason=reason, seen=_seen(), request=read_request()
        ),
        gettext("The need is not taken in. The enterprise reads why."),
    )


@blueprint.post("/needs/stated/<uuid:statement>/accept")
def accept(statement: UUID) -> BaseResponse:
    return _decide(
        str(statement),
        lambda db, actor: need_statements.accept(
            db, actor, str(statement), seen=_seen(), revision=_revision(), request=read_request()
        ),
        gettext("The need is on record. The enterprise is told so."),
    )


def _seen() -> str | None:
    """When what the page showed had been sent."""
    return request.form.get("seen")


def _revision() -> int | None:
    """How long the log of the record was that the page showed it beside."""
    said = request.form.get("revision", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None


def _decide(id: str, do: Any, words: str) -> BaseResponse:
    try:
        with page_transaction() as (db, actor):
            done = _done(do, db, actor)
    except InvalidForm as refusal:
        return _show(id, say_faults(refusal), 422)
    except (RecordHasMoved, Refused) as refusal:
        return _show(id, {"": say_error(refusal)}, 409)
    flash(words)
    need = done.answer.get("need")
    return redirect(url_for("needs.show", need=need) if need else url_for("statements.show", statement=id), 303)


def _done(do: Any, db: Any, actor: Actor) -> Any:
    done = do(db, actor)
    drop_kept(db, actor)
    return done


__all__ = ["blueprint", "mailed_to", "give_link", "said_in"]
