"""What lies on a right and came of no case: an officer enters, corrects and ends it on the page of the right."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import Connection

from tests.support.additions import add_burden
from tests.support.file_makers import PDF
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, today
from tests.web.cases.two_cases import words_of
from tests.web.catalogue.test_right_pages import fill

Enter = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    return number


pytestmark = pytest.mark.stage(play=_play)


#: A scan of the register's extract, as a browser sends it.
def scan(content: bytes = PDF) -> tuple[BytesIO, str]:
    return BytesIO(content), "extract.pdf"


LICENCE = {
    "kind": "licence", "licence": "exclusive", "territories": "CN", "uses": "water", "first_day": "2026-01-05", "sublicence": "yes",
    "recorded_number": "X 2026 7", "source": "CNIPA register",
}  # fmt: skip


def lies(browser: Browser, right: str) -> str:
    """What the page says of what lies on the right."""
    page = browser.get(right).text
    return words_of(page[page.index('id="lies"') : page.index('id="cases"')])


def test_a_licence_is_entered_corrected_and_ended(browser_for: Enter, world: World, staged: str) -> None:
    browser, right = browser_for("officer"), f"/rights/{world.rights[0]}"
    assert "No pledge, licence or other encumbrance is on record." in lies(browser, right)
    done = words_of(fill(browser, f"{right}/burdens/new", scan(), **LICENCE, holder="Haidian Assessment Lab"))
    assert "It is on record, and every check counts it." in done
    told = lies(browser, right)
    assert "exclusive licence Haidian Assessment Lab since" in told
    assert re.search(r"China\W+Water", told), told
    assert "X 2026 7 · entered by the office" in told
    assert "Evidence on file: extract.pdf" in told
    # The page of a case that is about it says it too.
    number = read_page(browser.get(f"{right}/look").text).sent["f-number"]
    fill(browser, f"/cases/{staged}/rights/add", number=number, reason="It protects the kiln.")
    assert "entered by the office" in words_of(browser.get(f"/cases/{staged}").text)
    correct = re.search(r'href="(/rights/[^"]+/correct)"', browser.get(right).text)
    assert correct is not None
    assert 'value="X 2026 7"' in browser.get(correct[1]).text
    refused = fill(browser, correct[1], licence="sole", source="CNIPA register")
    assert "Why it says something else now" in refused
    done = words_of(fill(browser, correct[1], licence="sole", source="CNIPA register", reason="Misread."))
    assert "It is corrected in its place" in done
    assert "Officer corrected what lies on it: sole licence" in done
    # The number of the licence is not the right's.
    history = browser.get(right).text
    assert "<del>" not in history[history.index('id="history"') :]
    end = correct[1].removesuffix("correct") + "end"
    given = {"ended_on": today().isoformat(), "source": "Deed", "reason": "Given up by the licensee."}
    done = words_of(fill(browser, end, scan(PDF + b"% deed"), **given))
    assert "Its end is on record" in done
    assert "Officer ended what lay on it: sole licence" in done
    assert "No pledge, licence or other encumbrance is on record." in lies(browser, right)
    assert browser.get(end).status_code == 404
    # What shows it, and that it ended, stays in the history.
    filed = re.findall(r'href="(/evidence/[^"]+)">extract.pdf', browser.get(right).text)
    assert [browser.get(one).data for one in filed] == [PDF + b"% deed", PDF]
    assert browser_for("foreign_officer").get(filed[0]).status_code == 404


def test_without_evidence_nothing_is_entered_and_a_chosen_file_is_kept(
    browser_for: Enter, world: World, staged: str
) -> None:
    browser, page = browser_for("officer"), f"/rights/{world.rights[0]}/burdens/new"
    bare = words_of(fill(browser, page, **LICENCE, holder="Haidian Assessment Lab"))
    assert "Nothing is recorded yet" in bare
    shown = fill(browser, page, scan(), **LICENCE, holder="Nobody Known")
    sent = read_page(shown).sent
    assert sent["held-evidence"]
    sent["f-holder"] = "Haidian Assessment Lab"
    done = words_of(browser.flask.post(page, data=sent, follow_redirects=True).text)
    assert "It is on record, and every check counts it." in done
    assert "Evidence on file: extract.pdf" in lies(browser, f"/rights/{world.rights[0]}")


def test_evidence_is_filed_later_and_what_has_none_says_so(
    browser_for: Enter, world: World, db: Connection, staged: str
) -> None:
    browser, right = browser_for("officer"), f"/rights/{world.rights[0]}"
    burden = add_burden(db, world, "officer", world.rights[0])
    db.commit()
    assert "Evidence on file: none on file" in lies(browser, right)
    done = words_of(fill(browser, f"{right}/burdens/{burden}/evidence", scan()))
    assert "The evidence is on file." in done
    assert "Officer filed evidence : extract.pdf" in done.replace("evidence:", "evidence :")
    assert browser.get(f"{right}/burdens/{world.rights[0]}/evidence").status_code == 404


def test_what_is_wrong_is_said_at_its_field(browser_for: Enter, world: World, staged: str) -> None:
    browser, page = browser_for("officer"), f"/rights/{world.rights[0]}/burdens/new"
    assert "“Nobody Known” is not on record" in words_of(fill(browser, page, scan(), **LICENCE, holder="Nobody Known"))
    shown = words_of(fill(browser, page, scan(), **LICENCE, holder="Haidian Assessment Lab", last_day="2026-01-04"))
    assert "must not be before the day on which it begins" in shown.lower()


def test_who_only_reads_is_offered_nothing(browser_for: Enter, world: World, staged: str) -> None:
    page = browser_for("auditor").get(f"/rights/{world.rights[0]}").text
    assert "/burdens/" not in page
