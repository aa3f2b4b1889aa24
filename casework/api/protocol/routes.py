"""What a route of the API is: one row of a table, from which the server, its OpenAPI document and the tests are made.

A table of our own rather than decorators of a library: the same row also says which scope, which key and which
revision a request needs, and a test can ask every row who may do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import Connection

from casework.operations.core.idempotency import Request
from casework.operations.documents.storage import Kept
from casework.permissions.actors import Actor
from casework.reasons.terms import Noun

#: Parameters of a path that are words. All others are ids: what else stands there names nothing.
WORDS = frozenset({
    "number", "transition", "service", "version", "fingerprint", "name", "noun", "seq", "item", "question", "session", "burden",
    "job", "mail", "edition", "other_edition", "attestation", "kept",
})  # fmt: skip


@dataclass(frozen=True)
class Incoming:
    """A file that may be taken in: its name, and the log and the compartment that it belongs to."""

    name: str
    log: str
    part: str


@dataclass(frozen=True)
class Outgoing:
    """A file on its way out: its name, its size where it is known, and what is in it."""

    name: str
    size: int | None
    pieces: Iterator[bytes]


@dataclass(frozen=True)
class Call:
    """One request, read: who asks, for what, with which body."""

    db: Connection
    actor: Actor
    path: Mapping[str, str]
    query: Any
    body: Any
    asked: Request | None
    seen: int | None
    about: Mapping[str, str] = field(default_factory=dict)
    #: The file that the body was.
    kept: Kept | None = None
    #: What was made before, with no transaction open.
    made: Any = None

    @property
    def request(self) -> Request:
        """Key and digest; every POST has them."""
        assert self.asked is not None
        return self.asked

    @property
    def revision(self) -> int:
        """What If-Match said, where the route asks for it."""
        assert self.seen is not None
        return self.seen


#: Gives what the route's schema reads: mostly a frozen dataclass of the operation.
View = Callable[[Call], object]


@dataclass(frozen=True)
class Route:
    """One way to ask for one operation."""

    method: Literal["GET", "POST"]
    path: str
    view: View
    summary: str
    #: What is absent when it is not there, or not there for this person: the same word in both cases.
    noun: Noun
    answer: type[BaseModel]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    scope: Literal["read", "write", "admin"] = "read"
    #: Whose revision the header If-Match names; empty where none is asked for.
    if_match: str = ""
    #: For those who have no token yet.
    open: bool = False
    #: Not there for everybody, though its path names nothing.
    for_some: bool = False
    #: The body is a file: asked before a byte of it is read. And whether the answer is one.
    takes: Callable[[Call], Incoming] | None = None
    gives_file: bool = False
    #: So many bytes its body may have, where that is more than those of others; it is read once it is known who asks.
    most: int | None = None
    #: Finds out in a transaction of its own what is to be made, and gives what makes it: nothing waits while that goes on.
    makes: Callable[[Call], Callable[[], Any]] | None = None
    #: Loads what words are read by, which takes its time the first time, before any transaction begins: where the query has some, or
    #: there is a body.
    ready: Callable[[], object] | None = None
    #: Whether it changes something of the own account, for which a fresh proof is needed. All else that is sensitive says
    #: so where it is done (`operations.auth.step_up`), whatever way it is asked for.
    sensitive: Callable[[Mapping[str, str]], bool] | None = None

    @property
    def name(self) -> str:
        return self.view.__name__

    @property
    def parameters(self) -> list[str]:
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]


def always(_: Mapping[str, str]) -> bool:
    return True


def get(path: str, view: View, summary: str, answer: type[BaseModel], **more: Any) -> Route:
    noun = more.pop("noun", path.split("/")[1].removesuffix("s"))
    return Route("GET", path, view, summary, noun, answer, **more)


def post(path: str, view: View, summary: str, answer: type[BaseModel], **more: Any) -> Route:
    noun = more.pop("noun", path.split("/")[1].removesuffix("s"))
    return Route("POST", path, view, summary, noun, answer, **({"scope": "write"} | more))
