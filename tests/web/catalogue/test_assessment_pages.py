"""Assessments of a city's needs on pages: what is typed stays, what is wrong is told at its field, and each part is reached."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.catalogue.need_links import send_statement
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.catalogue.needs_assessments import add_enterprises, change_assessment
from casework.operations.catalogue.organisation_use import expire_organisation
from casework.operations.links.office_links import open_link
from casework.records.database import transaction
from tests.operations.catalogue.test_need_statements import SAID
from tests.operations.catalogue.test_needs_assessments import listed, planned, visited
from tests.operations.catalogue.test_organisation_merging import enter
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]
PLAN = {
    "f-title": "Heat in the north", "f-starts_on": "2026-03-01", "f-ends_on": "2026-06-30", "f-sectors": "Energy",
    "f-enterprises_target": "20", "f-status": "planned",
}  # fmt: skip


def name_of(engine: Engine, id: str) -> str:
    with transaction(engine) as db:
        query = text("SELECT name FROM organisations WHERE id = CAST(:id AS uuid)")
        return str(db.execute(query, {"id": id}).scalar_one())


def revised(browser: Browser, page: str) -> dict[str, str]:
    """How much was told of an assessment when its form was opened, as the form says it."""
    seen = re.search(r'name="revision" value="(\d+)"', browser.get(page).text)
    assert seen is not None
    return {"revision": seen[1]}


@pytest.fixture
def assessment(world: World, engine: Engine) -> str:
    with transaction(engine) as db:
        return planned(db, world)


def test_one_is_planned_and_says_at_the_top_how_far_it_is(browser_for: Enter, world: World, engine: Engine) -> None:
    officer, page = browser_for("officer"), f"/programmes/{world.programmes['BJ']}/needs-assessments/new"
    assert "No needs assessment is planned yet." in words_of(officer.get("/needs-assessments").text)
    wrong = officer.post(page, PLAN | {"f-ends_on": "2026-01-01"}, page=page)
    assert (wrong.status_code, "Heat in the north" in wrong.text) == (422, True)
    assert "must not come before the first day" in words_of(wrong.text)
    made = officer.post(page, PLAN, page=page, follow=True)
    assert "0 of 20 enterprises asked" in words_of(made.text)
    assert "No enterprise is on the list yet." in words_of(made.text)
    told = words_of(officer.get("/needs-assessments").text)
    assert "Heat in the north" in told
    assert "0 of 20 enterprises asked" in told


def test_enterprises_are_put_on_the_list_by_name_and_asked_by_a_link(
    browser_for: Enter, world: World, engine: Engine, assessment: str
) -> None:
    officer, page = browser_for("officer"), f"/needs-assessments/{assessment}/enterprises/new"
    first, second = (name_of(engine, world.organisations[one]) for one in ("need_owner", "technology_owner"))
    wrong = officer.post(page, {"f-organisations": f"{first}\nNobody Ltd"}, page=page)
    assert wrong.status_code == 422
    assert "“Nobody Ltd” is not on record" in words_of(wrong.text)
    shown = officer.post(page, {"f-organisations": f"{first}\n{second}"}, page=page, follow=True).text
    assert "0 of 20 enterprises asked" in words_of(shown)
    ask = re.findall(r"/assessment-enterprises/[\w-]+/ask", shown)[0]
    made = officer.post(ask, {"f-language": "en", "f-days": "30"}, page=ask)
    secret = re.search(r"/state-need#([\w-]{43})", made.text)
    assert secret is not None
    assert "1 of 20 enterprises asked, 0 answered" in words_of(officer.get(f"/needs-assessments/{assessment}").text)
    with transaction(engine) as db:
        send_statement(db, secret[1], open_link(db, STATEMENT, secret[1]), SAID)
    told = officer.get(f"/needs-assessments/{assessment}").text
    assert "1 of 20 enterprises asked, 1 answered" in words_of(told)
    assert secret[1] not in told


def test_a_link_that_cannot_be_made_says_why_at_its_field(
    browser_for: Enter, world: World, engine: Engine, assessment: str
) -> None:
    with transaction(engine) as db:
        (enterprise,) = listed(db, world, assessment, "need_owner")
    ask = f"/assessment-enterprises/{enterprise}/ask"
    wrong = browser_for("officer").post(ask, {"f-address": "nobody", "f-language": "en", "f-days": "30"}, page=ask)
    assert wrong.status_code == 422
    assert "nobody" in wrong.text
    assert "is not an e-mail address" in words_of(wrong.text)


def test_a_visit_is_entered_with_who_came_and_changed_with_a_reason(
    browser_for: Enter, world: World, engine: Engine, assessment: str
) -> None:
    officer, page = browser_for("officer"), f"/needs-assessments/{assessment}/visits/new"
    with transaction(engine) as db:
        listed(db, world, assessment, "need_owner")
    given = {
        "f-kind": "visit",
        "f-day": "2026-04-02",
        "f-title": "The boilers",
        "f-district": "Changping",
        "f-participants.0.f-organisation": world.organisations["need_owner"],
        "f-participants.0.f-name": "Zhou Min",
        "f-staff": world.people["officer"],
    }
    wrong = officer.post(page, given | {"f-day": ""}, page=page)
    assert (wrong.status_code, "Zhou Min" in wrong.text) == (422, True)
    shown = officer.post(page, given, page=page, follow=True).text
    owner = name_of(engine, world.organisations["need_owner"])
    assert f"{owner} · Zhou Min" in words_of(shown)
    change = re.search(r"/assessment-visits/[\w-]+", shown)
    assert change is not None
    form = officer.get(change[0]).text
    assert "Zhou Min" in form
    changed = given | {"f-participants.0.f-name": "Zhou Wei", "f-reason": "It was he."} | revised(officer, change[0])
    told = words_of(officer.post(change[0], changed, page=change[0], follow=True).text)
    assert "Zhou Wei" in told
    assert "It was he." in told
    assert "Officer entered a visit or an event · The boilers" in told
    assert "Officer changed a visit or an event" in told
    assert "<time" not in told
    assert "&lt;time" not in told


def test_what_is_concluded_is_read_and_reopened_with_a_reason(
    browser_for: Enter, world: World, engine: Engine, assessment: str
) -> None:
    officer, page = browser_for("officer"), f"/needs-assessments/{assessment}/change"
    plan = PLAN | revised(officer, page)
    assert officer.post(page, plan | {"f-status": "concluded"}, page=page).status_code == 422
    concluded = {"f-status": "concluded", "f-conclusion": "Six needs."}
    ended = officer.post(page, plan | concluded, page=page, follow=True).text
    assert "Six needs." in ended
    assert "/visits/new" not in ended
    refused = officer.get(f"/needs-assessments/{assessment}/visits/new")
    assert refused.status_code == 409
    plan = PLAN | {"f-status": "under_way"} | revised(officer, page)
    assert officer.post(page, plan, page=page).status_code == 422
    back = officer.post(page, plan | {"f-reason": "More."}, page=page, follow=True)
    assert "/visits/new" in back.text


def test_what_somebody_else_changed_meanwhile_is_shown_first(
    browser_for: Enter, world: World, engine: Engine, assessment: str
) -> None:
    officer, page = browser_for("officer"), f"/needs-assessments/{assessment}/change"
    seen = revised(officer, page)
    with transaction(engine) as db:
        fields = {"needs_target": 9}
        change_assessment(db, world.actor(db, "supervisor"), assessment, fields=fields, request=new_request())
    late = officer.post(page, PLAN | {"f-title": "Mine"} | seen, page=page)
    assert (late.status_code, "Mine" in late.text) == (409, True)


def test_a_need_says_what_it_came_of_and_both_pages_lead_to_each_other(
    browser_for: Enter, world: World, engine: Engine, assessment: str
) -> None:
    officer, need = browser_for("officer"), world.needs[0]
    with transaction(engine) as db:
        visit = visited(db, world, assessment)
    page = f"/needs/{need}/origin"
    shown = officer.post(page, {"f-origin": visit}, page=page, follow=True).text
    assert f"/needs-assessments/{assessment}" in shown
    assert "Data centre of the campus" in words_of(shown)
    assert f"/needs/{need}" in officer.get(f"/needs-assessments/{assessment}").text
    assert f"/needs-assessments/{assessment}" not in browser_for("observer").get(f"/needs/{need}").text
    assert f"/needs-assessments/{assessment}" not in officer.post(page, {}, page=page, follow=True).text


def test_others_find_no_such_pages_and_an_auditor_reads_them(browser_for: Enter, assessment: str) -> None:
    for who in ("compliance", "manager", "provider", "observer"):
        assert browser_for(who).get("/needs-assessments").status_code == 404
    auditor = browser_for("auditor").get(f"/needs-assessments/{assessment}")
    assert auditor.status_code == 200
    assert "/enterprises/new" not in auditor.text


def test_the_list_goes_on_where_its_last_page_ended(browser_for: Enter, world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ids = {planned(db, world, title=f"Heat {n}") for n in range(27)}
    officer, page, seen = browser_for("officer"), "/needs-assessments", list[str]()
    for count in (25, 27):
        shown = officer.get(page).text
        seen += [id for id in ids if f"/needs-assessments/{id}" in shown]
        assert len(seen) == count
        assert ("First page" in words_of(shown)) is (count == 27)
        more = re.search(r'href="([^"]*cursor=[^"]*)" rel="next"', shown)
        page = html.unescape(more[1]) if more else ""
    assert not page
    assert set(seen) == ids
    assert officer.get("/needs-assessments?cursor=x").status_code == 422


def test_who_cannot_be_asked_is_said_where_the_link_is_made(
    browser_for: Enter, world: World, engine: Engine, assessment: str
) -> None:
    with transaction(engine) as db:
        officer, gone = world.actor(db, "officer"), enter(db, world, "Heat Works", kind="company")
        done = add_enterprises(db, officer, assessment, organisations=[gone], request=new_request())
        (asked,) = listed(db, world, assessment, "need_owner")
        expire_organisation(db, officer, gone, reason="Closed down.", request=new_request())
    browser, given = browser_for("officer"), {"f-language": "en", "f-days": "30", "f-address": "hu@works.example"}
    ask = f"/assessment-enterprises/{done.answer['ids'][0]}/ask"
    wrong = browser.post(ask, given, page=ask)
    assert (wrong.status_code, "hu@works.example" in wrong.text) == (409, True)
    assert "the record of this organisation has expired" in words_of(wrong.text)
    ask = f"/assessment-enterprises/{asked}/ask"
    assert browser.post(ask, given, page=ask).status_code == 200
    twice = browser.post(ask, given, page=ask)
    assert twice.status_code == 409
    assert "This enterprise is asked already" in words_of(twice.text)
