"""The pages of attestations: what an auditor is shown before signing, what comes of it, and its files."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from casework.operations.audit.findings import raise_finding
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.published import sign_and_publish
from tests.support.web_client import Browser
from tests.support.world import World, new_request

BrowserFor = Callable[[str], Browser]


@pytest.fixture
def address(engine: Engine, superuser_engine: Engine, settings: Settings, world: World) -> str:
    """Where the attestations of a programme lie that has a case and a published checkpoint."""
    with transaction(engine) as db:
        world.new_case(db)
    sign_and_publish(engine, superuser_engine, settings)
    return f"/programmes/{world.programmes['BJ']}/attestations"


def seen(browser: Browser, address: str, **asked: str) -> dict[str, str]:
    """What the form sends by itself."""
    page = browser.get(f"{address}/new", query_string=asked).text
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None, html.unescape(page)
    return {"since": "2026-01-01", "until": "2099-12-31", "cases": "", "seen": found[1]}


def sign(browser: Browser, address: str, **said: str) -> int:
    return sent(browser, address, **said).status_code


def sent(browser: Browser, address: str, **said: str) -> TestResponse:
    """What comes of signing."""
    given = seen(browser, address, since="2026-01-01", until="2099-12-31")
    form = {**given, "words": "Nothing was left out."} | said
    return browser.post(address, form, page=f"{address}/new")


def find(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = db.execute(text("SELECT max(number) FROM cases")).scalar_one()
        raise_finding(db, world.actor(db, "auditor"), number, event=1, words="Why?", request=new_request())


def test_an_auditor_signs_what_is_shown_before(browser_for: BrowserFor, address: str) -> None:
    browser = browser_for("auditor")
    assert sign(browser, address) == 303
    page = html.unescape(browser.get(f"{address}/1").text)
    assert "Nothing was left out." in page
    assert "Root hash" in page


def test_without_a_checkpoint_there_is_nothing_to_sign(browser_for: BrowserFor, world: World) -> None:
    page = browser_for("auditor").get(f"/programmes/{world.programmes['BJ']}/attestations/new")
    assert "No checkpoint of the log is published yet" in html.unescape(page.text)


def test_what_speaks_against_it_is_said_on_the_form(
    browser_for: BrowserFor, engine: Engine, world: World, address: str
) -> None:
    find(engine, world)
    browser = browser_for("auditor")
    assert "Something speaks against these cases" in browser.get(f"{address}/new").text
    answer = sent(browser, address)
    assert answer.status_code == 422
    assert "Nothing was left out." in answer.text
    assert sign(browser, address, knows="yes") == 303


def test_what_came_after_the_form_was_read_is_shown_first(
    browser_for: BrowserFor, engine: Engine, world: World, address: str
) -> None:
    browser = browser_for("auditor")
    given = seen(browser, address, since="2026-01-01", until="2099-12-31")
    find(engine, world)
    answer = browser.post(address, {**given, "words": "Nothing was left out."})
    assert answer.status_code == 409
    assert "Nothing was left out." in answer.text


@pytest.mark.parametrize(
    ("field", "value"), [("since", "soon"), ("until", "2025-01-01"), ("cases", "BJ-2099-0009"), ("supersedes", "x")]
)
def test_what_is_wrong_is_said_beside_its_field(browser_for: BrowserFor, address: str, field: str, value: str) -> None:
    browser = browser_for("auditor")
    answer = sent(browser, address, **{field: value})
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text or field == "supersedes"


def test_the_list_says_which_one_was_superseded(browser_for: BrowserFor, address: str) -> None:
    browser = browser_for("auditor")
    sign(browser, address)
    assert sign(browser, address, supersedes="1") == 303
    assert "superseded by 2" in browser_for("manager").get("/attestations").text


def test_a_supervisor_reads_it_and_is_offered_no_signing(browser_for: BrowserFor, address: str) -> None:
    sign(browser_for("auditor"), address)
    browser = browser_for("supervisor")
    assert browser.get(f"{address}/1").status_code == 200
    assert "/attestations/new" not in browser.get("/attestations").text


def test_a_provider_finds_no_trace(browser_for: BrowserFor, address: str) -> None:
    sign(browser_for("auditor"), address)
    browser = browser_for("provider")
    assert {browser.get(path).status_code for path in ("/attestations", f"{address}/1")} == {404}
    assert "/attestations" not in browser.get("/").text


def test_its_file_waits_for_the_next_checkpoint_and_is_then_taken_out(
    browser_for: BrowserFor, engine: Engine, superuser_engine: Engine, settings: Settings, address: str
) -> None:
    browser = browser_for("auditor")
    sign(browser, address)
    assert browser.get(f"{address}/1/attestation.json").status_code == 409
    sign_and_publish(engine, superuser_engine, settings)
    answer = browser_for("manager").get(f"{address}/1/attestation.json")
    assert json.loads(answer.data)["event"]["body"]["words"]["value"] == "Nothing was left out."
    assert "attestation-BJ-1.json" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_printed_in_both_languages(browser_for: BrowserFor, address: str, language: str) -> None:
    browser = browser_for("auditor")
    sign(browser, address)
    answer = browser.get(f"{address}/1/attestation.pdf?language={language}")
    assert answer.data.startswith(b"%PDF")
    assert f"attestation-BJ-1-{language}.pdf" in answer.headers["Content-Disposition"]


def test_whoever_reads_chinese_is_told_what_was_found_with_a_colon_of_theirs(
    browser_for: BrowserFor, address: str
) -> None:
    browser = browser_for("auditor")
    browser.post("/account/preferences", {"language": "zh-Hans"})
    page = html.unescape(browser.get(f"{address}/new").text)
    assert "待答复：0 · 已答复：0 · 已办结：0" in page
    assert "完整：" in page
