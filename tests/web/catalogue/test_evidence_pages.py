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
from tests.web.cases.two_cases import words_of
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
    crumbs = page.text[page.text.index('class="crumbs"') :].split("</nav>")[0]
    assert [words_of(one) for one in re.findall("<li.*?</li>", crumbs)] == [
        "Organisations",
        "Hebei Steam Works",
        "Preview: lists.pdf",
    ]
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


def test_evidence_of_a_right_leads_back_to_it_and_is_filed_once(browser_for: Enter, world: World, staged: str) -> None:
    officer, right = browser_for("officer"), f"/rights/{world.rights[0]}"
    given = {"kind": "pledge", "holder": "Nordwind Boilers", "first_day": "2026-01-05", "source": "Register"}
    fill(officer, f"{right}/burdens/new", (BytesIO(PDF), "extract.pdf"), **given)
    page = officer.get(right).text
    (preview,) = re.findall(r'href="(/evidence/[^"]+/preview)"', page)
    assert f'<li><a href="{right}">' in officer.get(preview).text
    (more,) = set(re.findall(r'href="(/rights/[^"]+/burdens/[^"]+/evidence)"', page))
    again = fill(officer, more, (BytesIO(PDF), "extract.pdf"))
    assert "This file is on record here already." in words_of(again)
    assert len(re.findall(r'href="(/evidence/[^"]+/preview)"', officer.get(right).text)) == 1


def test_what_nobody_has_scanned_is_not_drawn(engine: Engine, browser_for: Enter, shown: str) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE blobs SET scan = 'pending'"))
    compliance = browser_for("compliance")
    assert "There is no preview of this file." in compliance.get(shown).text
    assert compliance.get(f"{shown}/1").status_code == 409
