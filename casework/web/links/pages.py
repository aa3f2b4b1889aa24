"""Asking a party by a one-time link: whom, with what shown, and what became of each link. A secret is shown once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects.party_links import MOST_DAYS, refusal
from casework.errors import InvalidForm, NotFound, Refused
from casework.json_values import JsonMapping
from casework.operations.auth.preferences import LANGUAGES
from casework.operations.core.drafts import drop_draft, find_draft
from casework.operations.core.organisations import Contact
from casework.operations.core.perform import calendar_of
from casework.operations.letters.service import asking_letter
from casework.operations.links import service as links
from casework.operations.links.service import Wanted, spoken
from casework.operations.links.views import Asking
from casework.operations.tasks.queries import read_task
from casework.web.shell import layout
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say, say_error, say_faults
from casework.web.shell.session import page_transaction, secret_box
from casework.web.shell.task_links import place_url

blueprint = Blueprint("links", __name__)

LANGUAGE_NAMES = {"en": "English", "zh-Hans": "简体中文"}
STATES = {
    "open": N_("not answered yet"), "used": N_("answered"), "revoked": N_("withdrawn"), "over": N_("ended"),
    "former": N_("no longer a party: it opens nothing"),
}  # fmt: skip
WAYS = ("mail", "hand")


@blueprint.get("/tasks/<uuid:task>/link")
def show(task: UUID) -> Response:
    return _show(str(task), {})


def _show(id: str, faults: Mapping[str, str], status: int = 200) -> Response:
    """The form for one more link, and those that were given. Raises NotFound for who gives none here."""
    with page_transaction() as (db, actor):
        case, details = read_task(db, actor, id)
        task = case.tasks.get(id)
        if task is None:
            raise NotFound("task")
        links.insist_may_ask(actor, case, task)
        asking = links.ask_by_link(db, actor, case, task)
        given = links.list_links(db, actor, case, id)
        why = refusal(case, load_library()[task.edition], task)
        if asking is None and not given:
            raise NotFound("task")
        layout.use_calendar(calendar_of(db, case.programme))
        draft = find_draft(db, actor.person, _draft(id)) if request.method == "GET" else None
    typed = MultiDict[str, str](request.form if draft is None else _items(draft.data))
    chosen = _contact(asking)
    # A contact that was chosen says so anew; one that is the only one says it where nothing was typed before.
    if chosen is not None and (draft is None or request.args.get("contact")):
        typed.setlist("party", [chosen[0]])
        for name, value in _told_by(chosen[1]).items():
            typed.setlist(name, [value])
    return make_response(
        render_template(
            "links/show.html",
            one=details,
            place=place_url(details),
            asking=asking,
            why=say(why) if why is not None else "",
            given=given,
            faults=faults,
            typed=typed,
            draft=_draft(id),
            draft_of=draft.saved_at if draft is not None else None,
            chosen_contact=chosen[1].id if chosen is not None else "",
            states=STATES,
            languages=LANGUAGE_NAMES,
            most_days=MOST_DAYS,
            mailing=current_app.config["MAILING"],
        ),
        status,
    )


def _draft(task: str) -> str:
    return f"link:{task}"


def _items(data: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in data.items() for value in values]


def _contact(asking: Asking | None) -> tuple[str, Contact] | None:
    """Whom the address names, or the only one with a mail address where one party alone can be asked; with the party."""
    if asking is None or request.method != "GET":
        return None
    everybody = [(party, one) for party, contacts in asking.contacts.items() for one in contacts]
    if asked := request.args.get("contact", ""):
        return next((pair for pair in everybody if pair[1].id == asked), None)
    with_mail = [pair for pair in everybody if pair[1].email]
    return with_mail[0] if len(with_mail) == 1 and len(asking.parties) == 1 else None


def _told_by(contact: Contact) -> dict[str, str]:
    """What a contact on record says of the link: for whom it is, where it goes, and in which language."""
    return {
        "name": contact.name,
        "address": contact.email or "",
        "language": spoken(contact.language),
        "way": "mail" if contact.email and current_app.config["MAILING"] else "hand",
    }


@blueprint.post("/tasks/<uuid:task>/link")
def give(task: UUID) -> Response:
    """What opens the link stands in this answer alone."""
    try:
        wanted = _wanted()
        with page_transaction() as (db, actor):
            done = links.give_link(db, actor, secret_box(), str(task), wanted, request=read_request())
            drop_draft(db, actor.person, _draft(str(task)))
    except InvalidForm as refusal:
        return _show(str(task), say_faults(refusal), 422)
    except Refused as refusal:
        return _show(str(task), {"": say_error(refusal)}, 409)
    return _told(str(task), done.answer)


def _wanted() -> Wanted:
    """The form as it was sent. Raises InvalidForm."""
    sent = request.form
    faults = {}
    if not sent.get("party"):
        faults["party"] = reasons.fields.REQUIRED
    if sent.get("way") not in WAYS:
        faults["way"] = reasons.fields.REQUIRED
    if sent.get("language") not in LANGUAGES:
        faults["language"] = reasons.fields.NOT_A_CHOICE
    written = sent.get("days", "").strip()
    if not (written.isascii() and written.isdigit() and len(written) <= 3):
        faults["days"] = reasons.fields.WHOLE_NUMBER
    address = sent.get("address", "").strip()[:300]
    if sent.get("way") == "mail" and not address:
        faults["address"] = reasons.fields.REQUIRED
    if faults:
        raise InvalidForm(fields=faults)
    party = sent.get("party", "")
    # Documents are told apart by whose page they would stand on: one form serves both parties.
    return Wanted(
        party=party,
        days=int(written),
        language=sent["language"],
        documents=sent.getlist(f"documents-{party}"),
        providers=sent.getlist("providers"),
        code=sent.get("code") == "yes",
        address=address if sent["way"] == "mail" else "",
        name=sent.get("name", "").strip()[:200],
    )


def _told(task: str, answer: JsonMapping) -> Response:
    """The page that shows the code, and a link that is handed over, once."""
    with page_transaction() as (db, actor):
        case, details = read_task(db, actor, task)
        given = next(link for link in links.list_links(db, actor, case, task) if link.id == answer["id"])
        letter = asking_letter(actor, case, [given.party])
    code, path = answer.get("code") or "", answer.get("path") or ""
    base = (current_app.config["BASE_URL"] or request.host_url).rstrip("/")
    return make_response(
        render_template(
            "links/told.html",
            one=details,
            given=given,
            letter=letter,
            code=f"{code[:4]} {code[4:]}".strip(),
            url=base + path if path else "",
            key=path.partition("#")[2],
            page=f"{base}{url_for('answers.land')}",
            first=bool(code or path) or given.mail and not given.code,
            mailing=current_app.config["MAILING"],
        )
    )


@blueprint.post("/links/<uuid:link>/revoke")
def revoke(link: UUID) -> Response:
    with page_transaction() as (db, actor):
        done = links.revoke_link(db, actor, str(link), request=read_request())
    flash(gettext("The link is withdrawn. It opens nothing any more."))
    return redirect(url_for("links.show", task=done.answer["task"]), 303)


__all__ = ["blueprint"]
