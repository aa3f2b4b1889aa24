"""A page in Chinese has no space between two sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import text

from casework.records.database import transaction
from tests.security.authorization_rows import ROLES, Row
from tests.security.authorization_web import TABLE
from tests.support.databases import DatabaseServer
from tests.support.scene import Scene, set_scene

PAGES = [row for row in TABLE if row.method == "GET" and row.status == 200 and row.allowed - row.moved]
_INLINE = "a|abbr|b|cite|code|em|i|kbd|mark|q|s|small|strong|sub|sup|time|span"
_GAP = re.compile(r".{0,20}[。！？；，、] [一-鿿“（《].{0,20}")


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with set_scene(database_server, template_database, tmp_path_factory.mktemp("scene")) as made:
        with transaction(made.app.extensions["casework"]) as db:
            db.execute(text("UPDATE people SET language = 'zh-Hans'"))
        yield made


def gaps(page: str) -> list[str]:
    """Where a space stands behind a sentence in what a page says, run together as browsers do."""
    said = re.sub(r"\s+", " ", re.sub(r"<(script|style|textarea)\b.*?</\1>", "", page, flags=re.DOTALL))
    said = re.sub(r"<[^>]+>", "\n", re.sub(rf"</?(?:{_INLINE})\b[^>]*>", "", said))
    return _GAP.findall(unescape(said))


@pytest.mark.parametrize("row", PAGES, ids=[row.name for row in PAGES])
def test_no_space_stands_between_two_sentences(scene: Scene, row: Row) -> None:
    role = next(one for one in ROLES if one in row.allowed - row.moved)
    browser = scene.browser(role)
    answer = browser.get(row.address(scene.things["here"]))
    if answer.mimetype == "text/html" and answer.text:
        assert '<html lang="zh-Hans"' in answer.text
        assert gaps(answer.text) == []


def test_a_space_is_found_across_links_and_not_across_paragraphs() -> None:
    assert gaps('<p>已逾期。 <a href="/x">请致函对方。</a></p>') == ["已逾期。 请致函对方。"]
    assert gaps("<p>已逾期。</p> <p>请致函对方。</p>") == []
    assert gaps("<p>It is late. Write.</p>") == []
