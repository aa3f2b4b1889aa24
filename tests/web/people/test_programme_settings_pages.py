"""The settings of a programme on its pages: set, seen, changed with a reason, and on letters."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]
GIVEN = {
    "f-office": "Beijing IP Office", "f-office_zh": "北京市知识产权局", "f-number_form": "京绿技〔{year}〕{n}号", "f-seal": "yes",
    "f-signatory": "The director",
}  # fmt: skip


def test_a_supervisor_sets_the_letterhead_and_sees_what_was_before(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    assert f"{where}/letterhead" in browser.get("/programmes").text
    # Nobody is asked why before there is something to change.
    assert 'name="f-reason"' not in browser.get(f"{where}/letterhead").text
    assert "Nothing was set yet." in browser.get(where).text
    page = browser.post(f"{where}/letterhead", GIVEN, follow=True).text
    assert "Beijing IP Office" in page
    assert "next number: 京绿技〔" in page
    form = browser.get(f"{where}/letterhead").text
    changed = GIVEN | {"f-office": "Another office", "revision": form.split('name="revision" value="')[1].split('"')[0]}
    refused = browser.post(f"{where}/letterhead", changed)
    assert refused.status_code == 422
    assert "Enter “Why”." in refused.text
    page = browser.post(f"{where}/letterhead", changed | {"f-reason": "Renamed."}, follow=True).text
    assert "<del>Beijing IP Office</del> Another office" in page
    assert "Renamed." in page


def test_an_administrator_reads_them_and_sets_nothing(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("administrator"), f"/programmes/{world.programmes['BJ']}/settings"
    assert where in browser.get("/administration/programmes").text
    page = browser.get(where).text
    assert "Letterhead" in page
    assert f"{where}/letterhead" not in page


def test_a_number_that_cannot_be_counted_is_shown_again(world: World, browser_for: BrowserFor) -> None:
    where = f"/programmes/{world.programmes['BJ']}/settings/letterhead"
    answer = browser_for("supervisor").post(where, GIVEN | {"f-number_form": "BJ {n}"})
    assert answer.status_code == 422
    assert "must name {year} and {n}" in answer.text


def test_an_administrator_starts_another_programme_after_confirming(world: World, browser_for: BrowserFor) -> None:
    supervisor, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    supervisor.post(f"{where}/letterhead", GIVEN)
    browser, copy = browser_for("administrator"), f"/administration/programmes/{world.programmes['BJ']}/copy"
    assert copy in browser.get("/administration/programmes").text
    assert "Start another programme" in browser.get(copy).text
    asked = {"code": "TJ", "name": "Tianjin pilot", "name_zh": "天津试点"}
    refused = browser.post(copy, asked)
    assert refused.status_code == 422
    assert "Tianjin pilot" in refused.text
    page = browser.post(copy, asked | {"sure": "yes"}, follow=True).text
    assert "Settings of Tianjin pilot" in page
    # What is the first office's own is asked for, and nothing of it stands there.
    assert "Beijing IP Office" not in page
    assert "Before the first letter goes" in page
    assert "no letter goes before it is set" in page
    # Whoever copies a programme may not set its letterhead, and is told who does.
    assert "A supervisor of this programme sets the letterhead." in page
    assert '=districts">The districts' in page
    assert "began the programme with the settings of another" in page


def test_a_supervisor_sets_a_limit_and_a_limit_of_law_stays(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    form = f"{where}/limits?what=case.states.proposed"
    assert f'href="{where}/limits/case"' in browser.get(where).text
    assert form in browser.get(f"{where}/limits/case").text
    assert "agreement.states.letter_awaited" not in browser.get(f"{where}/limits/agreement").text
    assert browser.get(f"{where}/limits/nothing").status_code == 404
    assert "As the workflow says: 5 working days" in browser.get(form).text
    shown = browser.get(form).text
    revision = shown.split('name="revision" value="')[1].split('"')[0]
    refused = browser.post(form, {"f-n": "0", "f-reason": "Small.", "revision": revision})
    assert refused.status_code == 422
    page = browser.post(form, {"f-n": "3", "f-reason": "Our office is small.", "revision": revision}, follow=True).text
    assert "1 is set by the programme" in page
    assert "Supervisor set a limit" in page
    assert "<del>5 working days</del> 3 working days" in page
    law = browser.get(f"{where}/limits?what=agreement.states.letter_awaited")
    assert law.status_code == 404
    assert f"{where}/limits?" not in browser_for("administrator").get(f"{where}/limits/case").text


def test_what_a_rule_compares_with_is_set_within_its_bounds(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    form = f"{where}/limits?what=referral.limits.returns"
    asked = browser.get(form).text
    assert "What a provider delivers may be returned" in asked
    assert "From 1 time to 10 times" in asked
    revision = asked.split('name="revision" value="')[1].split('"')[0]
    refused = browser.post(form, {"f-n": "11", "f-reason": "Often.", "revision": revision})
    assert refused.status_code == 422
    assert "must be at most 10" in refused.text
    page = browser.post(form, {"f-n": "3", "f-reason": "Often.", "revision": revision}, follow=True).text
    assert "<del>2 times</del> 3 times" in page
    # What happens by itself, appears later, or reminds is told apart from what is due.
    limits = [
        browser.get(f"{where}/limits/{workflow}").text for workflow in ("referral", "case", "agreement", "pledge")
    ]
    assert "Sent: reminder" in limits[0]
    assert "Note that no answer came: by itself" in limits[0]
    # A limit that counts from a day names the question that asks for it, and where that is asked.
    assert "the day asked as “Planned delivery” (Accept the request)" in limits[0]
    assert "the day asked as “The day” (Put the case on hold)" in limits[1]
    assert "3 months after the day asked as “Takes effect on”, “Issued on” (Record the signing" in limits[2]
    assert "90 calendar days before the day asked as “Expires on” (Record the signing" in limits[2]
    assert "<strong>3 times</strong>" in limits[0]


def test_how_long_before_the_enterprise_of_a_need_is_asked_is_set_as_limits_are(
    world: World, browser_for: BrowserFor
) -> None:
    browser, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    assert f"{where}/limits/catalogue" in browser.get(where).text
    shown = browser.get(f"{where}/limits/catalogue").text
    assert [length in shown for length in ("30 calendar days", "7 calendar days")] == [True, True]
    form = f"{where}/limits?what=catalogue.limits.need_asked"
    asked = browser.get(form).text
    assert "Before the last day of a need, whoever stated it is asked whether it still holds" in asked
    revision = asked.split('name="revision" value="')[1].split('"')[0]
    page = browser.post(form, {"f-n": "45", "f-reason": "They are slow.", "revision": revision}, follow=True).text
    assert "<del>30 calendar days</del> 45 calendar days" in page


@pytest.mark.parametrize("workflow", ["case", "agreement", "pledge", "referral"])
def test_limits_of_one_name_are_told_apart(world: World, browser_for: BrowserFor, workflow: str) -> None:
    browser, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    page = browser.get(f"{where}/limits/{workflow}").text
    names = re.findall(r'<th role="rowheader"[^>]*>(.*?)</th>', page)
    assert len(names) > 10
    assert len(names) == len(set(names))
    # The form of one says of which it is.
    for name, form in re.findall(
        r'<th role="rowheader"[^>]*>([^<]*\(2\))</th>.*?href="([^"]*/limits\?what=[^"]*)"', page, re.S
    )[:1]:
        assert f"Set the limit of “{name}”" in browser.get(form).text


def test_a_limit_says_whose_it_is_and_tasks_of_one_name_when_they_are_opened(
    world: World, browser_for: BrowserFor
) -> None:
    browser, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    page = browser.get(f"{where}/limits/case").text
    assert "Ask what came of it (180 calendar days)</th>" in page
    # What is added by hand has no other of its name beside it.
    assert "Ask the parties for their readings</th>" in page
    assert "ours: the programme" not in page
    form = f"{where}/limits?what=case.states.proposed"
    revision = browser.get(form).text.split('name="revision" value="')[1].split('"')[0]
    browser.post(form, {"f-n": "3", "f-reason": "Our office is small.", "revision": revision})
    row = browser.get(f"{where}/limits/case").text.split("Proposed</th>")[1].split("</tr>")[0]
    assert "ours: the programme" in row
    assert "law: " in browser.get(f"{where}/limits/agreement").text
