"""Who looks at a page: the server-side session behind the cookie, and the one transaction of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Request, Response, current_app, g, make_response, request, session
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import Connection, Engine

from casework.engine.roles import Role
from casework.errors import CaseworkError, NotFound, NotSignedIn
from casework.operations.auth.sessions import LONGEST, find_viewer
from casework.operations.auth.views import Scope, Viewer
from casework.operations.core.encryption import SecretBox
from casework.operations.core.reader_names import names_in_chinese
from casework.permissions.actors import Actor, focused, with_proof
from casework.records.database import reader_transaction
from casework.records.row_security import read_as
from casework.web.shell.i18n import chinese

P = ParamSpec("P")
R = TypeVar("R")
#: A case's file is the same for whoever takes it out.
_AS_REGISTERED = frozenset({"documents.case_file"})
#: What an open page asks by itself.
_BY_ITSELF = frozenset({"news.show"})
#: In the address of a list: the code of a programme, or every one.
FOCUS, ALL = "programme", "all"


class Person(UserMixin):
    """The signed-in person as templates see it (`current_user`)."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.id = viewer.actor.person
        self.name = viewer.name
        self.language = viewer.actor.language
        self.zone = viewer.zone
        self.theme = viewer.theme
        self.email = viewer.email
        self.awaits = viewer.awaits
        self.app = viewer.app
        self.passkeys = viewer.passkeys

    @property
    def is_authenticated(self) -> bool:
        # One who has shown only the password is nobody yet.
        return self.awaits is None

    @property
    def actor(self) -> Actor:
        return self.viewer.actor

    @property
    def roles(self) -> set[Role]:
        return self.viewer.actor.roles()

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The programmes and organisations in which this person has a role."""
        return (*self.viewer.programmes, *self.viewer.organisations)


def register(app: Flask) -> None:
    manager = LoginManager()
    # Our own row on the server binds a session; the library's cookies are not used.
    manager.session_protection = None
    manager.init_app(app)
    manager.request_loader(_load)


def cookie_named(name: str) -> str:
    """What browsers call a cookie of ours: by https only ours can be set."""
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def cookie_name() -> str:
    return cookie_named("sid")


def session_secret() -> str | None:
    """The secret in the cookie, whether it opens anything or not."""
    return request.cookies.get(cookie_name()) or None


def keep_session(response: Response, secret: str) -> Response:
    """Give the browser the secret of a new session; whatever was there before is gone."""
    g.signed_in = True
    session.clear()
    return renew_cookie(response, secret)


def show_in_session(secret: str, page: Callable[[], str]) -> Response:
    """A page that a new session begins with: its forms are made for that session, not for the one before."""
    session.clear()
    g.pop("_person", None)
    return renew_cookie(make_response(page()), secret)


def renew_cookie(response: Response, secret: str) -> Response:
    """Give the browser the new secret of the same person's session: forms that are open stay good."""
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    g.pop("_person", None)
    return response


def forget_session(response: Response) -> Response:
    """Take the secret away from the browser, and everything else that it keeps of ours."""
    session.clear()
    response.delete_cookie(
        cookie_name(), path="/", httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
    )
    # Not every cookie: a device stays known, and language and theme are as they were.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _load(_: Request) -> Person | None:
    """For flask-login: the person behind the cookie, read once for a request."""
    if "_person" not in g:
        g._person = None
        if secret := session_secret():
            with reader_transaction(_engine()) as db:
                g._person = _read(db, secret)
    person: Person | None = g._person
    return person


def _read(db: Connection, secret: str) -> Person | None:
    viewer = find_viewer(db, secret, by_itself=request.endpoint in _BY_ITSELF)
    return None if viewer is None else Person(viewer)


def _engine() -> Engine:
    engine: Engine = current_app.extensions["casework"]
    return engine


def viewer() -> Person | None:
    """The signed-in person; nobody before the second factor."""
    person = current_user._get_current_object()
    return person if isinstance(person, Person) and person.is_authenticated else None


