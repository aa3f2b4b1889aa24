"""A row of either table, walked: every role and persona asks for what is here, elsewhere and nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from flask import Flask
from sqlalchemy import text

from casework.records.database import transaction
from tests.security.authorization_api import TABLE
from tests.security.authorization_rows import ROLES, Row, expected
from tests.support.personae import PERSONAE, finds_as, may_refuse, stands_for
from tests.support.queries import counted

#: What is absent first: the answers about what is there are held against it.
WHERE = ("absent", "here", "there")


class Answered(Protocol):
    """What is asked of an answer of the pages, or of the API."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Any: ...
    @property
    def text(self) -> str: ...


A = TypeVar("A", bound=Answered, covariant=True)


class Scene(Protocol[A]):
    """The things that the rows are about, and a way to ask as a role."""

    @property
    def app(self) -> Flask: ...
    @property
    def things(self) -> Mapping[str, Mapping[str, str]]: ...

    def enter(self, role: str) -> object:
        """Whatever comes before the first question; it is not counted."""

    def ask(self, row: Row, role: str, where: str) -> A: ...


def _prove_anew(scene: Scene[A]) -> None:
    """On a slow machine the walk takes longer than a proof of who somebody is holds."""
    with transaction(scene.app.extensions["casework"]) as db:
        db.execute(text("UPDATE sessions SET proved_at = casework_now()"))


def faults_of(scene: Scene[A], row: Row, says: Callable[[A], Any]) -> list[str]:
    """Where a row is answered otherwise than it says. `says`: of an answer, what does not belong to it alone."""
    _prove_anew(scene)
    faults = []
    for name in (*ROLES, *PERSONAE):
        scene.enter(name)
        unseen: A | None = None
        asked: dict[str, int] = {}
        for where in WHERE if row.has_object else ("here",):
            role, place = stands_for(name, row, where)
            with counted(scene.app) as queries:
                answer = scene.ask(row, name, where)
            unseen = answer if where == "absent" else unseen
            wanted, status = expected(row, role, place), answer.status_code
            if not _is_right(row, role, wanted, answer) and not may_refuse(name, row, status):
                faults.append(f"{name} {where}: {status}, not {wanted or 'allowed'}{_excerpt(row, answer)}")
            if status == 404 and unseen is not None and unseen.status_code == 404:
                if place == where and not sees(row.path, role, place):
                    asked[where] = len(queries)
                if says(answer) != says(unseen):
                    faults.append(f"{name} {where}: tells more than of what is absent{_excerpt(row, answer)}")
            if row.lists and status == 200:
                listed = scene.things["here"][row.lists] in answer.text
                if listed != (finds_as(name, row) in row.finds):
                    faults.append(f"{name}: {'finds' if listed else 'does not find'} it in the list")
        if len(set(asked.values())) > 1:
            faults.append(f"{name}: the time betrays what is there, by questions to the database: {asked}")
    return faults


def _is_right(row: Row, role: str, wanted: int | None, answer: Answered) -> bool:
    status = answer.status_code
    if wanted == 303:
        return status == 303 and bool(answer.headers["Location"].startswith("/sign-in"))
    if wanted:
        return status == wanted
    if row.status:
        return status == (303 if role in row.moved else row.status)
    return status < 500 and status not in (401, 403, 404)


def _excerpt(row: Row, answer: Answered) -> str:
    return f": {answer.text[:160]}" if row.api else ""


def sees(path: str, role: str, where: str) -> bool:
    """Whether a role sees the thing that an address begins with: then it tells nothing new that something of it is missing."""
    whole = re.compile(rf"/{path.split('/')[1]}/\{{\w+\}}")
    rows = (row for row in TABLE if row.method == "GET" and whole.fullmatch(row.path))
    return any(role in (row.allowed if where == "here" else row.there) for row in rows)
