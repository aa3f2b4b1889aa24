"""Every page as browsers show it: in both languages and themes, at a desk, twice as large, on a telephone, without scripts.

`make shots` keeps a picture of each in var/shots.

Which pages there are follows from the table of who may open which, so that a new one is looked at by itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import text

from casework.engine.retention import SHIPPED
from casework.operations.cases.moves import propose_move
from casework.operations.catalogue.matches import judge_match
from casework.operations.core.perform import home_of
from casework.operations.matching.decisions import decide
from casework.operations.matching.ranking import make_ready
from casework.operations.matching.runs import read_run, start_run
from casework.operations.people.programme_retention import propose_retention
from casework.operations.people.programme_weights import propose_weights
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.browser.conftest import LANGUAGES, close_readers, open_reader
from tests.browser.measures import latin_words, sideways
from tests.browser.pictures import FOLDER, picture_of
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.operations.matching.test_published import publish
from tests.operations.matching.test_twin_groups import alike
from tests.operations.people.test_programme_routing import propose as propose_table
from tests.operations.people.test_programme_routing import set_table
from tests.operations.people.test_public_catalogues import show
from tests.operations.privacy.removal_scene import remove_one
from tests.security.authorization_rows import Row
from tests.security.authorization_web import OWN, TABLE
from tests.support.additions import send_need_file, show_burden
from tests.support.followed import ask_now, closed_case
from tests.support.samples import Sample
from tests.support.scene import make_things
from tests.support.stories import publish_made
from tests.support.way_to_referral import to_referral
from tests.support.world import add_match, add_need, add_technology, new_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VENDOR = Path(__file__).parent / "vendor" / "axe-core"
#: What is asked of a page: the rules of WCAG 2.2 at the levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS: dict[str, dict[str, Any]] = {
    "english-by-day": {},
    "english-by-night": {"dark": True},
    "chinese-by-day-without-scripts": {"locale": "zh-CN", "empty_scripts": True},
    "chinese-by-night-on-a-telephone": {"locale": "zh-CN", "dark": True, "phone": True},
    "english-by-day-at-200-percent": {"enlarged": True},
}
#: Who looks: of those who may open a page the first one.
READERS = (
    "officer", "supervisor", "provider", "provider_lead", "dispute_officer", "auditor", "administrator", "manager",
    "observer", "compliance", "other_officer", "verifier", "foreign_provider", "foreign_officer",
)  # fmt: skip
#: Where nothing is shown but a file is sent.
FILES = frozenset({
    "/reports/<report>/report.pdf", "/reports/<report>/figures.xlsx", "/reports/<report>/content.json",
    "/process.csv", "/process.xlsx", "/process.json", "/process/events.xes", "/process/events.json",
    "/programmes/<programme>/attestations/<attestation>/attestation.pdf",
    "/findings.csv", "/findings.xlsx", "/findings.json", "/reading.csv", "/reading.xlsx", "/readings.json", "/cases/<number>/history.pdf",
    "/programmes/<programme>/imports/<records>/<handed>/refused.csv", "/programmes/<programme>/imports/<records>/<handed>/refused-rows",
    "/programmes/<programme>/imports/<records>/<handed>/mapping", "/programmes/<programme>/sources/<source>/mapping/<records>",
    "/programmes/<programme>/settings/routing/table.dmn",
    "/figures/outside.csv", "/figures/outside.xlsx", "/figures/outside.json",
    "/referrals/figures.csv", "/referrals/figures.xlsx", "/referrals/figures.json",
    "/figures.csv", "/figures.xlsx", "/figures.json", "/cases.csv", "/cases.xlsx", "/cases/<number>/file",
    "/documents/<document>/<version>",
    "/documents/<document>/<version>/preview/<page>", "/news", "/evidence/<evidence>", "/needs/stated/<statement>/files/<file>",
    "/cases/<number>/story/image",
    "/evidence/<evidence>/preview/<page>", "/programmes/<programme>/needs/likely", "/programmes/<programme>/technologies/likely",
})  # fmt: skip
#: What is walked through elsewhere: these are there for a moment only.
BETWEEN = frozenset({
    "/sign-in/code", "/confirm", "/notifications/<notification>", "/invitation/<token>", "/invitation/join", "/password/new",
    "/answer/form", "/answer/documents/<document>", "/state-need/form", "/renew-need/form", "/interest/form", "/robots.txt",
    "/stop-mails/<subscription>/<secret>", "/story/form", "/story/picture", "/results.json", "/results.atom", "/results/<story>/picture",
    "/catalogue.json", "/catalogue/technologies/<technology>.json", "/catalogue/needs/<need>.json",
    "/log/checkpoint", "/log/cosigned", "/log/handover", "/log/tile/<name>", "/sign-in/provider/callback",
})  # fmt: skip
#: The catalogue as everybody reads it.
PUBLIC = (
    "/catalogue", "/catalogue/technologies/<technology>", "/catalogue/needs/<need>", "/results", "/results/<story>",
)  # fmt: skip
#: What is there before the sign-in.
OPEN = frozenset(
    {
        "/sign-in",
        "/password-reset",
        "/password",
        "/invitation",
        "/answer",
        "/state-need",
        "/renew-need",
        "/interest",
        "/story",
        *PUBLIC,
    }
)
#: Pages that the table leaves to tests of their own, and what a page shows in other states or to other people.
MORE: dict[str, tuple[str | None, str]] = {
    "sign-in": (None, "/sign-in"),
    "lost password": (None, "/password-reset"),
    "link for a password": (None, "/password"),
    "link of an invitation": (None, "/invitation"),
    "link of a question": (None, "/answer"),
    "link of a need": (None, "/state-need"),
    "link of a need that expires": (None, "/renew-need"),
    "link of a shortlist": (None, "/interest"),
    "public catalogue": (None, PUBLIC[0]),
    "public technology": (None, PUBLIC[1]),
    "public need": (None, PUBLIC[2]),
    "public results": (None, PUBLIC[3]),
    "public story": (None, PUBLIC[4]),
    "link of a story": (None, "/story"),
    "account": ("officer", "/account"),
    "password": ("officer", "/account/password"),
    "tokens": ("officer", "/account/tokens"),
    "second factor": ("officer", "/account/second-factor"),
    "new passkey": ("officer", "/account/passkeys/new"),
    "notifications": ("officer", "/notifications"),
    "removal to agree to": ("administrator", "/programmes/<programme>/settings/removals"),
    "batch to agree to": ("administrator", "/programmes/<programme>/settings/batches/<batch>"),
    "plan of a batch": (
        "supervisor",
        "/programmes/<programme>/settings/batches/plan?workflow=referral&earlier=2&later=1",
    ),
    "removed case": ("supervisor", "/cases/<removed>"),
    "retention classes to agree to": ("administrator", "/programmes/<programme>/settings/retention"),
    "routing table to agree to": ("administrator", "/programmes/<programme>/settings/routing"),
    "row of a routing table": ("supervisor", "/programmes/<programme>/settings/routing/row?row=1"),
    "weights to agree to": ("administrator", "/programmes/<programme>/settings/weights"),
    "what is told": ("officer", "/notifications/settings"),
    "offers": ("provider", "/"),
    "referral": ("provider", "/referrals/<accepted>"),
    "case sheet": ("provider", "/referrals/<accepted>/sheet"),
    "disputes": ("dispute_officer", "/"),
    "queue": ("provider", "/queues"),
    "search results": ("officer", "/search?q=boilers"),
    "no such page": ("officer", "/cases/BJ-2099-0001"),
    "what may not be done": ("other_officer", "/cases/<number>/tracks/<track>/propose_close"),
    "action": ("officer", "/cases/<fresh>/tracks/<fresh_track>/hold"),
    "task": ("officer", "/tasks/<fresh_task>"),
    "changed workflow": ("auditor", "/workflows/referral/1/changes/2"),
    "move to agree to": ("compliance", "/cases/<fresh>/move"),
    "move and what follows": ("supervisor", "/cases/<number>/move?to=introduced"),
    "month": ("officer", "/agenda?view=month&whose=team"),
}


def looker(row: Row) -> str | None:
    """Who looks at a page of the table; nobody where it leads on to another."""
    return next((one for one in READERS if one in row.allowed - row.moved and row.status == 200), None)


#: What nobody may open in the scene is shown by rows beside it: a correction looks the same wherever it is made.
PAGES: dict[str, tuple[str | None, str]] = {
    row.name.removeprefix("GET "): (looker(row), row.path)
    for row in TABLE
    if row.method == "GET" and row.status == 200 and row.path not in FILES and (row.allowed or row.open)
} | MORE
ROWS = {row.path: row for row in TABLE if row.method == "GET" and row.status == 200}


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    return shared_site


@pytest.fixture(scope="module")
def things(site: Site) -> Mapping[str, str]:
    return make_page_things(site)


def make_page_things(site: Site) -> Mapping[str, str]:
    """What the pages are about, where they have something to show."""
    world = site.world
    # Before a transaction: on a busy machine one that waits for it is ended.
    make_ready()
    removed = remove_one(site.engine, world)
    with transaction(site.engine) as db:
        made = dict(make_things(world, db)["here"])
        number, accepted = to_referral(world, db)
        world.accept(db, number, accepted)
        fresh = world.new_case(db)
        world.fire(db, "officer", fresh, "take")
        case = load(db, home_of(db, made["number"]), "case")
        note = world.write(db, "supervisor", case, None, "Look at this.", tell=("officer",))
        show(db, world, contact_zh="三号办公室", results=True)
        publish(db, world, made["technology"])
        made |= {"story": publish_made(db, made["story_consent"])}
        # A record that a refusal says is wrong.
        officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
        match = add_match(db, officer, programme, add_need(db, programme, "n-88", None), made["technology"])
        judge_match(
            db, officer, match, refused=True, code="not_ready", reason="It is but an idea.", request=new_request()
        )
        # A list with twins on it, which nobody has merged.
        boilers = [add_technology(db, programme, f"steam without coal, {n}", None) for n in ("t-90", "t-91", "t-92")]
        alike(db, programme, (boilers[0], boilers[1]), (boilers[1], boilers[2]))
        start_run(db, officer, world.needs[0], request=new_request())
        # A run on whose list somebody has decided.
        listed = read_run(db, officer, made["run"]).found["candidates"][0]["technology"]
        decide(db, officer, made["run"], technology=listed, decision="shortlist", request=new_request())
        supervisor, values = world.actor(db, "supervisor"), {"title": "3", "verified": "0.05"}
        pledges = (
            {"queue": '"officer", "supervisor"', "service": '"pledge"', "amount": "[1000000..5000000)"},
            "officer",
        )
        set_table(db, world, pledges)
        propose_table(db, world, pledges, ({"queue": '"intake"', "age": ">= 30"}, "other_officer"))
        propose_weights(db, supervisor, programme, values=values, reason="It was judged.", request=new_request())
        kept = [replace(SHIPPED[0], outcomes=frozenset({"no_agreement"})), replace(SHIPPED[1], years=15)]
        propose_retention(db, supervisor, programme, classes=kept, reason="By our rules.", request=new_request())
        at = load(db, home_of(db, fresh), "case").main.revision
        propose_move(
            db,
            supervisor,
            fresh,
            to="introduced",
            reason="It was taken by mistake.",
            revision=at,
            request=new_request(),
        )
        # A party to be asked after a closing.
        ask_now(world, db, closed_case(world, db)[1][0])
        made |= {"accepted": accepted, "fresh": fresh, "fresh_track": world.main_track(db, fresh)}
    made |= {"removed": removed}
    paper = world.hand_in(site.document_store, made["number"])
    with transaction(site.engine) as db:
        case = load(db, home_of(db, made["number"]), "case")
        world.write(db, "officer", case, None, "I see.", reply_to=note, documents=[paper], by_mail=True)
    shown = show_burden(site.document_store, world, made["right"], made["burden"], by="officer", scope="BJ")
    return made | {
        "fresh_task": site.task(fresh, "triage_check"),
        "document": paper,
        "version": "1",
        "evidence": shown,
        "need_file": send_need_file(site.document_store, world, made["statement"]),
    }


#: What people have typed and records hold: it stands in Chinese pages as it was written. No codes: those have words.
_WRITTEN = """
    SELECT array_agg(w) FROM (
        SELECT concat_ws(' ', name, email) AS w FROM people UNION ALL SELECT concat_ws(' ', name, profile::text) FROM organisations
        UNION ALL SELECT concat_ws(' ', name, code, calendar::text) FROM programmes UNION ALL SELECT name FROM phases
        UNION ALL SELECT to_jsonb(n)::text FROM needs n UNION ALL SELECT to_jsonb(t)::text FROM technologies t
        UNION ALL SELECT said::text FROM need_statements UNION ALL SELECT concat_ws(' ', shown::text, said::text) FROM interest_requests
        UNION ALL SELECT concat_ws(' ', proposed_by, rationale, source, external_id) FROM matches
        UNION ALL SELECT concat_ws(' ', office, number, owner) FROM rights UNION ALL SELECT number FROM cases
        UNION ALL SELECT body::text FROM events
        UNION ALL SELECT jsonb_path_query_array(effects, '$.**.claim[*].*')::text FROM events
        UNION ALL SELECT concat_ws(' ', contact, email) FROM public_catalogues
        UNION ALL SELECT concat_ws(' ', title, words, caption, impacts::text) FROM success_stories
        UNION ALL SELECT name FROM service_accounts UNION ALL SELECT name FROM saved_views
    ) x
