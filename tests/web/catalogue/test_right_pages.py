"""IP rights as officers keep them: listed, entered for a case, confirmed, corrected with a reason, with their history."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, today
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    return number


pytestmark = pytest.mark.stage(play=_play)


def fill(browser: Browser, page: str, *evidence: tuple[BytesIO, str], **answers: str) -> str:
    """What the page says after its form was sent with these answers, and with a file where one is given."""
    sent: dict[str, Any] = dict(read_page(browser.get(page).text).sent)
    for file in evidence:
        sent["u-evidence"] = file
    for name, value in answers.items():
        sent[f"f-{name}"] = value
    return browser.flask.post(page, data=sent, follow_redirects=True).text


NEW = {
    "kind": "invention", "office": "CNIPA", "number": "ZL 2020 1 0123456", "owner": "Kiln Works", "status": "in_force", "protects": "yes",
    "expires_on": "2040-05-01", "checked_on": today().isoformat(), "source": "CNIPA register",
}  # fmt: skip


def test_a_right_is_entered_in_the_case_that_needs_it(browser_for: Enter, staged: str) -> None:
    browser = browser_for("officer")
    before = browser.get(f"/cases/{staged}").text
    assert "ZL 2020 1 0123456" not in before
    assert f"/cases/{staged}/rights/new" in before
    done = words_of(fill(browser, f"/cases/{staged}/rights/new", **NEW))
    assert "The right is entered, and the case is about it." in done
    assert "CN ZL 2020 1 0123456" in done
    history = words_of(browser.get(f"/cases/{staged}/history").text)
    assert "Officer entered an IP right for the case" in history


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(browser_for: Enter, staged: str) -> None:
    browser, page = browser_for("officer"), f"/cases/{staged}/rights/new"
    shown = fill(browser, page, **NEW | {"number": ""})
    assert "Enter “Number”." in shown
    assert 'value="Kiln Works"' in shown
    assert 'value="Kiln Works"' in browser.get(page).text
    impossible = fill(browser, page, **NEW | {"filed_on": "2020-05-01", "expires_on": "2050-05-01"})
    assert "longest term of such a right, which ends on Mon 1 May 2045" in words_of(
        impossible[impossible.index('id="f-expires_on-fault"') :][:600]
    )
    assert "The right is entered" in fill(browser, page, **NEW)
    assert "has recorded a right with this number already" in words_of(fill(browser, page, **NEW))


def test_know_how_has_no_number_to_ask_for(browser_for: Enter, staged: str) -> None:
    given = {
        "kind": "know_how",
        "owner": "Kiln Works",
        "protects": "yes",
        "checked_on": today().isoformat(),
        "source": "The contract",
    }
    done = fill(browser_for("officer"), f"/cases/{staged}/rights/new", **given)
    assert "The right is entered" in done
    assert re.search(r"<strong>know-how</strong>", done)


def test_a_confirmed_right_is_corrected_with_a_reason_alone(browser_for: Enter, world: World, staged: str) -> None:
    browser, right = browser_for("officer"), f"/rights/{world.rights[0]}"
    look = {"checked_on": today().isoformat(), "source": "CNIPA register"}
    assert "Confirmed: from now on rules may rely on it." in fill(browser, f"{right}/look", **look)
    refused = words_of(fill(browser, f"{right}/look", **look, owner="Another Owner"))
    assert "say why: what you change here was confirmed before" in refused.lower()
    done = words_of(fill(browser, f"{right}/look", **look, owner="Another Owner", reason="Assigned in May."))
    assert "Officer confirmed the right, with corrections" in done
    assert "Assigned in May." in done
    assert "Another Owner" in done


def test_a_recorded_right_is_added_and_taken_out(browser_for: Enter, world: World, staged: str) -> None:
    browser, link = browser_for("officer"), f"/rights/{world.rights[0]}"
    assert "/rights/remove" not in browser.get(f"/cases/{staged}").text
    page = f"/cases/{staged}/rights/add"
    assert "is not a right that this programme has recorded" in fill(browser, page, number="CN 404", reason="Why not.")
    assert "Put right 1 answer" in fill(browser, page, reason="None at all.")
    number = read_page(browser.get(f"{link}/look").text).sent["f-number"]
    added = fill(browser, page, number=number.replace(" ", "").lower(), reason="It protects the kiln.")
    assert "The case is about these rights as well." in added
    assert f'href="{link}"' in added
    assert staged in words_of(browser.get(link).text)
    assert "/rights/remove" not in added
    removed = fill(
        browser_for("supervisor"), f"/cases/{staged}/rights/remove", rights=world.rights[0], reason="Another machine."
    )
    assert "The case is no longer about these rights." in removed
    assert f'href="{link}"' not in removed


def test_the_list_finds_by_number_and_by_owner(browser_for: Enter, staged: str) -> None:
    browser = browser_for("officer")
    fill(browser, f"/cases/{staged}/rights/new", **NEW)
    for words in ("0123456", "kiln w"):
        assert "ZL 2020 1 0123456" in browser.get("/rights", query_string={"q": words}).text
    nothing = browser.get("/rights", query_string={"q": "no such number"}).text
    assert "No right has such a number or owner." in nothing


def test_who_only_reads_is_offered_nothing_to_change(browser_for: Enter, world: World, staged: str) -> None:
    browser = browser_for("auditor")
    assert "/rights/new" not in browser.get(f"/cases/{staged}").text
    page = browser.get(f"/rights/{world.rights[0]}").text
    assert "/look" not in page


def test_of_a_technology_elsewhere_not_even_the_title_is_told(browser_for: Enter, world: World) -> None:
    page = browser_for("foreign_officer").get("/rights", query_string={"technology": world.technologies[0]}).text
    assert "Heat pump" not in page


def test_who_looked_before_another_did_is_asked_to_look_again(browser_for: Enter, world: World) -> None:
    browser, page = browser_for("officer"), f"/rights/{world.rights[0]}/look"
    sent = read_page(browser.get(page).text).sent
    look = {"checked_on": today().isoformat(), "source": "CNIPA register"}
    fill(browser_for("supervisor"), page, **look, owner="Another Owner", reason="Assigned in May.")
    for name, value in look.items():
        sent[f"f-{name}"] = value
    again = browser.flask.post(page, data=sent)
    assert again.status_code == 409
    assert "Somebody has changed this record meanwhile." in again.text
