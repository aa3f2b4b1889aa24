"""A party without an account on the pages of its link: opening, answering, and all that a stranger may try."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.links.mail import link_purpose
from casework.operations.links.service import Wanted, give_link
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.links.scene import task_of_consent, to_consent
from tests.support.file_makers import PDF
from tests.support.web_client import Browser
from tests.support.world import World, new_request

FORM = "/answer/form"
ANSWER = {"f-agreed": "yes", "f-sheet": "yes", "answered_by": "张伟", "answered_as": "总经理"}
Given = Callable[..., tuple[str, str]]


@pytest.fixture
def given(app: Flask, engine: Engine, world: World) -> Given:
    """Gives the need owner a link that asks for consent: (its secret, its code)."""
    secret_box = app.extensions["casework.secret_box"]

    def give(*, code: bool = False, language: str = "en", providers: tuple[str, ...] = ()) -> tuple[str, str]:
        with transaction(engine) as db:
            task = task_of_consent(db, to_consent(world, db))
            wanted = Wanted("need_owner", 14, language, providers=providers, code=code)
            done = give_link(db, world.actor(db, "officer"), secret_box, task, wanted, request=new_request())
        return secret_box.secrets_of(link_purpose(done.answer["id"]))[0], done.answer["code"] or ""

    return give


def land(browser: Browser, secret: str) -> int:
    """As the page does where the link leads: what stands behind the mark is sent by its form."""
    return browser.post("/answer", {"secret": secret}, page="/answer").status_code


def test_a_party_answers_and_is_told_what_was_recorded(anonymous: Browser, given: Given, engine: Engine) -> None:
    secret, _ = given()
    assert land(anonymous, secret) == 303
    page = anonymous.get(FORM).text
    assert "Do you agree that the office shows your documents" in page
    assert "Until which day" in page
    thanks = anonymous.post(FORM, ANSWER, page=FORM)
    assert thanks.status_code == 200
    assert "张伟 · 总经理" in thanks.text
    assert "Do you agree?" in thanks.text
    used = Browser(anonymous.flask.application.test_client()).post("/answer", {"secret": secret}, page="/answer")
    assert used.status_code == 404
    assert "It was used" in used.text
    assert list(verify_all(engine)) == []


def test_the_office_reads_whose_word_it_is(
    anonymous: Browser, given: Given, browser_for: Callable[[str], Browser], engine: Engine
) -> None:
    land(anonymous, given()[0])
    anonymous.post(FORM, ANSWER, page=FORM)
    with transaction(engine) as db:
        number = db.execute(text("SELECT number FROM cases ORDER BY opened_at DESC LIMIT 1")).scalar_one()
        given_for = "SELECT t.id FROM tasks t JOIN events e ON e.effects->>'task' = t.id::text WHERE e.effects ? 'link'"
        task = db.execute(text(given_for)).scalar_one()
    # The alert leads to the task, which shows what was answered to all who read the case whole.
    for who in ("officer", "auditor"):
        page = browser_for(who).get(f"/tasks/{task}").text
        assert re.search(r"张伟 for [^<]+ answered “Record the party", page), who
        assert "总经理" in page, who
        assert f"/cases/{number}/history/" in page, who
    history = browser_for("officer").get(f"/cases/{number}/history").text
    assert re.search(r"张伟 for [^<]+ answered “Record the party", history)
    assert "a link to answer" in history
    # Nothing is told by its code: who did the task, and when it was done.
    assert re.search(r"done by.{0,200}the party", history, re.S)
    assert "day of closing" not in history
    alerts = browser_for("officer").get("/notifications").text
    assert alerts


def test_it_speaks_the_partys_language_until_another_is_chosen(anonymous: Browser, given: Given) -> None:
    land(anonymous, given(language="zh-Hans")[0])
    assert "您是否同意" in anonymous.get(FORM).text
    anonymous.post("/preferences", {"language": "en", "page": FORM}, page=FORM)
    assert "Do you agree?" in anonymous.get(FORM).text


def test_no_get_changes_anything_and_no_address_has_the_secret(
    anonymous: Browser, given: Given, superuser_engine: Engine
) -> None:
    """What scans the links of mails asks with GET, and runs no script: it has opened nothing."""
    secret, _ = given()
    for path in ("/answer", f"/answer?secret={secret}", FORM, "/answer/code", "/answer/draft"):
        assert anonymous.get(path).status_code in (200, 404, 405)
    with transaction(superuser_engine) as db:
        assert db.execute(text("SELECT opened FROM party_link_secrets")).scalars().all() == [None]
    landed = anonymous.post("/answer", {"secret": secret}, page="/answer")
    assert landed.headers["Location"] == FORM
    assert secret not in landed.text
    shown = anonymous.get(FORM)
    assert secret not in shown.text
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert shown.headers["Cache-Control"] == "no-store"
    assert all("HttpOnly" in cookie for cookie in landed.headers.getlist("Set-Cookie") if secret in cookie)


def test_silence_is_no_consent_and_the_receipt_names_who_was_ticked(
    anonymous: Browser, given: Given, engine: Engine, world: World
) -> None:
    lab, bank = world.organisations["lab"], world.organisations["bank"]
    with transaction(engine) as db:
        names = {row.id: row.name for row in db.execute(text("SELECT id::text AS id, name FROM organisations"))}
    land(anonymous, given(providers=(lab, bank))[0])
    assert "holds for all" not in anonymous.get(FORM).text
    refused = anonymous.post(FORM, ANSWER, page=FORM)
    assert refused.status_code == 422
    assert 'id="f-providers-fault"' in refused.text
    assert "tick at least one" in refused.text
    assert "your answer shows none of yours to anybody" in refused.text, "no document is named with the link"
    thanks = anonymous.post(FORM, ANSWER | {"f-providers": lab}, page=FORM)
    assert thanks.status_code == 200
    assert names[lab] in thanks.text
    assert names[bank] not in thanks.text
    with transaction(engine) as db:
        result = db.execute(text("SELECT result FROM tasks WHERE closed_by = 'party'")).scalar_one()
    assert (result["providers"], result["documents"]) == ([lab], [])
    assert list(verify_all(engine)) == []


def test_who_does_not_agree_ticks_nobody(anonymous: Browser, given: Given, engine: Engine, world: World) -> None:
    land(anonymous, given(providers=(world.organisations["lab"],))[0])
    said = {name: value for name, value in ANSWER.items() if name != "f-sheet"} | {"f-agreed": "no"}
    assert anonymous.post(FORM, said, page=FORM).status_code == 200
    with transaction(engine) as db:
        result = db.execute(text("SELECT result FROM tasks WHERE closed_by = 'party'")).scalar_one()
    assert result == {"agreed": False, "given_on": result["given_on"]}


def test_with_a_code_nothing_is_told_before_it_is_right(anonymous: Browser, given: Given) -> None:
    secret, code = given(code=True)
    assert land(anonymous, secret) == 303
    asked = anonymous.get(FORM).text
    assert "Eight digits" in asked
    assert "Do you agree" not in asked
    assert anonymous.post("/answer/code", {"code": "1"}, page=FORM).status_code == 422
    assert anonymous.post(FORM, ANSWER, page=FORM).status_code == 303
    assert anonymous.post("/answer/code", {"code": f"{code[:4]} {code[4:]}"}, page=FORM).status_code == 303
    assert "Do you agree" in anonymous.get(FORM).text


def test_guessing_codes_waits(anonymous: Browser, given: Given) -> None:
    land(anonymous, given(code=True)[0])
    answers = [anonymous.post("/answer/code", {"code": "1"}, page=FORM) for _ in range(5)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"]


def test_a_forged_form_is_refused(anonymous: Browser, given: Given) -> None:
    land(anonymous, given()[0])
    assert anonymous.flask.post(FORM, data=ANSWER).status_code == 400


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(anonymous: Browser, given: Given) -> None:
    land(anonymous, given()[0])
    answer = anonymous.post(FORM, {"f-expires_on": "2020-01-01", "answered_by": "Zhang <b>Wei</b>"}, page=FORM)
    assert answer.status_code == 422
    for marked in ('id="f-agreed-fault"', 'id="f-expires_on-fault"', 'id="answered_as-fault"'):
        assert marked in answer.text
    assert "Zhang &lt;b&gt;Wei&lt;/b&gt;" in answer.text


@pytest.mark.parametrize("name", ["f-channel", "f-evidence", "f-party", "f-providers", "f-person", "nonsense"])
def test_what_is_not_asked_is_not_taken(anonymous: Browser, given: Given, engine: Engine, name: str) -> None:
    land(anonymous, given()[0])
    assert anonymous.post(FORM, ANSWER | {name: "letter"}, page=FORM).status_code == 200
    with transaction(engine) as db:
        result = db.execute(text("SELECT result FROM tasks WHERE closed_by = 'party'")).scalar_one()
    assert set(result) == {"agreed", "given_on", "providers", "documents", "sheet"}
    assert result["providers"] == []


def test_a_draft_waits_for_the_party(anonymous: Browser, given: Given, app: Flask) -> None:
    secret, _ = given()
    land(anonymous, secret)
    assert anonymous.post("/answer/draft", ANSWER, page=FORM).status_code == 303
    later = Browser(app.test_client())
    land(later, secret)
    assert 'value="张伟"' in later.get(FORM).text


def test_files_come_with_the_answer(anonymous: Browser, given: Given, engine: Engine) -> None:
    land(anonymous, given()[0])
    sent = ANSWER | {"files": (io.BytesIO(PDF), "同意书.pdf")}
    thanks = anonymous.post(FORM, sent, page=FORM, content_type="multipart/form-data")
    assert thanks.status_code == 200
    assert "同意书.pdf" in thanks.text
    with transaction(engine) as db:
        assert db.execute(text("SELECT party FROM documents")).scalars().all() == ["need_owner"]


def test_a_file_that_is_none_is_refused_and_nothing_is_recorded(
    anonymous: Browser, given: Given, engine: Engine
) -> None:
    land(anonymous, given()[0])
    sent = ANSWER | {"files": (io.BytesIO(b"MZ\x90\x00"), "consent.exe")}
    answer = anonymous.post(FORM, sent, page=FORM, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "files-fault" in answer.text
    with transaction(engine) as db:
        assert not db.execute(text("SELECT 1 FROM documents")).all()
    assert anonymous.post(FORM, ANSWER, page=FORM).status_code == 200


@pytest.mark.parametrize("names", [("consent.exe", "sound.pdf", "other.exe"), tuple(f"{n}.pdf" for n in range(6))])
def test_what_is_wrong_with_files_stands_beside_the_other_faults(
    anonymous: Browser, given: Given, names: tuple[str, ...]
) -> None:
    land(anonymous, given()[0])
    files = [(io.BytesIO(PDF if name.endswith("pdf") else b"MZ\x90\x00"), name) for name in names]
    sent = {**ANSWER, "answered_by": " ", "f-agreed": "", "files": files}
    page = anonymous.post(FORM, sent, page=FORM, content_type="multipart/form-data")
    assert page.status_code == 422
    for fault in ("files-fault", "answered_by-fault", "f-agreed-fault"):
        assert f'id="{fault}"' in page.text
    told = page.text[page.text.index('id="files-fault"') :].partition("</p>")[0]
    assert [name for name in names if name.endswith("exe") and name not in told] == []


def test_a_refused_answer_leaves_no_file_in_the_store(anonymous: Browser, given: Given, engine: Engine) -> None:
    land(anonymous, given()[0])

    def stored() -> int:
        with transaction(engine) as db:
            return int(db.execute(text("SELECT count(*) FROM blobs")).scalar_one())

    def post(answer: dict[str, str], *names: str) -> int:
        files = [(io.BytesIO(PDF + name.encode()), name) for name in names]
        sent = answer | {"files": files}
        return anonymous.post(FORM, sent, page=FORM, content_type="multipart/form-data").status_code

    before = stored()
    for refused in (
        {**ANSWER, "f-agreed": ""},
        {**ANSWER, "answered_by": " "},
        {**ANSWER, "answered_as": ""},
    ):
        assert post(refused, "one.pdf", "two.pdf", "three.pdf") == 422
        assert stored() == before
    # Nor does the sound file that comes before one that is none.
    assert post(ANSWER, "one.pdf", "two.exe") == 422
    assert stored() == before
    assert post(ANSWER, "one.pdf", "two.pdf") == 200
    assert stored() == before + 2
    assert list(verify_all(engine)) == []


def test_of_a_stranger_nothing_large_is_read(anonymous: Browser, given: Given) -> None:
    secret, _ = given()
    body = b"f-note=" + b"0" * 2_000_000

    def send() -> int:
        return anonymous.flask.post(FORM, data=body, content_type="application/octet-stream").status_code

    assert send() == 413
    land(anonymous, secret)
    # What is large is read of whoever has opened a link, and refused for having no token.
    assert send() == 400


@pytest.mark.parametrize("secret", ["", "x", "%00", "../../etc", "a" * 5_000, "\N{SNOWMAN}"])
def test_what_opens_nothing_is_told_so(anonymous: Browser, secret: str) -> None:
    answer = anonymous.post("/answer", {"secret": secret}, page="/answer")
    assert answer.status_code == 404
    assert "not known here" in answer.text
    assert anonymous.get(FORM).status_code == 404
    assert anonymous.get("/answer/documents/00000000-0000-0000-0000-000000000000").status_code == 404


def test_a_link_that_has_ended_names_the_office_that_gave_it(anonymous: Browser, given: Given, engine: Engine) -> None:
    secret, _ = given()
    with transaction(engine) as db:
        db.execute(text("UPDATE party_link_secrets SET until = '2020-01-01'"))
        db.execute(text("UPDATE party_links SET until = '2020-01-01'"))
    page = anonymous.post("/answer", {"secret": secret}, page="/answer")
    assert page.status_code == 404
    assert "Ask Beijing pilot for a new link" in page.text
    # Of a link that is not known here, nothing is said of whose it is.
    assert "Ask the office for a new link" in anonymous.post("/answer", {"secret": "x" * 43}, page="/answer").text


def test_two_worlds_show_the_same_page(anonymous: Browser, given: Given, engine: Engine, world: World) -> None:
    """Whatever else the case holds, the page of the link does not say."""
    land(anonymous, given()[0])

    def shown() -> str:
        page = anonymous.get(FORM).text
        page = page[page.index("<main") : page.index("</main>")]
        return re.sub(r'name="(key|csrf_token)" value="[^"]+"', "", page)

    before = shown()
    with transaction(engine) as db:
        number = db.execute(text("SELECT number FROM cases ORDER BY opened_at DESC LIMIT 1")).scalar_one()
        world.fire(
            db,
            "officer",
            number,
            "hold",
            {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "x y"},
        )
    assert shown() == before
