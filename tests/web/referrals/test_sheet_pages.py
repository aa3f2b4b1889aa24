"""The page of a case sheet: to the provider who accepted, to the office with what is left out; in figures, rights and amounts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework.json_values import JsonObject
from casework.operations.cases.case_rights import add_rights
from casework.operations.catalogue.right_use import expire_right
from casework.operations.people.programme_lists import set_entry
from casework.records.database import transaction
from tests.support.queries import counted
from tests.support.way_to_referral import to_both, to_referral, to_request
from tests.support.web_client import Browser
from tests.support.world import World, new_request

BrowserFor = Callable[[str], Browser]

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def accepted(engine: Engine, world: World, staged: tuple[str, str]) -> tuple[str, str]:
    with transaction(engine) as db:
        enrich(world, db, staged[0])
        world.accept(db, *staged)
    return staged


def enrich(world: World, db: Connection, number: str) -> None:
    rows = '[{"parameter": "Waste heat", "unit": "degC", "now": "90", "comparison": "at_least", "target": "75"}]'
    db.execute(
        text(
            "UPDATE needs SET figures = CAST(:rows AS jsonb) WHERE id = (SELECT need_id FROM cases WHERE number = :n)"
        ),
        {"n": number, "rows": rows},
    )
    values = "district = 'Haidian', target = '180 degC', budget = 6000000, budget_currency = 'CNY', readiness_low = 7"
    db.execute(
        text(f"UPDATE needs SET {values} WHERE id = (SELECT need_id FROM cases WHERE number = :n)"), {"n": number}
    )
    actor = world.actor(db, "officer")
    add_rights(db, actor, number, rights=[world.rights[0]], reason="Named late.", revision=None, request=new_request())


def words_of(markup: str) -> str:
    words = re.sub(r"<[^>]+>", " ", markup.partition("<main")[2].partition("</main>")[0])
    return " ".join(html.unescape(words).split())


def test_a_provider_reads_the_claim_as_rows_and_the_right_by_number(
    browser_for: BrowserFor, accepted: tuple[str, str]
) -> None:
    number, referral = accepted
    browser = browser_for("provider")
    assert f'href="/referrals/{referral}/sheet"' in browser.get(f"/referrals/{referral}").text
    page = browser.get(f"/referrals/{referral}/sheet")
    told = words_of(page.text)
    for words in (
        "Does it reach 180 degrees?",
        "Steam temperature",
        "180 degC",
        "full load",
        "Waste heat 90 ≥ 75 degC",
        "CN 1234567 B",
        "Haidian",
        number,
    ):
        assert words in told
    # To a provider nothing is said of what it does not get.
    assert "Left out" not in told
    assert "6,000,000" not in told
    assert "This is what the provider reads now" not in told


def test_who_may_read_a_right_reads_that_its_record_has_expired(
    browser_for: BrowserFor, engine: Engine, world: World, accepted: tuple[str, str]
) -> None:
    _, referral = accepted
    provider = browser_for("provider")
    assert "record expired" not in words_of(provider.get(f"/referrals/{referral}/sheet").text)
    with transaction(engine) as db:
        expire_right(db, world.actor(db, "officer"), world.rights[0], reason="Nobody renews it.", request=new_request())
    for browser in (provider, browser_for("officer")):
        assert "confirmed record expired" in words_of(browser.get(f"/referrals/{referral}/sheet").text)
    # Who is told nothing of the right is told nothing of its record.
    with transaction(engine) as db:
        db.execute(text("UPDATE consents SET sheet = false WHERE party = 'technology_owner'"))
    assert "record expired" not in words_of(provider.get(f"/referrals/{referral}/sheet").text)


def test_the_office_reads_the_same_and_what_is_left_out(
    browser_for: BrowserFor, engine: Engine, accepted: tuple[str, str]
) -> None:
    _, referral = accepted
    with transaction(engine) as db:
        db.execute(text("UPDATE consents SET sheet = false WHERE party = 'technology_owner'"))
    told = words_of(browser_for("officer").get(f"/referrals/{referral}/sheet").text)
    assert "This is what the provider reads now" in told
    assert "Technology: no consent for it to this provider (technology owner)" in told
    assert "Steam temperature" not in told


def test_before_the_acceptance_there_is_no_page_for_the_provider(
    browser_for: BrowserFor, staged: tuple[str, str]
) -> None:
    _, referral = staged
    provider = browser_for("provider")
    assert "/sheet" not in provider.get(f"/referrals/{referral}").text
    assert provider.get(f"/referrals/{referral}/sheet").status_code == 404
    told = words_of(browser_for("officer").get(f"/referrals/{referral}/sheet").text)
    assert "The provider reads this from accepting the request" in told


def test_a_bank_reads_who_borrows_how_much(browser_for: BrowserFor, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number, _, bank = to_both(world, db)
        enrich(world, db, number)
        data = {
            "interest": False,
            "confidentiality": True,
            "service": "pledge",
            "person": world.people["foreign_provider"],
            "planned_on": "2030-01-04",
        }
        world.fire(db, "foreign_provider", number, "accept", data, track=bank)
    told = words_of(browser_for("foreign_provider").get(f"/referrals/{bank}/sheet").text)
    for words in (
        "Amount wanted CNY 2,400,000",
        "(need owner) Pledgor",
        "(technology owner)",
        "6,000,000",
        "CN 1234567 B",
    ):
        assert words in told


def test_it_is_in_chinese_for_who_reads_chinese(
    browser_for: BrowserFor, engine: Engine, world: World, accepted: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE people SET language = 'zh-Hans'"))
        db.execute(text("UPDATE needs SET title_zh = '无煤蒸汽', sector = 'steel', wanted_form = 'lease'"))
        actor, programme = world.actor(db, "administrator"), world.programmes["BJ"]
        for name, code, label_zh in (("sectors", "steel", "钢铁行业"), ("wanted_forms", "lease", "融资租赁")):
            fields: JsonObject = {"code": code, "label": code, "label_zh": label_zh}
            set_entry(db, actor, programme, name, fields=fields, reason=None, request=new_request())
    told = words_of(browser_for("provider").get(f"/referrals/{accepted[1]}/sheet").text)
    for words in ("案件信息表", "海淀", "无煤蒸汽", "技术声明的性能", "参数", "钢铁行业", "融资租赁"):
        assert words in told


def test_it_takes_few_statements(browser_for: BrowserFor, app: Flask, accepted: tuple[str, str]) -> None:
    browser = browser_for("provider")
    browser.get("/")
    with counted(app) as statements:
        browser.get(f"/referrals/{accepted[1]}/sheet")
    assert len(statements) <= 30, statements


def test_an_officer_sees_before_sending_what_the_provider_will_read(
    browser_for: BrowserFor, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number, draft = to_request(world, db)
        db.execute(text("UPDATE consents SET sheet = false WHERE party = 'technology_owner'"))
    path = f"/cases/{number}/tracks/{draft}/send"
    officer = browser_for("officer")
    told = words_of(officer.get(path).text)
    _, _, told = told.partition("What the provider will read of the case")
    assert "Steam without coal" in told
    assert "Technology: no consent for it to this provider (technology owner)" in told
    assert "Heat pump boiler" not in told
    # Of another action there is nothing to foresee.
    assert "What the provider will read" not in words_of(officer.get(f"/cases/{number}/tracks/{draft}/cancel").text)


def test_what_was_typed_and_refused_stands_in_the_preview(
    browser_for: BrowserFor, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number, draft = to_request(world, db)
    path = f"/cases/{number}/tracks/{draft}/send"
    typed = {"f-claim.0.f-parameter": "Steam temperature", "f-claim.0.f-value": "180", "f-claim.0.f-unit": "degC"}
    refused = browser_for("officer").post(path, {"f-service": "assessment"} | typed, page=path)
    assert refused.status_code == 422
    _, _, told = words_of(refused.text).partition("What the provider will read of the case")
    assert "What the technology claims to do" in told
    assert "Steam temperature Value" not in told
    assert re.search("Steam temperature 180 degC", told)
