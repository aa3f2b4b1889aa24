"""Every page with every role, on things of here, of elsewhere and of nowhere: the table, walked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from tests.security.authorization_api import sees
from tests.security.authorization_web import OWN, ROLES, TABLE, Row
from tests.support.databases import DatabaseServer
from tests.support.personae import PERSONAE, make_personae, may_refuse, stands_for
from tests.support.queries import counted
from tests.support.scene import Scene, set_scene

#: What is absent first: the answers about what is there are held against it.
WHERE = ("absent", "here", "there")


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with set_scene(database_server, template_database, tmp_path_factory.mktemp("scene")) as made:
        here = made.things["here"]
        make_personae(made.world, made.app.extensions["casework"], here["number"], here["mediation"])
        yield made


def expected(row: Row, role: str, where: str) -> int | None:
    """303 to the sign-in, 403 or 404; None for whoever is allowed."""
    if role == "anonymous" and not row.open:
        return 303
    names = {"here": "", "there": "there", "absent": "absent"}[where] if row.has_object else ""
    if role in getattr(row, names or "allowed"):
        return None
    return 403 if role in getattr(row, f"{names}_refused" if names else "refused") else 404


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_each_role_gets_what_the_table_says(scene: Scene, row: Row) -> None:
    wrong = []
    for name in (*ROLES, *PERSONAE):
        # What signing in asks is not counted.
        scene.browser(name)
        unseen: TestResponse | None = None
        asked: dict[str, int] = {}
        for where in WHERE if row.has_object else ("here",):
            role, place = stands_for(name, row, where)
            with counted(scene.app) as sent:
                answer, wanted = scene.ask(row, name, where), expected(row, role, place)
            unseen = answer if where == "absent" else unseen
            got = answer.status_code
            right = got == wanted if wanted else got < 500 and got not in (401, 403, 404)
            if wanted == 303:
                right = got == 303 and answer.headers["Location"].startswith("/sign-in")
            elif not wanted and row.method == "GET":
                right = got == (303 if role in row.moved else row.gives)
            if not right and not may_refuse(name, row, got):
                wrong.append(f"{name} {where}: {got}, not {wanted or 'allowed'}")
            if got == 404 and unseen is not None and unseen.status_code == 404:
                if place == where and not sees(row.path, role, place):
                    asked[where] = len(sent)
                if _said(answer) != _said(unseen):
                    wrong.append(f"{name} {where}: tells more than of what is absent")
        if len(set(asked.values())) > 1:
            wrong.append(f"{name}: the time betrays what is there, by questions to the database: {asked}")
    assert not wrong, "\n".join(wrong)


def _said(answer: TestResponse) -> str:
    """What a page says, without what belongs to one answer alone."""
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    # Such as what became of the deed before, which the next page tells.
    main = re.sub(r'<div class="flash[^"]*" role="(?:status|alert)">.*?</div>', "", main, flags=re.DOTALL)
    main = re.sub(r"\s+", " ", main)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", main)


def test_every_page_is_in_the_table(scene: Scene) -> None:
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule))
        for rule in scene.app.url_map.iter_rules()
        if "." in rule.endpoint and not rule.endpoint.startswith(("api.", *OWN))
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    assert {(row.method, row.path) for row in TABLE} == served


def test_every_row_speaks_of_roles_that_there_are() -> None:
    for row in TABLE:
        named = set().union(row.allowed, row.refused, row.there, row.there_refused, row.absent, row.absent_refused)
        assert named <= set(ROLES), row.name