"""


#: What else is said in Latin letters: what was sealed, a holiday as one writes it, a command, the browser that is signed in, a tab, and an
#: example of names in both languages.
BESIDE = (
    "The court asks.", "Labour Day", "casework worker", "Chrome Linux", "DE", "English", "UTF-8",
    "steam boilers", "low-NOx burners",
)  # fmt: skip
#: The page of the components has samples.
SAMPLES = frozenset({"/components"})


@pytest.fixture(scope="module")
def written(site: Site, things: Mapping[str, str]) -> list[str]:
    with transaction(site.engine) as db:
        return list(db.execute(text(_WRITTEN)).scalar_one())


@pytest.fixture(scope="module")
def axe() -> str:
    return (VENDOR / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def look(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def reader_of(chromium: Browser, site: Site, look: str) -> Iterator[Callable[[str | None], Reader]]:
    """One browser for each person."""
    opened: dict[str | None, Reader] = {}

    def find(role: str | None) -> Reader:
        if role not in opened:
            opened[role] = open_reader(chromium, site, role, **LOOKS[look])
        return opened[role]

    yield find
    close_readers(opened.values())


DEFAULT = frozenset(Sample(len(LOOKS)).pairs(LOOKS, PAGES))
#: Each page in one look by default, and in all in `make test-long`.
SEEN = [
    pytest.param(look, page, id=f"{look}-{page}", marks=() if (look, page) in DEFAULT else pytest.mark.long)
    for look in LOOKS
    for page in PAGES
]


@pytest.mark.parametrize(("look", "page"), SEEN, indirect=["look"])
def test_a_page_is_whole_and_accessible(
    things: Mapping[str, str],
    written: list[str],
    reader_of: Callable[[str | None], Reader],
    axe: str,
    look: str,
    page: str,
) -> None:
    role, path = PAGES[page]
    reader = reader_of(role)
    reader.open(ROWS.get(path, Row("GET", path, frozenset())).address(things))
    assert reader.path != "/sign-in" or path == "/sign-in"
    if LOOKS[look].get("phone"):
        assert sideways(reader.page) == []
    if LOOKS[look].get("locale") == "zh-CN" and path not in SAMPLES:
        assert latin_words(reader.page, [*written, *BESIDE]) == []
    if FOLDER:
        reader.page.screenshot(path=picture_of(Path(FOLDER), look, page), full_page=True)
    reader.page.evaluate(axe)
    told = reader.page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
        ".then(told => ({faults: told.violations, passes: told.passes.length}))",
        TAGS,
    )
    assert told["passes"] > 10, "the rules were applied"
    assert reader.page.locator("html").get_attribute("lang") == LANGUAGES[LOOKS[look].get("locale", "en-GB")]
    found = [
        f"{fault['id']}: {fault['help']}: {node['html']} {node['failureSummary']}"
        for fault in told["faults"]
        for node in fault["nodes"]
    ]
    assert not found, "\n".join(found)


def test_every_page_speaks_chinese(
    chromium: Browser, site: Site, things: Mapping[str, str], written: list[str]
) -> None:
    """All of them, and not only those that the sample shows in a Chinese look: they are read without being drawn."""
    opened: dict[str | None, Reader] = {}
    found = {}
    for page, (role, path) in PAGES.items():
        if role not in opened:
            opened[role] = open_reader(chromium, site, role, locale="zh-CN")
        reader = opened[role]
        address = ROWS.get(path, Row("GET", path, frozenset())).address(things)
        shown = reader.page.request.get(site.base + address, headers={"Accept-Language": "zh-CN"}).text()
        assert '<html lang="zh-Hans"' in shown, page
        if path not in SAMPLES and (words := latin_words(reader.page, [*written, *BESIDE], shown)):
            found[page] = words
    close_readers(opened.values())
    assert found == {}


def test_every_page_is_looked_at(app: Flask) -> None:
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(OWN) and "GET" in (rule.methods or ())
    }
    assert served - BETWEEN <= {path for _, path in MORE.values()}
    assert {path for role, path in PAGES.values() if role is None} == OPEN


def test_what_looks_at_the_pages_is_as_it_was_released() -> None:
    [locked] = json.loads((VENDOR.parent / "assets.lock.json").read_text("utf-8"))
    found = hashlib.sha256((VENDOR.parent / locked["file"]).read_bytes()).hexdigest()
    assert found == locked["sha256"]
    assert (VENDOR.parent / locked["licence_file"]).exists()
