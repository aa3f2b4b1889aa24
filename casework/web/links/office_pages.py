"""The pages of the office's links, without an account: whoever has one opens it, reads, keeps what it types, and sends it.

Nothing is changed by a GET: what scans the links of mails sends nothing. The secret of the link stands in a cookie and in no address.
What a kind of link shows, and what it takes in, the pages of its subject say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from casework.errors import InvalidForm, NotFound
from casework.operations.core.views import NamedInBoth
from casework.operations.links import office_links
from casework.operations.links.office_links import OPEN_FOR, Kind, ShownLink
from casework.web.auth.link_secrets import held, hold, insist_shown, speak
from casework.web.shell.form_fields import PREFIX
from casework.web.shell.forms import wants_more
from casework.web.shell.i18n import say_faults
from casework.web.shell.session import open_transaction

Shown = TypeVar("Shown", bound=ShownLink)
Given = TypeVar("Given")
Faults = Mapping[str, str]
Typed = MultiDict[str, str]


class Faulty(Exception):
    """Something is wrong with what was sent: by field, in words."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(sorted(faults))
        self.faults = faults


class Act(Protocol):
    """What is done behind a link, by its secret and that of the browser that has opened it."""

    def __call__(self, db: Connection, token: str, opened: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class LinkPages(Generic[Shown, Given]):
    """The pages of one kind of link."""

    kind: Kind
    #: Of the blueprint and of what the browser keeps, the name; and what stands above where the link leads.
    name: str
    title: str
    #: What the link shows, and how: with what is typed, and what is wrong with it.
    read: Callable[[Connection, str, str], Shown]
    page: Callable[[Shown, Typed | None, Faults], str]
    #: What was sent, and taking it in; what is said then.
    parse: Callable[[Shown], Given]
    send: Callable[[Connection, str, str, Given], None]
    sent: str = ""

    @property
    def _link(self) -> str:
        return f"{self.name}-link"

    def blueprint(self, module: str) -> Blueprint:
        """The addresses where it is opened, read, kept and sent; a kind adds its own."""
        made = Blueprint(self.name, module, url_prefix=self.kind.page)
        made.add_url_rule("", "land", self._land, methods=["GET"])
        made.add_url_rule("", "open_link", self._open, methods=["POST"])
        made.add_url_rule("/form", "show", self.show, methods=["GET"])
        made.add_url_rule("/form", "answer", self._answer, methods=["POST"])
        made.add_url_rule("/draft", "keep", self._keep, methods=["POST"])
        return made

    def opened(self) -> bool:
        """Whether this browser has opened a link of this kind."""
        try:
            with open_transaction() as db:
                return bool(office_links.read_link(db, self.kind, held(self._link), held(self.name)))
        except NotFound:
            return False

    def _land(self) -> str:
        """Where a link leads: its secret stands behind the mark, and comes by the form."""
        action = url_for(f"{self.name}.open_link")
        return render_template("links/land.html", title=gettext(self.title), action=action)

    def _open(self) -> BaseResponse:
        token = request.form.get("secret", "").strip()[:200]
        try:
            with open_transaction() as db:
                running, language, office = office_links.language_of(db, self.kind, token)
                opened = office_links.open_link(db, self.kind, token) if running else ""
        except NotFound:
            return _gone()
        if not running:
            return _gone("over", office)
        response = self._again()
        hold(response, self._link, token, OPEN_FOR)
        hold(response, self.name, opened, OPEN_FOR)
        return speak(response, language, OPEN_FOR)

    def show(self, faults: Faults | None = None, sent: Typed | None = None, status: int = 200) -> Response:
        """What is asked, with what was typed; or what became of it."""
        try:
            with open_transaction() as db:
                one = self.read(db, held(self._link), held(self.name))
        except NotFound:
            return _gone()
        typed = sent
        if typed is None and one.typed:
            typed = MultiDict((name, value) for name, values in one.typed.items() for value in values)
        return make_response(self.page(one, typed, faults or {}), status)

    def _again(self) -> BaseResponse:
        """Leads on to what became of it: it was sent, taken back or decided before, or the link opens nothing."""
        return redirect(url_for(f"{self.name}.show"), 303)

    def _refused(self, refusal: InvalidForm) -> Response:
        """What is wrong, by its field; what is wrong with the whole stands above it."""
        faults = {"" if name == "form" else name: words for name, words in say_faults(refusal).items()}
        return self.show(faults, request.form, 422)

    def _keep(self) -> BaseResponse:
        """Keep what is typed: by the script every few seconds, or by the button."""
        quiet = request.headers.get("X-Casework") == "script"
        try:
            with open_transaction() as db:
                insist_shown(db, self._link)
                office_links.keep_typed(db, self.kind, held(self._link), held(self.name), typed_now())
        except NotFound:
            return _gone() if quiet else self._again()
        except InvalidForm as refusal:
            return self._refused(refusal)
        if quiet:
            return Response(status=204)
        flash(gettext("It is kept, and nothing is sent yet. Open the link again to go on."))
        return self._again()

    def _answer(self) -> BaseResponse:
        if wants_more(request.form):
            return self.show(sent=request.form)
        try:
            with open_transaction() as db:
                insist_shown(db, self._link)
                one = self.read(db, held(self._link), held(self.name))
            given = self.parse(one)
            with open_transaction() as db:
                self.send(db, held(self._link), held(self.name), given)
        except InvalidForm as refusal:
            return self._refused(refusal)
        except Faulty as refusal:
            return self.show(refusal.faults, request.form, 422)
        except NotFound:
            return self._again()
        if self.sent:
            flash(gettext(self.sent))
        return self._again()

    def act(self, do: Act, words: str) -> BaseResponse:
        """Something else that is done behind the link by a button."""
        try:
            with open_transaction() as db:
                insist_shown(db, self._link)
                do(db, held(self._link), held(self.name))
        except NotFound:
            return self._again()
        except InvalidForm as refusal:
            return self._refused(refusal)
        flash(words)
        return self._again()


def typed_now() -> dict[str, list[str]]:
    """What stands in the form, by what it is sent as."""
    return {name: request.form.getlist(name) for name in request.form if name.startswith(PREFIX)}


def _gone(state: str = "", office: NamedInBoth | None = None) -> Response:
    return make_response(render_template("links/gone.html", state=state, office=office), 404)


__all__ = ["Faults", "Faulty", "LinkPages", "Typed", "typed_now"]
