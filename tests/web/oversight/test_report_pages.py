"""The pages of stage reports: what would be frozen, who agreed when, and figures that stay as they were."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.operations.oversight.test_reports import a_phase
from tests.support.papers import words_of as words_of_pdf
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


def freeze(browser: Browser, world: World, **among: str) -> str:
    """The address of a report that was looked at and frozen."""
    programme = world.programmes["BJ"]
    page = browser.get(f"/programmes/{programme}/reports/new?{urlencode(among)}").text
    found = re.search(r'name="until" value="([^"]+)"', page)
    assert found is not None
    for name, value in among.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    answer = browser.post(f"/programmes/{programme}/reports", {"until": found[1], **among})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_what_was_looked_at_is_frozen_agreed_to_by_two_and_published(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    supervisor, manager = browser_for("supervisor"), browser_for("manager")
    assert "No report was frozen yet." in supervisor.get("/reports").text
    url = freeze(supervisor, world)
    # What comes later is not in it.
    with transaction(engine) as db:
        world.open_case(db, 1)
    page = words_of(supervisor.get(url).text)
    assert "Stage report 1" in page
    assert "not agreed to yet" in page
    assert supervisor.post(f"{url}/agree", {"sure": "yes"}).status_code == 303
    page = words_of(supervisor.get(url).text)
    assert "You have agreed to report 1 already" in page
    assert supervisor.post(f"{url}/agree", {"sure": "yes"}).status_code == 409
    assert manager.post(f"{url}/agree", {"sure": "yes"}).status_code == 303
    assert manager.post(f"{url}/publish", {"sure": "yes"}).status_code == 303
    page = words_of(browser_for("auditor").get(url).text)
    assert "published" in page
    assert "Nothing is told outside before the first quarter" in page
    assert "Still open Interest confirmed 0 0 1 1 " in page
    with transaction(engine) as db:
        told = [event.kind for event in read_register(db, world.programmes["BJ"]) if "report" in event.effects]
    assert told == ["report_frozen", "report_agreed", "report_agreed", "report_published"]
    assert "Stage report 1" in words_of(manager.get("/reports").text)


def test_nobody_agrees_by_one_click(browser_for: Enter, world: World) -> None:
    supervisor = browser_for("supervisor")
    url = freeze(supervisor, world)
    answer = supervisor.post(f"{url}/agree", {})
    assert answer.status_code == 422
    assert 'id="sure-fault"' in answer.text
    assert 'name="sure"' in supervisor.get(url).text


def test_the_next_report_tells_what_is_known_otherwise(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    supervisor, manager = browser_for("supervisor"), browser_for("manager")
    url = freeze(supervisor, world)
    for browser in (supervisor, manager):
        browser.post(f"{url}/agree", {"sure": "yes"})
    manager.post(f"{url}/publish", {"sure": "yes"})
    with transaction(engine) as db:
        world.open_case(db, 1)
    page = words_of(supervisor.get(freeze(supervisor, world)).text)
    assert "What is known otherwise of the months of report 1" in page
    assert "0 of 1 0 of 2" in page


def test_figures_are_looked_at_before_they_are_frozen(browser_for: Enter, world: World) -> None:
    supervisor, programme = browser_for("supervisor"), world.programmes["BJ"]
    answer = supervisor.post(f"/programmes/{programme}/reports", {})
    assert answer.status_code == 422
    assert "Look at the figures first" in answer.text
    assert "Write the day as" in supervisor.get(f"/programmes/{programme}/reports/new?as_of=soon").text
    page = supervisor.get(f"/programmes/{programme}/reports/new?as_of=1999-01-01")
    assert page.status_code == 422
    assert "Freeze these figures" not in page.text


def test_a_report_of_a_period_says_so_and_tells_nothing_outside(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    supervisor = browser_for("supervisor")
    url = freeze(supervisor, world, opened_from="2020-01-01", opened_to="2020-12-31")
    page = words_of(supervisor.get(url).text)
    assert "Cases opened from 2020-01-01 until 2020-12-31" in page
    assert "nothing: no report of these cases was published before" in page
    assert "Of cases that were opened in a period nothing is told outside" in page
    assert "Cases opened from 2020-01-01 until 2020-12-31" in words_of(supervisor.get("/reports").text)


def test_a_report_of_a_phase_names_it(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        phase = a_phase(db, world)
        world.open_case(db)
    supervisor = browser_for("supervisor")
    page = words_of(supervisor.get(freeze(supervisor, world, phase=phase)).text)
    assert "Cases of the phase “Phase 1”" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("opened_from=soon", "Write the day as"),
        ("opened_from=2026-02-01&opened_to=2026-01-01", "The last day comes before the first"),
        ("phase=00000000-0000-7000-8000-000000000000", "This is no phase of the programme"),
        ("phase=00000000-0000-7000-8000-000000000000&opened_to=2026-01-01", "leave one of them out"),
    ],
)
def test_of_what_is_no_cohort_nothing_is_frozen(browser_for: Enter, world: World, asked: str, said: str) -> None:
    supervisor, programme = browser_for("supervisor"), world.programmes["BJ"]
    page = supervisor.get(f"/programmes/{programme}/reports/new?{asked}")
    assert page.status_code == 422
    assert said in page.text
    form = dict(parse_qsl(asked)) | {"until": "2026-11-01T00:00:00.000000Z"}
    answer = supervisor.post(f"/programmes/{programme}/reports", form)
    assert answer.status_code == 422
    assert said in answer.text


def test_its_own_words_stand_on_its_page_and_are_agreed_to(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    supervisor, manager = browser_for("supervisor"), browser_for("manager")
    url = freeze(supervisor, world)
    assert "Nothing is concluded yet." in supervisor.get(url).text
    form = {
        "f-title": "One case, and more to come",
        "f-conclusion": "Ask lenders earlier.",
        "f-funnel": "The widest gap.",
        "revision": "0",
    }
    answer = supervisor.post(f"{url}/words", form)
    assert answer.status_code == 303
    page = manager.get(url).text
    for said in ("One case, and more to come", "Ask lenders earlier.", "The widest gap.", "Fingerprint of the words"):
        assert said in page
    assert "One case, and more to come" in manager.get("/reports").text
    # Who had the page open from before agrees to nothing.
    assert manager.post(f"{url}/agree", {"sure": "yes"}).status_code == 409
    found = re.search(r'name="words" value="([^"]+)"', page)
    assert found is not None
    assert manager.post(f"{url}/agree", {"sure": "yes", "words": found[1]}).status_code == 303
    assert "Once you change its words, two persons agree anew." in supervisor.get(f"{url}/words").text
    words = words_of_pdf(supervisor.get(f"{url}/report.pdf?language=zh").get_data())
    assert "Ask lenders earlier." in words


def test_who_only_reads_a_report_writes_none_of_its_words(browser_for: Enter, world: World) -> None:
    url = freeze(browser_for("supervisor"), world)
    auditor = browser_for("auditor")
    assert "They cannot be changed" in auditor.get(f"{url}/words").text
    assert auditor.post(f"{url}/words", {"f-title": "Mine"}).status_code == 403


def test_a_manager_finds_nothing_of_needs(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    url = freeze(browser_for("supervisor"), world)
    assert "Need published" in browser_for("auditor").get(url).text
    assert "Need published" not in browser_for("manager").get(url).text


def test_of_phases_none_is_chosen_at_first(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        phase = a_phase(db, world)
    page = browser_for("supervisor").get(f"/programmes/{world.programmes['BJ']}/reports/new")
    assert page.status_code == 200
    assert f'<option value="{phase}">' in page.text
