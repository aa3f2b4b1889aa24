"""Organisations on pages: entered, asked about where the name is like another's, corrected, with contacts and owners."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import Connection, Engine

from casework.engine.roles import Role
from casework.operations.catalogue.organisations import keep_row
from casework.operations.people.registry import grant_role
from casework.records.database import transaction
from tests.support.file_makers import PDF
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, add_need, new_request
from tests.web.cases.two_cases import words_of
from tests.web.catalogue.test_right_pages import fill

Enter = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    return world.new_case(db)


pytestmark = pytest.mark.stage(play=_play)

NEW = {
    "name": "Kiln Works", "name_zh": "窑炉厂", "kind": "company", "country": "CN", "register_number": "12100000400000624D",
    "size": "small", "state_owned": "no", "language": "zh", "source": "Company register",
}  # fmt: skip
LI = {"name": "Li Wen", "email": "li@kiln.example", "telephone": "+86 10 1", "language": "zh", "source": "A call"}


def _enter(browser: Browser, world: World, **other: str) -> str:
    return fill(browser, f"/programmes/{world.programmes['BJ']}/organisations/new", **NEW | other)


def _address(page: str) -> str:
    [found] = set(re.findall(r"/organisations/[0-9a-f-]{36}(?=/look)", page))
    return str(found)


def test_one_is_entered_corrected_and_found_again(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    listed = browser.get("/organisations").text
    assert f"/programmes/{world.programmes['BJ']}/organisations/new" in listed
    assert "Kiln Works" not in listed
    entered = _enter(browser, world)
    assert "The organisation is entered. Add its contacts and owners next." in words_of(entered)
    page = _address(entered)
    refused = words_of(fill(browser, f"{page}/look", **NEW | {"size": "large"}))
    assert "say why: what you change here was confirmed before" in refused.lower()
    done = words_of(fill(browser, f"{page}/look", **NEW | {"size": "large", "reason": "Grown since May."}))
    assert "Officer confirmed the organisation, with corrections" in done
    assert "Grown since May." in done
    assert "small enterprise large enterprise" in done
    for words in ("kiln w", "窑炉", "0624d"):
        assert "Kiln Works" in browser.get("/organisations", query_string={"q": words}).text
    assert "No organisation fits that." in browser.get("/organisations", query_string={"q": "nothing such"}).text
    confirmed = browser.get(
        "/organisations", query_string={"state": "confirmed", "country": "cn", "kind": "company"}
    ).text
    assert "Kiln Works" in confirmed


def test_what_is_wrong_is_said_at_its_field(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    shown = words_of(_enter(browser, world, register_number="121000004000006240"))
    assert "is no unified social credit code" in shown.lower()
    assert "The organisation is entered" in _enter(browser, world)
    again = words_of(_enter(browser, world, name="Somebody Else"))
    assert "knows an organisation with this registration number already" in again


def test_a_name_like_another_one_is_asked_about(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    _enter(browser, world)
    other = {"name": "Kiln Works Co., Ltd.", "name_zh": "", "register_number": ""}
    asked = _enter(browser, world, **other)
    assert "these may be the same organisation" in words_of(asked)
    page = f"/programmes/{world.programmes['BJ']}/organisations/new"
    sent = read_page(browser.get(page).text).sent | {f"f-{name}": value for name, value in (NEW | other).items()}
    done = browser.flask.post(page, data=sent | {"despite": "yes"}, follow_redirects=True).text
    assert "The organisation is entered" in done


def test_contacts_and_owners_come_change_and_go(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    page = _address(_enter(browser, world))
    assert "No contact is recorded." in browser.get(page).text
    shown = fill(browser, f"{page}/contacts/new", **LI)
    assert "li@kiln.example" in shown
    [contact] = set(re.findall(rf"{page}/contacts/[0-9a-f-]{{36}}(?=\")", shown))
    changed = words_of(fill(browser, contact, telephone="+86 10 2", reason="A new number."))
    assert "Officer changed a contact" in changed
    assert "+86 10 1 +86 10 2" in changed
    gone = fill(browser, f"{contact}/remove", reason="She has left.")
    assert "No contact is recorded." in gone
    assert "Officer took a contact out" in words_of(gone)
    owner = {"name": "Kiln Holding", "kind": "organisation", "country": "DE", "source": "Company register"}
    refused = fill(browser, f"{page}/owners/new", **owner, share="25")
    assert "must be more than 25" in words_of(refused).lower()
    assert "Kiln Holding 60 %" in words_of(fill(browser, f"{page}/owners/new", **owner, share="60"))


def test_a_contact_entered_twice_is_merged(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    works = _address(_enter(browser, world))
    fill(browser, f"{works}/contacts/new", name="Ms Li", telephone="+86 10 2", language="zh", source="A card")
    fill(browser, f"{works}/contacts/new", **LI)
    page = browser.get(works).text
    ways = re.findall(rf"{works}/contacts/[0-9a-f-]{{36}}/merge", page)
    assert len(ways) == 2
    form = browser.get(ways[1]).text
    [stays] = re.findall(r'name="f-into" value="([0-9a-f-]{36})"|<option value="([0-9a-f-]{36})"', form)
    refused = fill(browser, ways[1], into="".join(stays))
    assert "Enter “Why they are one person”." in refused
    done = fill(browser, ways[1], into="".join(stays), reason="One number.")
    assert "The two contacts are one." in done
    assert "Officer merged two contacts" in words_of(done)
    assert len(re.findall(r"/contacts/[0-9a-f-]{36}/remove", done)) == 1


def test_a_double_is_merged(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    kept = _address(_enter(browser, world))
    page = f"/programmes/{world.programmes['BJ']}/organisations/new"
    double = NEW | {
        "name": "Kiln Works Co., Ltd.",
        "name_zh": "",
        "register_number": "",
        "size": "",
        "source": "A list",
    }
    sent = read_page(browser.get(page).text).sent | {f"f-{name}": value for name, value in double.items()}
    gone = _address(browser.flask.post(page, data=sent | {"despite": "yes"}, follow_redirects=True).text)
    fill(browser, f"{gone}/contacts/new", **LI)
    assert f"{gone}/merge" in browser.get(gone).text
    choice = browser.get(f"{gone}/merge").text
    assert "May be the same organisation" in choice
    other = kept.rpartition("/")[2]
    both = f"{gone}/merge?into={other}"
    assert both in choice
    shown = words_of(browser.get(both).text)
    for words in ("Goes Stays", "Kiln Works Co., Ltd. Kiln Works", "Contacts Li Wen"):
        assert words in shown
    unsure = words_of(fill(browser, both, reason="The same licence."))
    assert "Tick the box: this cannot be undone." in unsure
    sent = read_page(browser.get(both).text).sent | {"f-reason": "The same licence.", "sure": "yes"}
    done = browser.flask.post(both, data=sent, follow_redirects=True).text
    assert "Merged: what belonged to the other record belongs to this one now." in done
    again = browser.flask.post(both, data=sent, follow_redirects=True).text
    assert "Merged: what belonged to the other record belongs to this one now." in again
    assert "Officer merged “Kiln Works Co., Ltd.” into this record" in words_of(done)
    assert "li@kiln.example" in done
    old = browser.get(gone).text
    assert "This record was merged. In its place stands Kiln Works" in words_of(old)
    assert "Officer merged this record into “Kiln Works”" in words_of(old)
    assert f"{gone}/look" not in old
    assert f"{gone}/merge" not in old
    assert gone not in browser.get("/organisations").text


def test_what_cannot_be_merged_says_why_and_offers_no_button(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    gone = _address(_enter(browser, world))
    page = browser.get(f"{gone}/merge?into={world.organisations['bank']}").text
    assert "administrators keep its record" in words_of(page)
    assert "Merge the two" not in words_of(page)
    assert browser.get(f"{gone}/merge?into=nothing").status_code == 404
    assert "No organisation fits that." in browser.get(f"{gone}/merge?q=nothing such").text


def test_two_programmes_screen_one_organisation_each_for_itself(
    engine: Engine, browser_for: Enter, world: World
) -> None:
    there = world.programmes["SH"]
    with transaction(engine) as db:
        party = world.shared_party(db)
        add_need(db, there, "n-there", party)
        grant_role(db, world.people["foreign_officer"], Role.COMPLIANCE, programme=there)
        grant_role(db, world.people["compliance"], Role.OFFICER, programme=there)
        for who, name in (("officer", "Kiln Holding"), ("foreign_officer", "Kiln Partners")):
            fields = {"name": name, "share": "60"}
            keep_row(db, world.actor(db, who), party, "owners", None, fields=fields, source="x", request=new_request())
    page, said = f"/organisations/{party}", {"result": "clear", "lists": "UN", "extract": "Query 7"}
    theirs = browser_for("foreign_officer")
    asked = words_of(theirs.get(f"{page}/screenings/new").text)
    assert ("Kiln Partners" in asked, "Kiln Holding" in asked) == (True, False)
    fill(theirs, f"{page}/screenings/new", (BytesIO(PDF), "there.pdf"), **said, owner_0="clear")
    ours = browser_for("compliance")
    # Whoever reads both programmes answers for the owners of the one for which the screening is.
    asked = words_of(ours.get(f"{page}/screenings/new").text)
    assert ("Kiln Partners" in asked, "Kiln Holding" in asked) == (False, True)
    assert "366 days at most after “Checked on”. After " in asked
    done = words_of(fill(ours, f"{page}/screenings/new", (BytesIO(PDF), "here.pdf"), **said, owner_0="clear"))
    assert "Recorded: the cases of this organisation rely on it until it runs out." in done
    shown = ours.get(page).text
    assert "here.pdf" in shown
    assert "there.pdf" in shown
    links = re.findall(r'href="(/organisations/[^"]+/evidence)"', shown)
    assert [ours.get(link).status_code for link in links] == [200]


def test_a_screening_is_recorded_with_each_owner(browser_for: Enter, world: World) -> None:
    officer = browser_for("officer")
    page = _address(_enter(officer, world))
    fill(officer, f"{page}/owners/new", name="Kiln Holding", kind="organisation", country="DE", share="60", source="x")
    assert f"{page}/screenings/new" not in officer.get(page).text
    compliance = browser_for("compliance")
    assert "No screening is recorded." in words_of(compliance.get(page).text)
    said = {"result": "clear", "lists": "UN, EU of May", "extract": "Query 7"}
    refused = words_of(fill(compliance, f"{page}/screenings/new", (BytesIO(PDF), "lists.pdf"), **said))
    assert "Nothing is recorded yet" in refused
    bare = words_of(fill(compliance, f"{page}/screenings/new", **said, owner_0="clear"))
    assert "Nothing is recorded yet" in bare
    done = words_of(fill(compliance, f"{page}/screenings/new", (BytesIO(PDF), "lists.pdf"), **said, owner_0="clear"))
    assert "Recorded: the cases of this organisation rely on it until it runs out." in done
    assert "UN, EU of May · Query 7" in done
    assert "Compliance recorded a screening" in done
    assert "Compliance filed evidence" in done
    filed = re.search(r'href="(/evidence/[^"]+)">lists.pdf', compliance.get(page).text)
    assert filed is not None
    assert officer.get(filed[1]).data == PDF
    more = re.search(r'href="(/organisations/[^"]+/evidence)"', compliance.get(page).text)
    assert more is not None
    assert more[1] not in officer.get(page).text
    done = words_of(fill(compliance, more[1], (BytesIO(PDF + b"% two"), "two.pdf")))
    assert "The evidence is on file." in done
    assert "two.pdf" in done
    assert "datetime=" not in done
    assert "[" not in words_of(compliance.get(f"{page}/screenings/new").text).partition("Result for")[0]


def test_who_only_reads_is_offered_nothing_to_change(browser_for: Enter, world: World) -> None:
    page = _address(_enter(browser_for("officer"), world))
    auditor = browser_for("auditor")
    assert "Kiln Works" in auditor.get(page).text
    assert "/look" not in auditor.get(page).text
    assert "/organisations/new" not in auditor.get("/organisations").text
    assert browser_for("foreign_officer").get(page).status_code == 404


def test_a_party_shows_its_case_and_its_need(browser_for: Enter, world: World, staged: str) -> None:
    page = words_of(browser_for("officer").get(f"/organisations/{world.organisations['need_owner']}").text)
    assert staged in page
    assert "not confirmed" in page
    provider = browser_for("officer").get(f"/organisations/{world.organisations['bank']}").text
    assert "kept by administrators" in provider
    assert "/look" not in provider
