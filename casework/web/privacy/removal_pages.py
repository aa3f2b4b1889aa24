"""The removals of contents under retention: what is proposed with its cases, the second person's word, and how far the worker is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.letterheads import READERS as SETTING_READERS
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Note
from casework.engine.removals import MOST, NOT_SEALED, OTHER_CLASS, REMOVED_BEFORE
from casework.engine.retention import Kept
from casework.engine.setting_proposals import DECIDERS, REPLACED
from casework.engine.two_person import AGREED, ASKED, REFUSED
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.views import Named
from casework.operations.people import letterheads
from casework.operations.privacy import removals
from casework.operations.privacy.legal_holds import READERS
from casework.operations.privacy.retention_preview import preview_retention
from casework.operations.privacy.views import RemovalRow, RetentionPreview
from casework.permissions.actors import Actor
from casework.web.people.second_words import take_word
from casework.web.shell.forms import Texts, own_texts
from casework.web.shell.i18n import N_, name_of, role_name
from casework.web.shell.kept_forms import kept_form
from casework.web.shell.layout import clock
from casework.web.shell.second_person import who_decides
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.sent_forms import kept_form as kept_fields
from casework.web.shell.session import only, page_transaction, viewer

blueprint = Blueprint("removals", __name__, url_prefix="/programmes/<uuid:programme>/settings/removals")

#: What became of a proposal.
STATES = {
    ASKED: N_("waits for a second person"), AGREED: N_("agreed to"), REFUSED: N_("not agreed to"),
    REPLACED: N_("replaced by a later one"),
}  # fmt: skip
#: How it stands with one of its cases.
OF_CASE = {
    "listed": N_("would be removed"), "waits": N_("waits for the worker"), "removed": N_("removed"),
    "archived": N_("in the archive"), "left": N_("left out"),
}  # fmt: skip
#: Why the worker left a case out.
WHY = {
    str(Kept.OPEN): N_("it was opened again"), str(Kept.HELD): N_("a legal hold stands on it"),
    str(Kept.NOT_DUE): N_("its date has moved"), str(Kept.FOR_GOOD): N_("its class keeps it for good now"),
    OTHER_CLASS: N_("another class takes it now"), REMOVED_BEFORE: N_("its contents were removed before"),
    NOT_SEALED: N_("it could not be written whole into the archive"),
}  # fmt: skip


class _RemovalForm(Form):
    """Of which cases, and why."""

    code = Choice(
        label=N_("Class"), required=False, help=N_("Empty: the cases of every class that may be removed today.")
    )
    reason = Note(label=N_("Why"))


@blueprint.get("")
@only(*READERS, *DECIDERS)
def show(programme: UUID) -> str:
    return _shown(str(programme), {})


def _shown(programme: str, faults: Mapping[str, str]) -> str:
    state, cursor = request.args.get("state", ""), request.args.get("cursor")
    number = request.args.get("of", type=int)
    if state and state not in OF_CASE:
        raise NotFound("item")
    with page_transaction() as (db, actor):
        shown = removals.look_at_removals(db, actor, programme, number=number, state=state or None, cursor=cursor)
        draft = kept_form(db, actor, f"removal-word:{programme}")
        reads = actor.in_programme(programme, READERS)
        called = _called(shown.programme)
    asked: dict[str, Any] = {"programme": programme, "of": number, "state": state or None}
    return render_template(
        "privacy/removals.html",
        shown=shown,
        called=called,
        one=shown.one,
        newest=bool(shown.one and shown.one.number == shown.removals[0].number),
        faults=faults,
        names={code: name_of(name) for code, name in shown.classes.items()},
        reads=reads,
        states=STATES,
        of_case=OF_CASE,
        why=WHY,
        consequence=_consequence(shown.one),
        state=state,
        pills=_pills(programme, shown.one, number, state),
        draft=draft,
        barred=who_decides(map(role_name, DECIDERS), asked=shown.own),
        next_url=url_for("removals.show", **asked, cursor=shown.next) if shown.next else "",
        first_url=url_for("removals.show", **asked) if cursor else "",
    )


def _called(programme: Named) -> str:
    """A programme by the reader's name of it, where it is one of theirs."""
    person = viewer()
    own = person.viewer.programmes if person else ()
    return next((name_of(one) for one in own if one.id == programme.id), programme.name or "")


