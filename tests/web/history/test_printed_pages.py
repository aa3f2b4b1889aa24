"""The whole history on paper: every entry in English and in Chinese, pages numbered, what was erased told as erased."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.operations.history.timeline import read_history
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.history.test_field_history import _play, seq_of
from tests.operations.verification.test_certificates import _erase
from tests.support.published import sign_and_publish
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.history.test_certificate_pages import pdf_words

BrowserFor = Callable[[str], Browser]
pytestmark = pytest.mark.stage(play=_play)


@pytest.mark.parametrize(
    ("language", "words", "erased"),
    [("en", "History of the case", "erased"), ("zh", "的办理记录", "已抹除")],
)
def test_it_has_every_entry_its_hash_and_its_page(
    browser_for: BrowserFor,
    staged: str,
    engine: Engine,
    superuser_engine: Engine,
    settings: Settings,
    world: World,
    tmp_path: Path,
    language: str,
    words: str,
    erased: str,
) -> None:
    with superuser_engine.begin() as db:
        db.execute(text("UPDATE people SET name_zh = '程宇' WHERE name = 'Officer'"))
    sign_and_publish(engine, superuser_engine, settings)
    with transaction(engine) as db:
        entries = read_history(db, world.actor(db, "auditor"), staged).items
        asked = seq_of(db, staged, "proposed")
    _erase(superuser_engine, staged, asked, "finding")
    answer = browser_for("auditor").get(f"/cases/{staged}/history.pdf?language={language}")
    assert answer.status_code == 200
    paper = pdf_words(answer.data, tmp_path)
    (tmp_path / f"history-{language}.pdf").write_bytes(answer.data)
    assert words in paper
    assert "2/2" in "".join(paper.split())
    assert erased in paper
    assert "A name on a list." not in paper
    together = "".join(paper.split())
    # Names are those of the paper's language, whatever the page's is; and no day stands there without its year.
    assert ("程宇" in together) == (language == "zh")
    assert (
        re.findall(r"(?<!年)\b\d{1,2}月\d{1,2}日|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\d{1,2}[A-Z][a-z]{2}(?!20)", together)
        == []
    )
    assert [entry.seq for entry in entries if (entry.hash or "") not in together] == []


def test_it_says_that_nothing_was_published_yet(browser_for: BrowserFor, staged: str, tmp_path: Path) -> None:
    paper = pdf_words(browser_for("officer").get(f"/cases/{staged}/history.pdf?language=en").data, tmp_path)
    assert "No checkpoint was published yet." in paper


def test_the_page_of_the_history_leads_there(browser_for: BrowserFor, staged: str) -> None:
    assert f"/cases/{staged}/history.pdf?language=zh" in browser_for("auditor").get(f"/cases/{staged}/history").text