def half_signed_in(awaits: str) -> Person:
    """The person whose session still waits for this. Raises NotSignedIn."""
    person = current_user._get_current_object()
    if not isinstance(person, Person) or person.awaits != awaits:
        raise NotSignedIn
    return person


def waiting(awaits: str) -> Person | None:
    """The person whose session waits for this, if it does."""
    try:
        return half_signed_in(awaits)
    except NotSignedIn:
        return None


def secret_box() -> SecretBox:
    """Opens and seals the secrets in the database."""
    box: SecretBox = current_app.extensions["casework.secret_box"]
    return box


def current_actor() -> Actor:
    """Who asks. Raises NotSignedIn."""
    person = viewer()
    if person is None:
        raise NotSignedIn
    return with_proof(replace(person.actor, proved=person.viewer.proved), current_app.config["CONFIRM_WITHIN"])


@contextmanager
def page_transaction(*, goes_on: bool = False) -> Iterator[tuple[Connection, Actor]]:
    """The transaction of a page, and who asks: `with page_transaction() as (db, actor):`.

    The person is read in this very transaction: roles and session hold while the action is done. Raises NotSignedIn.

    Within one that is open it is that one: pages that wait for a second connection while they hold one could all wait for each other.

    `goes_on`: one of several that record something, which the others do though it is refused.
    """
    if (outer := g.get("_opened")) is not None:
        yield outer
        return
    try:
        with _transaction(goes_on=goes_on) as g._opened:
            yield g._opened
    finally:
        g._opened = None


@contextmanager
def _transaction(*, goes_on: bool) -> Iterator[tuple[Connection, Actor]]:
    with reader_transaction(_engine()) as db:
        if "_person" not in g:
            secret = session_secret()
            g._person = _read(db, secret) if secret else None
        elif (person := viewer()) is not None:
            # Read in an earlier transaction of this request: what it said of who reads ended with that one.
            read_as(db, person.id)
        with names_in_chinese(db, _shows_names() and chinese()):
            try:
                yield db, current_actor()
            except CaseworkError as refusal:
                g.refusal = refusal
                # Nothing was recorded, and what comes now is the form once more, with why.
                if not goes_on:
                    only_show()
                raise


def only_show() -> None:
    """From here on this request records nothing: it shows a form again, or says what was done."""
    g._only_shows = True


def _shows_names() -> bool:
    """Whether names stand on a page only: what is recorded, or taken out as evidence, has them as they were registered."""
    return (request.method == "GET" or "_only_shows" in g) and request.endpoint not in _AS_REGISTERED


@contextmanager
def open_transaction() -> Iterator[Connection]:
    """A transaction for what needs no account."""
    with reader_transaction(_engine()) as db:
        try:
            yield db
        except CaseworkError as refusal:
            g.refusal = refusal
            raise


def focus() -> Scope | None:
    """The programme that lists show: the one in the address, else the one that was chosen. Raises NotFound for another's."""
    person, asked = viewer(), request.args.get(FOCUS)
    if person is None or len(person.viewer.programmes) < 2:
        return None
    if asked is None:
        return person.viewer.focus
    if asked == ALL:
        return None
    chosen = next((programme for programme in person.viewer.programmes if programme.code == asked), None)
    if chosen is None:
        raise NotFound("programme")
    return chosen


@contextmanager
def list_transaction() -> Iterator[tuple[Connection, Actor]]:
    """The transaction of a page with lists, and who asks, as far as the chosen programme goes."""
    with page_transaction() as (db, actor):
        chosen = focus()
        yield db, focused(actor, chosen.id if chosen else None)


def only(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A page for those who have one of the roles; for others it does not exist."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_actor().roles() & set(roles):
                raise NotFound()
            return view(*args, **kwargs)

        return checked

    return decorate


__all__ = [
    "ALL", "FOCUS", "Person", "cookie_name", "cookie_named", "current_actor", "focus", "forget_session", "half_signed_in",
    "keep_session", "list_transaction", "only", "only_show",
    "open_transaction", "page_transaction", "register", "renew_cookie", "session_secret", "show_in_session", "secret_box",
    "viewer", "waiting",
]  # fmt: skip