def _pills(
    programme: str, one: RemovalRow | None, number: int | None, state: str
) -> list[tuple[str, str, bool, int | None]]:
    """Its cases by what became of them, where there is more than one kind."""
    if one is None or one.decision is None:
        return []
    counts = {"": one.cases, "removed": one.removed, "archived": one.archived, "left": one.left, "waits": one.waiting}
    if not one.archives:
        del counts["archived"]
    return [
        (
            gettext(OF_CASE[each]) if each else gettext("all"),
            url_for("removals.show", programme=programme, of=number, state=each or None),
            each == state,
            count,
        )
        for each, count in counts.items()
    ]


def _consequence(one: RemovalRow | None) -> str:
    """What whoever agrees must know."""
    if one is None:
        return ""
    said = []
    if (gone := one.cases - one.archives) > 0:
        said.append(
            ngettext(
                "Every word and every document of %(num)d case is removed at once. Nobody can bring them back, and nothing can be done in"
                " the case any more.",
                "Every word and every document of %(num)d cases is removed at once. Nobody can bring them back, and nothing can be done in"
                " the cases any more.",
                gone,
            )
        )
    if one.archives:
        said.append(
            ngettext(
                "Every word and every document of %(num)d case goes into a sealed file of the archive, and is removed here. Nothing can be"
                " done in the case any more.",
                "Every word and every document of %(num)d cases goes into a sealed file of the archive, and is removed here. Nothing can be"
                " done in the cases any more.",
                one.archives,
            )
        )
    return " ".join(said)


@blueprint.post("")
@only(*SETTING_READERS)
def decide(programme: UUID) -> BaseResponse:
    """Agree to what is proposed, which cannot be undone, or do not."""
    id = str(programme)
    return take_word(
        id,
        removals.decide_removal,
        again=lambda faults: _shown(id, faults),
        then=url_for("removals.show", programme=id),
        agreed=gettext("You agreed. The worker removes the contents now, case by case."),
        refused=gettext("You did not agree: nothing is removed."),
        confirmed=request.form.get("sure") == "yes",
    )


# --- proposing one ---------------------------------------------------------------------------------------------------


@blueprint.get("/propose")
@only(*SETTING_READERS)
def ask(programme: UUID) -> Response:
    return _form(str(programme), None)


def _form(programme: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        preview = preview_retention(db, actor, programme)
        version = removals.look_at_removals(db, actor, programme, limit=1).version
        called = _called(preview.programme)
        form = kept_fields(
            db, actor, _draft(programme), _form_of(preview).rule(), _texts(preview), sent=sent, revision=version
        )
    return page_with_form(
        "privacy/removal_form.html",
        sent,
        programme=programme,
        called=called,
        preview=preview,
        classes=[(one, one.due - one.held) for one in preview.classes],
        names={one.code: one.name for one in preview.classes},
        named=min(MOST, sum(one.due - one.held for one in preview.classes)),
        most=MOST,
        form=form,
    )


def _form_of(preview: RetentionPreview) -> type[Form]:
    """The form with the classes of which something may be removed."""
    own = _RemovalForm.fields()
    choices = {one.code: "" for one in preview.classes if one.due > one.held}
    if not choices:
        # What was due is not any more: that is said to whoever sends it, and there is nothing to choose from.
        return type("RemovalForm", (Form,), {"reason": own["reason"]})
    code = Choice(label=own["code"].label, help=own["code"].help, required=False, choices=choices)
    return type("RemovalForm", (Form,), {"code": code, "reason": own["reason"]})


def _texts(preview: RetentionPreview) -> Texts:
    """The words of the fields, and what each class is called."""
    own = own_texts(_RemovalForm)
    names = {f"code.choices.{one.code}": name_of(one.name) for one in preview.classes}
    return Texts(lambda key: names[key] if key in names else own.get(key), lambda key: key in names or own.has(key))


def _draft(programme: str) -> str:
    return f"removal:{programme}"


@blueprint.post("/propose")
@only(*SETTING_READERS)
def propose(programme: UUID) -> BaseResponse:
    id = str(programme)
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, id)
        preview = preview_retention(db, actor, id)
    form = _form_of(preview)
    rules = form.rule()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = check(build_model(form.__name__, rules), rules, data, clock().office_today)
        return removals.propose_removal(
            db,
            actor,
            id,
            reason=str(given["reason"]),
            code=str(given["code"]) if given.get("code") else None,
            seen=revision,
            request=key,
        )

    return answer(
        _draft(id),
        rules,
        do,
        lambda sent: _form(id, sent),
        lambda done: url_for("removals.show", programme=id),
        said=lambda done: gettext("It is proposed. Nothing is removed before a second person agrees."),
    )


__all__ = ["blueprint"]
