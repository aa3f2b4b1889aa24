"""A story: an officer finds technologies for a need by keys, compares, shortlists, refuses and accepts; an auditor takes the run again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO

import pytest
from playwright.sync_api import FilePayload, expect
from sqlalchemy import text

from casework.json_values import JsonMapping
from casework.operations.catalogue import need_statements
from casework.operations.catalogue.import_worker import carry_on
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_use import end_record
from casework.operations.links.office_links import secret_of
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.ranking import make_ready
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site, open_later
from tests.browser.test_invitations import insist_accessible
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_runs import put
from tests.support.world import new_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_need_finds_its_technology_and_an_auditor_the_same_list(site: Site, page_of: PageOf) -> None:
    make_ready()
    with transaction(site.engine) as db:
        ids = put(site.world, db)
    officer = page_of("officer")
    officer.open(f"/needs/{ids['need']}")
    officer.follow(officer.page.locator(f"a[href='/needs/{ids['need']}/desk']"))
    page = officer.page
    officer.follow(page.locator("main button.btn-primary"))
    cards = page.locator(".cand")
    assert cards.count() > 1
    expect(cards.first).to_contain_text("热泵 = heat pump")

    # Shortlisted by one key; the focus comes back to the same candidate.
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("s")
    expect(cards.first).to_contain_text("Shortlisted")
    expect(cards.first.locator("h3 a")).to_be_focused()

    # Two side by side.
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    officer.follow(page.locator("#compare button"))
    expect(page.locator("main table")).to_contain_text("Heat pump for dye houses")
    officer.open(f"/needs/{ids['need']}/desk")

    # The second one is refused with a reason.
    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("r")
    officer.send({"code": "not_ready", "reason": "It is an idea."})
    expect(cards.nth(1)).to_contain_text("The technology is not ready")

    # The first one opens its case.
    with page.expect_navigation():
        cards.first.locator("[data-key=a]").click()
    officer.follow(page.locator("main button.btn-primary"))
    number = officer.path.rsplit("/", 1)[1]
    officer.open(f"/cases/{number}/history/1")
    expect(page.locator("main")).to_contain_text("By which search it was found")

    # Whatever the catalogue has become, an auditor gets the same list.
    with transaction(site.engine) as db:
        for n in range(20):
            enter(site.world, db, "technology", title=f"Heat pump {n}", description="dye house")
        (run,) = db.execute(text("SELECT id::text FROM match_runs ORDER BY made_at DESC LIMIT 1")).scalars()
    auditor = page_of("auditor")
    auditor.open(f"/cases/{number}/history/1")
    auditor.follow(auditor.page.locator(f"a[href='/match-runs/{run}/replay']"))
    expect(auditor.page.locator("main")).to_contain_text("The same list")
    assert list(verify_all(site.engine)) == []


def test_a_need_from_a_phone_becomes_a_case_once_both_sides_said_yes(site: Site, page_of: PageOf) -> None:
    """An enterprise states a need in Chinese, an officer finds and shortlists, both sides say yes, and the case opens with all of it.

    A month later the catalogue has 10,000 records more, and of those on the list hardly any is what it was: the auditor gets the same list.
    """
    make_ready()
    box = site.document_store.secret_box
    with transaction(site.engine) as db:
        put(site.world, db)
        owned = {"owner_id": site.world.organisations["technology_owner"], "title": "Heat pump for dye works"}
        chosen = enter(site.world, db, "technology", readiness_low=7, readiness_high=8, **owned)
        done = need_statements.invite(
            db,
            site.world.actor(db, "officer"),
            box,
            programme=site.world.programmes["BJ"],
            organisation=site.world.organisations["need_owner"],
            address="",
            language="zh-Hans",
            request=new_request(),
        )
    import_records(site.engine, "technologies", BytesIO(platform(4)), programme="BJ", source=PLATFORM)
    phone = page_of(None, locale="zh-CN", phone=True)
    phone.open_link(str(done.answer["path"]), "/state-need/form")
    insist_accessible(phone)
    for name, words in (("title", "热泵"), ("problem", "印染厂的余热没有利用。"), ("by", "周敏")):
        phone.page.fill(f"[name=f-{name}]", words)
    for name, words in (("parameter", "供水温度"), ("unit", "°C"), ("now", "30"), ("target", "70")):
        phone.page.fill(f"[name='f-figures.0.f-{name}']", words)
    phone.page.select_option("[name='f-figures.0.f-comparison']", "at_least")
    phone.page.check("[name=f-publication][value=closed]")
    phone.follow(phone.page.locator("main form.asks .form-actions button"))
    assert "已收到" in phone.page.inner_text("main")

    officer = page_of("officer")
    officer.open(f"/needs/stated/{done.answer['id']}")
    officer.follow(officer.page.locator("form[action$='/accept'] button"))
    need = officer.path.rsplit("/", 1)[1]
    officer.open(f"/needs/{need}/desk")
    officer.follow(officer.page.locator("main button.btn-primary"))
    expect(officer.page.locator(".desk-need")).to_contain_text("≥ 70 °C")
    for key in "jxjx":
        officer.page.keyboard.press(key)
    officer.follow(officer.page.locator("#compare button"))
    expect(officer.page.locator("main table")).to_contain_text("Heat pump")
    officer.open(f"/needs/{need}/desk")
    card = officer.page.locator(".cand", has_text="Heat pump for dye works")
    officer.follow(card.locator("[data-key=s]"))

    # Each side is asked from its card; what will be seen is shown before.
    secrets = {}
    for side, path in (("need_owner", "ask-enterprise"), ("technology_owner", "ask-owner")):
        officer.open(f"/needs/{need}/desk?view=shortlist")
        officer.follow(officer.page.locator(f".cand a[href*='{path}']"))
        officer.page.fill("[name=f-address]", "zhou@campus.example")
        officer.page.fill("[name=f-message]", "请看。" if side == "need_owner" else "Please look.")
        if side == "technology_owner":
            officer.page.check("[name=f-language][value=en]")
            officer.page.fill("[name=f-need_words]", "A dye works loses heat at 60 degrees.")
        officer.follow(officer.page.locator("main form.asks .form-actions button"))
        expect(officer.page.locator("main")).not_to_contain_text("余热没有利用")
        officer.follow(officer.page.locator("button[value=go]"))
        (id,) = site.ids("SELECT id FROM interest_requests WHERE side = :side", side=side)
        secrets[side] = secret_of(box, INTEREST, id)
    for side, reader in (("need_owner", phone), ("technology_owner", page_of(None, phone=True))):
        reader.open_link(f"{INTEREST.page}#{secrets[side]}", "/interest/form")
        insist_accessible(reader)
        reader.page.check("[name=f-says_0][value=yes]")
        reader.page.fill("[name=f-by]", "周敏")
        reader.follow(reader.page.locator("main form.asks .form-actions button"))
        insist_accessible(reader)

    officer.open("/")
    officer.follow(officer.page.locator("#answered a"))
    expect(officer.page.locator(".cand").first).to_contain_text("Both said yes")
    officer.follow(officer.page.locator(".cand").first.locator("[data-key=a]"))
    officer.follow(officer.page.locator("main button.btn-primary"))
    number = officer.path.rsplit("/", 1)[1]
    (run,) = site.ids("SELECT id FROM match_runs WHERE need_id = CAST(:need AS uuid)", need=need)
    (digest,) = site.ids("SELECT digest FROM match_runs WHERE need_id = CAST(:need AS uuid)", need=need)
    listed = list_in(site, run)
    assert {"G-0", "G-1", "G-2", "G-3"} <= set(listed)

    with open_later(site, days=31) as later:
        replace_catalogue(later, page_of("officer", at=later), listed, chosen)
        auditor = page_of("auditor", at=later)
        auditor.open(f"/cases/{number}/history/1")
        expect(auditor.page.locator("main")).to_contain_text(digest)
        expect(auditor.page.locator("main")).to_contain_text("What both sides had said")
        auditor.follow(auditor.page.locator(f"a[href='/match-runs/{run}/replay']"))
        expect(auditor.page.locator("main")).to_contain_text("The same list")
        expect(auditor.page.locator("main")).to_contain_text("what changed since makes no difference to this run")
        assert titles_of(auditor) == [one["title"] for one in listed.values()]
        assert list(verify_all(later.engine)) == []


#: A platform whose records are all told of heat pumps, and how many more it has after a month.
PLATFORM, MORE = "PLATFORM", 10_000


def platform(records: int, *, but: str = "", otherwise: str = "") -> bytes:
    """The file of a platform with so many records `but` one, of which another says something else."""
    rows = [
        [
            f"G-{n}",
            f"Heat pump no. {n}",
            "Cold storage" if f"G-{n}" == otherwise else f"Waste heat of a dye house {n % 97}",
        ]
        for n in range(records)
        if f"G-{n}" != but
    ]
    return "\n".join(",".join(row) for row in [["external_id", "title", "description"], *rows]).encode()


def list_in(site: Site, run: str) -> dict[str, JsonMapping]:
    """The candidates of a run in their order, by how their sources call them."""
    with transaction(site.engine) as db:
        listed = json.loads(
            db.execute(text("SELECT list FROM match_runs WHERE id = CAST(:id AS uuid)"), {"id": run}).scalar_one()
        )
        named = db.execute(text("SELECT id::text, external_id AS name FROM technologies"))
        called = {row.id: row.name for row in named}
    return {called[one["technology"]]: one for one in listed["candidates"]}


def titles_of(reader: Reader) -> list[str]:
    """The technologies of the list that a page shows."""
    return reader.page.locator("main table").first.locator("tbody a").all_inner_texts()


def replace_catalogue(later: Site, officer: Reader, listed: Mapping[str, JsonMapping], chosen: str) -> None:
    """10,000 records come; what was listed says otherwise, vanished at its source, was withdrawn, merged and corrected."""
    officer.open(f"/programmes/{later.world.programmes['BJ']}/imports/technologies")
    file = FilePayload(name="all.csv", mimeType="text/csv", buffer=platform(4 + MORE, but="G-0", otherwise="G-1"))
    officer.page.set_input_files("#file", file)
    officer.page.fill("[name=source]", PLATFORM)
    officer.page.check("[name=complete]")
    officer.follow(officer.page.locator("main form .form-actions button.btn-primary"))
    officer.follow(officer.page.locator("button[value=take_over]"))
    carry_on(later.engine, officer.path.rpartition("/")[2])
    officer.open(officer.path)
    expect(officer.page.locator("main")).to_contain_text("10000")
    technologies = {name: str(one["technology"]) for name, one in listed.items()}
    with transaction(later.engine) as db:
        by, why = later.world.actor(db, "officer"), "So its owner says."
        end_record(db, by, "technology", technologies["G-2"], status="withdrawn", reason=why, request=new_request())
        merge_records(
            db, by, "technology", technologies["G-3"], into=technologies["G-1"], reason=why, request=new_request()
        )
        fields = {"title": "A boiler", "readiness_low": 1, "readiness_high": 2}
        correct_record(db, by, "technology", chosen, fields=fields, source=None, reason=why, request=new_request())
    gone = later.ids("SELECT external_id FROM source_rows WHERE gone_since IS NOT NULL")
    assert gone == ["G-0"]
    assert int(later.ids("SELECT count(*) FROM technologies")[0]) > MORE
