"""Letters of a case: looked at, filed and sent, and read by nobody but their recipient among those outside."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, text

from casework.engine.state.case import Case
from casework.operations.catalogue.organisations import keep_row
from casework.operations.core.perform import home_of
from casework.operations.letters import pdf
from casework.operations.mediations.service import open_mediation
from casework.operations.people.letterheads import set_letterhead
from casework.operations.tasks.service import suspend_task
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.papers import words_of
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

Enter = Callable[[str], Browser]


pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def asked(staged: tuple[str, str], engine: Engine, world: World) -> tuple[str, str]:
    with transaction(engine) as db:
        world.set_letterhead(db)
    return staged


def test_no_letter_goes_before_the_letterhead_is_set(
    browser_for: Enter, engine: Engine, staged: tuple[str, str]
) -> None:
    number, referral = staged
    officer = browser_for("officer")
    page = officer.get(f"/cases/{number}/letters").text
    assert "The programme has no letterhead yet" in page
    assert "/letters/new?kind=" not in page
    form = {"kind": "referral", "to": referral, "f-language": "en", "f-words": "Bring boots."}
    for action in ("", "/preview"):
        refused = officer.post(f"/cases/{number}/letters{action}", form)
        assert refused.status_code == 409
        assert "open Settings and set it" in refused.text
        assert "Bring boots." in refused.text
    assert all(one.letter is None for one in documents(engine, number).documents.values())


def send(browser: Browser, number: str, kind: str, to: str, **more: str) -> int:
    form = {"kind": kind, "to": to, "f-language": "en", **{f"f-{name}": value for name, value in more.items()}}
    page = f"/cases/{number}/letters/new?" + urlencode({"kind": kind, "to": to})
    return browser.post(f"/cases/{number}/letters", form, page=page).status_code


def wait_for_a_party(engine: Engine, world: World, number: str) -> None:
    """A task of the case waits for the need owner."""
    with transaction(engine) as db:
        task = next(one.id for one in load(db, home_of(db, number), "case").open_tasks() if one.name == "kick_off")
        suspend_task(
            db,
            world.actor(db, "officer"),
            task,
            reason="They think.",
            waits_for="need_owner",
            until=(today() + timedelta(days=20)).isoformat(),
            request=new_request(),
        )


def documents(engine: Engine, number: str) -> Case:
    with transaction(engine) as db:
        return load(db, home_of(db, number), "case")


#: Longer than between two statements of an action, on a machine with much to do.
RESTS = 2.0


@pytest.mark.parametrize("action", ["", "/preview"])
def test_no_transaction_stays_open_while_it_is_printed(
    browser_for: Enter, asked: tuple[str, str], superuser_engine: Engine, action: str
) -> None:
    """Another letter is at the printer for a while: the server would end what rests in a transaction so long."""
    number, referral = asked
    officer, form = browser_for("officer"), {"kind": "referral", "to": referral, "f-language": "en"}
    with ThreadPoolExecutor(1) as beside:
        with pdf._one_at_a_time:
            answer = beside.submit(officer.post, f"/cases/{number}/letters{action}", form)
            time.sleep(2 * RESTS)
            assert not answer.done()
            with superuser_engine.connect() as db:
                resting = db.execute(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
                        " AND state_change < clock_timestamp() - make_interval(secs => :rests)"
                    ),
                    {"rests": RESTS},
                ).scalar_one()
        assert answer.result().status_code in (200, 303)
    assert resting == 0


def test_a_letter_is_looked_at_and_nothing_is_recorded(
    browser_for: Enter, asked: tuple[str, str], engine: Engine
) -> None:
    number, referral = asked
    officer = browser_for("officer")
    before = documents(engine, number)
    shown = officer.post(f"/cases/{number}/letters/preview", {"kind": "referral", "to": referral, "f-language": "both"})
    assert shown.headers["Content-Disposition"].startswith("attachment")
    said = words_of(shown.data)
    for words in (
        "To: Haidian Assessment Lab",
        number,
        "Hebei Steam Works",
        "Does it reach 180 degrees?",
        "Officer, officer@example.org",
    ):
        assert words in said
    assert documents(engine, number) == before


def test_a_letter_is_filed_as_it_was_sent(browser_for: Enter, asked: tuple[str, str], engine: Engine) -> None:
    number, referral = asked
    officer = browser_for("officer")
    assert send(officer, number, "referral", referral, words="Bring boots.", by="2030-01-31") == 303
    case = documents(engine, number)
    [letter] = [one for one in case.documents.values() if one.letter]
    assert (letter.kind, letter.letter, letter.track, letter.party) == ("letter", "referral", referral, None)
    [file] = [one for one in case.files.values() if one.document == letter.id]
    taken = officer.get(f"/documents/{letter.id}/1").data
    assert hashlib.sha256(taken).hexdigest() == file.digest
    assert "Please answer by Thu 31 Jan 2030. Bring boots." in words_of(taken)
    assert "the letter of the request" in officer.get(f"/cases/{number}/history").text
    listed = officer.get(f"/cases/{number}/letters").text
    assert f"/documents/{letter.id}" in listed
    assert "Request: green technology assessment" in listed
    assert "erased" not in listed


def test_only_its_provider_sees_a_letter(
    browser_for: Enter, asked: tuple[str, str], engine: Engine, world: World
) -> None:
    number, referral = asked
    wait_for_a_party(engine, world, number)
    send(browser_for("officer"), number, "referral", referral)
    send(browser_for("officer"), number, "reminder", "need_owner")
    theirs, parties = [
        next(id for id, one in documents(engine, number).documents.items() if one.letter == kind)
        for kind in ("referral", "reminder")
    ]
    lab, bank = browser_for("provider"), browser_for("foreign_provider")
    assert f"/documents/{theirs}" in lab.get(f"/referrals/{referral}/documents").text
    assert "Officer" not in lab.get(f"/documents/{theirs}").text
    assert "File a new version" not in lab.get(f"/documents/{theirs}").text
    assert lab.get(f"/documents/{theirs}/1").status_code == 200
    assert lab.get(f"/documents/{parties}").status_code == 404
    for document in (theirs, parties):
        assert bank.get(f"/documents/{document}/1").status_code == 404


def test_a_party_is_invited_until_both_have_agreed_and_learns_no_name(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        world.set_letterhead(db)
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    officer = browser_for("officer")
    form = {"kind": "invitation", "to": "need_owner", "f-language": "en"}
    said = words_of(officer.post(f"/cases/{number}/letters/preview", form).data)
    assert "To: Hebei Steam Works" in said
    assert "Nordwind" not in said
    assert "Heat pump boiler" in said


@pytest.mark.parametrize(
    ("language", "stands", "office"),
    [("en", "The technology is being assessed", "Beijing Office"), ("zh", "独立评估机构正在评估该技术", "北京")],
)
def test_a_party_is_told_where_the_case_stands_with_number_and_seal(
    browser_for: Enter, asked: tuple[str, str], engine: Engine, world: World, language: str, stands: str, office: str
) -> None:
    """With the letterhead of the programme, as every letter; as often as there is something to tell, but not twice in a day."""
    number, _ = asked
    with transaction(engine) as db:
        fields = {
            "office": "Beijing Office",
            "office_zh": "北京办公室",
            "number_form": "BJ〔{year}〕{n}号",
            "seal": True,
        }
        set_letterhead(
            db,
            world.actor(db, "supervisor"),
            world.programmes["BJ"],
            fields=fields,
            reason="As agreed.",
            request=new_request(),
        )
    officer = browser_for("officer")
    page = officer.get(f"/cases/{number}/letters").text
    assert "kind=progress&amp;to=need_owner" in page
    assert "kind=progress&amp;to=technology_owner" in page
    form = {"kind": "progress", "to": "need_owner", "f-language": language}
    said = words_of(officer.post(f"/cases/{number}/letters/preview", form).data)
    assert stands in said
    assert office in said
    assert "〔" in said
    assert ("Place for the seal" in said) or "盖章" in said
    assert "Nordwind" not in said
    assert send(officer, number, "progress", "need_owner") == 303
    assert send(officer, number, "progress", "need_owner") == 409


def test_what_can_go_follows_from_the_case(browser_for: Enter, asked: tuple[str, str]) -> None:
    number, referral = asked
    officer = browser_for("officer")
    page = officer.get(f"/cases/{number}/letters").text
    assert f"kind=referral&amp;to={referral}" in page
    assert "kind=invitation" not in page
    assert "kind=closing" not in page
    assert send(officer, number, "invitation", "need_owner") == 409
    assert send(officer, number, "referral", "need_owner") == 409
    assert officer.get(f"/cases/{number}/letters/new?kind=closing&to=need_owner").status_code == 404


def test_the_contacts_of_a_party_are_offered(
    browser_for: Enter, asked: tuple[str, str], engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_a_party(engine, world, asked[0])
    browser, page = browser_for("officer"), f"/cases/{asked[0]}/letters/new?kind=reminder&to=need_owner"
    monkeypatch.setitem(browser.flask.application.config, "MAILING", True)
    assert "Contacts of the party" not in browser.get(page).text
    party = world.organisations["need_owner"]
    given = (("Li Wen", "li@kiln.example", "zh"), ("Max Orth", "max@kiln.example", "en"))
    for n, (name, email, language) in enumerate(given):
        with transaction(engine) as db:
            fields = {"name": name, "email": email, "language": language}
            keep_row(
                db,
                world.actor(db, "officer"),
                party,
                "contacts",
                None,
                fields=fields,
                source="x",
                request=new_request(),
            )
        sent = read_page(browser.get(page).text).sent
        # The only one is written to; of several one is chosen.
        assert sent.get("f-address", "") == ("li@kiln.example" if n == 0 else "")
        assert sent.get("f-attention", "") == ("Li Wen" if n == 0 else "")
    shown = browser.get(page).text
    [there] = re.findall(r'href="([^"]+)">Write to Max Orth', shown)
    sent = read_page(browser.get(there.replace("&amp;", "&")).text).sent
    assert (sent["f-address"], sent["f-language"], sent["f-attention"]) == ("max@kiln.example", "en", "Max Orth")
    # What was typed before a contact is chosen stays.
    draft = {"form": f"letter:{asked[0]}:reminder:need_owner", "f-words": "About the visit.", "f-attention": "Nobody"}
    assert browser.post("/drafts", draft).status_code == 204
    sent = read_page(browser.get(there.replace("&amp;", "&")).text).sent
    assert (sent["f-words"], sent["f-attention"]) == ("About the visit.", "Max Orth")
    # A letter to a provider asks for nobody, and names nobody.
    referral = asked[1]
    for_provider = browser.get(f"/cases/{asked[0]}/letters/new?kind=referral&to={referral}").text
    assert "f-attention" not in for_provider


def test_what_is_wrong_keeps_what_was_typed(browser_for: Enter, asked: tuple[str, str], engine: Engine) -> None:
    number, referral = asked
    officer = browser_for("officer")
    form = {"kind": "referral", "to": referral, "f-words": "Bring boots.", "f-by": "soon"}
    answer = officer.post(f"/cases/{number}/letters", form)
    assert answer.status_code == 422
    assert "Bring boots." in answer.text
    assert not [one for one in documents(engine, number).documents.values() if one.letter]


def test_a_second_click_files_nothing_twice(browser_for: Enter, asked: tuple[str, str], engine: Engine) -> None:
    number, referral = asked
    officer = browser_for("officer")
    for _ in range(2):
        officer.post(
            f"/cases/{number}/letters", {"kind": "referral", "to": referral, "f-language": "en", "key": "x" * 24}
        )
    assert len([one for one in documents(engine, number).documents.values() if one.letter]) == 1


def test_a_letter_that_went_already_is_asked_about(browser_for: Enter, asked: tuple[str, str], engine: Engine) -> None:
    number, referral = asked
    officer = browser_for("officer")
    form = {"kind": "referral", "to": referral, "f-language": "en", "f-words": "Bring boots."}
    assert officer.post(f"/cases/{number}/letters", form).status_code == 303
    doubted = officer.post(f"/cases/{number}/letters", form)
    assert doubted.status_code == 409
    assert "This letter went to the same recipient on" in doubted.text
    assert "Bring boots." in doubted.text
    assert officer.post(f"/cases/{number}/letters", form | {"despite": "yes"}).status_code == 303
    assert len([one for one in documents(engine, number).documents.values() if one.letter]) == 2


def test_a_letter_that_would_say_something_else_by_now_is_shown_again(
    browser_for: Enter, asked: tuple[str, str], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is printed, somebody corrects a name that it tells."""
    number, referral = asked
    printer = pdf._one_at_a_time

    @contextmanager
    def beside() -> Iterator[None]:
        with transaction(engine) as db:
            db.execute(text("UPDATE programmes SET name = name || ' and around'"))
        with printer:
            yield

    officer, form = (
        browser_for("officer"),
        {"kind": "referral", "to": referral, "f-language": "en", "f-words": "Bring boots."},
    )
    with monkeypatch.context() as patched:
        patched.setattr(pdf, "_one_at_a_time", beside())
        moved = officer.post(f"/cases/{number}/letters", form)
    assert moved.status_code == 409
    assert "look at the case again first" in moved.text
    assert "Bring boots." in moved.text
    assert not [one for one in documents(engine, number).documents.values() if one.letter]
    assert officer.post(f"/cases/{number}/letters", form).status_code == 303


