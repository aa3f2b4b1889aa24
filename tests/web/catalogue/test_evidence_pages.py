"""The preview of evidence: its pages as pictures, for who reads the record, noted; none of what is no picture or not yet scanned."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import Connection, Engine, text

from casework.records.database import transaction
from tests.support.file_makers import PDF
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.catalogue.test_right_pages import fill

Enter = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    return world.new_case(db)


pytestmark = pytest.mark.stage(play=_play)
SAID = {"result": "clear", "lists": "UN, EU of May", "extract": "Query 7"}


@pytest.fixture
def shown(browser_for: Enter, world: World, staged: str) -> str:
    """The address of a preview that the organisation's page links to."""
    compliance, page = browser_for("compliance"), f"/organisations/{world.organisations['need_owner']}"
    fill(compliance, f"{page}/screenings/new", (BytesIO(PDF), "lists.pdf"), **SAID)
    (found,) = re.findall(r'href="(/evidence/[^"]+/preview)"', browser_for("officer").get(page).text)
    return str(found)


def test_its_pages_are_drawn_for_who_reads_the_record(engine: Engine, browser_for: Enter, shown: str) -> None:
    officer = browser_for("officer")
    page = officer.get(shown)
    assert page.status_code == 200
    assert f'src="{shown}/1"' in page.text
    picture = officer.get(f"{shown}/1")
    assert (picture.mimetype, picture.data[:4]) == ("image/png", b"\x89PNG")
    assert picture.headers["Cache-Control"] == "no-store"
    assert officer.get(f"{shown}/2").status_code == 422
    with transaction(engine) as db:
        noted = db.execute(text("SELECT address FROM readings")).scalars().all()
    assert f"{shown}/1" in noted
    assert shown not in noted
    for who in ("foreign_officer", "provider", "observer"):
        assert [browser_for(who).get(path).status_code for path in (shown, f"{shown}/1")] == [404, 404]


def test_what_nobody_has_scanned_is_not_drawn(engine: Engine, browser_for: Enter, shown: str) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE blobs SET scan = 'pending'"))
    compliance = browser_for("compliance")
    assert "There is no preview of this file." in compliance.get(shown).text
    assert compliance.get(f"{shown}/1").status_code == 409
