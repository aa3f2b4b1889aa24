"""What a party sees of a one-time link, without an account: what is asked, and the form to answer it once.

Nothing is changed by a GET: what scans the links of mails answers nothing. The secret of the link stands in a cookie and in no
address, so that no log and no other page learns of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import Blueprint, Flask, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework.api.protocol.files import as_attachment, document_store
from casework.api.protocol.requests import about_client
from casework.definitions import load_library
from casework.engine.tasks.party_answers import AS, BY, MOST_FILES
from casework.errors import (
    FileBlocked,
    FilePending,
    InvalidForm,
    NotFound,
    Refused,
    TooManyAttempts,
    WrongState,
)
from casework.operations.core.views import NamedInBoth
from casework.operations.documents.storage import Kept, part_for, told_of
from casework.operations.documents.uploads import Upload
from casework.operations.links import answers
from casework.operations.links.answers import OPEN_FOR, Given
from casework.operations.links.views import Answered, Shown
from casework.operations.links.words import asks_key, label_key
from casework.web.auth.link_secrets import forget, held, hold, speak
from casework.web.links.link_files import allow_files, received
from casework.web.shell.form_fields import PREFIX, Choice
from casework.web.shell.forms import Texts, build_form, parse_form
from casework.web.shell.i18n import edition_text, name_of, say, say_error, say_faults
from casework.web.shell.session import open_transaction
from casework.web.shell.values import Values

blueprint = Blueprint("answers", __name__, url_prefix="/answer")

#: What the browser keeps: the secret of the link, and of what link and code have opened.
LINK, OPENED = "answer-link", "answer"


def register(app: Flask) -> None:
    """Before a form is read."""
    allow_files(app, "answers.send", lambda: _opened() is not None)


def _opened() -> Shown | None:
    """What this browser has opened; None where that is nothing, or opens nothing any more."""
    try:
        with open_transaction() as db:
            return answers.show_link(db, held(LINK), held(OPENED))
    except NotFound:
        return None


# --- opening ---------------------------------------------------------------------------------------------------------


@blueprint.get("")
def land() -> str:
    """Where a link leads: its secret stands behind the mark, and comes by the form."""
    return render_template("links/land.html", title=gettext("A question for you"), action=url_for("answers.open_link"))


@blueprint.post("")
def open_link() -> Response:
    token = request.form.get("secret", "").strip()[:200]
    opened = None
    try:
        with open_transaction() as db:
            state, language, office = answers.state_of(db, token)
            if state == "open":
                try:
                    opened = answers.open_link(db, token, None, about_client(request)["address"])
                except NotFound:
                    # It asks for a code first.
                    opened = None
    except NotFound:
        return _gone("")
    if state != "open":
        return _gone(state, office)
    response = hold(redirect(url_for("answers.show"), 303), LINK, token, OPEN_FOR)
    if opened is not None:
        hold(response, OPENED, opened, OPEN_FOR)
    return speak(response, language, OPEN_FOR)


def _gone(state: str, office: NamedInBoth | None = None) -> Response:
    """That the link opens nothing, and why, to whoever holds it; with whom to ask where the link is known."""
    return make_response(render_template("links/gone.html", state=state, office=office), 404)


def _gone_now() -> Response:
    try:
        with open_transaction() as db:
            state, _, office = answers.state_of(db, held(LINK))
        return _gone(state, office)
    except NotFound:
        return _gone("")


@blueprint.post("/code")
def enter_code() -> Response:
    """A wrong code is noted, and whoever guesses waits."""
    try:
        with open_transaction() as db:
            secret = answers.open_link(
                db, held(LINK), request.form.get("code", "")[:40], about_client(request)["address"]
            )
    except NotFound:
        return _gone_now()
    except TooManyAttempts as refusal:
        response = _ask_code(say_error(refusal), 429)
        response.headers["Retry-After"] = str(refusal.seconds)
        return response
    if secret is None:
        return _ask_code(
            gettext("This is not the code. Ask the office; after a few wrong codes you have to wait."), 422
        )
    return hold(redirect(url_for("answers.show"), 303), OPENED, secret, OPEN_FOR)


def _ask_code(fault: str, status: int) -> Response:
    return make_response(render_template("links/code.html", fault=fault), status)


# --- the form --------------------------------------------------------------------------------------------------------


@blueprint.get("/form")
def show() -> Response:
    """The question for the code, or behind it what is asked."""
    try:
        with open_transaction() as db:
            shown = answers.show_link(db, held(LINK), held(OPENED))
    except NotFound:
        return _gone_now()
    if shown is None:
        return _ask_code("", 200)
    draft = MultiDict((name, value) for name, given in shown.draft.items() for value in given)
    return _form(shown, draft if shown.draft else None, {})


def _form(shown: Shown, typed: MultiDict[str, str] | None, faults: Mapping[str, str], status: int = 200) -> Response:
    asks = _Asks(shown)
    page = render_template(
        "links/answer.html",
        one=shown,
        asks=asks.question,
        form=build_form(
            "answer", shown.fields, asks.texts, choices=asks.choices, submitted=typed, faults=asks.of_form(faults)
        ),
        typed=typed if typed is not None else MultiDict(),
        name_key=BY,
        position_key=AS,
        faults=faults,
        refused=faults.get("", ""),
        most_files=MOST_FILES,
    )
    return make_response(page, status)


@dataclass(frozen=True)
class _Asks:
    """The words and choices of what a link asks."""

    shown: Shown

    @property
    def _task(self) -> str:
        return f"tasks.{self.shown.rule}"

    @property
    def _form(self) -> str:
        return load_library()[self.shown.edition].tasks[self.shown.rule].form or ""

    @property
    def question(self) -> str:
        return edition_text(load_library()[self.shown.edition], asks_key(self.shown.edition, self._task))

    def label(self, field: str) -> str:
        key = label_key(self.shown.edition, self._task, self._form, field)
        return edition_text(load_library()[self.shown.edition], key)

    @property
    def texts(self) -> Texts:
        edition, prefix = load_library()[self.shown.edition], f"forms.{self._form}."
        hints = {
            "documents": gettext("What you do not tick is shown to nobody."),
            "providers": gettext("Tick at least one. Your answer holds for those that you tick, and for nobody else."),
        }
        listed = {field["name"]: hints[field["type"]] for field in self.shown.fields if field["type"] in hints}

        def get(key: str) -> str:
            name, _, what = key.partition(".")
            if what == "label":
                return self.label(name)
            if what == "help" and name in listed:
                return listed[name]
            return edition_text(edition, prefix + key)

        def has(key: str) -> bool:
            name, _, what = key.partition(".")
            return what == "help" and name in listed or prefix + key in edition.texts

        return Texts(get, has)

    @property
    def choices(self) -> dict[str, list[Choice]]:
        offered: dict[str, list[Choice]] = {
            "documents": [(one.id, one.title) for one in self.shown.documents],
            "providers": [(one.id, name_of(one)) for one in self.shown.providers],
        }
        return {field["name"]: offered[field["type"]] for field in self.shown.fields if field["type"] in offered}

    def of_form(self, faults: Mapping[str, str]) -> dict[str, str]:
        names = {field["name"] for field in self.shown.fields}
        return {name: why for name, why in faults.items() if name.split(".")[0] in names}


@blueprint.post("/draft")
def keep() -> Response:
    """Keep what was typed until it is sent, or the link ends; files are chosen again."""
    try:
        with open_transaction() as db:
            answers.keep_draft(db, held(LINK), held(OPENED), _typed())
    except NotFound:
        return _gone_now()
    except InvalidForm as refusal:
        flash(say(next(iter(refusal.fields.values()))), "warn")
        return redirect(url_for("answers.show"), 303)
    flash(gettext("It is kept, and nothing is sent yet. Open the link again to go on."))
    return redirect(url_for("answers.show"), 303)


def _typed() -> dict[str, list[str]]:
    """What stands in the form, by what it is sent as."""
    names = [name for name in request.form if name.startswith(PREFIX) or name in (BY, AS)]
    return {name: request.form.getlist(name) for name in names}


@blueprint.post("/form")
def send() -> Response:
    """Answer: once, and for good."""
    try:
        with open_transaction() as db:
            shown = answers.show_link(db, held(LINK), held(OPENED))
    except NotFound:
        return _gone_now()
    if shown is None:
        return redirect(url_for("answers.show"), 303)
    data = parse_form(shown.fields, request.form)
    given = Given(request.form.get(BY, "")[:1000], request.form.get(AS, "")[:1000], data)
    of_files: dict[str, str] = {}
    try:
        with received(of_files) as uploads:
            if uploads or of_files:
                # What is refused leaves nothing in the store: a file lies there only once the answer is found sound with it.
                told = [told_of(upload) for upload in uploads]
                with open_transaction() as db:
                    answers.try_answer(db, held(LINK), held(OPENED), given, told)
            if of_files:
                return _form(shown, request.form, of_files, 422)
            given = replace(given, files=_kept(shown, uploads))
        with open_transaction() as db:
            answered = answers.answer(db, document_store(), held(LINK), held(OPENED), given)
    except InvalidForm as refusal:
        return _form(shown, request.form, say_faults(refusal) | of_files, 422)
    except (Refused, WrongState):
        # Why not is the office's own affair.
        words = gettext("This cannot be recorded now. Nothing is lost: keep it for later, and ask the office.")
        return _form(shown, request.form, {"": words} | of_files, 409)
    except NotFound:
        return _gone_now()
    return forget(make_response(_thanks(shown, given, answered)), LINK, OPENED)


def _kept(shown: Shown, uploads: Iterable[Upload]) -> list[Kept]:
    """The files in the store, as the party's."""
    return [document_store().keep(shown.log, part_for(shown.party, None), upload) for upload in uploads]