def test_a_sent_letter_is_neither_replaced_nor_withdrawn(
    browser_for: Enter, asked: tuple[str, str], engine: Engine
) -> None:
    number, referral = asked
    officer = browser_for("officer")
    send(officer, number, "referral", referral)
    [letter] = [id for id, one in documents(engine, number).documents.items() if one.letter]
    answer = officer.post(f"/documents/{letter}/withdraw", {"f-reason": "Wrong", "sure": "yes"})
    assert answer.status_code in (403, 409)
    assert documents(engine, number).documents[letter].withdrawn_at is None


def test_a_mediation_makes_no_letter_possible(
    browser_for: Enter, asked: tuple[str, str], engine: Engine, world: World
) -> None:
    number, _ = asked
    officer = browser_for("officer")
    before = officer.get(f"/cases/{number}/letters").text
    with transaction(engine) as db:
        open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
    assert _stable(officer.get(f"/cases/{number}/letters").text) == _stable(before)


def _stable(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def test_how_a_letter_went_out_is_put_down_on_the_page(
    browser_for: Enter, asked: tuple[str, str], engine: Engine
) -> None:
    """By an officer, with the day; the list and the history say it, and a letter to a provider goes out no other way."""
    officer, number = browser_for("officer"), asked[0]
    assert send(officer, number, "progress", "need_owner") == 303
    assert send(officer, number, "referral", asked[1]) == 303
    page = f"/cases/{number}/letters"
    shown = officer.get(page).text
    assert "not recorded" in shown
    assert shown.count("Put down how it went out") == 1
    (letter,) = (one.id for one in documents(engine, number).documents.values() if one.letter == "progress")
    form = {"letter": letter, "how": "post", "on": today().isoformat()}
    for wrong in (
        {"how": "pigeon"},
        {"on": "soon"},
        {"on": (today() + timedelta(days=3)).isoformat()},
        {"letter": "x"},
    ):
        assert officer.post(f"{page}/sent", form | wrong, page=page).status_code == 422
    assert officer.post(f"{page}/sent", form, page=page).status_code == 303
    shown = officer.get(page).text
    assert "By post" in shown
    assert "not recorded" not in shown
    assert "recorded that a letter went out by post" in officer.get(f"/cases/{number}/history").text
    assert "Put down how it went out" not in browser_for("auditor").get(page).text
    assert list(verify_all(engine)) == []
