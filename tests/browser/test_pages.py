"""The main pages as browsers show them: by day and by night, on a telephone and in Chinese."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.operations.deeds import home_of
from casework.records.cases import load
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.world import to_referral, today

pytestmark = pytest.mark.browser

VENDOR = Path(__file__).parent / "vendor" / "axe-core"
#: What is asked of a page: the rules of WCAG 2.2 at the levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True)
class Scene:
    """Cases that stand where the pages have something to show."""

    number: str
    offer: str
    accepted: str
    main: str
    task: str
    match: str


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    return shared_site


@pytest.fixture(scope="module")
def scene(site: Site) -> Scene:
    world = site.world
    with transaction(site.engine) as db:
        number, offer = to_referral(world, db)
        other, accepted = to_referral(world, db)
        world.fire(db, "provider", other, "accept", {
            "interest": False, "confidentiality": True, "person": world.people["provider"], "charge": "free",
            "planned_on": (today() + timedelta(days=30)).isoformat(),
        }, track=accepted)  # fmt: skip
        fresh = world.new_case(db)
        world.fire(db, "officer", fresh, "take")
        main = world.main_track(db, number)
        case = load(db, home_of(db, number), "case")
        world.write(db, "supervisor", case, None, "Look at this.", tell=("officer",))
        world.write(db, "officer", case, offer, "When do you come?", tell=("provider",))
    return Scene(number, offer, accepted, main, site.task(fresh, "triage_check"), world.matches[0])


#: The name of each page, who opens it, and where it is.
PAGES: dict[str, tuple[str | None, Callable[[Scene], str]]] = {
    "sign-in": (None, lambda on: "/sign-in"),
    "my work": ("officer", lambda on: "/"),
    "queues": ("officer", lambda on: "/queues"),
    "cases": ("officer", lambda on: "/cases"),
    "case": ("officer", lambda on: f"/cases/{on.number}"),
    "action": ("officer", lambda on: f"/cases/{on.number}/tracks/{on.main}/propose_close"),
    "task": ("officer", lambda on: f"/tasks/{on.task}"),
    "internal notes": ("officer", lambda on: f"/cases/{on.number}/messages"),
    "history": ("officer", lambda on: f"/cases/{on.number}/history"),
    "map": ("officer", lambda on: f"/cases/{on.number}/map"),
    "matches": ("officer", lambda on: "/matches"),
    "match": ("officer", lambda on: f"/matches/{on.match}"),
    "account": ("officer", lambda on: "/account"),
    "offers": ("provider", lambda on: "/"),
    "offer": ("provider", lambda on: f"/referrals/{on.offer}"),
    "referral": ("provider", lambda on: f"/referrals/{on.accepted}"),
    "thread": ("provider", lambda on: f"/referrals/{on.offer}/messages"),
    "decisions": ("supervisor", lambda on: "/decisions"),
    "team": ("supervisor", lambda on: "/team"),
    "auditor's home": ("auditor", lambda on: "/audit"),
    "verification": ("auditor", lambda on: f"/cases/{on.number}/verify"),
    "people": ("administrator", lambda on: "/administration/people"),
    "programmes": ("administrator", lambda on: "/administration/programmes"),
    "workflow": ("administrator", lambda on: "/workflows/case/1"),
}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {}, "dark": {"dark": True}, "phone": {"phone": True}, "chinese": {"locale": "zh-CN"},
}  # fmt: skip


@pytest.fixture(scope="module")
def axe() -> str:
    return (VENDOR / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("role", dict.fromkeys(who for who, _ in PAGES.values()), ids=str)
@pytest.mark.parametrize("look", LOOKS)
def test_the_main_pages_are_whole_and_accessible(
    site: Site, scene: Scene, page_of: PageOf, axe: str, look: str, role: str | None
) -> None:
    reader = page_of(role, **LOOKS[look])
    found = []
    for name, (who, where) in PAGES.items():
        if who != role:
            continue
        reader.open(where(scene))
        reader.page.evaluate(axe)
        told = reader.page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
            ".then(told => ({faults: told.violations, passes: told.passes.length}))",
            TAGS,
        )
        assert told["passes"] > 10, "the rules were applied"
        found += [
            f"{name}: {fault['id']}: {fault['help']}: {node['html']} {node['failureSummary']}"
            for fault in told["faults"] for node in fault["nodes"]
        ]  # fmt: skip
        assert reader.page.locator("html").get_attribute("lang") == ("zh-Hans" if look == "chinese" else "en")
    assert not found, "\n".join(found)


def test_what_looks_at_the_pages_is_as_it_was_released() -> None:
    [locked] = json.loads((VENDOR.parent / "assets.lock.json").read_text("utf-8"))
    found = hashlib.sha256((VENDOR.parent / locked["file"]).read_bytes()).hexdigest()
    assert found == locked["sha256"]
    assert (VENDOR.parent / locked["licence_file"]).exists()