def _thanks(shown: Shown, given: Given, answered: Answered) -> str:
    asks, edition = _Asks(shown), load_library()[shown.edition]
    names = {id: words for choices in asks.choices.values() for id, words in choices}
    values = Values(names, edition, edition.tasks[shown.rule].form or "")
    said: list[tuple[str, str | Markup]] = []
    for field in shown.fields:
        name, value = field["name"], given.data.get(field["name"])
        asked = "when" not in field or given.data.get(field["when"][0]) in field["when"][1]
        # Of what was listed and not ticked it is said that it is none.
        if value not in (None, "", []) or asked and name in asks.choices:
            said.append((asks.label(name), values.say(value, name)))
    return render_template(
        "links/thanks.html", one=shown, asks=asks.question, said=said, given=given, answered=answered
    )


@blueprint.get("/documents/<uuid:document>")
def take(document: UUID) -> Response:
    """A document that the link shows, to be saved."""
    try:
        with (
            open_transaction() as db,
            answers.opened_document(db, document_store(), held(LINK), held(OPENED), str(document)) as (one, pieces),
        ):
            content = b"".join(pieces)
    except NotFound:
        return _gone_now()
    except (FileBlocked, FilePending):
        flash(gettext("This file cannot be taken out now. Ask the office."), "warn")
        return redirect(url_for("answers.show"), 303)
    return as_attachment([content], one.name, len(content))


__all__ = ["blueprint", "register"]
