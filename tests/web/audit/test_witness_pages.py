"""The page of checkpoints: who has seen which one, how a witness is named and ended, and what is said of an alarm."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.ledger.signed_notes import Checkpoint
from casework.operations.verification.sequencer import rotate_key
from casework.operations.verification.witnesses import end_witness
from casework.records import log_keys
from casework.settings import Settings
from tests.support import witnessed
from tests.support.published import publish
from tests.support.web_client import Browser
from tests.support.witnessed import ONE, TWO, Witnessed
from tests.support.world import new_request

BrowserFor = Callable[[str], Browser]
log = witnessed.log


def page_of(browser: Browser) -> str:
    answer = browser.get("/checkpoints")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_before_there_is_anything_it_says_what_to_do(browser_for: BrowserFor) -> None:
    page = page_of(browser_for("auditor"))
    assert "There is no witness yet." in page
    assert "No checkpoint was published yet." in page


def test_an_auditor_names_a_witness_and_sees_what_it_has_seen(browser_for: BrowserFor, log: Witnessed) -> None:
    browser = browser_for("auditor")
    answer = browser.post("/checkpoints", {"witness_key": f" {TWO.witness.line}\n"}, page="/checkpoints")
    assert answer.status_code == 303
    log.take(log.signed(TWO))
    page = page_of(browser)
    assert TWO.name in page
    (link,) = re.findall(r'href="(/log/cosigned\?size=\d+)"', page)
    assert TWO.name in browser.get(link).text
    assert "nobody yet" not in page


def test_which_key_followed_which_stands_there(
    browser_for: BrowserFor, log: Witnessed, engine: Engine, superuser_engine: Engine, settings: Settings
) -> None:
    assert "Keys of the log" not in page_of(browser_for("auditor"))
    old = log_keys.read_key(settings).public.id.hex()
    new = rotate_key(engine, settings).public.id.hex()
    publish(superuser_engine)
    for role in ("auditor", "manager"):
        page = page_of(browser_for(role))
        assert "Keys of the log" in page
        assert f"<code>{old}</code>" in page
        assert f"<code>{new}</code>" in page
        (link,) = re.findall(r'href="(/log/handover\?key=\w+)"', page)
        assert link.endswith(old)
        assert browser_for(role).get(link).status_code == 200


def test_what_is_no_key_is_said_beside_the_field_and_kept(browser_for: BrowserFor, log: Witnessed) -> None:
    answer = browser_for("auditor").post("/checkpoints", {"witness_key": "witness.example"}, page="/checkpoints")
    assert answer.status_code == 422
    assert 'value="witness.example"' in answer.text
    assert "Is no key of a witness" in answer.text


def test_a_key_that_is_named_already_is_refused_in_words(browser_for: BrowserFor, log: Witnessed) -> None:
    answer = browser_for("auditor").post("/checkpoints", {"witness_key": ONE.witness.line}, page="/checkpoints")
    assert answer.status_code == 409
    assert "This key is named already" in html.unescape(answer.text)


def test_an_auditor_ends_a_witness_once(browser_for: BrowserFor, log: Witnessed) -> None:
    browser = browser_for("auditor")
    address = f"/checkpoints/witnesses/{log.witness}/end"
    assert address in browser.get("/checkpoints").text
    log.do(end_witness, log.witness, new_request())
    assert browser.post(address, {}, page="/checkpoints").status_code == 409
    page = page_of(browser)
    assert "Ended by" in page
    assert address not in page


def test_it_is_ended_from_the_page(browser_for: BrowserFor, log: Witnessed) -> None:
    browser = browser_for("auditor")
    answer = browser.post(f"/checkpoints/witnesses/{log.witness}/end", {}, page="/checkpoints")
    assert answer.status_code == 303
    assert "Ended by" in page_of(browser)


def test_a_manager_sees_it_and_changes_nothing(browser_for: BrowserFor, log: Witnessed) -> None:
    browser = browser_for("manager")
    page = page_of(browser)
    assert ONE.name in page
    assert "/end" not in page
    assert 'name="witness_key"' not in page


@pytest.mark.parametrize("role", ["officer", "supervisor", "provider_lead", "observer", "administrator"])
def test_for_others_it_is_not_there(browser_for: BrowserFor, log: Witnessed, role: str) -> None:
    browser = browser_for(role)
    assert browser.get("/checkpoints").status_code == 404
    assert 'href="/checkpoints"' not in browser.get("/").text


def test_an_alarm_stands_above_all_else(browser_for: BrowserFor, log: Witnessed) -> None:
    said = log.said
    larger = Checkpoint(said.origin, said.size + 5, said.root)
    note = larger.text + log.note[len(said.text) :]
    log.take(log.signed(note=note))
    page = page_of(browser_for("manager"))
    assert f"{ONE.name} has signed a tree of {said.size + 5} leaves, and here there are fewer." in page
    assert "A key of this log signed that tree, too." not in page
    assert page.index("and here there are fewer") < page.index("Has seen last")


def test_auditors_are_told_of_an_alarm_before_all_else(browser_for: BrowserFor, log: Witnessed) -> None:
    auditor, told = browser_for("auditor"), "A witness has seen another log than the one that is here."
    assert told not in auditor.get("/audit").text
    said = log.said
    larger = Checkpoint(said.origin, said.size + 5, said.root)
    log.take(log.signed(note=larger.text + log.note[len(said.text) :]))
    page = auditor.get("/audit").text
    assert page.index(told) < page.index("Out of the ordinary")
    assert 'href="/checkpoints">See what it has seen' in page


# --- by mail ----------------------------------------------------------------------------------------------------------


def test_an_auditor_has_checkpoints_mailed_to_an_address_and_ends_that(browser_for: BrowserFor) -> None:
    browser = browser_for("auditor")
    given = {"address": "keeper@elsewhere.example", "language": "zh-Hans"}
    assert browser.post("/checkpoints/mails", given, page="/checkpoints").status_code == 303
    page = page_of(browser)
    assert "The published checkpoint is mailed to keeper@elsewhere.example once a day." in page
    assert page.count("keeper@elsewhere.example") == 3
    assert browser.post("/checkpoints/mails/end", given, page="/checkpoints").status_code == 303
    assert "No checkpoint is mailed to keeper@elsewhere.example any more." in page_of(browser)
    assert "keeper@elsewhere.example" not in page_of(browser)


def test_what_is_no_address_is_said_beside_the_field_and_kept(browser_for: BrowserFor) -> None:
    browser = browser_for("auditor")
    answer = browser.post("/checkpoints/mails", {"address": "nobody", "language": "en"}, page="/checkpoints")
    assert answer.status_code == 422
    assert 'value="nobody"' in answer.text
    assert 'id="address-fault"' in answer.text


def test_an_address_that_is_named_already_is_refused_in_words(browser_for: BrowserFor) -> None:
    browser = browser_for("auditor")
    given = {"address": "keeper@elsewhere.example", "language": "en"}
    browser.post("/checkpoints/mails", given, page="/checkpoints")
    answer = browser.post("/checkpoints/mails", given, page="/checkpoints")
    assert answer.status_code == 409
    assert "Checkpoints are mailed to this address already." in html.unescape(answer.text)


def test_a_manager_is_shown_no_address(browser_for: BrowserFor) -> None:
    given = {"address": "keeper@elsewhere.example", "language": "en"}
    browser_for("auditor").post("/checkpoints/mails", given, page="/checkpoints")
    assert "keeper@elsewhere.example" not in page_of(browser_for("manager"))
