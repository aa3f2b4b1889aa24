"""Whatever a search finds opens for whoever found it, what does not open for somebody is not found, and counts say nothing of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from sqlalchemy import Engine, text

from casework.engine.definition.editions import do_key
from casework.operations.core.i18n import Speech
from casework.records.database import transaction
from tests.security.authorization_rows import ROLES
from tests.support.databases import DatabaseServer
from tests.support.personae import PERSONAE, make_personae
from tests.support.scene import Scene, set_scene
from tests.support.web_client import Browser

EVERYBODY = sorted({*ROLES, *PERSONAE} - {"anonymous"})
#: By what is searched of the things of here and of elsewhere, and the page of each.
_WORDS = text("""
    SELECT title AS words, '/needs/' || id AS page FROM needs WHERE merged_into IS NULL
    UNION ALL SELECT title, '/technologies/' || id FROM technologies WHERE merged_into IS NULL
    UNION ALL SELECT name, '/organisations/' || id FROM organisations WHERE merged_into IS NULL
    UNION ALL SELECT number, '/cases/' || number FROM cases
    UNION ALL SELECT number, '/rights/' || id FROM rights WHERE merged_into IS NULL AND number IS NOT NULL
    UNION ALL SELECT owner, '/rights/' || id FROM rights WHERE merged_into IS NULL AND owner IS NOT NULL
    UNION ALL SELECT title, '/needs-assessments/' || id FROM needs_assessments
    UNION ALL SELECT title, '/needs-assessments/' || assessment_id FROM assessment_visits
    UNION ALL SELECT title, '/past-projects?project=' || id FROM past_projects
    ORDER BY 2
""")
#: A past project of each programme: no scene has any.
_PROJECTS = text("""
    INSERT INTO past_projects (id, programme_id, source, external_id, title, title_zh, ended_on, outcome)
    SELECT gen_random_uuid(), p.id, 'list', 'P-' || p.code, 'Sludge dryer ' || p.code, '污泥干化', date '2023-05-31', 'deployed_measured'
    FROM programmes p
""")
#: The open tasks of cases, with the page of each.
_TASKS = text("""
    SELECT t.edition, t.type, t.rule, CASE WHEN t.type = 'side' THEN '/tasks/' || t.id END AS page
    FROM tasks t JOIN cases c ON c.id = t.log_id
    WHERE t.state IN ('Ready', 'Reserved', 'InProgress', 'Suspended') ORDER BY t.id
""")


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with set_scene(database_server, template_database, tmp_path_factory.mktemp("scene")) as made:
        here = made.things["here"]
        make_personae(made.world, made.app.extensions["casework"], here["number"], here["mediation"])
        with transaction(made.app.extensions["casework"]) as db:
            db.execute(_PROJECTS)
        yield made


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_is_found_opens_and_what_does_not_open_is_not_found(scene: Scene, who: str) -> None:
    engine: Engine = scene.app.extensions["casework"]
    with transaction(engine) as db:
        things = [(row.words, row.page) for row in db.execute(_WORDS)]
        tasks = db.execute(_TASKS).all()
    asked = [(Speech(False).edition_text(row.edition, do_key(row.type, row.rule)), row.page) for row in tasks]
    things += [(words, page) for words, page in asked if page is not None]
    browser = scene.browser(who)

    @cache
    def opens(page: str) -> bool:
        return browser.get(page, follow_redirects=True).status_code == 200

    for words in sorted({words for words, _ in things + asked} | {"steam", "蒸汽", "paper", "note", "污泥"}):
        found = _found(browser, words)
        assert all(opens(page) for page in found), (words, found)
        for title, page in things:
            if page in found or not opens(page):
                assert (page in found) <= opens(page), (words, page)
            elif title == words and not page.startswith("/organisations"):
                raise AssertionError(f"{words} does not find {page}")


def _found(browser: Browser, words: str) -> set[str]:
    """The pages that a search leads to: it counts as many as it shows, or jumps to the one."""
    answer = browser.get("/search", query_string={"q": words})
    if answer.status_code == 302:
        return {answer.headers["Location"]}
    assert answer.status_code == 200
    page = answer.text.split("<main")[1].split("</main>")[0]
    rows = page.count('<li><span class="')
    counted = re.search(r"(\d+) were found|One was found", page)
    assert (int(counted[1] or 1) if counted else 0) == rows
    return {link.partition("#")[0] for link in re.findall(r'class="go"><a href="([^"]+)"', page)}
