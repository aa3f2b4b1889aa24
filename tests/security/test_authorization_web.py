"""Every page with every role, on things of here, of elsewhere and of nowhere: the table, walked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from casework.operations.verification.service import verify_all
from tests.security.authorization_rows import ROLES, Row
from tests.security.authorization_walk import faults_of
from tests.security.authorization_web import OWN, TABLE
from tests.support.databases import DatabaseServer
from tests.support.personae import make_personae
from tests.support.scene import Scene, set_scene


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with set_scene(database_server, template_database, tmp_path_factory.mktemp("scene")) as made:
        here = made.things["here"]
        make_personae(made.world, made.app.extensions["casework"], here["number"], here["mediation"])
        yield made


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_each_role_gets_what_the_table_says(scene: Scene, row: Row) -> None:
    faults = faults_of(scene, row, _said)
    assert not faults, "\n".join(faults)


def test_the_histories_know_whatever_was_done(scene: Scene) -> None:
    """After the walk, in which each action was allowed to somebody."""
    assert [str(one) for one in verify_all(scene.app.extensions["casework"])] == []


def _said(answer: TestResponse) -> str:
    """What a page says, without what belongs to one answer alone."""
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    # Such as what became of the action before, which the next page tells.
    main = re.sub(r'<div class="note[^"]*" role="(?:status|alert)">.*?</div>', "", main, flags=re.DOTALL)
    main = re.sub(r"\s+", " ", main)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", main)


def test_every_page_is_in_the_table(scene: Scene) -> None:
    served = {
        (method, re.sub(r"<(?:[\w(), ]+:)?(\w+)>", r"<\1>", rule.rule))
        for rule in scene.app.url_map.iter_rules()
        if "." in rule.endpoint and not rule.endpoint.startswith(("api.", *OWN))
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    assert {(row.method, row.path) for row in TABLE} == served


def test_every_row_speaks_of_roles_that_there_are() -> None:
    for row in TABLE:
        assert row.roles <= set(ROLES), row.name
